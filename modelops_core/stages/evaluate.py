"""One peril over one tile: indices → H, P(H), base AAL for each window. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np

from modelops_core.domain.climate import INPUT_DOUBTS, Array, BoolArray, Climate
from modelops_core.domain.flags import MODEL_START
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Fitted, Indices, Mean, Peril, Statistic
from modelops_core.domain.result import CellRisk, Estimate, Score, Status, StatusArray
from modelops_core.stages import frequency, score, windows
from modelops_core.stages.frequency import Model
from modelops_core.stages.windows import Reference, Window

#: a number is missing and no other flag says why
NOT_COMPUTABLE = "not_computable"


@dataclass(frozen=True)
class _Task:
    """Everything about one peril over one tile that does not depend on the window."""

    peril: Peril
    climate: Climate
    indices: Indices
    model: Model
    p: Params
    excluded: BoolArray
    doubts: Mapping[str, BoolArray]
    #: flags of the model that lower the status
    weak: Mapping[str, BoolArray] = field(default_factory=dict)


def cell_risks(peril: Peril, climate: Climate, p: Params) -> Iterator[CellRisk]:
    """Baseline first, then each future window."""
    covered = windows.covered_years(climate, peril.requires - peril.hazard_only)
    counted = isinstance(peril.frequency, Counted | Fitted)
    baseline = windows.baseline(climate, covered, p, normal_only=not counted)
    spans = windows.horizons(climate, covered, baseline, p)
    indices = peril.indices(climate, p)
    return evaluate(peril, climate, indices, p, spans, Reference(climate, indices, baseline))


def evaluate(
    peril: Peril,
    climate: Climate,
    indices: Indices,
    p: Params,
    spans: Iterable[Window],
    reference: Reference,
) -> Iterator[CellRisk]:
    """*peril* over any windows of a tile, against the baseline *reference*."""
    cells = climate.cells.size
    applies = peril.not_applicable
    excluded = np.zeros(cells, bool) if applies is None else applies(climate, p)
    doubts = {} if peril.quality is None else dict(peril.quality(climate, p))
    doubts |= {name: np.ones((1, cells), bool) for name in climate.values.get(INPUT_DOUBTS, ())}
    if reference.window.model_start:
        doubts[MODEL_START] = np.ones((1, cells), bool)
    model = frequency.model(peril, climate, indices, reference, p)
    task = _Task(peril, climate, indices, model, p, excluded, doubts)
    return (_one(task, span) for span in spans)


def _one(task: _Task, window: Window) -> CellRisk:
    estimate, hazard = task.model.estimate(window), _score(task, window)
    raised = task.model.flags(window)
    task = replace(task, weak={n: on for n, on in raised.items() if n in task.model.weak()})
    shape = (len(task.climate.scenarios), task.climate.cells.size)
    estimate_status = _status(task, window, estimate.n, estimate.aal, shape)
    score_status = _status(task, window, hazard.n, hazard.score, shape)
    first, last = task.model.years(window)
    return CellRisk(
        peril=task.peril.key,
        horizon=window.key,
        first_year=first,
        last_year=last,
        score=_masked_score(hazard, score_status),
        score_status=score_status,
        estimate=_masked(estimate, estimate_status),
        estimate_status=estimate_status,
        flags={
            name: np.broadcast_to(on, shape)
            for name, on in _explained_all(
                _flags(task, window, estimate, hazard) | raised, estimate_status, score_status
            ).items()
        },
        notes={} if task.peril.notes is None else task.peril.notes(task.climate, task.p),
    )


def _flags(task: _Task, window: Window, estimate: Estimate, hazard: Score) -> dict[str, BoolArray]:
    """Why a number is weak or missing, (scenario or 1, cell or 1)."""
    flags = {**task.doubts, **estimate.flags, **hazard.flags}
    n, of_score = np.nan_to_num(estimate.n), np.nan_to_num(hazard.n)
    enough, full = task.model.enough(window)
    # a catalogue of storms covers any horizon: its years are not the window's
    missing = "horizon_not_covered" if window.covered < enough else "input_missing"
    least = np.minimum(n, of_score)
    found = {
        missing: (n < enough) & ~_explained(task),
        "hazard_input_missing": (n >= enough) & (of_score < enough) & ~_explained(task),
        "short_window": (least >= enough) & (least < full) & ~task.excluded,
    }
    return flags | {name: on for name, on in found.items() if on.any()}


def _explained_all(
    flags: Mapping[str, BoolArray], *statuses: StatusArray
) -> Mapping[str, BoolArray]:
    """*flags*, and one more where a number is missing and none of them says so."""
    shape = statuses[0].shape
    said = reduce(
        np.logical_or, (np.broadcast_to(on, shape) for on in flags.values()), np.zeros(shape, bool)
    )
    silent = np.any([s == Status.not_assessed for s in statuses], axis=0) & ~said
    return {**flags, NOT_COMPUTABLE: silent} if silent.any() else flags


def _explained(task: _Task) -> BoolArray:
    """Cells without a number for a reason of their own, (scenario or 1, cell)."""
    reasons = [
        on for name, on in task.doubts.items() if name not in {MODEL_START, *task.peril.harmless}
    ]
    return reduce(np.logical_or, reasons, task.excluded[None])


def _score(task: _Task, window: Window) -> Score:
    total: Array | float = 0.0
    statistics: dict[str, Array] = {}
    counts: list[Array] = []
    for statistic in task.peril.hazard:
        value, n = _statistic(task, statistic, window)
        logarithmic = isinstance(statistic, Mean) and statistic.logarithmic
        points = task.p[statistic.anchors]
        weight = 1.0 if statistic.weight is None else task.p[statistic.weight]
        total = total + weight * score.through_anchors(value, points, logarithmic)
        statistics[statistic.index if isinstance(statistic, Mean) else statistic.name] = value
        counts.append(n)
    return Score(score=np.asarray(total), statistics=statistics, n=np.minimum.reduce(counts))


def _statistic(task: _Task, statistic: Statistic, window: Window) -> tuple[Array, Array]:
    """Value and number of years behind it, (scenario, cell)."""
    if isinstance(statistic, Mean):
        line = task.model.mean(window, statistic.index)
        if line is not None:
            return line
        values = window.of(task.indices[statistic.index])
        n = (~np.isnan(values)).sum(axis=1).astype(float)
        n[n == 0] = np.nan
        return np.nansum(values, axis=1) / n, n
    level = task.model.level(window, task.p[statistic.period])
    return statistic.transform(level, task.model.terms, task.p), task.model.count(window)


def _status(
    task: _Task, window: Window, n: Array, value: Array, shape: tuple[int, int]
) -> StatusArray:
    enough, full = task.model.enough(window)
    unknown = np.isnan(n) | np.isnan(value) | (n < enough)
    status = np.where(
        unknown, Status.not_assessed, np.where(n < full, Status.low_confidence, Status.ok)
    )
    for name, doubt in task.doubts.items():
        if name == MODEL_START or name in task.peril.harmless:
            continue
        least = Status.not_assessed if name in task.peril.blocking else Status.low_confidence
        status = np.where(doubt, np.maximum(status, least), status)
    for doubt in task.weak.values():
        status = np.where(doubt, np.maximum(status, Status.low_confidence), status)
    status = np.where(task.excluded, Status.not_applicable, status)
    return np.broadcast_to(status, shape).astype(np.int8)


def _masked(estimate: Estimate, status: StatusArray) -> Estimate:
    """No number where nothing was assessed; zero loss where the physics excludes the peril."""

    def known(value: Array) -> Array:
        return _mask(value, status, excluded=np.nan)

    return replace(
        estimate,
        n=known(estimate.n),
        p=known(estimate.p),
        p_low=known(estimate.p_low),
        p_high=known(estimate.p_high),
        damage_ratio=known(estimate.damage_ratio),
        aal=_mask(estimate.aal, status, excluded=0.0),
        aal_p05=known(estimate.aal_p05),
        aal_p95=known(estimate.aal_p95),
        details={name: known(value) for name, value in estimate.details.items()},
    )


def _masked_score(hazard: Score, status: StatusArray) -> Score:
    statistics = {k: _mask(v, status, excluded=np.nan) for k, v in hazard.statistics.items()}
    return replace(
        hazard,
        score=_mask(hazard.score, status, excluded=0.0),
        statistics=statistics,
        n=_mask(hazard.n, status, excluded=np.nan),
    )


def _mask(value: Array, status: StatusArray, *, excluded: float) -> Array:
    full = np.broadcast_to(value, (*value.shape[:-2], *status.shape))
    full = np.where(status == Status.not_assessed, np.nan, full)
    return np.where(status == Status.not_applicable, excluded, full)
