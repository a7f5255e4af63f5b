"""One random stream a subject, so that no table's draws move another's."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, subject: str) -> np.random.Generator:
    """A generator that depends on *seed* and the name of what is drawn, on nothing else."""
    child = zlib.crc32(subject.encode())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, child])))
