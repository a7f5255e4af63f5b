"""The Canadian Fire Weather Index System against xclim, day by day and month by month."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.climate import Climate
from modelops_core.indicators import fwi
from modelops_core.indicators.months import month_lengths
from modelops_core.perils import PERILS
from tests.parameters import PARAMETERS
from tests.verification.references import fire, series, xr

LATITUDE = xr.DataArray(37.5, attrs={"units": "degrees_north"})
NAMES = ("FFMC", "DMC", "DC", "ISI", "BUI", "FWI")


def theirs(t, h, w, rain, first):
    """The six codes and indices by xclim, each (day,), started like ours."""
    codes = [xr.DataArray(value, attrs={"units": ""}) for value in fwi.START]
    start = dict(zip(("ffmc0", "dmc0", "dc0"), codes, strict=True))
    found = fire.cffwis_indices(
        series(t, "degC", first),
        series(rain, "mm/d", first),
        series(w, "km/h", first),
        series(h, "%", first),
        LATITUDE,
        initial_start_up=False,
        **start,
    )
    return {name: getattr(found, name).values for name in NAMES}


def ours(t, h, w, rain, first):
    """The same six."""
    month = (np.datetime64(first, "D") + np.arange(t.size)).astype("datetime64[M]").astype(
        int
    ) % 12 + 1
    ffmc, dmc, dc, index = fwi.daily(t, h, w, rain, month, fwi.START).T
    moisture = [fwi.ffmc_moisture(code) for code in ffmc]
    spread = [
        fwi.spread_index(m, np.exp(0.05039 * wind)) for m, wind in zip(moisture, w, strict=True)
    ]
    buildup = [fwi.buildup_index(a, b) for a, b in zip(dmc, dc, strict=True)]
    return dict(
        zip(NAMES, (ffmc, dmc, dc, np.array(spread), np.array(buildup), index), strict=True)
    )


def korean_days(seed, years=4):
    """Daily noon weather with frost, dry winds, monsoon months and days of no rain for weeks."""
    rng = np.random.default_rng(seed)
    day = np.arange(365 * years + 1)
    season = -np.cos(2 * np.pi * (day % 365.25) / 365.25)
    t = 14 + 14 * season + rng.normal(0, 5, day.size)
    wet = rng.uniform(size=day.size) < 0.15 + 0.25 * (season > 0.8)
    rain = np.where(wet, rng.gamma(0.6, 12 + 20 * (season > 0.8)), 0.0)
    h = np.clip(55 + 15 * season + 25 * wet + rng.normal(0, 15, day.size), 5, 100)
    return t, h, rng.gamma(2.5, 5, day.size), rain


@pytest.mark.parametrize("seed", range(3))
def test_four_years_of_days(seed):
    """1,461 days: all six to 1e-9, through frost, drought and monsoon."""
    days = korean_days(seed)
    assert days[0].min() < -2.8
    assert days[3].max() > 60
    reference, found = theirs(*days, "2001-01-01"), ours(*days, "2001-01-01")

    assert reference["DC"].max() > 300
    assert reference["DMC"].max() > 33
    assert reference["FWI"].max() > 30
    for name in NAMES:
        np.testing.assert_allclose(found[name], reference[name], rtol=1e-9, atol=1e-9, err_msg=name)


def test_a_year_without_rain_reaches_every_branch():
    """Duff beyond 65, build-up beyond 80, then one flood of rain on it."""
    n = 400
    t, h, w = np.full(n, 27.0), np.full(n, 25.0), np.full(n, 15.0)
    rain = np.zeros(n)
    rain[[60, 330, 331]] = 5.0, 180.0, 1.0
    reference, found = theirs(t, h, w, rain, "2002-03-01"), ours(t, h, w, rain, "2002-03-01")

    assert reference["DMC"].max() > 300
    assert reference["BUI"].max() > 80
    for name in NAMES:
        np.testing.assert_allclose(found[name], reference[name], rtol=1e-9, atol=1e-9, err_msg=name)


def test_monthly_form_is_the_mean_of_its_days():
    """FWI-M over three unequal years: xclim, fed with the disaggregated days, gives the same means.

    To 1e-7, since the days' indices come from splines.
    """
    climate, p = three_years(), PARAMETERS.params("wildfire")
    days = disaggregated(climate, p)
    lengths = month_lengths(climate.years).ravel()
    reference = np.split(theirs(*days, "2003-01-01")["FWI"], np.cumsum(lengths)[:-1])
    # a season of one month, not raised to its peak, is that month's mean
    found = [
        PERILS["wildfire"].indices(climate, {**p, "fire_season": [month], "peak_ratio": 1.0})[
            "fwi"
        ][0, :, 0]
        for month in range(1, 13)
    ]

    assert np.isnan(found)[:, 0].all()
    means = np.array([month.mean() for month in reference]).reshape(3, 12)
    np.testing.assert_allclose(np.transpose(found)[1:], means[1:], rtol=1e-7)


def test_intensity_is_of_the_worst_month_of_the_fire_season():
    """2.5 × the largest mean of October to May, whichever month it is; June to September do not count."""
    climate, p = three_years(), PARAMETERS.params("wildfire")
    months = np.array(
        [
            PERILS["wildfire"].indices(climate, {**p, "fire_season": [month], "peak_ratio": 1.0})[
                "fwi"
            ][0, :, 0]
            for month in range(1, 13)
        ]
    )
    assert p["fire_season"] == [10, 11, 12, 1, 2, 3, 4, 5]
    season = months[[9, 10, 11, 0, 1, 2, 3, 4]]
    found = PERILS["wildfire"].indices(climate, p)["fwi"][0, 1:, 0]

    np.testing.assert_allclose(found, 2.5 * season[:, 1:].max(axis=0), rtol=1e-12)


def three_years():
    """2003 to 2005 with a month that has no wet day and one with rain nearly every day."""
    rng = np.random.default_rng(11)
    season = -np.cos(2 * np.pi * np.arange(12) / 12)[None, None, :, None]
    shape = (1, 3, 12, 1)
    rn = rng.gamma(2, 30 + 20 * season, shape)
    rn[0, 1, [3, 7], 0] = 0.4, 480.0
    values = {
        "ta": 12 + 14 * season + rng.normal(0, 1, shape),
        "rhm": np.clip(62 + 12 * season + rng.normal(0, 6, shape), 20, 95),
        "ws": rng.uniform(1, 4, shape),
        "rn": rn,
        "sdii": np.full((1, 3, 1), 16.0),
    }
    return Climate(("ssp2",), np.array([2003, 2004, 2005]), np.array([1]), values)


def disaggregated(climate, p):
    """The method's days, written out: noon weather of the month, rain on evenly spread days."""
    columns = [[], [], [], []]
    months = zip(
        *(climate[name][0, :, :, 0].ravel() for name in ("ta", "rhm", "ws", "rn")), strict=True
    )
    for (ta, rhm, ws, rn), length in zip(months, month_lengths(climate.years).ravel(), strict=True):
        noon = ta + p["noon_excess"]
        humidity = min(100.0, rhm * saturation(ta) / saturation(noon))
        wet = 0 if rn < p["wet_month"] else int(np.clip(round(rn / 16.0), 1, length))
        rainy = {int((j + 0.5) * length / wet) for j in range(wet)}
        for day in range(length):
            today = (
                noon,
                humidity,
                3.6 * p["noon_wind_ratio"] * ws,
                rn / wet if day in rainy else 0.0,
            )
            for column, value in zip(columns, today, strict=True):
                column.append(value)
    return [np.array(column) for column in columns]


def saturation(t):
    return 6.1078 * np.exp(17.27 * t / (t + 237.3))
