"""Database work of the routes: off the event loop, a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
from anyio.lowlevel import RunVar

P = ParamSpec("P")
T = TypeVar("T")
#: at once; the dashboard's threads and the pool of connections have others to serve
AT_ONCE = 6
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("modelops_api_limiter")


async def call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What *function* gives, run in a thread of the routes' own share."""
    return await anyio.to_thread.run_sync(partial(function, *args, **kwargs), limiter=_share())


def _share() -> anyio.CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(AT_ONCE)
        _limiter.set(limiter)
        return limiter
