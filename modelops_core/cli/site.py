"""The commands ``assess``, ``calc`` and ``explain``, which concern one site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from modelops_core import perils as registry
from modelops_core.bootstrap import app, korean_year
from modelops_core.cli.shared import Json, print_json, print_line
from modelops_core.cli.site_options import BUILDING, CELL, OPTIONS, with_options
from modelops_core.cli.texts import assessment, calculation, curve_losses, explanation
from modelops_core.domain import horizons
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import ALL_SETS, Params
from modelops_core.domain.peril import Peril
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row
from modelops_core.services.audit import explain as explaining
from modelops_core.services.series import own_curve, own_series
from modelops_core.sources import whole_file

LANGUAGES = ("ko", "en")
#: negative coordinates are arguments, not options
NUMBERS = {"ignore_unknown_options": True}
Latitude = Annotated[float, typer.Argument(help="°N")]
Longitude = Annotated[float, typer.Argument(help="°E")]
RiverName = Annotated[
    str | None,
    typer.Option(help="Name of the river: a flow gauge of it near the site then drives the flood."),
]
SetName = Annotated[
    str, typer.Option("--parameters", help=f"Parameter set: {', '.join(ALL_SETS)}.")
]


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.command(context_settings=NUMBERS)(assess)
    program.command()(calc)
    program.command(context_settings=NUMBERS)(explain)


@with_options("corrections", *(name for name in OPTIONS if name != "coast_distance_m"))
def assess(
    latitude: Latitude,
    longitude: Longitude,
    corrections: dict[str, Any],
    peril: Annotated[
        list[str] | None, typer.Option(help="Only this peril; may be repeated.")
    ] = None,
    parameters: SetName = "central",
    report: Annotated[
        Path | None, typer.Option(help="Write a report of one page to this PDF, too.")
    ] = None,
    name: Annotated[str, typer.Option(help="With --report: the site's name.")] = "",
    language: Annotated[str, typer.Option(help="With --report: ko or en.")] = "ko",
    scenario: Annotated[
        str, typer.Option(help="With --report: ssp1, ssp2, ssp3 or ssp5.")
    ] = horizons.DEFAULT_SCENARIO,
    horizon: Annotated[
        str, typer.Option(help="With --report: baseline, 2030s, 2050s, 2070s or 2090s.")
    ] = horizons.DEFAULT_HORIZON,
    as_json: Json = False,
) -> None:
    """What the perils can cost a site, under all scenarios and horizons."""
    if language not in LANGUAGES:
        raise InvalidInput("not_one_of", field="--language", value=language, known=LANGUAGES)
    horizons.scenario(scenario)
    horizons.horizon(horizon)
    params: dict[str, Any] = {
        "latitude": latitude,
        "longitude": longitude,
        "as_of": korean_year(),
        "corrections": corrections,
        "risk_types": peril or [],
        "parameter_set": parameters,
    }
    results = app().assess(params)
    if report is not None:
        choice = {"language": language, "scenario": scenario, "horizon": horizon, "name": name}
        whole_file.write(report, app().site_report(results["batch_id"], COMMAND_LINE, **choice))
    print_json(results) if as_json else print_line(assessment(results))


RainFactor = Annotated[
    float | None,
    typer.Option(help="What the warming multiplies rain by: the file is then the baseline."),
]
DroughtLine = Annotated[
    str | None,
    typer.Option(
        help="A,G,W of drought: mean of yearly least SPEI-12, its response [1/K], warming [K]."
    ),
]


@with_options("given", *CELL, *BUILDING)
def calc(
    peril: Annotated[str, typer.Argument(help="Identifier of the peril.")],
    given: dict[str, Any],
    file: Annotated[
        Path | None, typer.Argument(help="CSV: year[,month] and the peril's variables.")
    ] = None,
    curve: Annotated[
        Path | None,
        typer.Option(help="Instead: CSV of return_period or exceedance_probability, intensity."),
    ] = None,
    damage_curve: Annotated[
        Path | None,
        typer.Option(help="With --curve: CSV of intensity and damage ratio of your building."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="CSV of the baseline, where protection is set.")
    ] = None,
    latitude: Annotated[float | None, typer.Option(help="°N")] = None,
    longitude: Annotated[float | None, typer.Option(help="°E")] = None,
    basin: Annotated[
        str | None, typer.Option(help="Han, Nakdong, Geum, Yeongsan or Seomjin.")
    ] = None,
    factor: RainFactor = None,
    line: DroughtLine = None,
    parameters: SetName = "central",
    as_json: Json = False,
) -> None:
    """One cell from your own series, or sites from your own hazard curves, without a database."""
    declared = registry.get(peril, app().perils)
    p = app().parameters.params(peril, own_series.parse_parameter_set(parameters))
    if file is not None and curve is None and damage_curve is None:
        place = {"latitude": latitude, "longitude": longitude, "basin_code": basin}
        found = _own_series(declared, p, (file, baseline), place, given, (factor, line))
        print_json(found) if as_json else print_line(calculation(found))
    elif file is None and curve is not None and baseline is None:
        found = _own_curve(declared, p, curve, damage_curve, given)
        print_json(found) if as_json else print_line(curve_losses(found))
    else:
        raise InvalidInput("calc_input")


def _own_series(
    peril: Peril,
    p: Params,
    files: tuple[Path, Path | None],
    place: dict[str, Any],
    given: dict[str, Any],
    warming: tuple[float | None, str | None],
) -> Row:
    """Calculate *files* (series, baseline) with *warming* (rain factor, drought line)."""
    file, baseline = files
    place |= {name: given.pop(name, None) for name in CELL}
    own = own_series.warmed(peril, _placed(peril, file, place, p), *warming)
    before = None if baseline is None else _placed(peril, baseline, place, p)
    return own_series.answer(peril, own, p, before, place, given, korean_year())


def _own_curve(
    peril: Peril, p: Params, file: Path, damage_file: Path | None, given: dict[str, Any]
) -> Row:
    from modelops_core.sources import curves  # with pandas: other commands start without

    own = None if damage_file is None else curves.damage(damage_file)
    hazard = curves.hazard(file, given.get("asset_value"))
    return own_curve.answer(peril, hazard, p, own, given, korean_year())


def _placed(peril: Peril, path: Path, place: dict[str, Any], p: Params) -> Climate:
    from modelops_core.sources import series  # with pandas: other commands start without

    optional = own_series.optional(peril, p)
    own = series.read(path, peril.series or peril.requires, optional=optional)
    return own_series.placed(peril, own, place)


def explain(
    latitude: Latitude,
    longitude: Longitude,
    peril: Annotated[str, typer.Argument(help="Identifier of the peril.")],
    scenario: Annotated[
        str, typer.Option(help="ssp1, ssp2, ssp3 or ssp5.")
    ] = horizons.DEFAULT_SCENARIO,
    horizon: Annotated[
        str, typer.Option(help="baseline, 2030s, 2050s, 2070s or 2090s.")
    ] = horizons.DEFAULT_HORIZON,
    river_name: RiverName = None,
    as_json: Json = False,
) -> None:
    """The chain of a stored number, from input to result."""
    found = explaining.explain(
        app().explanation_ports, latitude, longitude, peril, scenario, horizon, river_name or ""
    )
    print_json(found.to_row()) if as_json else print_line(explanation(found))
