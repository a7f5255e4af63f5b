"""Reads JSON as ``json`` does, but refuses a key that stands twice: the last one would win."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any


class KeyRepeated(ValueError):
    """The key *name* stands *count* times in one object."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(name)
        self.name = name
        self.count = count


def loads(content: str | bytes) -> Any:
    """What *content* holds; raises KeyRepeated, and ValueError for what is no JSON."""
    try:
        return json.loads(content, object_pairs_hook=_object)
    except RecursionError as error:
        raise ValueError(str(error)) from None


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise KeyRepeated(*Counter(name for name, _ in pairs).most_common(1)[0])
    return found
