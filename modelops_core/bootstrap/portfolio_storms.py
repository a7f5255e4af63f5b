"""The use case of the storms that the wind losses of a portfolio come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelops_core.domain.climate import Array, IntArray, Storms
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Ensemble, Peril
from modelops_core.ports import Row
from modelops_core.services.portfolio import storm_years
from modelops_core.services.portfolio.storm_years import Grid


@dataclass(frozen=True)
class PortfolioStorms:
    """Tells the years of the storms' catalogue, by the climate cells and the loaded tracks."""

    perils: Mapping[str, Peril]
    parameters: ParameterFile
    grid: Callable[[], Grid]
    catalogue: Callable[[], Storms]

    @property
    def peril(self) -> Peril:
        """The peril whose storms are the same at all sites."""
        [found] = [one for one in self.perils.values() if isinstance(one.frequency, Ensemble)]
        return found

    def of_sites(
        self, grid_id: IntArray, loss: Array, rate: Array, value: Array, key: tuple[str, str]
    ) -> Row:
        """
        The years behind the wind losses of sites (site,), at *key*: scenario and horizon.

        *loss* [KRW a year] and the cells' *rate* [% a year] are those stored, *value* [KRW].
        """
        stake = storm_years.at_stake(self.grid(), grid_id, loss, rate, value)
        params = self.parameters.params(self.peril.key)
        found = storm_years.storm_years(self.peril, self.catalogue(), stake, key, params)
        years = storm_years.nothing() if found is None else storm_years.as_row(found)
        scenario, horizon = key
        about = {"risk_type": self.peril.key, "ssp_scenario": scenario, "horizon": horizon}
        return {**about, **years}
