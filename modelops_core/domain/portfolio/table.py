"""A block of a portfolio's file in the template's columns: typed values, and where each stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.portfolio import DayArray, TextArray
from modelops_core.domain.portfolio.findings import Cited, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    Rows of one block.

    ``values`` maps columns of the template to numbers (NaN unknown), texts ('' unknown) or days
    (NaT unknown); a column that the file lacks is absent. ``cited`` says in which column of the
    file each was read, ``others`` are columns of the file that no calculation reads.
    """

    block: str
    sheet: str
    rows: IntArray
    values: Mapping[str, npt.NDArray[Any]]
    cited: Mapping[str, Cited] = field(default_factory=dict)
    others: Mapping[str, TextArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def numbers(self, name: str) -> Array:
        """A column of numbers; all NaN where the file lacks it."""
        found = self.values.get(name)
        return np.full(len(self), np.nan) if found is None else found

    def texts(self, name: str) -> TextArray:
        """A column of texts; all '' where the file lacks it."""
        found = self.values.get(name)
        return np.full(len(self), "", dtype=object) if found is None else found

    def days(self, name: str) -> DayArray:
        """A column of days; all NaT where the file lacks it."""
        found = self.values.get(name)
        nothing = np.full(len(self), "NaT", dtype="datetime64[D]")
        return nothing if found is None else found.astype("datetime64[D]")

    def problem(
        self,
        code: str,
        name: str,
        where: BoolArray,
        proposals: TextArray | None = None,
        **facts: Any,
    ) -> list[Problem]:
        """
        One problem for the cells of column *name* at *where*; none where no row is.

        Arrays among *proposals* and *facts* have one value for each row of the block.
        """
        if not where.any():
            return []
        cited = self.cited.get(name, Cited(header=name))
        values = self._written(name, cited, where)
        return [
            Problem(
                code=code,
                sheet=self.sheet,
                column=cited,
                rows=self.rows[where],
                values=values,
                proposals=None if proposals is None else proposals[where],
                facts={
                    key: fact[where] if isinstance(fact, np.ndarray) else fact
                    for key, fact in facts.items()
                },
            )
        ]

    def _written(self, name: str, cited: Cited, where: BoolArray) -> TextArray | None:
        if cited.text is not None:
            return cited.text[where]
        found = self.values.get(name)
        return None if found is None else found[where].astype(object)

    def replaced(self, **columns: npt.NDArray[Any]) -> Table:
        """A copy with other values in *columns*."""
        return replace(self, values={**self.values, **columns})

    def picked(self, where: BoolArray) -> Table:
        """The rows at *where*."""
        return Table(
            block=self.block,
            sheet=self.sheet,
            rows=self.rows[where],
            values={name: column[where] for name, column in self.values.items()},
            cited={
                name: Cited(
                    header=one.header,
                    letter=one.letter,
                    text=None if one.text is None else one.text[where],
                )
                for name, one in self.cited.items()
            },
            others={name: column[where] for name, column in self.others.items()},
        )
