"""The head of files about several sites, and rows that are made only for a download."""

from __future__ import annotations

from collections.abc import Sequence

from modelops_core.domain.answer import Answer
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.stamp import HORIZON
from modelops_core.ports import Row
from modelops_core.ui.kit import cache, timestamps
from modelops_core.ui.kit.files import exports
from modelops_core.ui.kit.files.table_files import Head

#: columns of every table of several sites that say what a row's answer is
ANSWER_COLUMNS = (
    "building",
    "corrections",
    "assessed_at",
    "method_version",
    "parameter_set",
    "parameter_hash",
    "batch_id",
)


def answer_fields(answer: Answer | None) -> Row:
    """ANSWER_COLUMNS of an answer; none of them is known of a site without one."""
    if answer is None:
        return dict.fromkeys(ANSWER_COLUMNS)
    given = (
        exports.building_text(answer),
        exports.corrections_text(answer.building.corrections) or None,
        timestamps.iso(answer.assessed_at),
        *answer.stamp,
        answer.batch_id,
    )
    return dict(zip(ANSWER_COLUMNS, given, strict=True))


def head(
    answers: Sequence[Answer], scenario: str | None = None, horizon: str | None = None
) -> Head:
    """The head of every file of several sites: versions, view, units, sources with kinds."""
    stamps = sorted({" ".join(a.stamp) for a in answers})
    shown = (
        [("shown scenario, horizon", f"{SCENARIOS[scenario]}, {HORIZON[horizon]['en']}")]
        if scenario and horizon
        else []
    )
    return [
        ("product", "ModelOps"),
        *(("method_version, parameter_set, hash", stamp) for stamp in stamps),
        *shown,
        ("horizons", "; ".join(f"{key}: {window}" for key, window in HORIZONS.items())),
        (
            "units",
            "rates % a year: of a subtotal of the asset value, of a peril of its exposed value;"
            " losses KRW a year",
        ),
        (
            "where asset_value is empty",
            "losses are per KRW 100 million sum insured and are in no sum over sites",
        ),
        ("scenarios", "never averaged, no weights"),
        *exports.closing(cache.sources()),
    ]
