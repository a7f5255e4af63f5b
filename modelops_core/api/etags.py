"""ETags: a client that has the current version of a map layer gets 304 instead of the data."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

#: a client keeps an answer for a minute, then asks again with its ETag
CACHE_CONTROL = "private, max-age=60, must-revalidate"
#: seconds for which a read value is used before it is read again
VALID_SECONDS = 2.0


def etag(*parts: object) -> str:
    """Make a weak ETag from everything that an answer depends on."""
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def unchanged(request: Request, tag: str) -> bool:
    """Whether the request's ``If-None-Match`` names *tag*: the client has that version already."""
    given = request.headers.get("if-none-match", "")
    bare = tag.removeprefix("W/")
    return any(
        part.strip() == "*" or part.strip().removeprefix("W/") == bare for part in given.split(",")
    )


def not_modified(tag: str) -> Response:
    """Make the answer 304 with ETag and Cache-Control."""
    return Response(status_code=304, headers=headers(tag))


def headers(tag: str) -> dict[str, str]:
    """Return the headers ETag and Cache-Control of an answer."""
    return {"ETag": tag, "Cache-Control": CACHE_CONTROL}


class CachedValue:
    """Caches the result of *read* for VALID_SECONDS; one instance serves all threads."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._value = ""
        self._read_at: float | None = None

    def __call__(self) -> str:
        """Return the value, read again where it is older than VALID_SECONDS."""
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at > VALID_SECONDS:
                self._value = self._read()
                self._read_at = time.monotonic()
            return self._value
