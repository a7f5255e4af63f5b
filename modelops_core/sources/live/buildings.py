"""
The building register: the entries (표제부) of one parcel, at the position that the caller gives.

The service has no coordinates; where the parcel lies is never guessed. Answers are
``{"response": {"header": {"resultCode"}, "body": {"items": {"item": […]}, "totalCount"}}}``, a
refusal is XML in any case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelops_core.errors import InvalidInput
from modelops_core.sources.live.service import Client, Service, json_file

PATH = "/1613000/BldRgstHubService/getBrTitleInfo"
ROWS = 100
#: pages of one parcel that are asked for: a campus has some hundred entries
MOST_PAGES = 20
REASON = re.compile(r"<(?:returnAuthMsg|errMsg|resultMsg)>([^<]+)<")
#: name → digits
CODES = {"sigungu": 5, "bjdong": 5, "bun": 4, "ji": 4}


def _fetch(service: Service, wanted: Mapping[str, str]) -> Mapping[str, bytes]:
    """One file of all pages."""
    codes = {name: _code(name, wanted.get(name, "0")) for name in CODES}
    place = {"lat": wanted["latitude"], "lon": wanted["longitude"]}
    found: list[Mapping[str, Any]] = []
    for page in range(1, MOST_PAGES + 1):
        items, total = _page(service, codes, page)
        found += [{**item, **place} for item in items]
        if len(found) >= total or not items:
            break
    if not found:
        raise service.refused(f"{'-'.join(codes.values())}: 0")
    return {f"register-{'-'.join(codes.values())}.json": json_file(found)}


def _page(
    service: Service, codes: Mapping[str, str], page: int
) -> tuple[list[Mapping[str, Any]], int]:
    """The entries of one page, and how many there are in all."""
    params = {
        "serviceKey": service.key,
        "sigunguCd": codes["sigungu"],
        "bjdongCd": codes["bjdong"],
        "bun": codes["bun"],
        "ji": codes["ji"],
        "numOfRows": str(ROWS),
        "pageNo": str(page),
        "_type": "json",
    }
    body = service.get(PATH, params)
    if body.lstrip().startswith(b"<"):
        reason = REASON.search(body.decode("utf-8", "replace"))
        raise service.refused(reason.group(1) if reason else "XML")
    answer = service.parsed(body).get("response", {})
    header, body_ = answer.get("header", {}), answer.get("body") or {}
    if str(header.get("resultCode")) not in ("00", "0"):
        raise service.refused(header.get("resultMsg") or header.get("resultCode"))
    items = body_.get("items") or {}  # '' where there are none
    listed = items.get("item", []) if isinstance(items, dict) else []
    return (listed if isinstance(listed, list) else [listed]), int(body_.get("totalCount") or 0)


def _code(name: str, value: str) -> str:
    """A code with its leading zeros; raises InvalidInput for anything else."""
    if not value.isdigit() or len(value) > CODES[name]:
        raise InvalidInput("live_code", field=name, value=value, digits=CODES[name])
    return value.zfill(CODES[name])


CLIENT = Client(
    kind="buildings",
    provider="Ministry of Land, Infrastructure and Transport, building register",
    licence="open public data",
    host="apis.data.go.kr",
    key="data_go_kr_key",
    wants={
        "sigungu": "code of the district, 5 digits",
        "bjdong": "code of the legal town, 5 digits",
        "bun": "main number of the parcel",
        "ji": "second number of the parcel",
        "latitude": "of the parcel",
        "longitude": "of the parcel",
    },
    optional=frozenset({"ji"}),
    fetch=_fetch,
)
