"""What the benchmarks share: repeated timing, memory of a family of processes, one JSON line."""

from __future__ import annotations

import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # the product is run from its folder

MEGABYTE = 1024**2
EXACT = frozenset({"aal_sum"})  # printed in full; other floats to four figures
PAUSE = 0.05  # seconds between two looks at the memory


def repeated(work: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each of *runs* calls."""
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return seconds


def median(values: list[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least *share* of *values* do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]


def report(name: str, **fields: object) -> None:
    """One JSON line, with the machine and how busy it was."""
    machine = {"cpus": os.cpu_count(), "load_1min": round(os.getloadavg()[0], 2)}
    print(json.dumps({"benchmark": name, **_rounded(fields), "machine": machine}), flush=True)


def tell(text: str) -> None:
    """A line for whoever waits; never part of the result."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: one if key in EXACT else _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


@dataclass
class Family:
    """What a process and all below it took: peak resident memory, processor time."""

    pid: int
    peak_mb: float = 0.0
    cpu: dict[int, float] = field(default_factory=dict)

    @property
    def cpu_s(self) -> float:
        """Processor seconds of all processes seen, those that ended included."""
        return sum(self.cpu.values())

    @contextmanager
    def watched(self) -> Iterator[Family]:
        """Look 20 times a second inside the block."""
        stop = threading.Event()
        thread = threading.Thread(target=self._watch, args=(stop,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(PAUSE):
            members = _family(self.pid)
            self.cpu |= {
                pid: seconds for pid, seconds in map(_processor, members) if seconds is not None
            }
            self.peak_mb = max(self.peak_mb, sum(map(_resident, members)) / MEGABYTE)


def _family(pid: int) -> set[int]:
    parents = dict(_parents())
    family, added = {pid}, True
    while added:
        more = {child for child, parent in parents.items() if parent in family} - family
        family |= more
        added = bool(more)
    return family


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            yield int(entry.name), int(fields[1])


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; empty if it ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _processor(pid: int) -> tuple[int, float | None]:
    fields = _stat(pid)
    ticks = os.sysconf("SC_CLK_TCK")
    return pid, (int(fields[11]) + int(fields[12])) / ticks if fields else None


def _resident(pid: int) -> int:
    """Bytes in memory; pages that processes share count in each."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
