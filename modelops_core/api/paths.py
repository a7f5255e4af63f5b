"""Serving an application below some paths of another, unchanged."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send


class Paths(BaseRoute):
    """Gives every request whose path starts with one of *prefixes* to *app*, path and all."""

    def __init__(self, app: ASGIApp, prefixes: Sequence[str]) -> None:
        self.app = app
        self.prefixes = tuple(prefixes)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full or none: a prefix counts at whole segments only."""
        if scope["type"] not in ("http", "websocket"):
            return Match.NONE, {}
        path = scope["path"]
        hit = any(path == prefix or path.startswith(f"{prefix}/") for prefix in self.prefixes)
        return (Match.FULL, {}) if hit else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer."""
        await self.app(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Its routes have no names here."""
        raise NoMatchFound(name, path_params)
