"""
T8: probable maximum losses, two bounds and never one figure.

Events are not modelled jointly, so that the loss of a rare year of many sites is known between
two ends only: no site depends on another, or all have their rare year at once (METHOD §11). Storms
alone are the same at all sites: their joint loss stands beside the bounds of the country.

References
----------
.. [1] G. Steele, D. Lea & C. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.portfolio import TextArray
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.regions import name_of
from modelops_core.services.report.portfolio.texts import Say

LOWER, UPPER, JOINT = "independent_lower", "comonotone_upper", "joint"
#: asked for by FN-IN-450a.1 (2 %, 1 %, 0.4 %) and by the sheet; those not stored are said
ASKED = (50, 100, 200, 250)
#: years of independent sites that are drawn, and what they are drawn by
YEARS, SEED = 4000, 20270101
#: sites that are drawn at once
CHUNK = 2000
T8 = (
    *(Column("peril"), Column("region"), Column("rp", "whole"), Column("gross", "money")),
    *(Column("net", "money"), Column("basis"), Column("status")),
)


def bounds(material: Material, say: Say) -> ReportTable:
    """T8 by peril, the country and each sido."""
    rows = [row for key in material.rare for row in _peril(material, key, say)]
    periods = [period for period in ASKED if period in material.run["return_periods"]]
    notes = [
        say("note_pml"),
        *_of_joint(material, say),
        say("note_pml_periods", periods=", ".join(map(str, periods))),
    ]
    notes.append(say("note_net" if material.portfolio.policies is not None else "note_no_policies"))
    paper = [i for i, row in enumerate(rows) if row[1] == "KR"]
    return ReportTable(key="T8", columns=T8, rows=rows, notes=notes, paper_rows=paper)


def _of_joint(material: Material, say: Say) -> list[str]:
    storms = material.storms
    if storms is None or not storms["joint_rare_years"]:
        return []
    return [say("note_pml_joint", peril=say.peril(material.perils[storms["risk_type"]]))]


def _peril(material: Material, key: str, say: Say) -> Iterator[list[Value]]:
    losses = material.rare[key]
    sido = np.array([str(code)[:2] for code in material.places["district_code"]], dtype=str)
    periods = list(material.run["return_periods"])
    expected = material.loss[list(material.perils).index(key), material.at]
    drawn = _drawn(losses, periods, sido, material.portfolio.site_id, expected)
    for region in ("KR", *sorted(set(sido.tolist()))):
        here = np.ones(sido.size, dtype=bool) if region == "KR" else sido == region
        name = name_of(material, region, say)
        for period in ASKED:
            yield from _rows(material, key, name, period, losses, here, drawn[region])
            if region == "KR":
                yield from _joint(material, key, name, period, losses)


def _rows(
    material: Material,
    key: str,
    region: str,
    period: int,
    losses: Array,
    here: BoolArray,
    years: Array,
) -> Iterator[list[Value]]:
    """Both bounds of one period; a period that is not stored has no number."""
    stored = list(material.run["return_periods"])
    if period not in stored:
        for basis in (LOWER, UPPER):
            yield [key, region, period, None, None, basis, "not_assessed"]
        return
    own = losses[stored.index(period)][here]
    upper, known = float(np.nansum(own)), bool((~np.isnan(own)).any())
    lower = min(max(_quantile(years, period), float(np.nanmax(own)) if known else 0.0), upper)
    net = _net(material, losses[stored.index(period)], here)
    state = "not_assessed" if not known else "partly_assessed" if np.isnan(own).any() else "ok"
    for value, after, basis in ((lower, None, LOWER), (upper, net, UPPER)):
        shown = value if known else None
        yield [key, region, period, shown, after if known else None, basis, state]


def _joint(
    material: Material, key: str, region: str, period: int, losses: Array
) -> Iterator[list[Value]]:
    """The loss of all sites in the same storms, where the years of storms give it."""
    storms = material.storms
    if storms is None or storms["risk_type"] != key:
        return
    found = storms["joint_rare_years"].get(str(period))
    if found is not None:
        state = "partly_assessed" if np.isnan(losses).any() else "ok"
        yield [key, region, period, float(found), None, JOINT, state]


def _quantile(years: Array, period: int) -> float:
    """The loss that one year in *period* of the drawn years exceeds."""
    return float(np.quantile(years, 1 - 1 / period)) if years.size else 0.0


def _drawn(
    losses: Array, periods: list[int], sido: np.ndarray, ids: TextArray, expected: Array
) -> dict[str, Array]:
    """
    Losses of YEARS years in which each site has its own bad years, by region.

    Each site has as many years beyond the first stored period as it has on average; which ones,
    and how rare, follows from its id, so that the order of the rows changes nothing. Between the
    stored periods the loss is linear in the yearly probability, and beyond the last that of the
    last. What the *expected* losses (site,) exceed the mean of these years by comes of the years
    before the first period and is added to every year as its mean: the frequent losses of many
    sites that do not depend on each other are nearly the same each year.
    """
    regions, place = np.unique(sido, return_inverse=True)
    found = np.zeros((regions.size, YEARS))
    chance = 1.0 / np.asarray(periods, dtype=float)
    events = np.arange(round(YEARS * chance[0]), dtype=np.uint64)
    hit = np.flatnonzero(np.nan_to_num(losses[-1]) > 0)
    for start in range(0, hit.size, CHUNK):
        at = hit[start : start + CHUNK]
        seeds = np.array([crc32(str(ids[i]).encode()) for i in at.tolist()], dtype=np.uint64)
        rarity, year = (_uniform(seeds[:, None], events, turn) for turn in (1, 2))
        own = _losses(chance, np.nan_to_num(losses[:, at]), rarity * chance[0])
        cell = place[at][:, None] * YEARS + (year * YEARS).astype(np.int64)
        found += np.bincount(cell.ravel(), own.ravel(), found.size).reshape(found.shape)
    known = ~np.isnan(losses[-1]) & ~np.isnan(expected)
    mean = np.bincount(place[known], expected[known], regions.size)
    found += np.maximum(mean - found.mean(axis=1), 0.0)[:, None]
    return {"KR": found.sum(axis=0), **dict(zip(regions.tolist(), found, strict=True))}


def _losses(chance: Array, losses: Array, rarity: Array) -> Array:
    """Losses (period, site) at yearly probabilities (site, event), linear between the periods."""
    last = chance.size - 1
    low = np.searchsorted(-chance, -rarity, side="right") - 1  # of the period before
    high = np.minimum(low + 1, last)
    wide = chance[low] - chance[high]
    share = np.where(wide > 0, (chance[low] - rarity) / np.where(wide > 0, wide, 1.0), 0.0)
    site = np.arange(losses.shape[1])[:, None]
    return np.asarray(losses[low, site] * (1 - share) + losses[high, site] * share)


def _uniform(seeds: npt.NDArray[np.uint64], events: npt.NDArray[np.uint64], turn: int) -> Array:
    """Numbers from 0 to 1 that follow from seed, event and turn: SplitMix64 [1]_, (site, event)."""
    with np.errstate(over="ignore"):
        z = seeds * np.uint64(0x9E3779B97F4A7C15) + events * np.uint64(0xD1B54A32D192ED03)
        z = z + np.uint64(SEED + turn)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return np.asarray((z >> np.uint64(11)).astype(np.float64) / float(1 << 53))


def _net(material: Material, loss: Array, here: BoolArray) -> float | None:
    """
    What is left of the upper bound after deductibles, limits and reinsurance.

    None without policies, or where a policy's terms are unknown.
    """
    policies = material.portfolio.policies
    if policies is None:
        return None
    row, site = policies.insured_sites.row, policies.insured_sites.site
    shape = (len(policies), loss.size)
    whose = sparse.csr_matrix((np.ones(row.size), (row, site)), shape=shape)
    ground_up = whose @ np.where(here, np.nan_to_num(loss), 0.0)
    terms = (policies.deductible, policies.gross_limit, policies.reinsurance_share)
    touched = ground_up > 0
    if any(np.isnan(term[touched]).any() for term in terms):
        return None
    gross = np.clip(ground_up - policies.deductible, 0.0, policies.gross_limit)
    return float((gross * (1 - policies.reinsurance_share))[touched].sum())
