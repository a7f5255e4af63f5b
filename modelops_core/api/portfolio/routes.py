"""Routes of portfolios: check a file, keep it, calculate it, read its sums, sites and files."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from modelops_core.api.access import Assessor, Reader
from modelops_core.api.assessments import IdempotencyKey, accepted
from modelops_core.api.backend import Backend, Portfolios
from modelops_core.api.models import (
    DEFAULT_HORIZON,
    DEFAULT_SCENARIO,
    Accepted,
    HorizonKey,
    Scenario,
)
from modelops_core.api.portfolio.models import (
    Checked,
    Finding,
    Kept,
    PortfolioRun,
    PortfolioVersion,
    PortfolioVersions,
    SitePage,
    Sums,
)
from modelops_core.api.problems import error_responses
from modelops_core.api.serving import requests
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller
from modelops_core.domain.job import Priority
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import counted, findings

PREFIX = "/api/v1/portfolios"
BYTES = "application/octet-stream"
PAGE = 100
router = APIRouter(prefix=PREFIX, tags=["portfolios"])
#: the body of an upload is the file as it is
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file as it is: our template, OED, CLIMADA or physrisk",
        "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
    }
}
FileName = Annotated[
    str,
    Query(
        pattern=r"^[^/\\\x00-\x1f\x7f]{1,100}\.(csv|txt|tsv|xlsx|xlsm|parquet|geojson|json|gpkg|fgb)$",
        description="Its name, by which its kind is known and the portfolio is called",
        examples=["sites.csv"],
    ),
]
Currency = Annotated[
    str | None,
    Query(
        pattern="^[A-Z]{3}$",
        description="Of money, where the file does not say it",
        examples=["KRW"],
    ),
]
Crs = Annotated[
    str | None,
    Query(
        pattern=r"^EPSG:[0-9]{4,6}$", description="Of coordinates in metres", examples=["EPSG:5179"]
    ),
]
Encoding = Annotated[
    str | None, Query(pattern="^[A-Za-z0-9_-]{1,20}$", description="Of text", examples=["cp949"])
]
AsOf = Annotated[
    date | None, Query(description="Reporting date; today where left out", examples=["2027-12-31"])
]
VersionId = Annotated[
    int, InPath(ge=1, le=2**31 - 1, description="As the upload gave it", examples=[1])
]
RunId = Annotated[
    int, InPath(ge=1, le=2**31 - 1, description="`run_id` of the job's results", examples=[1])
]
Dimension = Literal["all", "sido", "sigungu", "use", "industry", "group", "basin", "cell"]
FILE_NAMES = r"^[a-z0-9_-]{1,60}\.(csv|json|parquet|fgb|gpkg)$"


def _choices(
    currency: Currency = None, crs: Crs = None, encoding: Encoding = None, as_of: AsOf = None
) -> Choices:
    return Choices(as_of=as_of or date.today(), currency=currency, crs=crs, encoding=encoding)


Chosen = Depends(_choices)


@router.post("/check", responses=error_responses(), openapi_extra=UPLOAD)
async def check(
    request: Request,
    name: FileName,
    choices: Choices = Chosen,
    most: Annotated[int, Query(ge=0, le=10_000, description="Findings in the answer")] = 1000,
    caller: Caller = Assessor,
) -> Checked:
    """What is wrong with a portfolio's file, cell by cell; nothing is kept."""
    async with _uploaded(request, name) as path:
        found = await in_thread(_portfolios(request).check, path, choices, caller)
    counts = counted(found.problems)
    rows = [Finding(**finding.as_row()) for finding in findings(found.problems, most)]
    return Checked(sites=found.sites, **_plural(counts), findings=rows)


@router.post("", status_code=201, responses=error_responses(), openapi_extra=UPLOAD)
async def keep(
    request: Request, name: FileName, choices: Choices = Chosen, caller: Caller = Assessor
) -> Kept:
    """Keep a portfolio as a version; 422 where its file has errors, which /check names."""
    async with _uploaded(request, name) as path:
        version, found = await in_thread(_portfolios(request).keep, path, choices, caller)
    return Kept(version_id=version, sites=found.sites, **_plural(counted(found.problems)))


@router.get("", responses=error_responses())
async def versions(request: Request, caller: Caller = Reader) -> PortfolioVersions:
    """The caller's portfolios, the latest first; an administrator's key sees all."""
    rows = await in_thread(_portfolios(request).all, caller)
    return PortfolioVersions(portfolios=[PortfolioVersion(**row) for row in rows])


