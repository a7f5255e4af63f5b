"""Which addresses of the server are the API's."""

from __future__ import annotations

import pytest
from starlette.routing import Match

from modelops_core.api.paths import PathPrefixes
from modelops_core.api.server import PREFIXES


@pytest.mark.parametrize(
    ("path", "kind", "match"),
    [
        ("/api", "http", Match.FULL),
        ("/api/v1/x", "http", Match.FULL),
        ("/api/v1/ws", "websocket", Match.FULL),
        ("/tiles/grid/1/1/1.mvt", "http", Match.FULL),
        ("/metrics", "http", Match.FULL),
        ("/health/db", "http", Match.FULL),
        ("/apiary", "http", Match.NONE),
        ("/healthy", "http", Match.NONE),
        ("/", "http", Match.NONE),
        ("/pages/api", "http", Match.NONE),
        ("/api", "lifespan", Match.NONE),
    ],
)
def test_a_prefix_counts_at_whole_segments(path, kind, match):
    """What only begins with the same letters is the dashboard's."""

    async def nobody(scope, receive, send):
        """Never called here."""

    found, more = PathPrefixes(nobody, PREFIXES).matches({"type": kind, "path": path})
    assert (found, more) == (match, {})
