"""The figures: threshold curve, map, heat table, loss by horizon, Lorenz curve, uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import shapely

from modelops_core.domain.climate import Array
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.ports import Row
from modelops_core.services.report import formats
from modelops_core.services.report.portfolio import drawing
from modelops_core.services.report.portfolio.amounts import of_assets
from modelops_core.services.report.portfolio.concentrated import at_focus
from modelops_core.services.report.portfolio.content import ReportFigure, Unit
from modelops_core.services.report.portfolio.drawing import Frame
from modelops_core.services.report.portfolio.exposed import GRADES, aal_grade, ends_of, percent
from modelops_core.services.report.portfolio.lenses import ALL_KINDS
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.services.report.portfolio.uncertain import uncertainty

#: of a figure [px]
WIDTH, HEIGHT = 860.0, 330.0
MAP_HEIGHT = 560.0
#: thresholds of a curve
STEPS = 81
#: AAL grades 1 to 5, and a site without a number
GRADE_COLOURS = ("#2c7bb6", "#7fb7d8", "#f2c14e", "#e07b39", "#b3261e")
UNKNOWN_COLOUR = "#8a949b"
ANY = ALL_KINDS.index("any")


def figures(material: Material, say: Say, unit: Unit) -> list[ReportFigure]:
    """All figures that the material allows."""
    made = [
        _figure("F1", say, threshold_curve(material, say)),
        _figure("F3", say, heat(material, say)),
        _figure("F4", say, over_horizons(material, say, unit)),
        _figure("F7", say, bars(material, say, unit)),
    ]
    if material.provinces:
        made.insert(1, _figure("F2", say, country(material, say), MAP_HEIGHT))
    lorenz = _lorenz(material, say)
    if lorenz:
        made.insert(-1, _figure("F5", say, lorenz))
    return made


def _figure(key: str, say: Say, parts: Sequence[str], height: float = HEIGHT) -> ReportFigure:
    return ReportFigure(
        key=key,
        svg=drawing.svg(parts, WIDTH, height),
        alt=say(f"alt.{key}"),
        width=WIDTH,
        height=height,
    )


def curve_of(
    material: Material, lens: str, horizon: str, kind: str
) -> dict[str, list[tuple[float, float]]]:
    """Share of the value [%] that is vulnerable at each threshold of a lens, by scenario."""
    grid, items = _thresholds(material, lens), of_assets(material)
    found = dict[str, list[tuple[float, float]]]()
    for i, (scenario, window) in enumerate(material.combinations):
        if window == horizon:
            value = material.measures[lens].value[ALL_KINDS.index(kind), i]
            shares = _shares(value, items.amount, grid)
            found[scenario] = list(zip(grid.tolist(), shares.tolist(), strict=True))
    return found


def undetermined_band(material: Material, kind: str) -> list[tuple[float, float, float]]:
    """
    Threshold, vulnerable share and that of all that may be [%], of the chosen lens and scenario.

    A site of which a peril has no number may reach any threshold.
    """
    lens = material.focus.lens
    measure, k = material.measures[lens], ALL_KINDS.index(kind)
    value, open_end = measure.value[k, material.at], measure.undetermined[k, material.at]
    grid, amount = _thresholds(material, lens), of_assets(material).amount
    low = _shares(value, amount, grid)
    high = _shares(np.where(open_end, np.inf, value), amount, grid)
    return list(zip(grid.tolist(), low.tolist(), high.tolist(), strict=True))


def _thresholds(material: Material, lens: str) -> Array:
    """The thresholds of a lens's curve."""
    one = material.lens_set.lenses[lens]
    return np.linspace(one.low, one.high, STEPS)


def _shares(measure: Array, amount: Array, grid: Array) -> Array:
    """Share of the amount whose measure reaches each of *grid* [%]."""
    known = ~np.isnan(measure) & ~np.isnan(amount)
    order = np.argsort(measure[known], kind="stable")
    sizes = amount[known][order]
    above = np.concatenate([np.cumsum(sizes[::-1])[::-1], [0.0]])
    total = float(np.nansum(amount))
    at = np.searchsorted(measure[known][order], grid, side="left")
    return np.asarray(100 * above[at] / total) if total > 0 else np.zeros(grid.size)