@router.get("/{version_id}", responses=error_responses(404))
async def version(
    version_id: VersionId, request: Request, caller: Caller = Reader
) -> PortfolioVersion:
    """One version with its calculations, the latest first."""
    found = await in_thread(_portfolios(request).version, version_id, caller)
    return PortfolioVersion(**found)


@router.post("/{version_id}/runs", status_code=202, responses=error_responses(404))
async def start(
    version_id: VersionId,
    request: Request,
    key: IdempotencyKey = None,
    caller: Caller = Assessor,
) -> Accepted:
    """Queue the calculation of a version. Its job's results name the run."""
    how: dict[str, Any] = {"priority": Priority.batch, "request_id": requests.current(), "key": key}
    job = await in_thread(_portfolios(request).start, version_id, caller, **how)
    return await accepted(request, job, caller)


@router.get("/runs/{run_id}", responses=error_responses(404))
async def run(run_id: RunId, request: Request, caller: Caller = Reader) -> PortfolioRun:
    """One calculation: what it stands on, and its totals once it has finished."""
    return PortfolioRun(**await in_thread(_portfolios(request).run, run_id, caller))


@router.get("/runs/{run_id}/sums", responses=error_responses(404))
async def sums(
    run_id: RunId,
    request: Request,
    dimension: Dimension = "all",
    scenario: Scenario = DEFAULT_SCENARIO,
    horizon: HorizonKey = DEFAULT_HORIZON,
    caller: Caller = Reader,
) -> Sums:
    """Sums by the keys of a dimension, one row a key and peril or subtotal."""
    rows = await in_thread(_portfolios(request).sums, run_id, dimension, caller)
    chosen = [row for row in rows if (row["ssp_scenario"], row["horizon"]) == (scenario, horizon)]
    return Sums(run_id=run_id, scenario=scenario, horizon=horizon, sums=chosen)


@router.get("/runs/{run_id}/sites", responses=error_responses(404))
async def sites(
    run_id: RunId,
    request: Request,
    scenario: Scenario = DEFAULT_SCENARIO,
    horizon: HorizonKey = DEFAULT_HORIZON,
    first: Annotated[int, Query(ge=0, le=10**7, description="`next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = PAGE,
    caller: Caller = Reader,
) -> SitePage:
    """Sites with the status, AAL and loss of each peril, in the order of the file."""
    asked = (run_id, (scenario, horizon), first, limit, caller)
    rows, following = await in_thread(_portfolios(request).sites, *asked)
    return SitePage(run_id=run_id, scenario=scenario, horizon=horizon, sites=rows, next=following)


@router.get(
    "/runs/{run_id}/files/{file}",
    response_class=Response,
    responses={
        200: {"content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}},
        **error_responses(404),
    },
)
async def file(
    run_id: RunId,
    file: Annotated[
        str,
        InPath(
            pattern=FILE_NAMES,
            description="portfolio.csv (our template), location.csv (OED), sites.csv,"
            " sites.parquet, sites.fgb, sites.gpkg, sums.csv, storms.json, run.json,"
            " results-PERIL.parquet",
            examples=["sites.csv"],
        ),
    ],
    request: Request,
    scenario: Scenario = DEFAULT_SCENARIO,
    horizon: HorizonKey = DEFAULT_HORIZON,
    caller: Caller = Reader,
) -> Response:
    """A file of a finished calculation; the table of sites is of one scenario and horizon."""
    folder = tempfile.TemporaryDirectory(prefix="modelops-portfolio-")
    path = Path(folder.name) / file
    try:
        key = (scenario, horizon)
        await in_thread(_portfolios(request).write, run_id, path, key, caller)
    except BaseException:
        folder.cleanup()
        raise
    name = f"modelops_portfolio_{run_id}_{file}"
    task = BackgroundTask(folder.cleanup)
    return FileResponse(path, media_type=BYTES, filename=name, background=task)


@asynccontextmanager
async def _uploaded(request: Request, name: str) -> AsyncIterator[Path]:
    """The body as a file of that name, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="modelops-upload-") as folder:
        path = Path(folder) / name
        with path.open("wb") as stream:
            async for part in request.stream():
                await in_thread(stream.write, part)
        yield path


def _plural(counts: dict[Any, int]) -> dict[str, int]:
    return {f"{severity}s": count for severity, count in counts.items()}


def _portfolios(request: Request) -> Portfolios:
    backend: Backend = request.app.state.backend
    return backend.portfolio_access
