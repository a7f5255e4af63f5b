"""A small portfolio with results made by hand, as the stored ones are read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from modelops_core.domain.data_source import DataSource
from modelops_core.domain.portfolio import Pledges, Policies, Portfolio
from modelops_core.perils import discover
from modelops_core.services.portfolio import loss_sums, summary
from modelops_core.services.portfolio.at_sites import unknown
from modelops_core.services.portfolio.run import COMBINATIONS
from modelops_core.services.report.portfolio.gather import Choice, Stored, gathered
from modelops_core.services.report.portfolio.material import District, Material
from modelops_core.stages.site import AtSites
from tests import portfolios

PERILS = discover()
#: Seoul twice, Busan, Jeonju, a site without a value and one without a place
DISTRICTS = ("11010", "11010", "21010", "35010", "21010", "")
VALUE = np.array([1e9, 3e9, 2e9, 4e9, np.nan, 5e8])
N, C = len(VALUE), len(COMBINATIONS)
_KEPT = unknown(PERILS["typhoon"], C, N).return_losses
#: return periods that a run keeps [years]
PERIODS = (10, 50, 100, 200, 250)[: 0 if _KEPT is None else len(_KEPT)]
CHOICE = Choice(reporting_date=date(2027, 12, 31), scenario="ssp5", horizon="2050s", unit="million")
NAMES = {
    "11": District("11", "서울특별시", "Seoul"),
    "21": District("21", "부산광역시", "Busan"),
    "35": District("35", "전북특별자치도", "Jeonbuk"),
    "11010": District("11010", "서울특별시 종로구", "Jongno-gu, Seoul"),
    "21010": District("21010", "부산광역시 중구", "Jung-gu, Busan"),
    "35010": District("35010", "전주시", "Jeonju-si"),
}


def portfolio() -> Portfolio:
    """Six sites, four loans (one on two sites, one without collateral), two policies."""
    loans = portfolios.loans([6e8, 9e8, 2e9, 3e8], [(0, 0), (1, 0), (2, 1), (2, 2), (1, 3)])
    text = np.array(["C26", "68", "", "G47"], dtype=object)
    loans = dataclasses.replace(
        loans,
        ksic_code=text,
        product=np.array(["주담대", "기업담보", "주담대", "신용"], dtype=object),
        region=np.array(["", "", "", "11010"], dtype=object),
        collateral_value=np.array([1e9, 4e9, 5e9, np.nan]),
        maturity=np.array(["2030-01-01", "2035-06-30", "NaT", "2029-01-01"], dtype="datetime64[D]"),
        stage=np.array([1.0, 2.0, 1.0, 1.0]),
        npl=np.array([0.0, 1.0, 0.0, 0.0]),
        provision=np.array([1e6, 9e6, 2e6, np.nan]),
    )
    made = portfolios.portfolio(
        [
            (37.57, 126.98),
            (37.57, 126.98),
            (35.1, 129.03),
            (35.82, 127.15),
            (35.1, 129.04),
            (35, 128),
        ],
        [{"total_area": 100.0 * (i + 1), "asset_value": v} for i, v in enumerate(VALUE)],
        loans=loans,
        industry=["C26", "C26", "G47", "", "", "L68"],
    )
    names = np.array([f"=site {i}" for i in range(N)], dtype=object)
    return dataclasses.replace(made, site_name=names, policies=policies())


def policies() -> Policies:
    """Two policies on three sites."""
    return Policies(
        source_row=np.array([2, 3]),
        policy_id=np.array(["P0", "P1"], dtype=object),
        line=np.array(["", ""], dtype=object),
        gross_limit=np.array([5e7, 1e9]),
        deductible=np.array([1e6, 0.0]),
        retention=np.array([np.nan, np.nan]),
        reinsurance_share=np.array([0.4, 0.0]),
        insured_sites=Pledges(row=np.array([0, 0, 1]), site=np.array([0, 1, 2])),
    )


def results(scale: float = 1.0) -> dict[str, AtSites]:
    """Losses that grow with the horizon; the last site has no place, drought no number at 3."""
    random, made = np.random.default_rng(7), {}
    for key, peril in PERILS.items():
        base = random.uniform(0.0, 0.4, (1, N)) * np.linspace(1, 2, C)[:, None] * scale
        status = np.zeros((C, N), dtype=np.int8)
        status[:, -1] = 2
        if key == "drought":
            status[:, 3] = 2
        if key == "sea_level_rise":
            status[:, :2] = 3
        rate = np.where(status == 2, np.nan, np.where(status == 3, 0.0, base))
        loss = rate / 100 * VALUE
        rare = None
        if peril.site_factor == "inundation" or key == "typhoon":
            grow = np.array([1.0, 4.0, 9.0, 15.0, 17.0])[: len(PERIODS), None, None]
            rare = np.where(random.uniform(size=N) < 0.4, 0.0, 1.0) * loss * grow * 5
        made[key] = AtSites(
            exposure=np.full(N, 0.5),
            vulnerability=np.full(N, 0.5),
            exposed_value=VALUE.copy(),
            status=status,
            hazard=np.where(status == 2, np.nan, np.clip(base * 2, 0, 1)),
            base_aal=rate.copy(),
            final_aal=rate,
            aal_p05=rate * 0.5,
            aal_p95=rate * 2,
            expected_loss=loss,
            deviation=loss * 3,
            return_losses=rare,
            flags={},
        )
    return made


def places() -> dict[str, Any]:
    """Where the sites lie."""
    found = portfolio()
    return {
        "latitude": found.latitude,
        "longitude": found.longitude,
        "grid_id": np.array([1, 1, 2, 3, 2, -1]),
        "basin_code": np.array(["Han", "Han", "Nakdong", "Geum", "Nakdong", ""], dtype=object),
        "district_code": np.array(DISTRICTS, dtype=object),
        "building_id": np.array([5, -1, 6, 7, 8, -1]),
        "building_distance_m": np.full(N, np.nan),
        "asset_value": VALUE,
        "use_group": np.array(
            ["office", "retail", "office", "factory", "other", "other"], dtype=object
        ),
        "structure_class": np.full(N, "rc", dtype=object),
        "age": np.full(N, 20.0),
        "coast_distance_m": np.full(N, np.nan),
        "problem": np.array(["", "", "", "", "", "no_cell"], dtype=object),
    }


def stored(
    found: Mapping[str, AtSites],
    own: Portfolio | None = None,
    where: Mapping[str, Any] | None = None,
    **facts: Any,
) -> Stored:
    """A run as it is read."""
    run = {
        "run_id": 7,
        "version_id": 3,
        "nightly_run_id": 2,
        "method_version": "2.0",
        "parameter_set": "central",
        "parameter_hash": "abc",
        "ssp_scenario": [s for s, _ in COMBINATIONS],
        "horizon": [h for _, h in COMBINATIONS],
        "return_periods": list(PERIODS),
        "finished_at": datetime(2026, 11, 29, tzinfo=UTC),
        "summary": None,
        **facts,
    }
    version = {"fingerprint": "f" * 64, "loans": 4, "name": "test"}
    return Stored(
        portfolio=own or portfolio(),
        version=version,
        run=run,
        places=where or places(),
        peril=found.__getitem__,
    )


def _measures(values: np.ndarray) -> dict[str, Any]:
    return dict(zip(loss_sums.MEASURES, values, strict=True))


def sums_of(
    found: Mapping[str, AtSites],
    own: Portfolio | None = None,
    where: Mapping[str, Any] | None = None,
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    """The stored rows of the sums by dimension, and the run's summary."""
    where, own = where or places(), own or portfolio()
    code, value = where["district_code"].astype(str), where["asset_value"]
    dimensions = {
        "all": np.full(len(own), "", dtype=object),
        "sido": np.array([one[:2] for one in code], dtype=object),
        "sigungu": code.astype(object),
        "use": where["use_group"],
        "industry": own.industry,
        "group": own.group,
        "basin": where["basin_code"],
        "cell": where["grid_id"].astype(str).astype(object),
    }
    sums = loss_sums.of_sites(found, PERILS, value, dimensions)
    made: dict[str, list[dict[str, Any]]] = {}
    for dimension, group in sums.groups.items():
        made[dimension] = [
            {"key": key, "quantity": quantity, **_measures(group.values[i, :, j])}
            for i, key in enumerate(group.keys)
            for j, quantity in enumerate(sums.quantities)
        ]
    grand = loss_sums.grand_loss(found, PERILS)
    return made, dict(summary.of(own, sums, grand, where, COMBINATIONS))


def material(
    choice: Choice = CHOICE,
    found: Mapping[str, AtSites] | None = None,
    own: Portfolio | None = None,
    where: Mapping[str, Any] | None = None,
    **around: Any,
) -> Material:
    """The material of the small portfolio, or of another with its results and places."""
    found = found or results()
    sums, brief = sums_of(found, own, where)
    source = DataSource(
        table_name="ta_data", name="Grid", provider="KMA", licence="KOGL 1", version="1",
        kind="derived", period="1991-2100", method=None, row_count=10,
        loaded_at=datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    given = {
        "sums": sums,
        "flags": {key: [("value_given",)] * len(own or VALUE) for key in PERILS},
        "districts": NAMES,
        "sources": [source],
        **around,
    }
    return gathered(stored(found, own, where, summary=brief), PERILS, choice, **given)
