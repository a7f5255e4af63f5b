"""Reads the register of loaded data sets, ``data_sources``: a ports.SourceReader."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.domain.data_source import DataSource


class Sources:
    """Reads which data sets are loaded, with provider, licence and kind."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> Sequence[DataSource]:
        """One row a data set."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "data_sources")
        return [DataSource.from_row(row) for row in rows]
