"""Reads what other assessed sites of the same district and use can lose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.results.stored_results import COORDINATE_DECIMALS
from modelops_core.domain.answer import Answer

#: no district reaches farther than this from a site in it [°]
REACH = 1.0


class Peers:
    """Reads the last assessment of each place, whoever asked for it; only rates leave here."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rates(self, answer: Answer, scenario: str, horizon: str) -> Mapping[str, Sequence[float]]:
        """Peril → final AAL [% a year] of the other sites, ascending; absent without any."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(
                connection,
                "peer_rates",
                latitude=round(answer.latitude, COORDINATE_DECIMALS),
                longitude=round(answer.longitude, COORDINATE_DECIMALS),
                reach=REACH,
                ssp_scenario=scenario,
                horizon=horizon,
                district=answer.district.code,
                use_group=answer.building.use_group,
            )
        return {row["risk_type"]: row["rates"] for row in rows}
