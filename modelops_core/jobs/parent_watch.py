"""Processes of a pool that end with the process that made them."""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing.connection import wait


def die_with_parent() -> None:
    """
    End this process as soon as its parent ends, however that happens.

    Left alone it would wait for work for ever and keep its connections and the output of
    whoever started the nightly run open. What it was writing is rolled back.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(
            target=_watch, args=(parent.sentinel,), name="parent watch", daemon=True
        ).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