def threshold_curve(material: Material, say: Say) -> list[str]:
    """F1: share of value against the threshold, four scenarios, the chosen one marked."""
    focus = material.focus
    lens = material.lens_set.lenses[focus.lens]
    curves = curve_of(material, focus.lens, focus.horizon, "any")
    highest = max((y for points in curves.values() for _, y in points), default=0.0)
    top = drawing.ceiling(min(round(highest, 6), 100.0)) if highest > 0 else 100.0
    frame = Frame(WIDTH, HEIGHT, (lens.low, 0.0), (lens.high, top))
    parts = [*frame.axes(say(f"axis_{focus.lens}"), say("axis_share"))]
    band = undetermined_band(material, "any")
    if any(high > low for _, low, high in band):
        parts.append(_band(frame, [(x, low, min(high, top)) for x, low, high in band]))
        parts.append(_band_name(say("band_undetermined", name=SCENARIOS[focus.scenario])))
    parts += [frame.curve(points, i) for i, points in enumerate(curves.values())]
    x, y = frame.at(min(focus.threshold, lens.high), top)
    parts.append(drawing.line(x, y, x, frame.at(lens.low, 0)[1], drawing.INK, 1.4))
    parts.append(drawing.text(x, y - 9, say("chosen", value=f"{focus.threshold:g}")))
    return [*parts, *frame.legend([SCENARIOS[name] for name in curves])]


def heat(material: Material, say: Say) -> list[str]:
    """F3: value-weighted AAL of each peril in each scenario at the focus' horizon."""
    stored = {row["quantity"]: row for row in material.sums["all"]}
    at = [i for i, (_, h) in enumerate(material.combinations) if h == material.focus.horizon]
    rows = [name for name in material.perils if name in stored]
    left, top, step = 190.0, 34.0, (HEIGHT - 60) / max(len(rows), 1)
    wide = (WIDTH - left - 20) / max(len(at), 1)
    parts = [
        drawing.text(left + wide * (j + 0.5), 16, SCENARIOS[material.combinations[i][0]],
                     colour=drawing.INK, anchor="middle")
        for j, i in enumerate(at)
    ]  # fmt: skip
    for k, name in enumerate(rows):
        y = top + step * k
        parts.append(drawing.text(left - 8, y + step / 2, say.peril(material.perils[name]),
                                  colour=drawing.INK, anchor="end"))  # fmt: skip
        for j, i in enumerate(at):
            rate = percent(float(stored[name]["loss"][i]), float(stored[name]["exposed_value"][i]))
            parts += _cell(left + wide * j, y, wide, step, rate)
    return [*parts, *_grades(say, top + step * len(rows) + 14, left)]


def _cell(x: float, y: float, width: float, height: float, rate: float | None) -> Iterator[str]:
    grade = aal_grade(rate)
    colour = UNKNOWN_COLOUR if grade is None else GRADE_COLOURS[grade - 1]
    ink = drawing.INK if grade in (2, 3) else "#ffffff"
    yield drawing.box(x + 1, y + 1, width - 2, height - 2, colour)
    words = formats.DASH if rate is None else f"{formats.bare(rate)} %"
    yield drawing.text(x + width / 2, y + height / 2, words, colour=ink, anchor="middle")


def _grades(say: Say, y: float, left: float) -> Iterator[str]:
    """The legend of the AAL grades."""
    edges = ("0", *(f"{edge:g}" for edge in GRADES))
    for i, colour in enumerate(GRADE_COLOURS):
        x = left + 118 * i
        yield drawing.box(x, y - 6, 12, 12, colour)
        high = f"–{edges[i + 1]}" if i + 1 < len(edges) else "–"
        yield drawing.text(x + 16, y, f"{edges[i]}{high} {say('percent_a_year')}")


