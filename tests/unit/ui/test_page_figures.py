"""The values that figures of the pages draw: bars, lines, their order, ranges and texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.file_util import get_static_dir

from modelops_core.services.method.curves import Curve
from modelops_core.ui.data import figures as data_figures
from modelops_core.ui.jobs import figures as job_figures
from modelops_core.ui.kit import charts, figure_style, theme
from modelops_core.ui.method import figures as method_figures
from modelops_core.ui.population import figures as population_figures
from modelops_core.ui.population.figures import Bar
from modelops_core.ui.projections import figures as projection_figures
from modelops_core.ui.projections.figures import Axis, Band

NAN = float("nan")
YEARS = np.arange(2001, 2006)


def test_coverage_shows_the_share_of_each_cell():
    """The first peril on top; a cell without a share is as light as none; 0 to 1 whatever the values."""
    chart = data_figures.coverage_heatmap(
        ["heat", "cold"],
        ["2030s", "2050s"],
        [[0.5, None], [1.0, 0.0]],
        [["a", "b"], ["c", "d"]],
        "light",
    )
    [heat] = chart.data

    assert [list(line) for line in heat.z] == [[0.5, 0.0], [1.0, 0.0]]
    assert (heat.zmin, heat.zmax, heat.showscale) == (0, 1, False)
    assert [list(line) for line in heat.text] == [["a", "b"], ["c", "d"]]
    assert (list(heat.x), list(heat.y)) == (["2030s", "2050s"], ["heat", "cold"])
    assert chart.layout.yaxis.autorange == "reversed"
    assert [stop[1] for stop in heat.colorscale] == [
        "rgba(11,100,120,0.06)",
        "rgba(11,100,120,0.38)",
    ]
    assert chart.layout.height == 70 + 2 * 34


def test_steps_of_a_job_stand_in_their_order():
    """The first on top, the longest nearly as wide as its room, each number at the right."""
    chart = job_figures.steps(["read", "write"], [2.0, 4.0], ["2 s", "4 s"], "light")
    [bars] = chart.data

    assert (list(bars.y), list(bars.x), bars.orientation) == (["read", "write"], [2.0, 4.0], "h")
    assert list(chart.layout.yaxis.categoryarray) == ["write", "read"]
    assert tuple(chart.layout.xaxis.range) == pytest.approx((0, 4.08))
    assert tuple(chart.layout.xaxis.domain) == (0, 0.7)
    assert [(a.y, a.text, a.x, a.xanchor) for a in chart.layout.annotations] == [
        ("read", "2 s", 1.0, "right"),
        ("write", "4 s", 1.0, "right"),
    ]
    assert tuple(job_figures.steps([], [], [], "light").layout.xaxis.range) == (0, 1)


def test_a_night_without_an_end_has_no_bar():
    """A grey mark of no height; the others have their seconds."""
    chart = job_figures.nights(["#1", "#2"], [3.0, None], ["3 s", "cut"], "dark", "s")
    [bars] = chart.data

    assert list(bars.y) == [3.0, 0]
    assert list(bars.text) == ["3 s", "cut"]
    assert list(bars.marker.color) == [theme.KIND["dark"]["physical"], theme.NEUTRAL["dark"]]
    assert bars.width == pytest.approx(0.12)
    assert chart.layout.xaxis.type == "category"
    assert chart.layout.yaxis.title.text == "s"


def curve(name, scale, use=""):
    x = np.array([0.0, 1.0, 2.0])
    return Curve(name, use, x, scale * np.array([0.0, 0.1, 0.4]), scale * np.array([0.0, 0.1, 0.4]))


WORDS = {
    "intensity": "depth",
    "damage": "damage",
    "central": "central",
    "range": "low to high",
    "shop": "shop",
}


def damage(**options):
    found = [
        curve("low", 0.5),
        curve("central", 1.0),
        curve("high", 2.0),
        curve("central", 0.8, "shop"),
    ]
    return method_figures.damage(found, [0.5, 1.5], "m", "physical", "light", WORDS, **options)


def test_a_damage_curve_in_per_cent_between_its_sets():
    """The span runs along the low set and back along the high one; edges are dotted lines."""
    chart = damage()
    span, shop, central = chart.data

    assert list(span.x) == [0, 1, 2, 2, 1, 0]
    assert list(span.y) == pytest.approx([0, 5, 20, 80, 20, 0])
    assert (span.fill, span.name) == ("toself", "low to high")
    assert (shop.name, central.name) == ("shop", "central")
    assert list(central.y) == pytest.approx([0, 10, 40])
    assert list(shop.y) == pytest.approx([0, 8, 32])
    assert (shop.line.dash, central.line.width) == ("dash", 3)
    assert [shape.x0 for shape in chart.layout.shapes] == [0.5, 1.5]
    assert (chart.layout.xaxis.title.text, chart.layout.yaxis.title.text) == (
        "depth [m]",
        "damage [%]",
    )
    assert tuple(chart.layout.xaxis.range) == (0, 2)
    assert "%{x:.3g} m<br>damage %{y:.3g} %" in central.hovertemplate


def test_a_logarithmic_axis_begins_at_half_the_least_damage():
    """0.05 is the least known ratio: from 2.5 % to twice the highest, 160 %; none is drawn at the floor."""
    chart = damage(logarithmic=True)

    assert chart.layout.yaxis.type == "log"
    assert tuple(chart.layout.yaxis.range) == pytest.approx(tuple(np.log10([2.5, 160])))
    assert min(chart.data[0].y) == method_figures.FLOOR


def test_people_of_a_place_from_zero():
    """The chosen year has the larger mark; above the highest there is room for its number."""
    values = np.array([1e6, 2e6, NAN, 3e6, 2e6, 1e6, 5e5])
    chart = population_figures.series(values, ["people"], 2025, "light", "en")
    [line] = chart.data

    assert list(line.x) == [2020, 2025, 2030, 2035, 2040, 2045, 2050]
    assert list(line.text) == [
        "1.00\N{NO-BREAK SPACE}M",
        "2.00\N{NO-BREAK SPACE}M",
        "–",
        "3.00\N{NO-BREAK SPACE}M",
        "2.00\N{NO-BREAK SPACE}M",
        "1.00\N{NO-BREAK SPACE}M",
        "500\N{NO-BREAK SPACE}k",
    ]
    assert list(line.marker.size) == [7, 13, 7, 7, 7, 7, 7]
    assert tuple(chart.layout.yaxis.range) == pytest.approx((0, 3.66e6))
    assert tuple(chart.layout.xaxis.range) == (2018, 2052)


def test_a_ranking_has_room_on_the_sides_that_it_uses():
    """The first on top, growth blue and decline brown, the chosen one bold."""
    bars = [Bar("A", 20.0, "+20"), Bar("B<", 0.0, "0"), Bar("C<", -30.0, "−30", chosen=True)]
    chart = population_figures.ranking(bars, "change", "light")
    [drawn] = chart.data

    assert list(drawn.x) == [20, 0, -30]
    assert list(chart.layout.yaxis.categoryarray) == ["<b>C&lt;</b>", "B&lt;", "A"]
    assert tuple(chart.layout.xaxis.range) == pytest.approx((-45, 35))
    assert list(drawn.marker.color) == [theme.css(theme.DIVERGING[i]) for i in (5, 5, 1)]
    one_sided = population_figures.ranking(bars[:1], "density", "light")
    assert tuple(one_sided.layout.xaxis.range) == pytest.approx((0, 26))
    assert list(one_sided.data[0].marker.color) == [theme.KIND["light"]["physical"]]
    other = population_figures.ranking([Bar("A", 1.0, "1", chosen=True)], "density", "light")
    assert list(other.data[0].marker.color) == [theme.KIND["light"]["operating"]]


def test_the_country_beside_what_was_published():
    """Sums as a line, published figures as marks, both in the reader's unit."""
    words = {"own": "sum", "published": "published", "axis": "10,000 persons"}
    chart = population_figures.national(
        np.full(7, 5e7), {2022: 5.1e7, 2040: 4.9e7}, "light", words, 1e4
    )
    own, published = chart.data

    assert (own.name, list(own.y)) == ("sum", [5000.0] * 7)
    assert (list(published.x), list(published.y)) == ([2022, 2040], [5100.0, 4900.0])
    assert (published.mode, chart.layout.yaxis.title.text) == ("markers", "10,000 persons")


