"""What the checks of stored results and loaded data say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check: whether it holds, and the finding in words."""

    name: str
    ok: bool
    says: str
