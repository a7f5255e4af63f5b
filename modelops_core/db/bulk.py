"""
Reads and writes many rows at once by COPY.

Reading is COPY … TO STDOUT (BINARY) parsed by numpy, for rows of fixed width;
writing is COPY into a temporary table and one merge, so that a row is never half
written and an unchanged row is left alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg2.extensions
from sqlalchemy import Connection

from modelops_core.domain.dataset import Column
from modelops_core.errors import ModelOpsError

HEADER = 19  # bytes before the first row of a binary COPY
TRAILER = 2
CHUNK = 100_000  # rows written at once
NULL = r"\N"
Records = npt.NDArray[np.void]


def read_records(connection: Connection, query: str, fields: Mapping[str, str]) -> Records:
    """
    Read the rows of *query*, whose columns are numbers of a fixed width and never NULL.

    fields : name → ``i4``, ``f4`` or ``f8``, in the order of the query's columns.
    """
    buffer = io.BytesIO()
    with _cursor(connection) as cursor:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", buffer)
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in fields.items():
        layout += [(f"{name}_size", ">i4"), (name, f">{kind}")]
    record = np.dtype(layout)
    body = memoryview(buffer.getbuffer())[HEADER:-TRAILER]
    if len(body) % record.itemsize:
        raise ModelOpsError("copy_layout")
    return np.frombuffer(body, dtype=record)


def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """COPY *rows* into *table*; None is NULL. Returns the rows written."""
    count = 0
    with _cursor(connection) as cursor:
        for chunk in _chunks(rows):
            buffer = io.StringIO()
            csv.writer(buffer).writerows(chunk)
            buffer.seek(0)
            cursor.copy_expert(
                f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", buffer
            )
            count += len(chunk)
    return count


def copy_text(connection: Connection, table: str, columns: Sequence[str], body: str) -> None:
    """COPY *body*, lines of :func:`line`, into *table*."""
    with _cursor(connection) as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", io.StringIO(body))


def copy_columns(connection: Connection, table: str, columns: Mapping[str, Column]) -> int:
    """
    COPY columns of equal length into *table*.

    Tables of numbers and dates go as binary records of the table's own types; NaN, NaT
    and None are NULL. Returns the rows written.
    """
    types = _types(connection, table)
    arrays = {
        name: c for name, c in columns.items() if isinstance(c, np.ndarray) and _is_numeric(c)
    }
    if len(arrays) < len(columns) or not all(types[name] in _WIRE for name in arrays):
        return copy_rows(connection, table, tuple(columns), _python_rows(columns))
    missing = np.any([_missing(array) for array in arrays.values()], axis=0)
    complete = {name: _on_wire(array[~missing], types[name]) for name, array in arrays.items()}
    partial = {name: array[missing] for name, array in arrays.items()}
    written = _copy_binary(connection, table, complete)
    return written + copy_rows(connection, table, tuple(columns), _python_rows(partial))


def _types(connection: Connection, table: str) -> dict[str, str]:
    with _cursor(connection) as cursor:
        cursor.execute(
            "SELECT attname, atttypid::regtype::text FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (table,),
        )
        return dict(cursor.fetchall())


def merge(
    connection: Connection,
    table: str,
    key: Sequence[str],
    columns: Sequence[str],
    body: str,
    volatile: Sequence[str] = (),
) -> int:
    """
    Write text-format lines into *table*, replacing rows of the same key.

    A row whose columns, *volatile* ones aside, did not change is left alone. Returns the
    number of rows inserted or changed.
    """
    stage = f"stage_{table.rpartition('.')[2]}"
    names = ", ".join(columns)
    others = [c for c in columns if c not in key]
    compared = [c for c in others if c not in volatile]
    with _cursor(connection) as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {stage} ON COMMIT DROP"
            f" AS SELECT {names} FROM {table} WITH NO DATA"
        )
        cursor.execute(f"TRUNCATE {stage}")
        cursor.copy_expert(f"COPY {stage} ({names}) FROM STDIN", io.StringIO(body))
        cursor.execute(
            f"INSERT INTO {table} AS old ({names}) SELECT {names} FROM {stage}"
            f" ON CONFLICT ({', '.join(key)})"
            f" DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in others)}"
            f" WHERE ({', '.join(f'old.{c}' for c in compared)})"
            f" IS DISTINCT FROM ({', '.join(f'excluded.{c}' for c in compared)})"
        )
        return int(cursor.rowcount)


def line(values: Iterable[Any]) -> str:
    """Make one row in COPY's text format, without its newline; None and NaN are NULL."""
    return "\t".join(map(_field, values))


def _field(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN is the value unlike itself
        return NULL
    if isinstance(value, str):
        return (
            value.replace("\\", "\\\\")
            .replace("\t", "\\t")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        )
    return repr(value) if isinstance(value, float) else str(value)


def _cursor(connection: Connection) -> psycopg2.extensions.cursor:
    raw: Any = connection.connection
    cursor: psycopg2.extensions.cursor = raw.cursor()
    return cursor


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    chunk: list[Sequence[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _is_numeric(array: npt.NDArray[Any]) -> bool:
    return array.dtype.kind in "iufM"


def _missing(array: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    missing: npt.NDArray[np.bool_] = np.zeros(array.shape, bool)
    if array.dtype.kind == "M":
        missing = np.isnat(array)
    elif array.dtype.kind == "f":
        missing = np.isnan(array)
    return missing


def _python_rows(columns: Mapping[str, Column]) -> Iterator[tuple[Any, ...]]:
    return zip(*map(_python, columns.values()), strict=True)


def _python(column: Column) -> list[Any]:
    values = column.tolist() if isinstance(column, np.ndarray) else list(column)
    return [None if v is None or v != v else v for v in values]  # noqa: PLR0124 - NaN


#: column type → numpy type of its binary form
_WIRE = {
    "smallint": "i2",
    "integer": "i4",
    "bigint": "i8",
    "real": "f4",
    "double precision": "f8",
    "date": "i4",
}
_DATE_ORIGIN = np.datetime64("2000-01-01")


def _copy_binary(
    connection: Connection, table: str, columns: Mapping[str, npt.NDArray[Any]]
) -> int:
    """COPY arrays that already have the columns' types in the binary format; return the rows."""
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, array in columns.items():
        layout += [(f"{name}_size", ">i4"), (name, f">{array.dtype.kind}{array.dtype.itemsize}")]
    size = len(next(iter(columns.values())))
    with _cursor(connection) as cursor:
        for start in range(0, size, CHUNK):
            records = np.empty(min(CHUNK, size - start), dtype=np.dtype(layout))
            records["fields"] = len(columns)
            for name, array in columns.items():
                records[f"{name}_size"] = array.dtype.itemsize
                records[name] = array[start : start + CHUNK]
            body = b"PGCOPY\n\xff\r\n\0" + bytes(8) + records.tobytes() + b"\xff\xff"
            names = ", ".join(columns)
            cursor.copy_expert(
                f"COPY {table} ({names}) FROM STDIN (FORMAT binary)", io.BytesIO(body)
            )
    return size


def _on_wire(array: npt.NDArray[Any], kind: str) -> npt.NDArray[Any]:
    """Convert *array* to the column's numpy type; dates become days since 2000-01-01."""
    if array.dtype.kind == "M":
        array = (array.astype("datetime64[D]") - _DATE_ORIGIN).astype(np.int64)
    return array.astype(_WIRE[kind])
