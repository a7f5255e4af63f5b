"""Figures of an answer: every value where it belongs, in its unit and order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from modelops_core.domain.explanation import YearValue
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.ui.assess import intensity_bin_figures, whatif_figures
from modelops_core.ui.kit import formats, theme
from modelops_core.ui.kit.answers import loss_figures, scenario_figures
from modelops_core.ui.kit.theme import KIND, SCALES, SCENARIO, TEXT
from tests.answers import result

WORDS = {
    name: name
    for name in [
        "axis",
        "probability_axis",
        "physical",
        "operating",
        "loss",
        "interval",
        "base",
        "site",
        "vulnerability",
        "final",
        "probability",
        "damage",
        "intensity",
        "aal",
        "now",
    ]
}
NAMES = {"typhoon": "Typhoon", "wildfire": "Wildfire", "extreme_heat": "Heat", "drought": "Drought"}
KINDS = {key: "operating" if key in ("extreme_heat", "drought") else "physical" for key in NAMES}


def bars(*results):
    return loss_figures.bars_of(results, NAMES, KINDS, "en")


def test_bars_are_losses_by_size_and_the_unknown_last():
    """.2 % of 1e9 is 2e6, from 1e6 to 4e6; what does not apply has no loss, whatever is stored."""
    made = bars(
        result("wildfire", 0.1),
        result("drought", None),
        result("typhoon", 0.2),
        result("extreme_heat", 0.0, status="not_applicable"),
    )

    assert [bar.name for bar in made][:2] == ["Typhoon", "Wildfire"]
    assert [bar.loss for bar in made] == [pytest.approx(2e6), pytest.approx(1e6), None, None]
    assert (made[0].low, made[0].high) == (pytest.approx(1e6), pytest.approx(4e6))
    assert {bar.name: bar.word for bar in made[2:]} == {
        "Drought": "not assessed",
        "Heat": "not applicable",
    }


def test_whiskers_reach_from_5_to_95_per_cent():
    """Upwards to the 95 %, downwards to the 5 %; the bar itself is the loss, colours are kinds."""
    chart = loss_figures.loss_bars(
        bars(result("typhoon", 0.2), result("extreme_heat", 0.1)), "light", "en", WORDS
    )
    physical, operating = chart.data

    assert (list(physical.x), list(physical.y)) == ([pytest.approx(2e6)], ["Typhoon"])
    assert list(physical.error_x.array) == [pytest.approx(2e6)]
    assert list(physical.error_x.arrayminus) == [pytest.approx(1e6)]
    assert list(operating.error_x.array) == [pytest.approx(1e6)]
    assert physical.marker.color == KIND["light"]["physical"]
    assert operating.marker.color == KIND["light"]["operating"]
    assert list(physical.customdata[0]) == ["₩2.00\xa0M", "0.200\xa0%", "₩1.00\xa0M ~ ₩4.00\xa0M"]
    assert list(chart.layout.yaxis.categoryarray) == ["Heat", "Typhoon"]  # drawn from below
    assert chart.layout.xaxis.range == (0, pytest.approx(4.08e6))
    texts = {note.y: note.text for note in chart.layout.annotations}
    assert texts == {"Typhoon": "<b>₩2.00\xa0M</b>", "Heat": "<b>₩1.00\xa0M</b>"}


def test_the_steps_of_the_waterfall_add_up():
    """.1 × 4 = .4, × 1.5 = .6: steps of .1, +.3, +.2 and the total .6."""
    one = result("typhoon", 0.6, base_aal=0.1, site_factor=4.0, vulnerability_scale=1.5)
    steps = loss_figures.waterfall(one, "light", WORDS).data[0]

    assert list(steps.y) == pytest.approx([0.1, 0.3, 0.2, 0.6])
    assert list(steps.measure) == ["absolute", "relative", "relative", "total"]
    assert list(steps.x) == ["base", "site ×4.00", "vulnerability<br>×1.50", "final"]
    assert list(steps.text) == ["0.100\xa0%", "+0.300", "+0.200", "0.600\xa0%"]


DATA = {
    "edges": [10.0, 40.0],
    "p": [0.7, 0.2, 0.1],
    "p_low": [0.6, 0.15, 0.02],
    "p_high": [0.8, 0.3, 0.25],
    "dr": [0.0, 0.05, 0.4],
}


def test_bins_are_probabilities_and_damage_in_per_cent():
    """.7 is 70 %, from 60 to 80; .4 of damage is 40 % on the other axis; outer classes are open."""
    chart = intensity_bin_figures.bins(intensity_bin_figures.bins_of(DATA), "mm", "light", WORDS)
    for axis in (chart.layout.xaxis, chart.layout.yaxis, chart.layout.yaxis2):  # to be read at ease
        assert (axis.title.font.color, axis.tickfont.color) == (TEXT["light"], TEXT["light"])
    probability, damage = chart.data

    assert list(probability.x) == ["< 10", "10–40", "≥ 40"]
    assert list(probability.y) == pytest.approx([70, 20, 10])
    assert list(probability.error_y.array) == pytest.approx([10, 10, 15])
    assert list(probability.error_y.arrayminus) == pytest.approx([10, 5, 8])
    assert (list(damage.y), damage.yaxis) == (pytest.approx([0, 5, 40]), "y2")
    assert chart.layout.xaxis.title.text == "intensity [mm]"
    assert chart.layout.yaxis.title.text == "probability_axis"


def test_yearly_values_stand_at_their_years_with_the_edges():
    """A bar a year in the intensity's unit, a line an edge."""
    series = [YearValue(2021, 3.0), YearValue(2022, None)]
    chart = intensity_bin_figures.yearly(series, [2.0], "mm", "light")

    assert (list(chart.data[0].x), list(chart.data[0].y)) == ([2021, 2022], [3.0, None])
    assert [shape.y0 for shape in chart.layout.shapes] == [2.0]
    assert chart.layout.yaxis.title.text == "mm"


