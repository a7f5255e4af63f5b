"""What a building is worth, and how much of it water can reach."""

from __future__ import annotations

import numpy as np

from modelops_core.domain import building
from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.parameters import Params
from modelops_core.domain.site import UNKNOWN, Sites


def described(sites: Sites, as_of: int) -> Sites:
    """*sites* with the classes of their strings and their age [years] in the year *as_of*."""
    structure = _classes(sites["structure"], building.STRUCTURE_CLASSES)
    group = _classes(sites["structure"], building.STRUCTURE_GROUPS)
    use = _classes(sites["purpose"], building.USE_GROUPS, "other")
    index = _classes(sites["purpose"], building.USE_INDEX_GROUPS, "other")
    # a building has a storey: 0 above and below is a register's word for unknown
    none = ~(sites["floors_above"] > 0)
    return sites.with_columns(
        floors_above=np.where(none, np.nan, sites["floors_above"]),
        floors_below=np.where(none & (sites["floors_below"] == 0), np.nan, sites["floors_below"]),
        structure_class=np.array(structure, dtype=object),
        structure_group=np.array(group, dtype=object),
        use_group=np.array(use, dtype=object),
        use_index_group=np.array(index, dtype=object),
        curve_class=np.array([building.curve_class(u) for u in use], dtype=object),
        age=np.maximum(0.0, as_of - sites["built_year"]),
        as_of=np.full(len(sites), as_of),
    )


def _classes(texts: Array, rules: building.Rules, otherwise: str = UNKNOWN) -> list[str]:
    """The class of each text; equal texts are read once."""
    words = [str(text) for text in texts]
    known = {word: building.classify(word, rules, otherwise) for word in set(words)}
    return [known[word] for word in words]


def value(sites: Sites, p: Params) -> tuple[Array, dict[str, BoolArray]]:
    """
    Value [KRW], land excluded: the given one, else from the floor area on the site's basis.

    replacement: v = area × unit cost × (structure index/100) × (use index/110) × (1 + contents);
    depreciated: the same × residual; standard_price: area × NTS price, without contents. NaN
    where neither value nor what the basis needs is known; flags name what had to be assumed, and
    a given value that lies far from the replacement cost of the area.
    """
    basis, estimate = sites["value_basis"], _estimate(sites, p)
    given = ~np.isnan(sites["asset_value"])
    result = np.where(given, sites["asset_value"], estimate)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = sites["asset_value"] / (sites["total_area"] * _unit_cost(sites, p))
        far = (times > p["value_factor"]) | (times < 1 / p["value_factor"])
    estimated = ~given & ~np.isnan(estimate)
    return result, {
        "asset_value_unknown": np.isnan(result),
        "asset_value_estimated": estimated,
        "asset_value_implausible": given & far,
        "value_depreciated": estimated & (basis == "depreciated"),
        "value_standard_price": estimated & (basis == "standard_price"),
        "structure_assumed_rc": estimated & (sites["structure_group"] == UNKNOWN),
        "use_assumed_other": estimated & (sites["use_group"] == UNKNOWN),
    }


def _estimate(sites: Sites, p: Params) -> Array:
    """The value of the floor area on each site's basis [KRW]."""
    basis, area = sites["value_basis"], sites["total_area"]
    estimate = area * _unit_cost(sites, p)
    if (aged := basis == "depreciated").any():
        estimate = np.where(
            aged, estimate * residual(sites["age"], sites["structure_group"], p), estimate
        )
    if (noticed := basis == "standard_price").any():
        price = standard_price(sites, p, _notices(sites["as_of"], p), sites["location_index"])
        estimate = np.where(noticed, area * price, estimate)
    return estimate


def _unit_cost(sites: Sites, p: Params) -> Array:
    """Cost of building and contents anew [KRW/m²]."""
    structure = _lookup(sites["structure_group"], p["structure_index"], p["structure_index"]["rc"])
    use = _lookup(sites["use_index_group"], p["use_index"], p["use_index"]["other"])
    contents = _lookup(sites["use_group"], p["contents_ratio"], p["contents_ratio"]["other"])
    cost: Array = p["unit_cost"] * structure / 100 * use / p["unit_cost_use_index"] * (1 + contents)
    return cost


def _notices(as_of: Array, p: Params) -> Array:
    """The year of the last standard-price notice not after each *as_of*; NaN before the first."""
    years = sorted(p["nts_unit_price"])
    return np.array([max((float(y) for y in years if y <= day), default=np.nan) for day in as_of])


def residual(age: Array, structure_group: Array, p: Params) -> Array:
    """Share of the value left after *age* years, by the National Tax Service's rule."""
    left: Array = np.maximum(
        p["residual_floor"], 1 - p["residual_slope"] * age / service_life(structure_group, p)
    )
    return left


def service_life(structure_group: Array, p: Params) -> Array:
    """Service life [years]."""
    return _lookup(structure_group, p["service_life"], p["service_life_unknown"])


def standard_price(
    sites: Sites, p: Params, year: Array | int, location_index: Array | float = 100.0
) -> Array:
    """
    Return the NTS building standard price [KRW/m²] by the notice of *year*, (site,).

    It is floored to 1,000 KRW, is a lower bound of the value, and is NaN for a year without a
    notice.
    """
    structure = _lookup(sites["structure_group"], p["structure_index"], p["structure_index"]["rc"])
    use = _lookup(sites["use_index_group"], p["use_index"], p["use_index"]["other"])
    left = residual(sites["age"], sites["structure_group"], p)
    noticed = np.array(
        [p["nts_unit_price"].get(y, np.nan) for y in np.broadcast_to(year, len(sites))], dtype=float
    )
    price = noticed * structure / 100 * use / 100 * location_index / 100 * left
    # the rule floors to 1,000; a rounding error below a whole thousand must not cost one
    floored: Array = np.floor(price / 1000 + 1e-9) * 1000
    return floored


def exposed_share(sites: Sites, p: Params) -> tuple[Array, BoolArray]:
    """φ, the share of the value that floods reach, and where storeys had to be assumed."""
    above, below = sites["floors_above"], sites["floors_below"]
    unknown = np.isnan(above) | np.isnan(below) | (above + below <= 0)
    total = np.where(unknown, 1.0, above + below)
    share = np.where(unknown, 1.0, np.minimum(1.0, (p["exposed_storeys"] + below) / total))
    return share, unknown


def _lookup(keys: Array, table: dict[str, float], otherwise: float) -> Array:
    return np.array([table.get(key, otherwise) for key in keys], dtype=float)
