"""Parquet, also GeoParquet whose coordinates stand in columns: one sheet, row 1 is the first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from modelops_core.errors import SourceUnreadable
from modelops_core.sources.portfolio import limits
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet, distinct

MAGIC = b"PAR1"


def fits(path: Path, head: bytes) -> bool:
    """By its first bytes."""
    return head.startswith(MAGIC)


def read(path: Path, reader: Reader) -> Sequence[Sheet]:
    """All columns that are no geometries; raises SourceUnreadable."""
    try:
        with parquet.ParquetFile(path) as file:
            limits.refuse_cells(path.name, file.metadata.num_rows, file.metadata.num_columns)
            stored = file.read()
        table = stored.rename_columns(distinct(stored.column_names)).to_pandas()
    except (pa.ArrowException, ValueError, OSError):
        raise SourceUnreadable("parquet_broken", file=path.name) from None
    kept = [name for name in table.columns if not _is_binary(table[name])]
    texts = {i: _text(table[name]) for i, name in enumerate(kept)}
    return [
        Sheet(
            file=path.name,
            name="",
            headers=tuple(str(name) for name in kept),
            letters=("",) * len(kept),
            cells=pd.DataFrame(texts, dtype=str).reset_index(drop=True),
            rows=np.arange(len(table), dtype=np.int64) + 1,
        )
    ]


def _is_binary(column: pd.Series) -> bool:
    return bool(column.map(lambda value: isinstance(value, bytes | list | dict)).any())


def _text(column: pd.Series) -> pd.Series:
    """Cells as text, '' where null; whole numbers without a point."""
    known = column.notna()
    texts = column.astype(str)
    if pd.api.types.is_float_dtype(column):
        texts = column.map(lambda value: f"{value:.15g}")
    elif pd.api.types.is_datetime64_any_dtype(column):
        texts = column.dt.strftime("%Y-%m-%d")
    return texts.astype(object).where(known, "").str.strip()


CONTAINER = Container(name="parquet", fits=fits, read=read)
