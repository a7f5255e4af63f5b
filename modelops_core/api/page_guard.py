"""
ASGI middleware around pages and API: hosts, security headers, and what only readers may load.

The API has a guard of its own besides (``api.guard``), whose stricter headers stay.
"""

from __future__ import annotations

import hmac
import re
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modelops_core.api.access import needs_no_key
from modelops_core.api.guard import close, host_allowed, host_refusal, hosts_of, place_of
from modelops_core.api.problems import problem
from modelops_core.domain.access import LET_IN, READER_PASS
from modelops_core.settings import Settings

#: Streamlit's program and styles; ``blob:`` are the scripts of its components, which it makes so
POLICY = (
    "default-src 'none'",
    "script-src 'self' blob: {inline}",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' {socket}",
    "media-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: a name or an address with its port
HOST = re.compile(r"[\w.\-]+(:\d+)?|\[[\da-fA-F:.]+\](:\d+)?")
#: what shows data or figures of the server without being a page or the API
GUARDED = ("/assets/", "/_stcore/metrics", "/_stcore/agent")


class PageGuard:
    """Answers 400, 403 and 401 for hosts, origins and readers that are none; adds headers."""

    def __init__(self, app: ASGIApp, settings: Settings, reader_pass: str, inline: str) -> None:
        self._app = app
        self._settings = settings
        self._hosts = hosts_of(settings)
        self._pass = reader_pass
        self._inline = inline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope[LET_IN] = self._has_pass(scope)
        refusal = self._refusal(scope, headers)
        answer = self._with_headers(send, headers.get("host", ""))
        if refusal is None:
            await self._app(scope, receive, answer)
        elif scope["type"] == "http":
            await refusal(scope, receive, answer)
        else:
            await close(scope, receive, send, refusal)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if not host_allowed(headers, self._hosts):
            return host_refusal()
        if place_of(headers.get("origin", "")) is None:
            return problem(403, "The request's Origin is none.")
        if scope["path"].startswith(GUARDED) and not self._may_load(scope):
            return problem(401, "This is for readers of the pages.")
        return None

    def _may_load(self, scope: Scope) -> bool:
        return scope[LET_IN] or needs_no_key(HTTPConnection(scope), self._settings)

    def _has_pass(self, scope: Scope) -> bool:
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(READER_PASS, [""])[0]
        return hmac.compare_digest(given.encode(), self._pass.encode())

    def _with_headers(self, send: Send, host: str) -> Send:
        policy = "; ".join(POLICY).format(inline=self._inline, socket=_sockets(host))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", policy)
            await send(message)

        return with_headers


def _sockets(host: str) -> str:
    """This server's own sockets, for browsers in which ``'self'`` does not mean them."""
    return f"ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
