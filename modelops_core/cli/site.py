"""One site: assess, calc, explain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from modelops_core import perils as registry
from modelops_core.bootstrap import app, korean_year
from modelops_core.cli.shared import Json, answer, say
from modelops_core.cli.texts import assessment, calculation, explanation
from modelops_core.domain import horizons
from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import ALL_SETS
from modelops_core.domain.peril import Peril
from modelops_core.domain.site import VALUE_BASES
from modelops_core.services.audit import explain as explaining
from modelops_core.services.series import own_series
from modelops_core.sources import series

#: negative coordinates are arguments, not options
NUMBERS = {"ignore_unknown_options": True}
Latitude = Annotated[float, typer.Argument(help="°N")]
Longitude = Annotated[float, typer.Argument(help="°E")]
AssetValue = Annotated[float | None, typer.Option(help="Value of building and contents [KRW].")]
Structure = Annotated[
    str | None, typer.Option(help="As registered, or RC, SRC, steel, masonry, timber, light.")
]
Purpose = Annotated[str | None, typer.Option(help="As registered, or office, retail, factory …")]
Built = Annotated[float | None, typer.Option(help="Year of completion.")]
FloorsAbove = Annotated[float | None, typer.Option(help="Storeys above ground.")]
FloorsBelow = Annotated[float | None, typer.Option(help="Storeys below ground.")]
Area = Annotated[float | None, typer.Option(help="Total floor area [m²].")]
Basis = Annotated[
    str | None, typer.Option(help=f"Of a value that is not given: {', '.join(VALUE_BASES)}.")
]
LocationIndex = Annotated[
    float | None, typer.Option(help="Location index of the standard price (100 = base).")
]
RiverDistance = Annotated[float | None, typer.Option(help="Distance to the river [m].")]
RiverClass = Annotated[str | None, typer.Option(help="local, national or national_key.")]
RiverName = Annotated[
    str | None,
    typer.Option(help="Name of the river: a flow gauge of it near the site then drives the flood."),
]
Hand = Annotated[float | None, typer.Option(help="Height above the bank [m].")]
Elevation = Annotated[float | None, typer.Option(help="Ground above mean sea level [m].")]
ForestDistance = Annotated[float | None, typer.Option(help="Distance to forest [m].")]
SetName = Annotated[
    str, typer.Option("--parameters", help=f"Parameter set: {', '.join(ALL_SETS)}.")
]


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.command(context_settings=NUMBERS)(assess)
    program.command()(calc)
    program.command(context_settings=NUMBERS)(explain)


def assess(
    latitude: Latitude,
    longitude: Longitude,
    asset_value: AssetValue = None,
    structure: Structure = None,
    purpose: Purpose = None,
    built: Built = None,
    floors_above: FloorsAbove = None,
    floors_below: FloorsBelow = None,
    area: Area = None,
    value_basis: Basis = None,
    location_index: LocationIndex = None,
    river_distance: RiverDistance = None,
    river_class: RiverClass = None,
    river_name: RiverName = None,
    hand: Hand = None,
    elevation: Elevation = None,
    forest_distance: ForestDistance = None,
    peril: Annotated[
        list[str] | None, typer.Option(help="Only this peril; may be repeated.")
    ] = None,
    parameters: SetName = "central",
    as_json: Json = False,
) -> None:
    """What the perils can cost a site, under all scenarios and horizons."""
    corrections = {
        "asset_value": asset_value,
        "structure": structure,
        "purpose": purpose,
        "built_year": built,
        "floors_above": floors_above,
        "floors_below": floors_below,
        "total_area": area,
        "value_basis": value_basis,
        "location_index": location_index,
        "river_distance_m": river_distance,
        "river_class": river_class,
        "river_name": river_name,
        "hand_m": hand,
        "elevation_m": elevation,
        "forest_distance_m": forest_distance,
    }
    params: dict[str, Any] = {
        "latitude": latitude,
        "longitude": longitude,
        "as_of": korean_year(),
        "corrections": {name: value for name, value in corrections.items() if value is not None},
        "risk_types": peril or [],
        "parameter_set": parameters,
    }
    results = app().assess(params)
    answer(results) if as_json else say(assessment(results))


def calc(
    peril: Annotated[str, typer.Argument(help="Identifier of the peril.")],
    file: Annotated[Path, typer.Argument(help="CSV: year[,month] and the peril's variables.")],
    baseline: Annotated[
        Path | None, typer.Option(help="CSV of the baseline, where protection is set.")
    ] = None,
    latitude: Annotated[float | None, typer.Option(help="°N")] = None,
    longitude: Annotated[float | None, typer.Option(help="°E")] = None,
    elevation: Elevation = None,
    coast_distance: Annotated[float | None, typer.Option(help="Distance to the coast [m].")] = None,
    basin: Annotated[
        str | None, typer.Option(help="Han, Nakdong, Geum, Yeongsan or Seomjin.")
    ] = None,
    asset_value: AssetValue = None,
    structure: Structure = None,
    purpose: Purpose = None,
    built: Built = None,
    floors_above: FloorsAbove = None,
    floors_below: FloorsBelow = None,
    area: Area = None,
    river_distance: RiverDistance = None,
    river_class: RiverClass = None,
    hand: Hand = None,
    forest_distance: ForestDistance = None,
    parameters: SetName = "central",
    as_json: Json = False,
) -> None:
    """One cell from your own series: the nightly run's mathematics without a database."""
    declared = registry.get(peril, app().perils)
    place = {
        "latitude": latitude,
        "longitude": longitude,
        "elevation_m": elevation,
        "coast_distance_m": coast_distance,
        "basin_code": basin,
    }
    corrections = {
        "asset_value": asset_value,
        "structure": structure,
        "purpose": purpose,
        "built_year": built,
        "floors_above": floors_above,
        "floors_below": floors_below,
        "total_area": area,
        "river_distance_m": river_distance,
        "river_class": river_class,
        "hand_m": hand,
        "forest_distance_m": forest_distance,
    }
    own = _placed(declared, file, place)
    before = None if baseline is None else _placed(declared, baseline, place)
    p = app().parameters.params(peril, own_series.set_name(parameters))
    found = own_series.answer(declared, own, p, before, place, corrections, korean_year())
    answer(found) if as_json else say(calculation(found))


def _placed(peril: Peril, path: Path, place: dict[str, Any]) -> Climate:
    return own_series.placed(peril, series.read(path, peril.series or peril.requires), place)


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
        app().explaining, latitude, longitude, peril, scenario, horizon, river_name or ""
    )
    answer(found) if as_json else say(explanation(found))