@pytest.mark.parametrize(
    ("value", "measure", "ko", "en"),
    [
        (1e4, "population", "1만", "10k"),
        (9999.0, "population", "9,999", "9.999k"),
        (1e6, "population", "100만", "1M"),
        (100.0, "density", "100", "100"),
        (-20.0, "change", "−20", "−20"),
        (20.0, "change", "+20", "+20"),
        (0.0, "change", "0", "0"),
    ],
)
def test_ticks_of_the_legend_are_short(value, measure, ko, en):
    """A sign where it is a change, units where the number is large."""
    assert population_figures.tick(value, measure, "ko") == ko
    assert population_figures.tick(value, measure, "en") == en


@pytest.mark.parametrize(
    ("value", "measure", "ko", "en"),
    [
        (12_340.0, "population", "1.23만", "12.3\N{NO-BREAK SPACE}k"),
        (1_234_000.0, "population", "123만", "1.23\N{NO-BREAK SPACE}M"),
        (999.0, "population", "999", "999"),
        (1234.5, "density", "1,230", "1,230"),
        (-3.21, "change", "−3.21", "−3.21"),
        (3.21, "change", "+3.21", "+3.21"),
        (0.0, "change", "0", "0"),
        (NAN, "change", "–", "–"),
    ],
)
def test_values_of_districts_as_text(value, measure, ko, en):
    """Three figures; a change has its sign, what is unknown is a dash."""
    assert population_figures.shown(value, measure, "ko") == ko
    assert population_figures.shown(value, measure, "en") == en