def over_horizons(material: Material, say: Say, unit: Unit) -> list[str]:
    """F4: loss of all perils over the windows, with the band of the chosen scenario."""
    stored = {row["quantity"]: row for row in material.sums["all"]}["grand"]
    names = list(HORIZONS)
    series = {
        scenario: [(float(names.index(h)), float(stored["loss"][i]) / unit.size)
                   for i, (s, h) in enumerate(material.combinations)
                   if s == scenario and stored["sites"][i]]
        for scenario in SCENARIOS
    }  # fmt: skip
    band = list(_of_focus(material, stored, unit))
    known = [y for points in series.values() for _, y in points] + [high for *_, high in band]
    top = max(known, default=0.0)
    frame = Frame(WIDTH, HEIGHT, (0.0, 0.0), (float(len(names) - 1), drawing.ceiling(top)))
    axes = [p for p in frame.axes("", say("axis_loss", unit=say(f"unit.{unit.key}")))]
    return [
        *_without_numbers(axes),
        *([] if known else [drawing.text(frame.left + 12, frame.top + 14, say("not_assessed"))]),
        _band(frame, band),
        *(frame.curve(points, i) for i, points in enumerate(series.values())),
        *(drawing.text(frame.at(i, 0)[0], HEIGHT - 28, say.name("horizon", name), anchor="middle")
          for i, name in enumerate(names)),
        *frame.legend(list(SCENARIOS.values())),
        _band_name(say("band", name=SCENARIOS[material.focus.scenario])),
    ]  # fmt: skip


def _of_focus(material: Material, stored: Row, unit: Unit) -> Iterator[tuple[float, float, float]]:
    """Window, low and high end of the loss in the chosen scenario, where they are known."""
    for i, (scenario, horizon) in enumerate(material.combinations):
        low, high = ends_of(stored, i)
        if scenario == material.focus.scenario and low is not None and high is not None:
            yield float(list(HORIZONS).index(horizon)), low / unit.size, high / unit.size


def _without_numbers(axes: Sequence[str]) -> Iterator[str]:
    """Axes without the marks of x, in whose place names stand."""
    mark = f'y="{HEIGHT - 46 + 14 + drawing.SIZE / 3:.1f}"'
    return (part for part in axes if mark not in part)


def _band_name(words: str) -> str:
    """What the band is, below the names of the curves."""
    return drawing.text(WIDTH - 138, 118, words, size=10.5)


def _band(frame: Frame, band: Sequence[tuple[float, float, float]]) -> str:
    there = [frame.at(x, low) for x, low, _ in band]
    back = [frame.at(x, high) for x, _, high in reversed(band)]
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in [*there, *back])
    return f'<polygon points="{points}" fill="#0b6478" fill-opacity="0.13"/>'


def _lorenz(material: Material, say: Say) -> list[str]:
    """F5: the share of the loss that the least affected share of the sites bears."""
    found = at_focus(material)
    points = [] if found is None else found.get("lorenz")
    if not isinstance(points, list) or not points or points[0] is None:
        return []
    frame = Frame(WIDTH, HEIGHT, (0.0, 0.0), (100.0, 100.0))
    n = len(points) - 1
    curve = [(100 * i / n, 100 * y) for i, y in enumerate(points)]
    gini = found.get("gini") if found else None
    said = say("gini", value=f"{gini:.2f}") if isinstance(gini, float) else ""
    return [
        *frame.axes(say("axis_sites"), say("axis_loss_share")),
        frame.curve([(0.0, 0.0), (100.0, 100.0)], 2),
        frame.curve(curve, 0),
        *_named(frame, [(0, say("lorenz")), (2, say("even"))]),
        drawing.text(WIDTH - 138, 80, said),
    ]


def _named(frame: Frame, names: Sequence[tuple[int, str]]) -> Iterator[str]:
    for row, (i, name) in enumerate(names):
        x, y = frame.width - frame.right + 12, frame.top + 10 + 20 * row
        yield drawing.line(x, y, x + 26, y, drawing.COLOURS[i], 2)
        yield drawing.text(x + 32, y, name, colour=drawing.INK)


