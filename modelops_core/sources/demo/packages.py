"""Data files inside installed packages, found without importing the packages."""

from __future__ import annotations

import importlib.util
from importlib import metadata
from pathlib import Path

from modelops_core.errors import SourceUnreadable


def data_file(package: str, relative: str) -> Path:
    """Path of *relative* inside the installed *package*; raises SourceUnreadable."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / relative
        if path.is_file():
            return path
    raise SourceUnreadable(f"package {package!r} with its file {relative} is not installed")


def version(distribution: str) -> str:
    """'name version' of an installed distribution; raises SourceUnreadable."""
    try:
        return f"{distribution} {metadata.version(distribution)}"
    except metadata.PackageNotFoundError:
        raise SourceUnreadable(f"package {distribution!r} is not installed") from None