def test_parameter_sets_are_drawn_in_order_with_their_intervals():
    """Low on top; whiskers from the 5 to the 95 %; only the central set in full colour."""
    made = [
        whatif_figures.SetBar("low", 0.1, 0.05, 0.3, "0.1 · w", False),
        whatif_figures.SetBar("central", 0.2, 0.1, 0.5, "0.2 · w", True),
        whatif_figures.SetBar("high", None, None, None, "unknown", False),
    ]
    chart = whatif_figures.sets(made, "physical", "light", WORDS)
    [bar] = chart.data

    assert (list(bar.y), list(bar.x)) == (["low", "central", "high"], [0.1, 0.2, None])
    assert list(bar.error_x.array) == pytest.approx([0.2, 0.3, 0.0])
    assert list(bar.error_x.arrayminus) == pytest.approx([0.05, 0.1, 0.0])
    assert bar.marker.color[1] == KIND["light"]["physical"] != bar.marker.color[0]
    assert list(chart.layout.yaxis.categoryarray) == ["high", "central", "low"]
    assert chart.layout.xaxis.range == (0, pytest.approx(0.51))
    assert [note.text for note in chart.layout.annotations] == [
        "0.1<br>w",
        "<b>0.2<br>w</b>",
        "unknown",
    ]


def test_spans_run_from_the_least_to_the_largest_loss():
    """The bar is at the least, the dot at the largest; the dashed line is the loss as it is."""
    span = whatif_figures.Span("Storeys", "20", "2", 1e6, 4e6)
    other = whatif_figures.Span("Age", "5", "50", 2e6, 3e6)
    chart = whatif_figures.spans([span, other], 2.5e6, "physical", "light", "en", WORDS)

    assert [list(trace.x) for trace in chart.data] == [[1e6, 4e6], [2e6, 3e6]]
    assert list(chart.data[0].marker.symbol) == ["line-ns", "circle"]
    assert [list(point) for point in chart.data[0].customdata] == [
        ["20", "₩1.00\xa0M"],
        ["2", "₩4.00\xa0M"],
    ]
    assert [shape.x0 for shape in chart.layout.shapes] == [2.5e6]
    assert chart.layout.yaxis.categoryarray[-1].startswith("Storeys<br>")
    assert chart.layout.annotations[0].text == "₩1.00\xa0M<br>~ ₩4.00\xa0M"
    assert chart.layout.xaxis.range == (pytest.approx(-8e4), pytest.approx(4.16e6))


