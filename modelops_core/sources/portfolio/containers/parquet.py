"""Parquet, also GeoParquet whose coordinates stand in columns: one sheet, row 1 is the first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute
import pyarrow.parquet

from modelops_core.errors import SourceUnreadable
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet

MAGIC = b"PAR1"


def fits(path: Path, head: bytes) -> bool:
    """By its first bytes."""
    return head.startswith(MAGIC)


def read(path: Path, reader: Reader) -> Sequence[Sheet]:
    """All columns that are no binary values; raises SourceUnreadable."""
    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceUnreadable("file_unreadable", file=path.name, reason=error) from None
    kept = [name for name in table.column_names if not _is_binary(table.schema.field(name).type)]
    texts = {i: _text(table.column(name)) for i, name in enumerate(kept)}
    return [
        Sheet(
            file=path.name,
            name="",
            headers=tuple(kept),
            letters=("",) * len(kept),
            cells=pd.DataFrame(texts, dtype=str),
            rows=np.arange(table.num_rows, dtype=np.int64) + 1,
        )
    ]


def _is_binary(kind: pyarrow.DataType) -> bool:
    return bool(pyarrow.types.is_binary(kind) or pyarrow.types.is_nested(kind))


def _text(column: pyarrow.ChunkedArray) -> pd.Series:
    """Cells as text, '' where null; whole numbers without a point."""
    values = column.to_pandas()
    if pyarrow.types.is_floating(column.type):
        return values.map(lambda v: "" if np.isnan(v) else f"{v:.15g}")
    text = pyarrow.compute.cast(column, pyarrow.string()).to_pandas()
    return text.fillna("").astype(str).str.strip()


CONTAINER = Container(name="parquet", fits=fits, read=read)
