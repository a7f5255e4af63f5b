"""Routes of a run's reports: make a version, list and fetch versions, sign somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath

from modelops_core.api.access import Assessor, Reader, Signer
from modelops_core.api.backend import Backend, ReportVersions
from modelops_core.api.portfolio.models import (
    Report,
    Reports,
    ReportSettings,
    Signature,
)
from modelops_core.api.portfolio.routes import PREFIX, RunId
from modelops_core.api.problems import error_responses
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.versions import as_row

router = APIRouter(prefix=f"{PREFIX}/runs/{{run_id}}/reports", tags=["portfolios"])
OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA: Mapping[str, str] = {
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
}
#: the tables of a file that are not what they were when the version was made
CHANGED = "X-Content-Changed"
Number = Annotated[
    int, InPath(ge=1, le=2**31 - 1, description="1, 2, … of the run's versions", examples=[1])
]
FILES: dict[str, Any] = {
    "content": {
        media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()
    },
    "headers": {
        CHANGED: {
            "description": "Tables whose rows are not those of when the version was made, such as"
            " `T13 T14`: the signature does not cover them. Absent where all are the same",
            "schema": {"type": "string"},
        }
    },
}


@router.post("", status_code=201, responses=error_responses(404))
async def make(
    run_id: RunId, settings: ReportSettings, request: Request, caller: Caller = Assessor
) -> Report:
    """Keep the report of a finished run as its next version; former ones stay as they are."""
    given = settings.model_dump()
    former, note = given.pop("former_run_id"), given.pop("note")
    asked = (run_id, Choice(**given), caller, former, note)
    return Report(**as_row(await in_thread(_versions(request).make, *asked)))


@router.get("", responses=error_responses(404))
async def versions(run_id: RunId, request: Request, caller: Caller = Reader) -> Reports:
    """All versions of a run's report, the latest first: who made and who signed each."""
    found = await in_thread(_versions(request).all, run_id, caller)
    return Reports(reports=[Report(**as_row(version)) for version in found])


@router.get(
    "/{number}.{kind}",
    response_class=Response,
    responses={200: FILES, **error_responses(404)},
)
async def file(
    run_id: RunId,
    number: Number,
    kind: Literal["xlsx", "pdf", "docx"],
    request: Request,
    caller: Caller = Reader,
) -> Response:
    """A version as workbook, PDF or DOCX, made anew of its run, settings and data sets."""
    body, changed = await in_thread(_versions(request).file, run_id, number, kind, caller)
    name = f"modelops_portfolio_{run_id}_report_{number}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if changed:
        headers[CHANGED] = " ".join(changed)
    return Response(body, media_type=MEDIA[kind], headers=headers)


@router.post("/{number}/signature", responses=error_responses(404))
async def sign(
    run_id: RunId,
    number: Number,
    signature: Signature,
    request: Request,
    caller: Caller = Signer,
) -> Report:
    """Sign a version that somebody else made; 403 for one's own and where nobody is known."""
    asked = (run_id, number, caller, signature.note)
    return Report(**as_row(await in_thread(_versions(request).sign, *asked)))


def _versions(request: Request) -> ReportVersions:
    backend: Backend = request.app.state.backend
    return backend.report_versions
