"""Answers of assessments with numbers that can be checked in the head."""

from __future__ import annotations

from datetime import UTC, datetime

from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.data_source import DataSource

SCENARIO, HORIZON = "ssp2", "2050s"
#: losses are a share of it where an answer knows no asset value [KRW]
SUM_INSURED = 1e8


def result(peril, aal=0.2, scenario=SCENARIO, horizon=HORIZON, **more):
    """A peril's result with a loss of *aal* % of 1e9 KRW and an interval from half to twice."""
    given = {
        "status": "ok" if aal is not None else "not_assessed",
        "final_aal": aal,
        "aal_p05": None if aal is None else aal / 2,
        "aal_p95": None if aal is None else aal * 2,
        "exposed_value": None if aal is None else 1e9,
        "expected_loss": None if aal is None else aal / 100 * 1e9,
        **more,
    }
    return PerilResult(risk_type=peril, ssp_scenario=scenario, horizon=horizon, **given)


def answer(results=(), totals=(), building=None, **more):
    """An answer in Seoul of these results and totals."""
    row = {
        "batch_id": "b",
        "latitude": 37.5,
        "longitude": 127.0,
        "district": {"code": "11140", "name": "중구", "name_en": "Jung-gu"},
        "cell": {"grid_id": 7, "latitude": 37.55, "longitude": 127.05},
        "building": building or {"asset_value": 1e9, "as_of": 2025},
        "method_version": "1",
        "parameter_set": "central",
        "parameter_hash": "h",
        "results": [one.to_row() for one in results],
        "totals": list(totals),
        **more,
    }
    return Answer.from_row(row, SUM_INSURED)


def data_source(table, **more):
    """A registered data set of *table*; what is not given does not matter."""
    row = {
        "table_name": table,
        "name": "Somebody's data",
        "provider": "KMA",
        "licence": "open",
        "version": "1",
        "kind": "observed",
        "period": "1991-2020",
        "method": None,
        "row_count": 1,
        "loaded_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return DataSource.from_row({**row, **more})
