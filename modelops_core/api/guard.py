"""ASGI middleware before the routes: checks host, origin, size, rate; adds security headers."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modelops_core.api.access import key_from, needs_no_key
from modelops_core.api.buckets import TokenBuckets
from modelops_core.api.problems import problem
from modelops_core.settings import Settings

#: names of this machine itself
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
#: paths whose body is a file
UPLOADS = frozenset({"/api/v1/portfolios", "/api/v1/portfolios/check"})
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class Guard:
    """ASGI middleware that answers 400, 403, 413 or 429 itself and passes other requests on."""

    def __init__(
        self, app: ASGIApp, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._settings = settings
        self._hosts = hosts_of(settings)
        self._origins = frozenset(comma_separated(settings.cors_origins))
        self._buckets = TokenBuckets(settings.rate_per_minute, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on with a limit on its body and headers on its answer."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(
                scope,
                _with_size_limit(receive, self._limit(scope)),
                _with_security_headers(send),
            )
        elif scope["type"] == "http":
            await refusal(scope, receive, _with_security_headers(send))
        else:
            await close(scope, receive, send, refusal)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not host_allowed(headers, self._hosts):
            return host_refusal()
        if not self._same_site(scope, headers):
            return problem(403, "Pages of other sites may not do that: see MODELOPS_CORS_ORIGINS.")
        if not _fits(headers.get("content-length", "0"), limit := self._limit(scope)):
            return too_large_response(limit)
        connection = HTTPConnection(scope)
        if needs_no_key(connection, self._settings):
            return None
        wait = self._buckets.take(_caller(connection))
        return (
            None
            if wait is None
            else problem(429, "Too many requests.", {"Retry-After": str(math.ceil(wait))})
        )

    def _limit(self, scope: Scope) -> int:
        """Bytes that the body of a request may have: more where it is the file of a portfolio."""
        upload = scope["type"] == "http" and scope["path"] in UPLOADS
        return self._settings.upload_limit if upload else self._settings.body_limit

    def _same_site(self, scope: Scope, headers: Headers) -> bool:
        """Whether the request may change something: its Origin is allowed, or it has none."""
        origin = headers.get("origin")
        if origin is None or (scope["type"] == "http" and scope["method"] in SAFE_METHODS):
            return True
        return origin in self._origins or place_of(origin) == headers.get("host")


class BodyTooLarge(HTTPException):
    """413: the body grew beyond *limit* bytes while it was read."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, _too_large_text(limit))


def comma_separated(text: str) -> list[str]:
    """Split a setting at its commas, in lower case, without empty parts."""
    return [part.strip().lower() for part in text.split(",") if part.strip()]


def hosts_of(settings: Settings) -> frozenset[str]:
    """The names under which the server may be called; ``*`` is any."""
    return frozenset((*LOCAL_NAMES, *comma_separated(settings.hosts)))


def host_allowed(headers: Headers, hosts: frozenset[str]) -> bool:
    """Whether a request calls the server by one of *hosts*."""
    return "*" in hosts or host_name(headers.get("host", "")) in hosts


def host_refusal() -> Response:
    """Make the answer 400 for another name."""
    return problem(400, "The request's Host is not a name of this server: see MODELOPS_HOSTS.")


def host_name(host: str) -> str:
    """Return a Host header in lower case without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and re.fullmatch(r"[0-9]{1,5}", port) else host.lower()


def place_of(origin: str) -> str | None:
    """Host and port of an origin; None for what is none, such as ``http://[``."""
    try:
        parts = urlsplit(origin)
        _ = parts.port  # raises for what is no number
        return parts.netloc
    except ValueError:
        return None


def too_large_response(limit: int) -> Response:
    """Make the answer 413 for a body of more than *limit* bytes."""
    return problem(413, _too_large_text(limit))


def _fits(length: str, limit: int) -> bool:
    """Whether a Content-Length is one, in ASCII digits, and at most *limit* bytes."""
    return bool(re.fullmatch(r"[0-9]{1,18}", length)) and int(length) <= limit


def _too_large_text(limit: int) -> str:
    return f"The request's body is larger than {limit} bytes."


def _caller(connection: HTTPConnection) -> str:
    """Whose bucket counts: the address, since a made-up key must not get a bucket of its own."""
    address = connection.client.host if connection.client else "unknown"
    return address if key_from(connection) is None else f"{address} key"


def _with_size_limit(receive: Receive, limit: int) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > limit:
                raise BodyTooLarge(limit)
        return message

    return counted


def _with_security_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return with_headers


async def close(scope: Scope, receive: Receive, send: Send, refusal: Response) -> None:
    """Refuse a socket: with the reason where the server can say it."""
    await receive()  # websocket.connect
    if "websocket.http.response" in scope.get("extensions", {}):
        start = {
            "type": "websocket.http.response.start",
            "status": refusal.status_code,
            "headers": refusal.raw_headers,
        }
        await send(start)
        await send({"type": "websocket.http.response.body", "body": refusal.body})
    else:
        await send({"type": "websocket.close", "code": 1008})
