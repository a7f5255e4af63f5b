"""Ends the processes of a pool when the process that started them has ended."""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing.connection import wait


def die_with_parent() -> None:
    """
    End this process as soon as its parent ends, however that happens.

    An orphaned process would wait for work for ever and keep its database connections and its
    inherited output open. The database rolls back what the process was writing.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(
            target=_watch, args=(parent.sentinel,), name="parent watch", daemon=True
        ).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