PROJECTED = {"history": "history", "same": "the same", "running": "mean of 20"}


def years(values, means, bands=()):
    return projection_figures.years(
        YEARS, values, means, bands, Axis("mean [°C]", "°C"), "light", PROJECTED
    )


def test_what_all_scenarios_share_is_drawn_once():
    """Two common years in grey, then each scenario from the last common year on."""
    values = np.tile([1.0, 2.0, 3.0, 4.0, 5.0], (4, 1)) + np.arange(4)[:, None] * [0, 0, 1, 1, 1]
    chart = years(values, 10 + values)
    thin, thick = chart.data[::2], chart.data[1::2]

    assert [line.name for line in thick] == [
        "history",
        "SSP1-2.6",
        "SSP2-4.5",
        "SSP3-7.0",
        "SSP5-8.5",
    ]
    assert (list(thin[0].x), list(thin[0].y)) == ([2001, 2002], [1, 2])
    assert (list(thin[4].x), list(thin[4].y)) == ([2002, 2003, 2004, 2005], [2, 6, 7, 8])
    assert list(thick[4].y) == [12, 16, 17, 18]
    assert (thin[1].line.color, thick[1].line.color) == ("rgba(0,114,178,0.34)", "#0072b2")
    assert (thin[1].showlegend, thick[1].hoverinfo) == (False, "skip")
    assert list(thin[0].text) == ["1.00", "2.00"]
    assert list(thin[0].customdata) == ["11.0", "12.0"]
    assert thin[0].hovertemplate == "%{text} °C (mean of 20 %{customdata})"
    assert tuple(chart.layout.xaxis.range) == (2000, 2006)
    assert chart.layout.yaxis.title.text == "mean [°C]"


def test_equal_scenarios_are_one_line():
    """No scenario is named where none differs; what is unknown everywhere is no line."""
    values = np.tile([1.0, 2.0, 3.0, 4.0, 5.0], (4, 1))
    assert [line.name for line in years(values, values).data] == ["the same"] * 2
    assert len(years(np.full((4, 5), NAN), np.full((4, 5), NAN)).data) == 0


def test_windows_are_shaded_with_their_names():
    """Half a year to each side; the chosen one is the strongest, a short one has no name."""
    bands = [
        Band("2030s", 2021, 2040, False),
        Band("2050s", 2041, 2060, True),
        Band("x", 2061, 2065, False),
    ]
    layout = years(np.ones((4, 5)), np.ones((4, 5)), bands).layout

    assert [(s.x0, s.x1) for s in layout.shapes] == [
        (2020.5, 2040.5),
        (2040.5, 2060.5),
        (2060.5, 2065.5),
    ]
    assert [s.fillcolor.rsplit(",", 1)[1] for s in layout.shapes] == ["0.2)", "0.9)", "0.2)"]
    assert [a.text for a in layout.annotations] == ["2030s", "<b>2050s</b>", ""]
    assert [a.x for a in layout.annotations] == [2030.5, 2050.5, 2063]


def test_months_beside_the_baseline():
    """Each known scenario, then the baseline dotted; an unknown one is left out."""
    future = np.arange(48.0).reshape(4, 12)
    future[2] = NAN
    names = [str(i) for i in range(12)]
    chart = projection_figures.months(
        np.full((4, 12), 9.0), future, names, Axis("°C", "°C"), "light", "1991–2020"
    )

    assert [line.name for line in chart.data] == ["SSP1-2.6", "SSP2-4.5", "SSP5-8.5", "1991–2020"]
    assert list(chart.data[1].y) == list(range(12, 24))
    assert list(chart.data[3].y) == [9.0] * 12
    assert (chart.data[3].line.dash, chart.data[2].marker.symbol) == ("dot", "triangle-up")
    assert list(chart.data[0].text)[:2] == ["0", "1.00"]


def test_changes_of_months_are_bars_about_zero():
    """A bar a scenario and month in the scenario's colour, and a line at no change."""
    change = np.tile(np.linspace(-1, 1, 12), (4, 1))
    chart = projection_figures.monthly_change(
        change, [str(i) for i in range(12)], Axis("change °C", "°C"), "dark"
    )

    assert [bar.marker.color for bar in chart.data] == list(theme.SCENARIO["dark"].values())
    assert list(chart.data[0].y) == pytest.approx(np.linspace(-1, 1, 12).tolist())
    assert [(s.y0, s.y1) for s in chart.layout.shapes] == [(0, 0)]
    assert chart.layout.yaxis.title.text == "change °C"


