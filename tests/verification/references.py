"""
Code and tables that nobody here wrote, opened for the tests only.

xclim and lmoments3 are ordinary packages. CLIMADA cannot be imported without GDAL, and
physrisk not without its server: of the first only the named functions are compiled from
the installed file, of the second only a table is read (requirements-dev-nodeps.txt).
"""

from __future__ import annotations

import ast
import logging
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # cf_xarray misses matplotlib, which nothing here draws with
    import xarray as xr
    import xclim
    from xclim import indices
    from xclim.indices import converters, fire

NODEPS = "pip install --no-deps -r requirements-dev-nodeps.txt"

__all__ = ["climada_storms", "converters", "fire", "indices", "package_file", "series", "xclim"]


def series(values: Any, units: str, first: str = "2001-01-01", freq: str = "D") -> xr.DataArray:
    """*values* (time,) as xclim wants them."""
    time = xr.date_range(first, periods=len(values), freq=freq)
    return xr.DataArray(
        np.asarray(values, dtype=float), dims="time", coords={"time": time}, attrs={"units": units}
    )


def package_file(package: str, path: str) -> Path:
    """A file of an installed package; skips the test where it is not installed."""
    try:
        return Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed ({NODEPS})")


def compiled(path: Path, names: Iterable[str], scope: Mapping[str, Any]) -> dict[str, Any]:
    """The top-level functions, classes and constants *names* of a file that cannot be imported."""
    wanted = set(names)
    body = [node for node in ast.parse(path.read_text("utf-8")).body if _names(node) & wanted]
    assert set().union(*map(_names, body)) >= wanted, f"{path.name} has changed"
    space = dict(scope)
    exec(compile(ast.Module(body, []), str(path), "exec"), space)
    return space


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return set()


@cache
def climada_storms() -> SimpleNamespace:
    """CLIMADA's tropical cyclone wind functions, with the geometry they need."""
    import typing

    import scipy.sparse
    from pint import UnitRegistry

    scope = {
        **vars(typing),
        "np": np,
        "xr": xr,
        "sparse": scipy.sparse,
        "ureg": UnitRegistry(),
        "LOGGER": logging.getLogger("climada"),
        "ONE_LAT_KM": 111.12,
        "warnings": warnings,
        "Centroids": object,
    }
    coordinates = compiled(
        package_file("climada", "climada/util/coordinates.py"),
        ["is_geo_coords", "check_if_geo_coords", "lon_normalize", "lon_bounds", "dist_approx"],
        scope,
    )
    constants = compiled(
        package_file("climada", "climada/util/constants.py"), ["ONE_LAT_KM"], scope
    )
    assert constants["ONE_LAT_KM"] == scope["ONE_LAT_KM"]
    tracks = compiled(
        package_file("climada", "climada/hazard/tc_tracks.py"), ["estimate_rmw"], scope
    )
    path = package_file("climada", "climada/hazard/trop_cyclone/trop_cyclone_windfields.py")
    every = {name for node in ast.parse(path.read_text("utf-8")).body for name in _names(node)}
    links = {
        "u_coord": SimpleNamespace(**coordinates),
        "u_const": SimpleNamespace(**constants),
        "estimate_rmw": tracks["estimate_rmw"],
    }
    return SimpleNamespace(**compiled(path, every - {"LOGGER"}, {**scope, **links}))
