"""Answers that a client may keep, and "not modified"."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

#: kept by anyone for a minute, then asked for again by its ETag
KEPT = "private, max-age=60, must-revalidate"
#: seconds for which the version of the data is believed
BELIEVED = 2.0


def etag(*parts: object) -> str:
    """A weak ETag of what an answer depends on."""
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def unchanged(request: Request, tag: str) -> bool:
    """Whether the client has that version already."""
    given = request.headers.get("if-none-match", "")
    bare = tag.removeprefix("W/")
    return any(
        part.strip() == "*" or part.strip().removeprefix("W/") == bare for part in given.split(",")
    )


def not_modified(tag: str) -> Response:
    """304 with what a cache needs."""
    return Response(status_code=304, headers=headers(tag))


def headers(tag: str) -> dict[str, str]:
    """ETag and how long to keep."""
    return {"ETag": tag, "Cache-Control": KEPT}


class Believed:
    """A value asked for at most every two seconds."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._value = ""
        self._asked: float | None = None

    def __call__(self) -> str:
        """The value, at most two seconds old."""
        with self._lock:
            if self._asked is None or time.monotonic() - self._asked > BELIEVED:
                self._value = self._ask()
                self._asked = time.monotonic()
            return self._value
