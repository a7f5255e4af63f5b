"""Physrisk's portfolios: ``{"items": [...]}`` with a point or an outline as WKT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from modelops_core.errors import SourceUnreadable
from modelops_core.sources import json_files
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet


def fits(path: Path, head: bytes) -> bool:
    """JSON that begins with a list of items."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"items"' in head


def read(path: Path, reader: Reader) -> Sequence[Sheet]:
    """One row an item, nested fields joined by a dot; row 1 is the first item."""
    content = json_files.parsed(path.read_bytes(), path.name)
    try:
        rows = [_flat(item) for item in content["items"]]
    except (KeyError, TypeError, AttributeError):
        raise SourceUnreadable("items_missing", file=path.name) from None
    if not rows:
        raise SourceUnreadable("table_empty", file=path.name)
    headers = list(dict.fromkeys(name for row in rows for name in row))
    texts = {i: [row.get(name, "") for row in rows] for i, name in enumerate(headers)}
    return [
        Sheet(
            file=path.name,
            name="",
            headers=tuple(headers),
            letters=("",) * len(headers),
            cells=pd.DataFrame(texts, dtype=str),
            rows=np.arange(len(rows), dtype=np.int64) + 1,
        )
    ]


def _flat(item: Mapping[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in item.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name}.")
        elif value is not None:
            found[before + name] = str(value)
    outline = found.get("wkt") or found.get("wkt_geometry")
    if outline and not found.get("latitude"):
        try:
            point = shapely.point_on_surface(shapely.from_wkt(outline))
        except shapely.errors.GEOSException:
            return found
        found |= {"latitude": f"{point.y:.7f}", "longitude": f"{point.x:.7f}"}
    return found


CONTAINER = Container(name="physrisk_json", fits=fits, read=read, rank=1)
