"""
ASGI middleware that names each request and writes the access log.

The name (``X-Request-ID``, the caller's own or a new one) goes into the answer, into every log
line of the request, into the job that it queues and into the log of the worker that performs it.
"""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, get_contextvars

log = structlog.get_logger()
HEADER = "X-Request-ID"
#: what a caller may name a request: it goes into logs
ALLOWED = re.compile(r"[\w.-]{1,64}", re.ASCII)
#: asked for every few seconds by whatever watches the server
UNLOGGED = frozenset({"/health", "/health/ready", "/health/db", "/metrics"})


def current() -> str | None:
    """The name of the request that this thread or task serves; None outside of one."""
    found = get_contextvars().get("request_id")
    return None if found is None else str(found)


class RequestLog:
    """Binds ``request_id`` for the time of a request and logs how it was answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its name."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        name = given if ALLOWED.fullmatch(given) else uuid.uuid4().hex
        began, status = time.perf_counter(), 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"].endswith("response.start"):
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        with bound_contextvars(request_id=name):
            try:
                await self._app(scope, receive, named)
            finally:
                if scope["path"] not in UNLOGGED or status >= 400:
                    log.info("request", **_line(scope, status, time.perf_counter() - began))


def _line(scope: Scope, status: int, seconds: float) -> dict[str, Any]:
    """What the access log says of a request, without its query."""
    client = scope.get("client")
    return {
        "method": scope.get("method", "WS"),
        "path": scope["path"],
        "status": status,
        "seconds": round(seconds, 4),
        "address": client[0] if client else None,
    }
