"""
Stops a server in order: it says that it is not ready, then takes no more, then waits in measure.

The server may have been started by ``streamlit run``, by uvicorn or by ``modelops serve``: its
limits are set when it starts its application, which all three do.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import structlog
import uvicorn

from modelops_core.api.serving import limits

log = structlog.get_logger()
#: seconds that requests may go on when the server stops; slow clients are cut off then
GRACE_PERIOD = 10
#: set from the request to stop until the end of the process
STOPPING = threading.Event()
Handler = Callable[[int, FrameType | None], Any]


@contextmanager
def graceful(drain: float) -> Iterator[None]:
    """
    Prepare the running server's end inside the block.

    *drain* are the seconds between the first answer "not ready" and the end of listening, in which
    a load balancer turns away. A second signal ends listening at once.
    """
    STOPPING.clear()
    if threading.current_thread() is not threading.main_thread():
        yield  # no signals here: another program runs the server
        return
    replaced = {
        number: previous
        for number in (signal.SIGTERM, signal.SIGINT)
        if callable(previous := signal.getsignal(number))
    }
    for number, previous in replaced.items():
        _limit(getattr(previous, "__self__", None))
        signal.signal(number, _draining(previous, drain))
    yield


def _limit(server: object) -> None:
    if isinstance(server, uvicorn.Server):
        config = server.config
        config.timeout_graceful_shutdown = GRACE_PERIOD
        config.ws_max_size = min(config.ws_max_size, limits.FRAME_LIMIT)
        config.http_protocol_class = limits.limited(config.http_protocol_class)


def _draining(previous: Handler, drain: float) -> Handler:
    loop = asyncio.get_running_loop()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if STOPPING.is_set():
            previous(number, frame)
            return
        STOPPING.set()
        log.info("stopping", drain=drain)
        loop.call_soon_threadsafe(loop.call_later, drain, previous, number, None)

    return on_signal
