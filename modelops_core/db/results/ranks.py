"""Reads what a site is ranked among: the country's cells, and sites of its district and use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.results.stored_results import COORDINATE_DECIMALS
from modelops_core.domain.answer import Answer
from modelops_core.ports import Rates, Row

#: no district reaches farther than this from a site in it [°]
REACH = 1.0


class Ranks:
    """Reads ascending AALs [% a year]; of peers, each place's last assessment, whoever asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self) -> int | None:
        """The last finished nightly run; None before the first."""
        found: int | None = self._rows("last_run_id")[0]["run_id"]
        return found

    def cells(self) -> Rates:
        """Base AAL of the cells where the peril applies and has a number."""
        return _by_key(self._rows("cell_rates"))

    def peers(self, answer: Answer) -> Rates:
        """Final AAL of the other assessed sites of the answer's district and use."""
        return _by_key(
            self._rows(
                "peer_rates",
                latitude=round(answer.latitude, COORDINATE_DECIMALS),
                longitude=round(answer.longitude, COORDINATE_DECIMALS),
                reach=REACH,
                district=answer.district.code,
                use_group=answer.building.use_group,
            )
        )

    def _rows(self, name: str, **values: object) -> list[Row]:
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, name, **values)


def _by_key(rows: Sequence[Row]) -> Rates:
    return {
        (row["risk_type"], row["ssp_scenario"], row["horizon"]): np.array(row["rates"], dtype=float)
        for row in rows
    }
