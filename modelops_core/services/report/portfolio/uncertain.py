"""
T14: how far each factor moves the loss of all perils, and its share among those that are known.

Scenarios have no probabilities (METHOD §12), so a factor counts by the square of its range: its
share is that of the known ranges' squares, and says nothing of factors that a run does not vary.
"""

from __future__ import annotations

from dataclasses import dataclass

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.stamp import CLIMATE
from modelops_core.ports import Row
from modelops_core.services.report import data_sources
from modelops_core.services.report.portfolio import partial
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.exposed import ends_of
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.texts import Say

T14 = (
    *(Column("factor"), Column("low"), Column("central"), Column("high")),
    *(Column("el_low", "money"), Column("el_central", "money"), Column("el_high", "money")),
    Column("variance_share", "percent"),
)
#: factors that a run of a portfolio does not vary
NOT_VARIED = ("climate_model", "curve", "parameters", "location", "asset_value")


@dataclass(frozen=True, slots=True)
class Factor:
    """What its low, central and high cases are, and their losses [KRW a year]."""

    name: str
    cases: tuple[str, str, str]
    low: float | None
    high: float | None


def uncertainty(material: Material, say: Say) -> ReportTable:
    """T14: sampling, scenario and overlap; the factors that a run does not vary say so."""
    whole = {row["quantity"]: row for row in material.sums["all"]}
    stored = whole["grand"]
    central = float(stored["loss"][material.at]) if stored["sites"][material.at] else None
    known = []
    if central is not None:
        known = [_sampling(stored, material.at, say), _scenario(material, stored, say)]
        known.append(_overlap(material, whole, central, say))
    squares = [_square(one) for one in known]
    rows: list[list[Value]] = [
        [one.name, *one.cases, one.low, central, one.high, _share(square, squares)]
        for one, square in zip(known, squares, strict=True)
    ]
    rows += [_not_varied(material, name, central, say) for name in NOT_VARIED]
    notes = [say("note_uncertainty"), say("note_shares"), *partial.notes(material, say)]
    return ReportTable(key="T14", columns=T14, rows=rows, notes=notes)


def _square(factor: Factor) -> float | None:
    return None if factor.low is None or factor.high is None else (factor.high - factor.low) ** 2


def _share(square: float | None, every: list[float | None]) -> float | None:
    """Share of a squared range among the known ones [%]; None where none is above 0."""
    total = sum(one for one in every if one is not None)
    return None if square is None or total <= 0 else 100 * square / total


def _sampling(stored: Row, i: int, say: Say) -> Factor:
    """Both ends of the interval; loss of which none is known stays as it is in both."""
    low, high = ends_of(stored, i)
    rest = float(stored["loss"][i]) - float(stored["interval_loss"][i]) if low is not None else 0.0
    cases = ("5 %", say("central"), "95 %")
    ends = (None if end is None else end + max(rest, 0.0) for end in (low, high))
    return Factor(say("factor_sampling"), cases, *ends)


def _scenario(material: Material, stored: Row, say: Say) -> Factor:
    """The lowest and the highest of the scenarios in the window."""
    losses = {
        scenario: float(stored["loss"][j])
        for j, (scenario, horizon) in enumerate(material.combinations)
        if horizon == material.focus.horizon and stored["sites"][j]
    }
    low, high = (end(losses, key=losses.__getitem__) for end in (min, max))
    names = [SCENARIOS[name] for name in (low, material.focus.scenario, high)]
    return Factor(say("factor_scenario"), (names[0], names[1], names[2]), losses[low], losses[high])


def _overlap(material: Material, whole: dict[str, Row], central: float, say: Say) -> Factor:
    """Overlapping perils counted once, or all of them."""
    every = [float(whole[name]["loss"][material.at]) for name in ("physical", "operating")]
    once = say("counted_once")
    cases = (once, once, say("counted_all"))
    return Factor(say("factor_overlap"), cases, central, max(sum(every), central))


def _not_varied(material: Material, name: str, central: float | None, say: Say) -> list[Value]:
    """A factor without a number; of the climate the name of the only data set."""
    names = (
        data_sources.translate(source.name, say.language)
        for source in material.sources
        if source.table_name.endswith(CLIMATE)
    )
    used = ", ".join(dict.fromkeys(names)) if name == "climate_model" else ""
    none = say("not_calculated")
    return [say(f"factor_{name}"), none, used, none, None, central, None, None]
