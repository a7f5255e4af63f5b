"""
A portfolio as columns: sites, the loans they secure, policies and holdings.

Money is in KRW, lengths in m, areas in m², coordinates in ° WGS84. Unknown is NaN, '' or NaT.
All columns of a block have one length and are read-only; a reference to a site is its position.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import Status, StatusArray

#: texts, '' where unknown
TextArray = npt.NDArray[np.object_]
#: days, NaT where unknown
DayArray = npt.NDArray[np.datetime64]
#: the grades of OED's field AddressMatch from which a depth of water is weak, and unknown
COARSE_MATCH, LEAST_MATCH = 4, 7
#: AddressMatch: not placed, a coordinate of the user's, the building, the parcel, the town's middle
UNPLACED, USER_COORDINATE, BUILDING, PARCEL, TOWN = 0, 1, 2, 3, 8


@dataclass(frozen=True, slots=True)
class Block:
    """What the blocks share: columns that nobody changes."""

    def __post_init__(self) -> None:
        for column in self.columns().values():
            column.flags.writeable = False

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """All columns by name."""
        own = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {name: value for name, value in own.items() if isinstance(value, np.ndarray)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledges(Block):
    """Which rows of a block stand on which sites: pairs of positions, each pair once."""

    row: IntArray
    site: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Loans(Block):
    """
    Loans, one row each.

    ``collateral`` says which sites secure them; a loan without any has ``region``, where the
    borrower does business. ``npl`` and ``insured`` are 1, 0 or NaN; ``stage`` is 1, 2, 3 or NaN.
    """

    source_row: IntArray
    loan_id: TextArray
    borrower_id: TextArray
    ksic_code: TextArray
    product: TextArray
    exposure: Array
    collateral_value: Array
    ltv: Array
    origination: DayArray
    maturity: DayArray
    stage: Array
    npl: Array
    provision: Array
    insured: Array
    insurance_limit: Array
    region: TextArray
    collateral: Pledges

    def __len__(self) -> int:
        return len(self.loan_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies(Block):
    """Insurance policies, one row each; ``reinsurance_share`` is 0 to 1."""

    source_row: IntArray
    policy_id: TextArray
    line: TextArray
    gross_limit: Array
    deductible: Array
    retention: Array
    reinsurance_share: Array
    insured_sites: Pledges

    def __len__(self) -> int:
        return len(self.policy_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings(Block):
    """Securities, one row each; ``weight`` is 0 to 1 of the portfolio's value."""

    source_row: IntArray
    isin: TextArray
    weight: Array
    issuer_sites: Pledges

    def __len__(self) -> int:
        return len(self.isin)


_NUMBERS = (
    *("contents_value", "revenue", "owner_occupied", "first_floor_height_m", "flood_barrier_m"),
    "service_equipment_raised",
)
_TEXTS = ("site_name", "address", "district_code", "industry", "group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio(Block):
    """
    Sites, one row each, and what stands on them.

    ``given`` maps a field of :class:`~modelops_core.domain.site.Site` to the column that the file
    gave (``asset_value``, ``structure``, ``purpose``, ``built_year``, ``floors_above``,
    ``floors_below``, ``total_area``, ``elevation_m`` …): what it knows goes before the register,
    where it is unknown the register counts. ``asset_value`` is building and contents together,
    ``contents_value`` the part of it that is contents.

    ``address_match`` is OED's grade of the position; a site that has none is UNPLACED and has NaN
    for coordinates. ``district_code`` is the code of the sigungu that the file names, '' where it
    names none. ``same_place`` is the position of the first site at the same place, its own where
    there is none before it: such values are counted twice unless the analyst says otherwise.
    """

    name: str
    source_row: IntArray
    site_id: TextArray
    site_name: TextArray
    latitude: Array
    longitude: Array
    address: TextArray
    address_match: IntArray
    district_code: TextArray
    industry: TextArray
    group: TextArray
    same_place: IntArray
    contents_value: Array
    revenue: Array
    owner_occupied: Array
    first_floor_height_m: Array
    flood_barrier_m: Array
    service_equipment_raised: Array
    given: Mapping[str, npt.NDArray[Any]]
    #: columns of the file's own that are kept for the way back: header → texts
    others: Mapping[str, TextArray] = field(default_factory=dict)
    loans: Loans | None = None
    policies: Policies | None = None
    holdings: Holdings | None = None

    @classmethod
    def of_points(cls, name: str, latitude: Array, longitude: Array, **known: Any) -> Portfolio:
        """Sites at these coordinates [°], of which only the *known* columns are known."""
        n = len(latitude)
        number, text = np.full(n, np.nan), np.full(n, "", dtype=object)
        columns: dict[str, Any] = {
            **{one: number.copy() for one in _NUMBERS},
            **{one: text.copy() for one in _TEXTS},
            "source_row": np.arange(n) + 2,
            "site_id": np.array([f"S{i}" for i in range(n)], dtype=object),
            "address_match": np.full(n, USER_COORDINATE),
            "same_place": np.arange(n),
            "given": {},
        }
        return cls(name=name, latitude=latitude, longitude=longitude, **{**columns, **known})

    def __post_init__(self) -> None:
        Block.__post_init__(self)
        for column in (*self.given.values(), *self.others.values()):
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.site_id)

    @property
    def placed(self) -> BoolArray:
        """Where a site has a position, (site,)."""
        return ~(np.isnan(self.latitude) | np.isnan(self.longitude))

    @property
    def repeated(self) -> BoolArray:
        """Where a site lies at the place of an earlier one, (site,)."""
        repeated: BoolArray = self.same_place != np.arange(len(self))
        return repeated


def best_status(address_match: IntArray, peril: Peril) -> StatusArray:
    """
    The best status that a result may have by the grade of its position, (site,).

    Water's depth differs from house to house, so that it asks for the building or its parcel;
    a site without a position has no result at all.
    """
    status = np.full(len(address_match), Status.ok, dtype=np.int8)
    if peril.site_factor == "inundation":
        status[address_match >= COARSE_MATCH] = Status.low_confidence
        status[address_match >= LEAST_MATCH] = Status.not_assessed
    status[address_match == UNPLACED] = Status.not_assessed
    return status
