"""Runs the routes' database work in a few threads, off the event loop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
from anyio.lowlevel import RunVar

P = ParamSpec("P")
T = TypeVar("T")
#: threads at once: dashboard and workers share the same pool of connections
MAX_THREADS = 6
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("modelops_api_limiter")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run *function* in one of at most MAX_THREADS threads and return what it returns."""
    return await anyio.to_thread.run_sync(
        partial(function, *args, **kwargs), limiter=_shared_limiter()
    )


def _shared_limiter() -> anyio.CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(MAX_THREADS)
        _limiter.set(limiter)
        return limiter
