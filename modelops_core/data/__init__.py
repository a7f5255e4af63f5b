"""Shipped tables, each with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def parameters() -> dict[str, Any]:
    """The content of ``parameters.yaml``."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / "parameters.yaml").read_text("utf-8"))
    return content
