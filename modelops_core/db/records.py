"""
Rows that hold numbers and arrays of numbers, by binary COPY in both directions.

A row has a fixed width, so that numpy writes and reads all rows of a table at once. Unknown
is NaN; nothing is NULL.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg2.extensions
from sqlalchemy import Connection

from modelops_core.errors import ModelOpsError

#: numpy kind of an element → its numpy type on the wire and the type's number in PostgreSQL
ELEMENTS = {"f8": (">f8", 701), "i2": (">i2", 21), "i4": (">i4", 23)}
START, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
#: rows written at once
CHUNK = 20_000
Columns = Mapping[str, npt.NDArray[Any] | str]
#: a placeholder of our named queries
_NAME = re.compile(r"(?<!:):([a-z_]+)")


def copy_records(connection: Connection, table: str, columns: Columns) -> int:
    """
    COPY *columns* into *table*: (row,) numbers, (row, element) arrays, or one text for all rows.

    Numbers are float64, int32 or int16, as the table's columns are. Returns the rows written.
    """
    arrays = {name: c for name, c in columns.items() if not isinstance(c, str)}
    rows = len(next(iter(arrays.values())))
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
    layout = _layout({name: _shape(c) for name, c in columns.items()})
    with _cursor(connection) as cursor:
        for start in range(0, rows, CHUNK):
            part = {
                name: c if isinstance(c, str) else c[start : start + CHUNK]
                for name, c in columns.items()
            }
            body = START + _records(part, layout).tobytes() + END
            cursor.copy_expert(statement, io.BytesIO(body))
    return rows


def read_arrays(
    connection: Connection, query: str, values: Mapping[str, Any], kinds: Mapping[str, str]
) -> dict[str, npt.NDArray[Any]]:
    """
    Read the columns of *query*, which has ``:name`` for *values*, as arrays.

    *kinds* names each column's elements, ``f8``, ``i4`` or ``i2``, and for an array their number
    after a colon: ``f8:20``.
    """
    buffer = io.BytesIO()
    with _cursor(connection) as cursor:
        plain = cursor.mogrify(_NAME.sub(r"%(\1)s", query), values).decode()
        cursor.copy_expert(f"COPY ({plain}) TO STDOUT (FORMAT binary)", buffer)
    layout = _layout({name: _kind(kind) for name, kind in kinds.items()})
    body = memoryview(buffer.getbuffer())[len(START) : -len(END)]
    if len(body) % layout.itemsize:
        raise ModelOpsError("copy_layout")
    found = np.frombuffer(body, dtype=layout)
    return {name: _native(found, name, kind) for name, kind in kinds.items()}


def _native(records: npt.NDArray[np.void], name: str, kind: str) -> npt.NDArray[Any]:
    values = records[name]["value"] if ":" in kind else records[name]
    return np.ascontiguousarray(values.astype(values.dtype.newbyteorder("=")))


def _kind(text: str) -> tuple[str, int | None]:
    element, _, count = text.partition(":")
    return element, int(count) if count else None


def _shape(column: npt.NDArray[Any] | str) -> tuple[str, int | None]:
    """Kind and length of a column's arrays; a text is an S of its length."""
    if isinstance(column, str):
        return f"S{len(column.encode())}", None
    kind = f"{column.dtype.kind}{column.dtype.itemsize}"
    return kind, column.shape[1] if column.ndim > 1 else None


def _layout(shapes: Mapping[str, tuple[str, int | None]]) -> np.dtype[np.void]:
    """The bytes of a row: each value after its size, an array after its head."""
    fields: list[Any] = [("fields", ">i2")]
    for name, (kind, count) in shapes.items():
        fields.append((f"{name}_size", ">i4"))
        if count is None:
            fields.append((name, ELEMENTS[kind][0] if kind in ELEMENTS else kind))
        else:
            head = [(part, ">i4") for part in ("dimensions", "nulls", "type", "length", "first")]
            fields.append((f"{name}_head", head))
            fields.append((name, [("size", ">i4"), ("value", ELEMENTS[kind][0])], (count,)))
    return np.dtype(fields)


def _records(columns: Columns, layout: np.dtype[np.void]) -> npt.NDArray[np.void]:
    rows = next(len(c) for c in columns.values() if not isinstance(c, str))
    records = np.zeros(rows, dtype=layout)
    records["fields"] = len(columns)
    for name, column in columns.items():
        kind, count = _shape(column)
        if count is None:
            records[f"{name}_size"] = layout[name].itemsize
            records[name] = column.encode() if isinstance(column, str) else column
        else:
            head = layout[f"{name}_head"].itemsize
            records[f"{name}_size"] = head + layout[name].itemsize
            records[f"{name}_head"] = (1, 0, ELEMENTS[kind][1], count, 1)
            records[name]["size"] = int(kind[1:])
            records[name]["value"] = column
    return records


def _cursor(connection: Connection) -> psycopg2.extensions.cursor:
    raw: Any = connection.connection
    cursor: psycopg2.extensions.cursor = raw.cursor()
    return cursor
