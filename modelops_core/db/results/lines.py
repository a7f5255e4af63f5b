"""
Formats the nightly run's results as lines for COPY.

A nightly run writes some 350,000 lines, so numbers become text by the column (orjson, in C)
and a line is one join.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import cycle, repeat

import numpy as np
import orjson

from modelops_core.db.bulk import NULL
from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.result import LEVELS, CellRisk, Status, StatusArray
from modelops_core.ports import Run
from modelops_core.stages.score import level_index

#: significant figures of the numbers inside JSON columns, and of columns of their own:
#: fewer than a float has, so that the order of a sum does not show
JSON_FIGURES = 10
COLUMN_FIGURES = 13
STATUSES = np.array([status.name for status in Status], dtype=object)
LEVEL_NAMES = np.array([*LEVELS, NULL], dtype=object)  # −1 is the last: unknown
Column = Iterable[str]


def hazard_lines(climate: Climate, risks: Sequence[CellRisk], run: Run) -> str:
    """Make the lines of hazard_results; columns as ``cells.HAZARD``."""
    return _lines(climate, risks, run, _hazard_columns)


def probability_lines(climate: Climate, risks: Sequence[CellRisk], run: Run) -> str:
    """Make the lines of probability_results; columns as ``cells.PROBABILITY``."""
    return _lines(climate, risks, run, _probability_columns)


def _lines(
    climate: Climate,
    risks: Sequence[CellRisk],
    run: Run,
    columns: Callable[[CellRisk, Run], list[Column]],
) -> str:
    now = datetime.now(UTC).isoformat()
    keys = _cell_columns(climate)
    parts: list[str] = []
    for risk in risks:
        own = columns(risk, run)
        tail = [repeat(str(run.run_id)), repeat(run.method_version), repeat(now)]
        row = zip(
            keys["grid_id"],
            repeat(risk.peril),
            keys["scenario"],
            repeat(risk.horizon),
            keys["latitude"],
            keys["longitude"],
            *own,
            *tail,
            strict=False,
        )
        parts.extend(map("\t".join, row))
    return "\n".join(parts) + "\n" if parts else ""


def _cell_columns(climate: Climate) -> dict[str, list[str]]:
    """Key columns over scenario × cell."""
    scenarios = len(climate.scenarios)
    return {
        "grid_id": [str(i) for i in climate.cells] * scenarios,
        "scenario": [code for code in climate.scenarios for _ in climate.cells],
        "latitude": [repr(float(x)) for x in climate["latitude"]] * scenarios,
        "longitude": [repr(float(x)) for x in climate["longitude"]] * scenarios,
    }


def _hazard_columns(risk: CellRisk, run: Run) -> list[Column]:
    score = risk.score.score.ravel()
    return [
        numbers(score),
        numbers(np.round(100 * score), whole=True),
        LEVEL_NAMES[level_index(score, run.level_edges)].tolist(),
        objects(risk.score.statistics),
        repeat(run.units[risk.peril]),
        STATUSES[risk.score_status.ravel()].tolist(),
        flag_lists(risk.flags, risk.score_status),
    ]


def _probability_columns(risk: CellRisk, run: Run) -> list[Column]:
    e = risk.estimate
    return [
        numbers(e.aal.ravel()),
        numbers(e.aal_p05.ravel()),
        numbers(e.aal_p95.ravel()),
        _bin_probabilities(e.p),
        _bin_data(risk),
        _details(risk),
        STATUSES[risk.estimate_status.ravel()].tolist(),
        flag_lists(risk.flags, risk.estimate_status),
    ]


def _bin_probabilities(p: Array) -> Iterator[str]:
    """{"bin1": …} where known."""
    template = "{" + ",".join(f'"bin{i + 1}":%s' for i in range(p.shape[0])) + "}"
    for row in json_rows(p):
        yield NULL if "null" in row else template % tuple(row[1:-1].split(","))


def _bin_data(risk: CellRisk) -> Iterator[str]:
    """Edges, P with interval and damage ratio, bin by bin."""
    e = risk.estimate
    edges = orjson.dumps(list(map(float, e.edges))).decode()
    columns = (json_rows(a) for a in (e.p, e.p_low, e.p_high, e.damage_ratio))
    for p, low, high, ratio in zip(*columns, strict=True):
        if "null" in p:
            yield NULL
        else:
            yield f'{{"edges":{edges},"p":{p},"p_low":{low},"p_high":{high},"dr":{ratio}}}'


def _details(risk: CellRisk) -> Iterator[str]:
    """Years, n, estimator and what was fitted."""
    e = risk.estimate
    years = f'"years":[{risk.first_year},{risk.last_year}],"estimator":"{e.estimator}"'
    notes = cycle(_notes(risk))
    for row, texts_of_cells in zip(objects({"n": e.n, **e.details}), notes, strict=False):
        yield f"{{{years},{texts_of_cells}{row[1:]}"


def _notes(risk: CellRisk) -> list[str]:
    """The words about each cell as members of a JSON object, escaped for COPY."""
    cells = risk.estimate_status.shape[1]
    texts_of_cells = [""] * cells
    for name, texts in risk.notes.items():
        for i, text in enumerate(texts):
            if text:
                texts_of_cells[i] += f'"{name}":{orjson.dumps(text).decode()},'.replace(
                    "\\", "\\\\"
                )
    return texts_of_cells


def objects(fields: Mapping[str, Array]) -> Iterator[str]:
    """Yield one JSON object for each scenario and cell from arrays (scenario, cell)."""
    template = "{" + ",".join(f'"{name}":%s' for name in fields) + "}"
    for row in json_rows(np.stack(list(fields.values()))):
        yield template % tuple(row[1:-1].split(","))


def json_rows(values: Array) -> list[str]:
    """(field, …) → one JSON list a cell; NaN is null."""
    table = np.ascontiguousarray(significant(values.reshape(values.shape[0], -1)).T)
    text = orjson.dumps(table, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return [f"[{row}]" for row in text[2:-2].split("],[")]


def significant(values: Array, figures: int = JSON_FIGURES) -> Array:
    """Round *values* to *figures* significant figures."""
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** (figures - 1 - np.where(np.isfinite(magnitude), magnitude, 0))
    rounded: Array = np.where(
        np.isfinite(values) & (values != 0), np.round(values * scale) / scale, values
    )
    return rounded


def numbers(values: Array, *, whole: bool = False) -> list[str]:
    """Make the text of each number; NaN is NULL."""
    if whole:
        return [NULL if np.isnan(v) else str(int(v)) for v in values]
    values = np.ascontiguousarray(significant(values, COLUMN_FIGURES))
    text = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return text[1:-1].replace("null", NULL).split(",")


def flag_lists(flags: Mapping[str, BoolArray], status: StatusArray) -> list[str]:
    """Make a text[] literal for each scenario and cell; many share few combinations."""
    code = np.zeros(status.size, dtype=np.int64)
    for bit, on in enumerate(flags.values()):
        code |= np.asarray(on).ravel().astype(np.int64) << bit
    found, inverse = np.unique(code, return_inverse=True)
    names = list(flags)
    literals = [
        "{" + ",".join(n for bit, n in enumerate(names) if c >> bit & 1) + "}"
        for c in found.tolist()
    ]
    return [literals[i] for i in inverse.tolist()]
