"""What a page draws, kept instead of drawn; and a program behind it that needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from modelops_core.perils import PERILS
from modelops_core.settings import Settings
from tests.parameters import PARAMETERS


class Screen:
    """Stands in for streamlit in one module: what was said, by the name of the function."""

    def __init__(self, **session: Any) -> None:
        self.session_state: dict[str, Any] = session
        self.said: dict[str, list[Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **more: self.said.setdefault(name, []).append(
            args[0] if args else more
        )

    def columns(self, count: int | Sequence[float], **_: Any) -> list[Screen]:
        return [self] * (count if isinstance(count, int) else len(count))

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was opened."""


def program(**parts: Any) -> SimpleNamespace:
    """The App as far as a page of stored answers needs it."""
    known: dict[str, Any] = {"settings": Settings(_env_file=None)}  # type: ignore[call-arg]
    known |= {"sources": SimpleNamespace(all=list), "ratings": SimpleNamespace(of=lambda _: {})}
    return SimpleNamespace(**{"perils": PERILS, "parameters": PARAMETERS, **known} | parts)
