"""Makes the material of a report from stored results, peril by peril."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from modelops_core.domain import horizons
from modelops_core.domain.climate import Array
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.domain.result import Status
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row
from modelops_core.services.report.portfolio import lenses
from modelops_core.services.report.portfolio.content import UNITS
from modelops_core.services.report.portfolio.lenses import Gathering, LensSet
from modelops_core.services.report.portfolio.material import Focus, Former, Material
from modelops_core.stages.site import AtSites


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an analyst chooses of a report; a threshold of None is that of the lens."""

    language: str = "ko"
    scenario: str = horizons.DEFAULT_SCENARIO
    horizon: str = horizons.DEFAULT_HORIZON
    lens: str = ""
    threshold: float | None = None
    unit: str = "million"
    reporting_date: date | None = None
    entity: str = ""
    equity: float | None = None

    def focus(self, lens_set: LensSet) -> Focus:
        """Lens, threshold, scenario and horizon; raises InvalidInput for unknown ones."""
        key = self.lens or lens_set.default
        if key not in lens_set.lenses:
            known = list(lens_set.lenses)
            raise InvalidInput("not_one_of", field="lens", value=key, known=known)
        lens = lens_set.lenses[key]
        return Focus(
            lens=key,
            scenario=horizons.scenario(self.scenario),
            horizon=horizons.horizon(self.horizon).key,
            threshold=lens.threshold if self.threshold is None else self.threshold,
        )

    def facts(self) -> dict[str, Any]:
        """What tables print of the entity; raises InvalidInput for an unknown unit."""
        if self.unit not in UNITS:
            raise InvalidInput("not_one_of", field="unit", value=self.unit, known=list(UNITS))
        return {
            "name": self.entity,
            "equity": self.equity,
            "unit": self.unit,
            "reporting_date": self.reporting_date or date.today(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A finished run as it is stored; ``peril`` and ``flags`` read one peril of all sites."""

    portfolio: Portfolio
    version: Row
    run: Row
    places: Mapping[str, Any]
    peril: Callable[[str], AtSites]


def gathered(
    stored: Stored, perils: Mapping[str, Peril], choice: Choice, **around: Any
) -> Material:
    """The material of a report; *around* are its other fields: sums, flags, districts, …"""
    lens_set = lenses.shipped()
    focus = choice.focus(lens_set)
    combinations = list(zip(stored.run["ssp_scenario"], stored.run["horizon"], strict=True))
    at = combinations.index((focus.scenario, focus.horizon))
    value = np.asarray(stored.places["asset_value"], dtype=float)
    measures = Gathering(lens_set, value, len(combinations), stored.run["return_periods"])
    loss, status, base, rare = [], [], [], dict[str, Array]()
    for key, peril in perils.items():
        found = _of_known_value(stored.peril(key), value)
        measures.add(peril, found)
        loss.append(found.expected_loss)
        status.append(found.status)
        base.append(found.base_aal[at])
        if found.return_losses is not None:
            rare[key] = found.return_losses[:, at]
    return Material(
        portfolio=stored.portfolio,
        version=stored.version,
        run=stored.run,
        places=stored.places,
        perils=perils,
        loss=np.stack(loss),
        status=np.stack(status),
        measures=measures.measures(),
        rare=rare,
        base_aal=np.stack(base),
        lens_set=lens_set,
        focus=focus,
        entity=choice.facts(),
        **around,
    )


def _of_known_value(found: AtSites, value: Array) -> AtSites:
    """
    Money only where the asset value is known: else it is of a sum insured, in no total.

    Where the physics excludes a peril its rare years lose nothing.
    """
    known, rare = ~np.isnan(value), found.return_losses
    if rare is not None:
        excluded = found.status == Status.not_applicable
        rare = np.where(known, np.where(excluded, 0.0, rare), np.nan)
    loss = np.where(known, found.expected_loss, np.nan)
    return replace(found, expected_loss=loss, return_losses=rare)


def former(stored: Stored, perils: Mapping[str, Peril], focus: Focus) -> Former:
    """An earlier run at the focus of this report."""
    combinations = list(zip(stored.run["ssp_scenario"], stored.run["horizon"], strict=True))
    at = combinations.index((focus.scenario, focus.horizon))
    value = np.asarray(stored.places["asset_value"], dtype=float)
    every = [_of_known_value(stored.peril(key), value) for key in perils]
    return Former(
        portfolio=stored.portfolio,
        run=stored.run,
        loss=np.stack([one.expected_loss[at] for one in every]),
        base_aal=np.stack([one.base_aal[at] for one in every]),
    )
