"""Answers errors as RFC 9457 problem documents."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from modelops_core import errors
from modelops_core.domain.job import JobState
from modelops_core.errors import (
    DatabaseFull,
    DatabaseUnavailable,
    InvalidInput,
    JobNotFound,
    ModelOpsError,
    NoResults,
    NotAllowed,
    NotStored,
    QueueFull,
    SchemaOutdated,
    SourceUnreadable,
    Unauthenticated,
)

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
#: characters of the client's own input that an answer repeats
MAX_ECHO = 100
#: headers by error: how to authenticate, seconds after which to ask again
HEADERS: Mapping[type[ModelOpsError], Mapping[str, str]] = {
    Unauthenticated: {"WWW-Authenticate": 'Bearer realm="ModelOps"'},
    QueueFull: {"Retry-After": "10"},
    DatabaseUnavailable: {"Retry-After": "5"},
    DatabaseFull: {"Retry-After": "30"},
}
STATUS: Mapping[type[ModelOpsError], HTTPStatus] = {
    JobNotFound: HTTPStatus.NOT_FOUND,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotStored: HTTPStatus.NOT_FOUND,
    SourceUnreadable: HTTPStatus.UNPROCESSABLE_ENTITY,
    QueueFull: HTTPStatus.SERVICE_UNAVAILABLE,
    SchemaOutdated: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseFull: HTTPStatus.SERVICE_UNAVAILABLE,
    NoResults: HTTPStatus.SERVICE_UNAVAILABLE,
}


class FieldProblem(BaseModel):
    """One field that is wrong."""

    field: str = Field(examples=["body.latitude"])
    message: str = Field(examples=["Input should be less than or equal to 38.7"])
    value: str | None = Field(default=None, examples=["52.5"])


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(
        examples=["latitude 52.5 lies outside South Korea (33 to 38.7 °N, 124.5 to 132 °E)."]
    )
    code: str | None = Field(
        default=None, description="Which error it is", examples=["outside_box"]
    )
    values: dict[str, Any] | None = Field(
        default=None,
        description="What the error says of the case",
        examples=[{"field": "latitude", "value": 52.5}],
    )
    errors: list[FieldProblem] | None = None
    reference: str | None = Field(
        default=None, description="Under which the server's log says more", examples=["1a2b3c4d"]
    )


def error_responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Make a route's ``responses`` argument: it may answer *codes* besides the common errors."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    common = (400, 401, 403, 413, 415, 422, 429, 503)
    return {
        code: {"description": _title(code), "content": content}
        for code in sorted({*codes, *common})
    }


def problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    """Make the answer with a problem document; *members* are further fields of :class:`Problem`."""
    body = {"type": "about:blank", "title": _title(status), "status": int(status), "detail": detail}
    body |= members
    return Response(orjson.dumps(body), status, dict(headers or {}), MEDIA_TYPE)


def problem_of(error: ModelOpsError) -> Response:
    """Make the answer with the problem document of an error of this package."""
    code, values = errors.published(error)
    kind = next((kind for kind in type(error).__mro__ if kind in STATUS), None)
    status = HTTPStatus.INTERNAL_SERVER_ERROR if kind is None else STATUS[kind]
    members: dict[str, Any] = {"code": code, "values": values}
    if kind is None or code != error.code:
        members["reference"] = _logged("request failed", reason=str(error), code=error.code)
    return problem(
        status, errors.sentence(code, values), HEADERS.get(kind or type(error)), **members
    )


def public_sentence(error: ModelOpsError) -> str:
    """The sentence of an error as clients may read it."""
    return errors.sentence(*errors.published(error))


def error_fields(job: JobState) -> dict[str, Any]:
    """Return a job's ``error`` (a sentence), ``error_code``, ``error_values``; None without one."""
    if job.reason is None:
        return {"error": None, "error_code": None, "error_values": None}
    code, values = errors.published(job.reason)
    sentence = errors.sentence(code, values)
    return {"error": sentence, "error_code": code, "error_values": dict(values)}


def install_handlers(app: FastAPI) -> None:
    """Register the handlers by which *app* answers every error with a problem document."""
    app.add_exception_handler(ModelOpsError, _modelops_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _modelops_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ModelOpsError)
    return problem_of(error)


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), error.headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [_field(entry) for entry in error.errors()]
    detail = "; ".join(f"{entry['field']}: {entry['message']}" for entry in found[:5])
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=found)


async def _unexpected(_request: Request, error: Exception) -> Response:
    reference = _logged("request crashed", error=type(error).__name__, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Unexpected error; the server's log says more.",
        reference=reference,
    )


def _logged(event: str, **detail: Any) -> str:
    """Log what clients do not see, and return the reference under which it stands there."""
    reference = uuid.uuid4().hex[:8]
    log.error(event, reference=reference, **detail)
    return reference


def _field(entry: Any) -> dict[str, str | None]:
    where = ".".join(str(part) for part in entry["loc"])[:MAX_ECHO]
    return {
        "field": _printable(where),
        "message": _printable(str(entry["msg"])),
        "value": _echo(entry.get("input")),
    }


def _echo(value: object) -> str | None:
    if value is None or isinstance(value, dict | list | bytes):
        return None
    return _printable(str(value)[:MAX_ECHO])


def _printable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _title(code: int) -> str:
    return HTTPStatus(code).phrase
