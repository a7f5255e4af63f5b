"""Command-line options for the attributes of a site, declared once for all commands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

from modelops_core.domain.korean import money
from modelops_core.domain.site import VALUE_BASES


def _option(kind: Any, name: str, text: str, **more: Any) -> Any:
    return Annotated[kind | None, typer.Option(name, help=text, **more)]


def _won(text: str) -> float:
    """An amount [KRW] as the page takes it, ``12억``, or as a program writes it, ``1.2e9``."""
    try:
        return float(text)
    except ValueError:
        return money.parse(text)


#: field of a site → its option
OPTIONS = {
    "asset_value": _option(
        float,
        "--asset-value",
        "Value of building and contents [KRW]: 1200000000, 12억, 1.2bn.",
        parser=_won,
        metavar="AMOUNT",
    ),
    "structure": _option(
        str, "--structure", "As registered, or RC, SRC, steel, masonry, timber, light."
    ),
    "purpose": _option(str, "--purpose", "As registered, or office, retail, factory …"),
    "built_year": _option(float, "--built", "Year of completion."),
    "floors_above": _option(float, "--floors-above", "Storeys above ground."),
    "floors_below": _option(float, "--floors-below", "Storeys below ground."),
    "total_area": _option(float, "--area", "Total floor area in m²."),
    "value_basis": _option(
        str, "--value-basis", f"Of a value that is not given: {', '.join(VALUE_BASES)}."
    ),
    "location_index": _option(
        float, "--location-index", "Location index of the standard price (100 = base)."
    ),
    "river_distance_m": _option(float, "--river-distance", "Distance to the river in metres."),
    "river_class": _option(str, "--river-class", "local, national or national_key."),
    "river_name": _option(
        str,
        "--river-name",
        "Name of the river: a flow gauge of it near the site then drives the flood.",
    ),
    "hand_m": _option(float, "--hand", "Height above the bank in metres."),
    "elevation_m": _option(float, "--elevation", "Ground above mean sea level in metres."),
    "coast_distance_m": _option(float, "--coast-distance", "Distance to the coast in metres."),
    "forest_distance_m": _option(float, "--forest-distance", "Distance to forest in metres."),
}
#: fields that ``calc`` takes in place of the database: of the cell, then of the building
CELL = ("elevation_m", "coast_distance_m")
BUILDING = (
    *("asset_value", "structure", "purpose", "built_year", "floors_above", "floors_below"),
    *("total_area", "river_distance_m", "river_class", "hand_m", "forest_distance_m"),
)
Command = Callable[..., None]


def with_options(
    into: str, *fields: str, of: Mapping[str, Any] = OPTIONS
) -> Callable[[Command], Command]:
    """
    Decorate a command so that it has an option for each of *fields*, as *of* declares them.

    The command gets the options that were given as one mapping in its parameter *into*.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            chosen = {name: given.pop(name) for name in fields}
            known = {name: value for name, value in chosen.items() if value is not None}
            command(**given, **{into: known})

        hints = get_type_hints(command, include_extras=True)
        own = [
            parameter.replace(annotation=hints[name])
            for name, parameter in inspect.signature(command).parameters.items()
            if name != into
        ]
        added = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=of[name]
            )
            for name in fields
        ]
        signature = inspect.Signature([*own, *added])
        run.__signature__ = signature  # type: ignore[attr-defined]
        run.__annotations__ = {name: p.annotation for name, p in signature.parameters.items()}
        del run.__wrapped__
        return run

    return decorate
