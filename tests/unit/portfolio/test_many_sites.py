"""No site's number depends on which others it is calculated with."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from modelops_core.domain.gauges import GAUGED, RiverGauge
from modelops_core.domain.parameters import Params
from modelops_core.domain.result import Status
from modelops_core.domain.site import Site, Sites
from modelops_core.perils import PERILS
from modelops_core.services.portfolio.at_sites import POSITION_COARSE, at_sites
from modelops_core.stages import asset
from modelops_core.stages.site import MANY, SINGLE, CellArrays, CellValues
from tests.parameters import PARAMETERS

COMBINATIONS = 3
GAUGE = RiverGauge(state=GAUGED, station_code="1", years=20, l1=1409.5, l2=338.7)
USES = ("공장", "주택", "업무시설", "")


def sites(n, rng):
    """Known and unknown attributes; some at one place, some with a gauge."""
    made = []
    for i in range(n):
        site = Site(
            latitude=35.0 + 0.1 * (i % 5),
            longitude=128.0,
            purpose=USES[i % 4],
            total_area=1000.0,
            river_distance_m=float(rng.choice([np.nan, 0.0, 200.0, 9000.0])),
            river_class=str(rng.choice(["local", "national", "unknown"])),
            hand_m=float(rng.choice([np.nan, 0.0, 2.0])),
            elevation_m=float(rng.choice([np.nan, 1.0, 30.0])),
            coast_distance_m=float(rng.choice([10.0, 40_000.0])),
            impervious=float(rng.choice([np.nan, 0.1, 0.9])),
            depression=bool(rng.integers(2)),
            floors_above=float(rng.integers(1, 20)),
            floors_below=float(rng.integers(0, 3)),
        )
        made.append(replace(site, river_gauge=GAUGE) if i % 6 == 0 else site)
    return made


def cells(rng, follows):
    """Eight cells: moved by the response, by something else, not at all, unknown, without interval."""
    shape = (COMBINATIONS, 8)
    kelvin = np.array([0.0, 1.2, 3.4])[:, None] + 0.1 * (np.arange(8) % 2)
    response = np.broadcast_to(rng.uniform(0.02, 0.08, 8), shape).copy()
    factor = np.exp(response * kelvin)
    factor[:, 2] *= 1.01  # moved otherwise
    start = {
        "baseline_mu": np.broadcast_to(rng.uniform(90, 140, 8), shape).copy(),
        "baseline_alpha": np.broadcast_to(rng.uniform(20, 40, 8), shape).copy(),
        "baseline_kappa": np.full(shape, -0.114),
    }
    details = {
        **start,
        "mu": start["baseline_mu"] * factor,
        "alpha": start["baseline_alpha"] * factor,
        "kappa": start["baseline_kappa"],
        "n": np.full(shape, 30.0),
    }
    if follows:
        details |= {
            "factor": factor,
            "kelvin": kelvin,
            "response": response,
            "response_se": np.full(shape, 0.01),
            "worth": np.full(shape, 6.0),
        }
        details["factor"][:, 3] = np.nan  # its window's own sample
    for name in details:
        details[name][:, 4] = np.nan  # nothing is known
    aal = rng.uniform(0.01, 0.2, shape)
    low = aal / 2
    low[:, 5] = np.nan  # no interval
    stored = CellValues(
        hazard=np.full(shape, 0.5),
        hazard_status=np.zeros(shape, np.int8),
        aal=aal,
        aal_p05=low,
        aal_p95=2 * low,
        aal_status=np.zeros(shape, np.int8),
        details=details,
    )
    return CellArrays(stored, np.full(shape, 4.0), ((),) * 8)


@pytest.mark.parametrize("follows", [True, False])
@pytest.mark.parametrize("key", ["river_flood", "urban_flood"])
def test_together_as_alone(key, follows):
    """Forty sites in eight cells of all kinds: each number as the site has it alone, to 1e-12."""
    rng = np.random.default_rng(3)
    peril = PERILS[key]
    p = Params(key, MappingProxyType({**PARAMETERS.params(key), "bootstrap_fitted": 40}))
    stored, cell = cells(rng, follows), np.arange(40) % 8
    rows = sites(40, rng)
    best = np.zeros(40, dtype=np.int8)
    best[::7], best[1::7] = Status.low_confidence, Status.not_assessed

    def calculated(positions):
        described = asset.described(Sites.of([rows[i] for i in positions]), 2025)
        return at_sites(peril, described, stored, cell[positions], best[positions], p)

    together = calculated(np.arange(40))
    for i in range(40):
        alone = calculated(np.array([i]))
        for name in (*SINGLE, *MANY, "status", "return_losses"):
            many, one = getattr(together, name)[..., i], getattr(alone, name)[..., 0]
            np.testing.assert_allclose(many, one, rtol=1e-12, err_msg=f"{i} {name}")
    known = ~np.isnan(together.expected_loss)
    assert known.any(axis=0).sum() > 5
    assert not known[:, 1::7].any()
    assert (together.status[:, ::7] >= Status.low_confidence).all()
    assert (together.deviation[known] >= 0).all()
    assert np.isnan(together.exposure[best == Status.not_assessed]).all()
    coarse = together.flags[POSITION_COARSE]
    assert coarse[best == Status.low_confidence].any()
    assert not coarse[best == Status.ok].any()