def test_lines_have_their_scenario_and_their_band():
    """Values in the order of the windows; the band of the chosen one goes along the 95 % and back along the 5 %."""
    values, low, high = [1.0, 2.0, 3.0, 4.0, 5.0], [0.5] * 5, [6.0, 7.0, 8.0, 9.0, 10.0]
    chart = scenario_figures.lines(
        [scenario_figures.Line(code, values, low, high) for code in ("ssp1", "ssp5")],
        "light",
        "en",
        "%/yr",
        banded="ssp5",
    )
    plain, band, line = chart.data
    assert (plain.name, plain.fill) == (SCENARIOS["ssp1"], None)

    assert list(band.y) == [*high, *low]
    assert (list(line.y), line.name) == (values, SCENARIOS["ssp5"])
    assert list(line.x) == [formats.horizon(key, "en") for key in HORIZONS]
    assert line.line.color == SCENARIO["light"]["ssp5"]
    assert line.hovertemplate.endswith("%{text} %/yr<extra></extra>")
    assert (line.text[0], chart.layout.yaxis.title.text) == ("1.00", "%/yr")


def test_money_lines_are_ticked_in_money():
    """The axis says won, and the text of each point too."""
    chart = scenario_figures.lines(
        [scenario_figures.Line("ssp1", [1e6, 2e6, 3e6, 4e6, None])], "light", "en", "x", money=True
    )

    assert chart.data[0].hovertemplate.endswith("%{text}<extra></extra>")
    assert list(chart.data[0].text) == ["₩1.00\xa0M", "₩2.00\xa0M", "₩3.00\xa0M", "₩4.00\xa0M", "–"]
    assert list(chart.layout.yaxis.tickvals)[:2] == [0, 1e6]
    assert list(chart.layout.yaxis.ticktext)[1] == "₩1.00\xa0M"


def test_a_heat_table_is_coloured_by_the_aal_scale():
    """More is further up the ramp; white ink on dark cells, the page's ink on unknown ones."""
    chart = scenario_figures.heat_table(
        ["a"], [[0.001, 0.01, 0.1, 1.0, None]], [["1", "2", "3", "4", "?"]], "light", "en"
    )
    *known, unknown = chart.data[0].z[0]

    assert list(known) == sorted(known)
    assert known[0] < known[-1]
    assert math.isnan(unknown)
    inks = [note.font.color for note in chart.layout.annotations]
    assert (inks[0], inks[3]) == (scenario_figures.BLACK_INK, scenario_figures.WHITE_INK)
    assert inks[4] == TEXT["light"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_cell_of_a_heat_table_is_readable(mode):
    """A hundred rates along the whole scale: WCAG's 4.5:1 on the colour of each."""
    rates = np.geomspace(0.001, 2.0, 100)
    chart = scenario_figures.heat_table(
        [str(i) for i in range(20)],
        rates.reshape(20, 5).tolist(),
        [["1"] * 5] * 20,
        mode,
        "en",
    )
    colours = SCALES["aal"].colours(rates)[:, :3].tolist()
    for note, colour in zip(chart.layout.annotations, colours, strict=True):
        assert theme.contrast(theme.rgb(note.font.color), tuple(colour)) >= 4.5
