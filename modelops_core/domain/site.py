"""Sites: places with a building, as columns; unknown is NaN or ``unknown``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain.gauges import RiverGauge
from modelops_core.errors import InvalidInput, MissingVariable

UNKNOWN = "unknown"
#: longest name of a river
NAME_LENGTH = 50
RIVER_CLASSES = ("local", "national", "national_key")
#: what an estimated value is: the cost of building anew, the same less age, or the tax office's
#: standard price
VALUE_BASES = ("replacement", "depreciated", "standard_price")
#: Korea's box, for a first check of coordinates [°]
LATITUDES = (33.0, 38.7)
LONGITUDES = (124.5, 132.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    One place and what is known of it.

    Lengths in m, areas in m², values in KRW, shares 0..1. ``structure`` and
    ``purpose`` are the register's strings. ``assumed`` names what no source gave,
    ``river_gauge`` what the gauges know of the river named ``river_name``. A value that is
    not given is estimated on the ``value_basis``; ``location_index`` is the standard price's.
    """

    latitude: float
    longitude: float
    asset_value: float = math.nan
    structure: str = ""
    purpose: str = ""
    built_year: float = math.nan
    floors_above: float = math.nan
    floors_below: float = math.nan
    total_area: float = math.nan
    value_basis: str = VALUE_BASES[0]
    location_index: float = math.nan
    elevation_m: float = math.nan
    coast_distance_m: float = math.nan
    river_distance_m: float = math.nan
    river_class: str = UNKNOWN
    river_name: str = ""
    hand_m: float = math.nan
    forest_distance_m: float = math.nan
    urban_share: float = math.nan
    impervious: float = math.nan
    is_urban: bool | None = None
    depression: bool = False
    river_gauge: RiverGauge | None = None
    assumed: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        for name, (low, high, unit) in RANGES.items():
            value = getattr(self, name)
            if not math.isnan(value) and not low <= value <= high:
                raise InvalidInput(
                    "out_of_range", field=name, value=value, low=low, high=high, unit=unit
                )
        if self.value_basis not in VALUE_BASES:
            raise InvalidInput(
                "none_of", field="value_basis", value=self.value_basis, known=VALUE_BASES
            )
        if self.river_class not in (*RIVER_CLASSES, UNKNOWN):
            raise InvalidInput(
                "none_of", field="river_class", value=self.river_class, known=RIVER_CLASSES
            )
        if (
            not isinstance(self.river_name, str)
            or len(self.river_name) > NAME_LENGTH
            or not self.river_name.isprintable()
        ):
            raise InvalidInput("river_name", value=self.river_name, limit=NAME_LENGTH)

    def corrected(self, corrections: Mapping[str, Any]) -> Site:
        """A copy with the analyst's *corrections*; an unknown field is InvalidInput."""
        unknown = set(corrections) - set(CORRECTABLE)
        if unknown:
            raise InvalidInput("unknown_field", field=unknown, known=CORRECTABLE)
        given = {name: value for name, value in corrections.items() if value is not None}
        gauge = None if "river_name" in given else self.river_gauge  # it was the other river's
        return replace(self, **given, river_gauge=gauge, assumed=self.assumed - set(given))


#: field → lowest, highest, unit
RANGES: Mapping[str, tuple[float, float, str]] = {
    "asset_value": (1e4, 1e15, "KRW"),
    "built_year": (1800, 2100, ""),
    "floors_above": (0, 200, "storeys"),
    "floors_below": (0, 30, "storeys"),
    "total_area": (1, 1e7, "m²"),
    "location_index": (50, 200, ""),
    "elevation_m": (-20, 2000, "m"),
    "coast_distance_m": (0, 200_000, "m"),
    "river_distance_m": (0, 200_000, "m"),
    "hand_m": (0, 2000, "m"),
    "forest_distance_m": (0, 200_000, "m"),
    "urban_share": (0, 1, ""),
    "impervious": (0, 1, ""),
}
#: what an analyst may correct
CORRECTABLE = tuple(
    f.name
    for f in fields(Site)
    if f.name not in ("latitude", "longitude", "assumed", "is_urban", "river_gauge")
)
#: what a site without a gauge has in its place
NO_GAUGE = RiverGauge(state="")


#: of a site's gauge, as columns with ``gauge_`` before them
GAUGE_NUMBERS = ("years", "l1", "l2")


def gauge_columns(gauges: Sequence[RiverGauge]) -> dict[str, npt.NDArray[Any]]:
    """The columns of the sites' gauges."""
    return {
        **{f"gauge_{name}": np.array([getattr(g, name) for g in gauges]) for name in GAUGE_NUMBERS},
        "gauge_state": np.array([g.state for g in gauges]),
        "gauge_said": np.array([str(g) for g in gauges]),
    }


class Sites:
    """Columns over many sites: what the stages read. Read-only."""

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        self._columns = dict(columns)
        for column in self._columns.values():
            column.flags.writeable = False

    @classmethod
    def of(cls, sites: Iterable[Site], **columns: npt.NDArray[Any]) -> Sites:
        """The columns of *sites*, and *columns* on top."""
        rows = tuple(sites)
        own = {
            f.name: np.array([getattr(row, f.name) for row in rows])
            for f in fields(Site)
            if f.name not in ("assumed", "is_urban", "river_gauge")
        }
        own |= gauge_columns([row.river_gauge or NO_GAUGE for row in rows])
        own["is_urban"] = np.array(
            [math.nan if r.is_urban is None else float(r.is_urban) for r in rows]
        )
        return cls({**own, **columns})

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        try:
            return self._columns[name]
        except KeyError:
            raise MissingVariable("attribute_not_read", attribute=name) from None

    def __len__(self) -> int:
        return len(self._columns["latitude"])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(self._columns)

    def with_columns(self, **columns: npt.NDArray[Any]) -> Sites:
        """A copy with more columns."""
        return Sites({**self._columns, **columns})

    def at(self, positions: npt.NDArray[np.int64]) -> Sites:
        """The sites at *positions*, in their order."""
        return Sites({name: column[positions] for name, column in self._columns.items()})

    def repeated(self, count: int) -> Sites:
        """*count* copies of a single site."""
        return Sites({name: np.repeat(column, count) for name, column in self._columns.items()})


def check_coordinates(latitude: float, longitude: float) -> None:
    """Raise InvalidInput unless the point lies in Korea's box; it may still be sea."""
    for name, value, (low, high) in (
        ("latitude", latitude, LATITUDES),
        ("longitude", longitude, LONGITUDES),
    ):
        if not math.isfinite(value) or not low <= value <= high:
            raise InvalidInput(
                "outside_box",
                field=name,
                value=value,
                south=LATITUDES[0],
                north=LATITUDES[1],
                west=LONGITUDES[0],
                east=LONGITUDES[1],
            )
