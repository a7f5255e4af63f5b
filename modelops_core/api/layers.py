"""Routes of map data: layers of grid cells as GeoJSON, and Mapbox vector tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Annotated, Any, Literal

import numpy as np
import orjson
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from modelops_core.api import etags, layer_values
from modelops_core.api.access import MapReader, Reader
from modelops_core.api.backend import Backend
from modelops_core.api.layer_values import Asked, Metric
from modelops_core.api.models import (
    DEFAULT_HORIZON,
    DEFAULT_SCENARIO,
    HorizonKey,
    PerilKey,
    Scenario,
)
from modelops_core.api.problems import error_responses
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller
from modelops_core.domain.grid import spacing
from modelops_core.domain.result import HEADLINE, PERIODS
from modelops_core.errors import NoResults, UnknownPeril
from modelops_core.ports import Row
from modelops_core.stages import return_periods

router = APIRouter(tags=["maps"])
GEOJSON = "application/geo+json"
MVT = "application/vnd.mapbox-vector-tile"
DEFAULT_PERIL = "extreme_heat"
#: of a cell; the last one of all perils together
PROPERTIES = ("grid_id", "value", "status", "lacking")
#: a tile's column or row; a number that no zoom level has is refused before the database reads
Coordinate = Annotated[int, Path(ge=0, lt=1 << 30)]


@router.get(
    "/api/v1/layers/{risk_type}.geojson",
    response_class=Response,
    responses={
        200: {"content": {GEOJSON: {"schema": {"type": "object"}}}},
        304: {"description": "Not modified"},
        **error_responses(404),
    },
)
async def layer(
    risk_type: PerilKey,
    request: Request,
    scenario: Scenario = DEFAULT_SCENARIO,
    horizon: HorizonKey = DEFAULT_HORIZON,
    metric: Metric = "hazard_score",
    number: Annotated[
        int, Query(alias="class", ge=1, le=20, description="Of a probability: from 1, the lowest")
    ] = 2,
    period: Annotated[
        int, Query(description="Of a return level [years]", json_schema_extra={"enum": [*PERIODS]})
    ] = 10,
    caller: Caller = Reader,
) -> Response:
    """
    One metric of every climate cell; a value that is not known is null with its status.

    H, base AAL, its national percentile, the yearly probability of a class of intensity, or a
    return level of what drives the loss. Of `total`, all perils together: AAL and percentile, with
    the number of perils that are `lacking` in a cell.
    """
    backend = _known(request, risk_type)
    asked = Asked(risk_type, scenario, horizon, metric, number, period)
    layer_values.check(asked, backend)
    tag = etags.etag("layer", *astuple(asked), await _version(request))
    if etags.unchanged(request, tag):
        return etags.not_modified(tag)
    rows = await in_thread(layer_values.rows, asked, backend)
    if not rows:
        raise NoResults
    body = await in_thread(_collection, rows, layer_values.members(asked, backend))
    return Response(body, headers=etags.headers(tag), media_type=GEOJSON)


@router.get(
    "/tiles/{layer}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={
        200: {"content": {MVT: {"schema": {"type": "string", "format": "binary"}}}},
        204: {"description": "Nothing lies in this tile"},
        304: {"description": "Not modified"},
        **error_responses(404),
    },
)
async def tile(
    layer: Literal["buildings", "grid", "admin"],
    z: Annotated[int, Path(ge=0, le=20)],
    x: Coordinate,
    y: Coordinate,
    request: Request,
    risk_type: Annotated[PerilKey, Query(description="Of the grid's values")] = DEFAULT_PERIL,
    scenario: Scenario = DEFAULT_SCENARIO,
    horizon: HorizonKey = DEFAULT_HORIZON,
    caller: Caller = MapReader,
) -> Response:
    """
    One Mapbox vector tile; buildings are counted in squares below zoom 11.

    The grid has the values of one peril, or of `total`: AAL of all perils together.
    """
    backend = _known(request, risk_type)
    tag = etags.etag("tile", layer, z, x, y, risk_type, scenario, horizon, await _version(request))
    if etags.unchanged(request, tag):
        return etags.not_modified(tag)
    chosen = {"ssp_scenario": scenario, "horizon": horizon} | _of_peril(backend, risk_type)
    body = await in_thread(backend.tiles.tile, layer, z, x, y, **chosen)
    if not body:
        return Response(status_code=204, headers=etags.headers(tag))
    return Response(body, headers=etags.headers(tag), media_type=MVT)


def _known(request: Request, risk_type: str) -> Backend:
    backend: Backend = request.app.state.backend
    known = [*backend.perils, layer_values.TOTAL]
    if risk_type not in known:
        raise UnknownPeril("not_one_of", field="risk_type", value=risk_type, known=known)
    return backend


def _of_peril(backend: Backend, risk_type: str) -> dict[str, str]:
    """What a tile of the grid needs of one peril; nothing of all of them together."""
    if risk_type == layer_values.TOTAL:
        return {}
    names = return_periods.stored_names(backend.perils[risk_type], HEADLINE[0])
    levels = "fitted" if "mu" in names else "stored" if names else ""
    return {"risk_type": risk_type, "levels": levels}


async def _version(request: Request) -> str:
    version: etags.CachedValue = request.app.state.data_version
    return await in_thread(version)


def _collection(rows: Sequence[Row], members: Row) -> bytes:
    half = (
        spacing(*(np.array([row[axis] for row in rows]) for axis in ("latitude", "longitude"))) / 2
    )
    features = [_feature(row, half) for row in rows]
    return orjson.dumps({"type": "FeatureCollection", **members, "features": features})


def _feature(row: Row, half: float) -> dict[str, Any]:
    """A cell as a square, *half* its width [°] to each side of its centre."""
    west, east = round(row["longitude"] - half, 6), round(row["longitude"] + half, 6)
    south, north = round(row["latitude"] - half, 6), round(row["latitude"] + half, 6)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "id": row["grid_id"],
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {name: row[name] for name in PROPERTIES if name in row},
    }
