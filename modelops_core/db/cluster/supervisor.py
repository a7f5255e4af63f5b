"""Keeps a private cluster running: starts it again where it died, warns before its disk is full."""

from __future__ import annotations

import threading

import structlog

from modelops_core.db.cluster.private import Cluster
from modelops_core.errors import ClusterUnavailable, ModelOpsError

log = structlog.get_logger()
#: seconds between two looks, and after a start that failed
INTERVAL, PAUSE = 2.0, 5.0
#: free disk space below which a warning is logged, and above which it is over [MB]
LOW, ENOUGH = 1024, 1536


class Supervisor:
    """
    Watches one cluster from a thread; any number of processes may watch the same one.

    A cluster that was stopped on purpose stays stopped.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._low = False
        #: why the cluster could not be started at the last look
        self.trouble: ClusterUnavailable | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End watching; the cluster goes on."""
        self._stop.set()
        self._thread.join(PAUSE)

    def check(self) -> None:
        """Start the cluster where it died, and say what keeps it from starting."""
        self._look_at_disk()
        if not self._cluster.died():
            return
        log.error("database server died, starting it", log=str(self._cluster.place.log))
        try:
            ensured = self._cluster.ensure()
        except ClusterUnavailable as error:
            if self.trouble is None or self.trouble.code != error.code:
                log.error("database server not started", reason=str(error), code=error.code)
            self.trouble = error
            return
        self.trouble = None
        log.info("database server started", seconds=round(ensured.seconds, 1))

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL if self.trouble is None else PAUSE):
            try:
                self.check()
            except (ModelOpsError, OSError) as error:  # such as a folder that may not be read now
                log.error("supervisor failed, looking again", reason=str(error))

    def _look_at_disk(self) -> None:
        place = self._cluster.place
        if not place.root.exists():
            return
        free = place.free_megabytes()
        if free < LOW and not self._low:
            log.warning("disk nearly full", path=str(place.root), free_megabytes=free)
        self._low = free < (ENOUGH if self._low else LOW)