def test_the_look_that_all_figures_share():
    """Nothing can be dragged; a legend has its room above."""
    plain, named = (figure_style.figure("dark", 200, legend=legend) for legend in (False, True))

    assert (plain.layout.height, plain.layout.dragmode) == (200, False)
    assert (plain.layout.margin.t, named.layout.margin.t) == (12, 12)
    assert (named.layout.legend.yref, named.layout.legend.y) == ("container", 0)
    assert (plain.layout.showlegend, named.layout.showlegend) == (False, True)
    assert plain.layout.xaxis.fixedrange
    assert plain.layout.yaxis.gridcolor == theme.GRID["dark"]
    assert plain.layout.font.color == theme.TEXT["dark"]


def test_a_saved_figure_has_its_name_and_format():
    """Twice the size of the screen, in the chosen format; one button."""
    found = figure_style.config("totals", "svg", {"Download plot": "그림 저장"})

    assert found["toImageButtonOptions"] == {"format": "svg", "filename": "totals", "scale": 2}
    assert "toImage" not in found["modeBarButtonsToRemove"]
    assert not found["displaylogo"]
    assert found["locales"][found["locale"]]["dictionary"] == {"Download plot": "그림 저장"}


def test_a_titled_figure_says_what_it_is_and_keeps_its_plot_as_high():
    """Title and lines get room of their own; markup in a site's name is text."""
    chart = figure_style.figure("light", 300)
    top = chart.layout.margin.t
    figure_style.titled(chart, 'Loss <b> "x"', ["중구 · SSP2-4.5", "central"])
    assert chart.layout.height - chart.layout.margin.t == 300 - top
    line = 1.3 * chart.layout.title.font.size  # of plotly, whatever the size of the letters in it
    assert chart.layout.margin.t - top >= figure_style.TITLE + 2 * line  # no label touches it
    assert 'Loss &lt;b&gt; "x"' in chart.layout.title.text  # plotly knows no &quot;
    assert "중구 · SSP2-4.5" in chart.layout.title.text


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_labels_of_axes_are_read_as_easily_as_text(mode):
    """Streamlit's own theme draws them in a grey of less than 4.5:1."""
    chart = figure_style.figure(mode, 300)
    for axis in (chart.layout.xaxis, chart.layout.yaxis):
        for colour in (axis.tickfont.color, axis.title.font.color):
            ground = theme.rgb(theme.GROUND[mode])
            assert theme.contrast(theme.rgb(colour), ground) >= 4.5


def test_long_titles_are_broken_between_words():
    """Korean letters are twice as wide; a longer title gets more room, a long word stays whole."""
    assert figure_style.wrapped("a bb ccc", 4) == ["a bb", "ccc"]
    assert figure_style.wrapped("가나 다라", 8) == ["가나", "다라"]
    assert figure_style.wrapped("가나 다라", 9) == ["가나 다라"]
    assert figure_style.wrapped("abcdefgh", 4) == ["abcdefgh"]
    assert figure_style.wrapped("a b · c d · e", 9) == ["a b · c d", "e"]
    assert figure_style.wrapped("a b · c d e f", 9) == ["a b", "c d e f"]
    assert figure_style.wrapped("a b · c d e f", 5) == ["a b", "c d e", "f"]
    heights = []
    for title in ("short", "words " * 20):
        chart = figure_style.figure("light", 300)
        figure_style.titled(chart, title, [])
        heights.append(chart.layout.height)
    assert heights[1] > heights[0]


@pytest.mark.parametrize(
    ("top", "ticks"),
    [
        (0.0, [0.0]),
        (1.0, [0, 0.25, 0.5, 0.75, 1.0]),
        (8.0, [0, 2, 4, 6, 8]),
        (43.0, [0, 10, 20, 30, 40]),
    ],
)
def test_round_ticks(top, ticks):
    """Steps of 1, 2, 2.5 or 5 times a power of ten."""
    assert figure_style.round_ticks(top) == pytest.approx(ticks)


def test_plotlys_sentences_are_those_that_it_says():
    """Streamlit brings its own plotly: another version may say them in other words."""
    [script] = (Path(get_static_dir()) / "static" / "js").glob("PlotlyChart.*.js")
    said = script.read_text("utf-8")
    assert [sentence for sentence in charts.NOTICES if f"`{sentence}`" not in said] == []


def test_a_colour_with_transparency():
    """Red, green, blue in their order."""
    assert figure_style.rgba("#0b6478", 0.5) == "rgba(11,100,120,0.5)"
