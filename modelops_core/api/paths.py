"""A route that passes some paths of one application to another, without changing the path."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send


class PathPrefixes(BaseRoute):
    """Passes requests whose path starts with one of *prefixes* to *app* with their whole path."""

    def __init__(self, app: ASGIApp, prefixes: Sequence[str]) -> None:
        self.app = app
        self.prefixes = tuple(prefixes)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match fully or not at all; a prefix counts at whole segments only."""
        if scope["type"] not in ("http", "websocket"):
            return Match.NONE, {}
        path = scope["path"]
        hit = any(path == prefix or path.startswith(f"{prefix}/") for prefix in self.prefixes)
        return (Match.FULL, {}) if hit else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to the application."""
        await self.app(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Raise NoMatchFound: the application's routes have no names here."""
        raise NoMatchFound(name, path_params)
