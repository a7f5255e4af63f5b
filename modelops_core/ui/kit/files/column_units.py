"""Units of the columns of files, by the column's code, and how a workbook shows their numbers."""

from __future__ import annotations

from collections.abc import Mapping

from modelops_core.domain.result import HEADLINE

RATE, LOSS, MONEY, PERCENT = "%/yr", "KRW/yr", "KRW", "%"
#: unit → columns; whatever is not here is text, a code, a count or a score without unit
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    RATE: (
        *("base_aal", "final_aal", "aal_p05", "aal_p95", "rate", "rate_p05", "rate_p95"),
        *("least_aal", "largest_aal"),
    ),
    "1/yr": ("insurance_rate", "exceedance_probability"),
    LOSS: (
        *("expected_loss", "loss_p05", "loss_p95", "loss_change", "physical"),
        *("physical_no_overlap", "operating", "grand", "least_loss", "largest_loss"),
    ),
    MONEY: (
        *("asset_value", "exposed_value", "loss"),
        *(f"loss_{period}yr" for period in HEADLINE),
    ),
    "yr": ("return_period", "return_years"),
    PERCENT: ("change_percent", "progress", "national_percentile"),
    "deg": ("latitude", "longitude"),
    "m": ("elevation_m", "river_distance_m", "hand_m", "forest_distance_m", "coast_distance_m"),
    "m2": ("total_area",),
    "km2": ("area_km2",),
    "persons/km2": ("density",),
    "persons": tuple(f"population_{year}" for year in range(2020, 2051, 5)),
    "K": ("baseline", "2030s", "2050s", "2070s", "2090s"),
    "bytes": ("bytes",),
}
_UNITS = {column: unit for unit, columns in _COLUMNS.items() for column in columns}
_FORMATS: Mapping[str, str] = {
    RATE: "0.0000",
    "1/yr": "0.000000",
    LOSS: "#,##0",
    MONEY: "#,##0",
    PERCENT: "0.0",
    "deg": "0.0000",
    "m2": "#,##0",
    "persons": "#,##0",
    "bytes": "#,##0",
    "s": "0.0",
}
#: columns of whole numbers that are no amounts
_CODES = frozenset({"year", "month", "first_year", "last_year", "built_year", "site_id", "run_id"})


def unit_of(column: str) -> str:
    """The unit in which a column's numbers are; empty for a text, a count and a score."""
    if column in _UNITS:
        return _UNITS[column]
    return "s" if column.endswith("_s") else ""


def number_format(column: str) -> str:
    """The number format of a workbook's cells in this column."""
    if column in _CODES:
        return "0"
    return _FORMATS.get(unit_of(column), "General")
