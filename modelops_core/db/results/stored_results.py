"""Reads for the API: stored results of a site, map layers, the state of the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from modelops_core.db import migrate, queries
from modelops_core.db.engine import translated_errors
from modelops_core.errors import SchemaOutdated
from modelops_core.ports import Row

#: decimals of a stored site's coordinates [°]
COORDINATE_DECIMALS = 6


class StoredResults:
    """Reads stored results and the state of the database."""

    def __init__(self, engine: Engine, perils: Sequence[str]) -> None:
        self._engine = engine
        self._perils = tuple(perils)

    def site(self, latitude: float, longitude: float, scenario: str, horizon: str) -> Row:
        """
        The stored results of a point: 'exposure', 'vulnerability', 'aal_scaled' → risk_type → row.

        Empty where the point was never assessed.
        """
        at = {
            "latitude": round(latitude, COORDINATE_DECIMALS),
            "longitude": round(longitude, COORDINATE_DECIMALS),
        }
        with translated_errors(), self._engine.connect() as connection:
            exposure = queries.rows(connection, "exposure_at", **at)
            vulnerability = queries.rows(connection, "vulnerability_at", **at)
            scaled = queries.rows(connection, "aal_scaled_at", **at)
        chosen = [
            row for row in scaled if (row["ssp_scenario"], row["horizon"]) == (scenario, horizon)
        ]
        tables = {"exposure": exposure, "vulnerability": vulnerability, "aal_scaled": chosen}
        return {name: {row.pop("risk_type"): row for row in rows} for name, rows in tables.items()}

    def layer(self, risk_type: str, scenario: str, horizon: str) -> list[Row]:
        """H and base AAL of every cell, with their statuses; None where there is no result."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(
                connection, "layer", risk_type=risk_type, ssp_scenario=scenario, horizon=horizon
            )

    def version(self) -> str:
        """The data version: it changes when inputs are loaded or a nightly run ends."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "data_version")
        assert found is not None
        return str(found["version"])

    def state(self) -> Row:
        """
        Versions, ages and queue; ``migrations`` is "up to date" or says what is missing.

        ``fits``: whether this program may use the database, be it only to read it.
        """
        try:
            notice = migrate.check(self._engine, self._perils)
        except SchemaOutdated as error:
            return {"fits": False, "migrations": str(error)}
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "database_state")
        assert found is not None
        return {
            **found,
            "fits": True,
            "migrations": "up to date" if notice is None else str(notice),
        }
