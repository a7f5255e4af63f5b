"""
WAMIS: a flow gauge of the list, and its daily flows year by year.

Answers are ``{"result": {"code": …, "msg": …}, "list": [{…}]}``; a year without values has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelops_core.sources.live.service import Client, Service, json_file, years

FLOWS, GAUGES = "/wamis/openapi/wkw/flw_dtdata", "/wamis/openapi/wkw/flw_dubobsif"


def _fetch(service: Service, wanted: Mapping[str, str]) -> Mapping[str, bytes]:
    """The flows of one gauge; with ``gauges=all`` the list of gauges instead."""
    common = {"output": "json", **({"serviceKey": service.key} if service.key else {})}
    if "station" not in wanted:
        gauges = [{**gauge, "gauge_type": "flow"} for gauge in _listed(service, GAUGES, common)]
        return {"wamis-gauges.json": json_file(gauges)}
    code = wanted["station"]
    days: list[Mapping[str, Any]] = []
    for year in years(wanted):
        found = _listed(service, FLOWS, {**common, "obscd": code, "year": str(year)})
        days += [{"obscd": code, **day} for day in found]
    if not days:
        raise service.refused(f"{code}: {wanted['from']}–{wanted['to']}: 0")
    return {f"wamis-flow-{code}-{wanted['from']}-{wanted['to']}.json": json_file(days)}


def _listed(service: Service, path: str, params: Mapping[str, str]) -> list[Mapping[str, Any]]:
    answer = service.records(path, params)
    result = answer.get("result") or {}
    if str(result.get("code", "success")).casefold() != "success":
        raise service.refused(result.get("msg") or result.get("code"))
    found: list[Mapping[str, Any]] = answer.get("list") or []
    return found


CLIENT = Client(
    kind="wamis",
    provider="Water Resources Management Information System (WAMIS)",
    licence="open public data",
    host="www.wamis.go.kr:8080",
    key="wamis_key",
    wants={
        "station": "code of a gauge; without it the list of gauges",
        "from": "first year",
        "to": "last year",
    },
    optional=frozenset({"station", "from", "to"}),
    fetch=_fetch,
    open_to_all=True,
)
