"""Rows on their way into a table, together with where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy.typing as npt

Kind = Literal["observed", "derived", "synthetic"]
Column = npt.NDArray[Any] | Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a data set comes from: one row of ``data_sources``."""

    name: str
    provider: str
    licence: str
    version: str
    kind: Kind
    period: str | None = None
    method: str | None = None
    file_name: str | None = None
    file_sha256: str | None = None
    #: of climate: 1 = one model's run, n = mean of n runs, 0 = observed; None: unknown
    members: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """
    Rows for one table.

    ``columns`` maps column names to sequences of equal length; NaN and None are
    NULL; geometries are hexadecimal EWKB strings; dates are ``datetime64[D]``.
    Rows are sorted by the table's primary key.
    """

    table: str
    columns: Mapping[str, Column]
    provenance: Provenance

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))
