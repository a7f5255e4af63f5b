"""
Build hook: a wheel carries app.py, pages/, sql/ and Streamlit's settings inside the package.

An editable installation reads them where they are, beside the package; so none of its files is
a copy that grows old. ``modelops_core.settings.FILES`` finds either.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: beside the package in the source tree
BESIDE = ("app.py", "pages", "sql", ".streamlit/config.toml")


class WheelFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Adds what lies beside the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files for *version* "standard"; "editable" needs none."""
        if version != "editable":
            build_data["force_include"] |= {
                str(Path(self.root, name)): f"modelops_core/shipped/{name}" for name in BESIDE
            }
