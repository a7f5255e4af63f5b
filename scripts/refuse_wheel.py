"""
Build hook: only editable installs are built.

A wheel would hold modelops_core without sql/, pages/ and app.py, which lie beside it.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RefuseWheel(BuildHookInterface):  # type: ignore[type-arg]
    """Stops every build but that of ``pip install -e``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raise for *version* "standard"; pass for "editable"."""
        if version != "editable":
            raise RuntimeError(
                "ModelOps runs from its source tree: use `pip install -e .` (see CONTRIBUTING.md)."
            )
