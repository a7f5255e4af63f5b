"""Shipped tables, each with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def parameters() -> dict[str, Any]:
    """The content of ``parameters.yaml``."""
    return _read("parameters.yaml")


def worked_examples() -> dict[str, str]:
    """An example of the calculation by peril, ``worked_examples.yaml``."""
    return _read("worked_examples.yaml")


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return content
