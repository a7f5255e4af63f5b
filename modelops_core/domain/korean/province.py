"""Names of provinces as Korean maps write them."""

from __future__ import annotations

#: ending of the full name, and what stands in its place
ENDINGS = {"특별자치도": "도", "특별자치시": "", "특별시": "", "광역시": ""}


def short(name: str) -> str:
    """Return 서울 for 서울특별시 and 강원도 for 강원특별자치도; any other name as it is."""
    for ending, instead in ENDINGS.items():
        if name.endswith(ending):
            return name.removesuffix(ending) + instead
    return name
