"""Keeps portfolios as they were read: a portfolio_ports.PortfolioReader."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.domain.portfolio import Block, Holdings, Loans, Pledges, Policies, Portfolio
from modelops_core.errors import NotStored
from modelops_core.ports import Row

Columns = Mapping[str, npt.NDArray[Any]]
#: block → its class and the name of its pledges
PLEDGED: Mapping[str, tuple[type[Block], str]] = {
    "loans": (Loans, "collateral"),
    "policies": (Policies, "insured_sites"),
    "holdings": (Holdings, "issuer_sites"),
}


class PortfolioVersions:
    """Versions of portfolios, each as Parquet by block; none is ever changed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self, portfolio: Portfolio, owner: str | None = None) -> int:
        """Keep a portfolio; the id of its version."""
        contents = {name: _parquet(columns) for name, columns in _blocks(portfolio).items()}
        about = {
            "name": portfolio.name,
            "fingerprint": fingerprint(portfolio),
            "sites": len(portfolio),
            "loans": 0 if portfolio.loans is None else len(portfolio.loans),
            "owner": owner,
        }
        with translated_errors(), self._engine.begin() as connection:
            found = queries.row(connection, "new_portfolio_version", **about)
            assert found is not None
            for block, content in contents.items():
                values = {"version_id": found["version_id"], "block": block, "content": content}
                queries.run(connection, "portfolio_block", **values)
        return int(found["version_id"])

    def read(self, version_id: int) -> Portfolio:
        """The portfolio of a version; raises NotStored for an unknown one."""
        with translated_errors(), self._engine.connect() as connection:
            about = queries.row(connection, "portfolio_version", version_id=version_id)
            rows = queries.rows(connection, "portfolio_blocks", version_id=version_id)
        if about is None:
            raise NotStored
        blocks = {row["block"]: _columns(bytes(row["content"])) for row in rows}
        pledged = {name: _pledged(blocks, name) for name in PLEDGED if name in blocks}
        columns: dict[str, Any] = {**blocks["sites"], **pledged}
        given, others = blocks.get("given", {}), blocks.get("others", {})
        return Portfolio(name=about["name"], given=given, others=others, **columns)

    def about(self, version_id: int) -> Row | None:
        """The facts of a version; None for an unknown one."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.row(connection, "portfolio_version", version_id=version_id)

    def all(self) -> list[Row]:
        """All versions, the latest first, each with the id of its last finished run."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "portfolio_versions")


def fingerprint(portfolio: Portfolio) -> str:
    """A hash of all columns: equal portfolios have equal ones, whatever their names."""
    digest = hashlib.sha256()
    for block, columns in sorted(_blocks(portfolio).items()):
        for name, column in sorted(columns.items()):
            digest.update(f"{block}.{name}:{column.dtype.kind}".encode())
            texts = "\0".join(map(str, column.tolist())).encode()
            digest.update(texts if column.dtype.kind == "O" else column.tobytes())
    return digest.hexdigest()


def _blocks(portfolio: Portfolio) -> dict[str, Columns]:
    """All columns by block; a block without columns is left out."""
    blocks: dict[str, Columns] = {
        "sites": portfolio.columns(),
        "given": portfolio.given,
        "others": portfolio.others,
    }
    for name, (_, pledges) in PLEDGED.items():
        block = getattr(portfolio, name)
        if block is not None:
            blocks[name] = block.columns()
            blocks[f"{name}.{pledges}"] = getattr(block, pledges).columns()
    return {name: columns for name, columns in blocks.items() if columns}


def _pledged(blocks: Mapping[str, Columns], name: str) -> Any:
    made, pledges = PLEDGED[name]
    own = Pledges(**blocks[f"{name}.{pledges}"])
    return made(**blocks[name], **{pledges: own})


def _parquet(columns: Columns) -> bytes:
    buffer = io.BytesIO()
    frame = pd.DataFrame({name: pd.Series(_plain(c)) for name, c in columns.items()})
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _plain(column: npt.NDArray[Any]) -> Any:
    """Days as Parquet has them: at second resolution."""
    return column.astype("datetime64[s]") if column.dtype.kind == "M" else column


def _columns(content: bytes) -> dict[str, npt.NDArray[Any]]:
    frame = pd.read_parquet(io.BytesIO(content))
    return {str(name): _array(frame[name]) for name in frame.columns}


def _array(series: Any) -> npt.NDArray[Any]:
    kind = series.dtype.kind
    if kind == "M":
        return np.asarray(series.to_numpy().astype("datetime64[D]"))
    return np.array(series.to_numpy(dtype=object if kind == "O" else series.dtype), copy=True)