def bars(material: Material, say: Say, unit: Unit) -> list[str]:
    """F7: how far each factor moves the loss of all perils; those not varied are said."""
    rows = [row for row in uncertainty(material, say).rows]
    known = [float(v) / unit.size for row in rows for v in row[4:7] if isinstance(v, float)]
    frame = Frame(
        WIDTH,
        HEIGHT,
        (0.0, 0.0),
        (drawing.ceiling(max(known, default=1.0)), float(len(rows))),
        left=190.0,
    )
    parts = [part for part in frame.axes(say("axis_loss", unit=say(f"unit.{unit.key}")), "")]
    drawn = list(_only_numbers_of_x(parts, frame))
    for k, row in enumerate(rows):
        x, y = frame.at(0, len(rows) - k - 0.5)
        drawn.append(drawing.text(x - 8, y, str(row[0]), colour=drawing.INK, anchor="end"))
        low, high = row[4], row[6]
        if isinstance(low, float) and isinstance(high, float):
            a, b = (frame.at(v / unit.size, 0)[0] for v in (low, high))
            drawn.append(drawing.box(a, y - 8, max(b - a, 1.5), 16, drawing.COLOURS[0]))
        else:
            drawn.append(drawing.text(x + 8, y, say("not_calculated")))
    return drawn


def _only_numbers_of_x(parts: Sequence[str], frame: Frame) -> Iterator[str]:
    """Axes without the marks of y, in whose place names stand."""
    mark = f'x="{frame.left - 6:.1f}"'
    return (part for part in parts if mark not in part)


def country(material: Material, say: Say) -> list[str]:
    """F2: every site on the country, coloured by the grade of its loss rate."""
    shapes = [shapely.from_geojson(str(row["outline"])) for row in material.provinces]
    place = _projection(shapes)
    parts = [_outline(shape, place) for shape in shapes]
    loss = material.grand[material.at]
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = 100 * loss / np.where(material.value > 0, material.value, np.nan)
    order = np.argsort(np.nan_to_num(rates, nan=-1.0), kind="stable")
    for i in order.tolist():
        longitude, latitude = material.places["longitude"][i], material.places["latitude"][i]
        if not np.isnan(longitude):
            parts.append(_dot(*place(longitude, latitude), rates[i]))
    return [*parts, *_map_legend(say)]


def _dot(x: float, y: float, rate: float) -> str:
    grade = aal_grade(None if np.isnan(rate) else float(rate))
    colour = UNKNOWN_COLOUR if grade is None else GRADE_COLOURS[grade - 1]
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}" stroke="#ffffff"'
        ' stroke-width="0.8"/>'
    )


def _map_legend(say: Say) -> Iterator[str]:
    edges = ("0", *(f"{edge:g}" for edge in GRADES))
    x = WIDTH - 220
    yield drawing.text(x, 24, say("map_legend"), colour=drawing.INK)
    for i, colour in enumerate((*GRADE_COLOURS, UNKNOWN_COLOUR)):
        y = 46 + 20 * i
        yield f'<circle cx="{x + 6}" cy="{y}" r="5" fill="{colour}"/>'
        if i < len(GRADE_COLOURS):
            high = f"–{edges[i + 1]}" if i + 1 < len(edges) else "–"
            yield drawing.text(x + 18, y, f"{i + 1}: {edges[i]}{high} {say('percent_a_year')}")
        else:
            yield drawing.text(x + 18, y, say("not_assessed"))


def _projection(
    shapes: Sequence[shapely.Geometry],
) -> Callable[[float, float], tuple[float, float]]:
    """Degrees to pixels, equirectangular at the country's middle."""
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    shrink = float(np.cos(np.radians((south + north) / 2)))
    scale = min((WIDTH - 260) / ((east - west) * shrink), (MAP_HEIGHT - 24) / (north - south))

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        return 20 + (longitude - west) * shrink * scale, 12 + (north - latitude) * scale

    return place


def _outline(shape: shapely.Geometry, place: Callable[[float, float], tuple[float, float]]) -> str:
    rings = [part.exterior for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    drawn = " ".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (place(*c[:2]) for c in ring.coords)) + "Z"
        for ring in rings
    )
    return f'<path d="{drawn}" fill="#eef2f4" stroke="#9aa8b0" stroke-width="0.6"/>'
