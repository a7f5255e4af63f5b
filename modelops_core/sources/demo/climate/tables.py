"""The six monthly and seven yearly climate tables: arrays become rows."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.dataset import Column, Dataset
from modelops_core.sources.demo import provenance
from modelops_core.sources.demo.climate.climate import Series
from modelops_core.sources.demo.climate.scenarios import SCENARIOS, YEARS
from modelops_core.sources.demo.climate.weather import MONTHS

#: decimals that values are rounded to
DECIMALS = {
    "ta": 2,
    "rn": 1,
    "ws": 2,
    "rhm": 1,
    "si": 2,
    "spei12": 3,
    "rx1day": 1,
    "rx5day": 1,
    "sdii": 2,
}

NOISE = (
    " Year-to-year noise is drawn, correlated in space as at the stations and the same in all"
    " scenarios; it has the stations' mean and spread in every cell over 1991-2020 and over each"
    " later 20-year window. Future: changes published by KMA for SSP1-2.6 and SSP5-8.5, SSP2-4.5"
    " and SSP3-7.0 by global warming between them."
)
STATIONARY = " No change is applied after 2020. The years are drawn, not observed."
TITLES = {
    "ta": "Monthly mean temperature",
    "rn": "Monthly precipitation",
    "ws": "Monthly mean wind speed",
    "rhm": "Monthly mean relative humidity",
    "si": "Monthly mean solar radiation",
    "spei12": "SPEI-12",
    "wsdi": "Warm spell duration index",
    "csdi": "Cold spell duration index",
    "rx1day": "Maximum one-day precipitation",
    "rx5day": "Maximum five-day precipitation",
    "cdd": "Consecutive dry days",
    "rain80": "Days of at least 80 mm",
    "sdii": "Simple daily intensity index",
}
METHODS = {
    "ta": "Normals of 94 KMA stations all over the country 1995-2026, brought to 1991-2020 by the"
    " national trend and to sea level by 6.5 °C/km, by inverse distance; cold months that a"
    " station lacks follow its highest temperatures." + NOISE,
    "rn": "Normals of 69 KMA stations 1986-2015 by inverse distance; months are gamma variates; the"
    " wettest month holds at least the year's five-day maximum." + NOISE,
    "ws": "KMA stations 2011-2019, all in the south-east of the country (31), by nearness of the"
    " sea and inverse distance: elsewhere little more than the regression." + STATIONARY,
    "rhm": "94 KMA stations all over the country 1995-2026 by inverse distance; anomalies correlate"
    " with rain and radiation as observed." + STATIONARY,
    "si": "Clearness of 12 KMA stations 2011-2019 by inverse distance times extraterrestrial"
    " radiation; anomalies correlate with rain and humidity as observed." + STATIONARY,
    "spei12": "Twelve-month sums of precipitation minus FAO-56 Penman-Monteith reference"
    " evapotranspiration, both from the generated series; generalised logistic distribution by"
    " L-moments for each calendar month of 1991-2020, applied to all years. The first eleven"
    " months are missing; values end at ±5.",
    "wsdi": "Expected days follow the cell's annual temperature anomaly from 1991-2020 (assumed"
    " curve: 9 days at 0 °C, 48 at 2.4, 185 at 6.4); spells of at least six days are drawn about"
    " that. Not counted from daily data.",
    "csdi": "Expected days fall with the cell's annual temperature anomaly from 1991-2020 (assumed"
    " curve: 4 days at 0 °C, declining by e^-0.9 per degree); spells of at least six days are"
    " drawn. Not counted from daily data.",
    "rx1day": "Each cell's GEV with shape 0.114 fitted to the mean and 10-, 50-, 100-year values of"
    " 69 KMA stations, times 1.065 per degree of local warming; scores follow the year's wettest"
    " month and the neighbourhood, capped at the 1,000-year value." + NOISE,
    "rx5day": "RX1DAY times a drawn ratio whose mean fits 69 KMA stations; never above the wettest"
    " month." + NOISE,
    "cdd": "Lognormal about the means of 69 KMA stations, longer where the driest month is drier."
    + STATIONARY,
    "rain80": "At least one day exactly where RX1DAY reaches 80 mm; further days are Poisson about"
    " the means of 69 KMA stations, growing 4.8 % per degree as published for days of extreme"
    " rain." + NOISE,
    "sdii": "Annual rain over wet days; wet days grow as annual rain^0.29, the mean is that of 69"
    " KMA stations." + NOISE,
}


def monthly(series: Series, name: str) -> Dataset:
    """One row a cell and month; NaN where SPEI-12 has no twelve months yet."""
    cells = series.cells.cells.astype(np.int32)
    first = np.arange(f"{YEARS[0]}-01", f"{YEARS[-1] + 1}-01", dtype="datetime64[M]").astype(
        "datetime64[D]"
    )
    columns: dict[str, Column] = {
        "grid_id": np.repeat(cells, YEARS.size * MONTHS),
        "observation_date": np.tile(first, cells.size),
    }
    return _dataset(name, columns, series.monthly(name))


def yearly(series: Series, name: str) -> Dataset:
    """One row a cell and year."""
    cells = series.cells.cells.astype(np.int32)
    columns: dict[str, Column] = {
        "grid_id": np.repeat(cells, YEARS.size),
        "year": np.tile(YEARS.astype(np.int16), cells.size),
    }
    return _dataset(name, columns, series.yearly(name))


def _dataset(name: str, keys: dict[str, Column], values: Array) -> Dataset:
    """Keys and one column a scenario; ``values`` (scenario, cell, …)."""
    decimals = DECIMALS.get(name, 0)
    columns = {
        s: np.round(values[i], decimals).astype(np.float32).ravel() for i, s in enumerate(SCENARIOS)
    }
    return Dataset(
        table=f"{name}_data",
        columns=keys | columns,
        provenance=provenance.generated(TITLES[name], "derived", METHODS[name], members=1),
    )
