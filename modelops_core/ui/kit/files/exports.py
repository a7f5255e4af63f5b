"""
What the files of assessments hold: columns in their order, and the head; no streamlit.

The head says where the numbers come from: versions, parameter set, the analyst's facts, sources
with their kinds. ``table_files`` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from modelops_core.domain import data_source, stamp
from modelops_core.domain.answer import Answer
from modelops_core.domain.data_source import INSTALLED_TABLES, DataSource
from modelops_core.services.portfolio import rating
from modelops_core.ui.kit.files.column_units import unit_of
from modelops_core.ui.kit.files.table_files import Head

#: of one site's answer, in the order of the file
RESULT_COLUMNS = (
    "risk_type",
    "ssp_scenario",
    "horizon",
    "status",
    "hazard_score",
    "hazard_level",
    "exposure_score",
    "proximity_factor",
    "normalized_asset_value",
    "vulnerability_score",
    "vulnerability_level",
    "base_aal",
    "site_factor",
    "vulnerability_scale",
    "final_aal",
    "aal_p05",
    "aal_p95",
    "insurance_rate",
    "exposed_value",
    "expected_loss",
    "integrated_risk",
    "integrated_level",
    *rating.COLUMNS,
    "flags",
    "remarks",
)
TOTAL_COLUMNS = (
    "ssp_scenario",
    "horizon",
    "physical",
    "physical_no_overlap",
    "operating",
    "grand",
    "assessed",
    "not_assessed",
)


def head(
    answer: Answer,
    sources: Sequence[DataSource],
    scenario: str | None = None,
    horizon: str | None = None,
) -> Head:
    """
    What every file of an answer says first; *scenario* and *horizon* are those on the screen.
    """
    place = [
        ("place", f"{answer.latitude}, {answer.longitude}; {answer.district.name}"),
        ("assessed_at", _moment(answer)),
        ("batch_id", answer.batch_id),
        *((name, value) for name, value in (("shown", _shown(scenario, horizon)),) if value),
    ]
    return [
        ("product", "ModelOps"),
        ("method_version", answer.method_version),
        ("parameter_set", f"{answer.parameter_set} {answer.parameter_hash}"),
        *place,
        ("building", building_text(answer)),
        ("corrections by the analyst", corrections_text(answer.building.corrections) or "none"),
        *replaced_inputs(answer, sources),
        ("units", "AAL % of exposed value a year; losses KRW a year; scores 0..1"),
        *closing(sources),
    ]


def replaced_inputs(answer: Answer, sources: Sequence[DataSource]) -> Head:
    """That the answer's data were replaced since, and which; nothing where they were not."""
    tables = sorted(data_source.loaded_after(sources, answer.assessed_at) - {*INSTALLED_TABLES})
    perils = [key for one in answer.warnings if one.code == "inputs_replaced" for key in one.perils]
    said = [*(f"table {name}" for name in tables), *(f"peril {key}" for key in perils)]
    return [("inputs replaced since", ", ".join(said))] if said else []


def closing(sources: Sequence[DataSource]) -> Head:
    """What every file of results ends its head with: use, demonstration data, sources."""
    demo = [("climate data", stamp.DEMO["en"])] if stamp.is_demo(sources) else []
    kinds = [data_source.described(source) for source in sources]
    return [
        ("use", "screening level; not for engineering design, underwriting or appraisal"),
        *demo,
        *(("source", kind) for kind in kinds),
    ]


def dated(head: Head) -> Head:
    """*head* with the time at which the file is made, second."""
    now = datetime.now(stamp.KOREA).isoformat(timespec="seconds")
    return [*head[:1], ("exported_at", now), *head[1:]]


def corrections_text(given: Mapping[str, Any]) -> str:
    """The facts that the analyst gave, with units; empty where he gave none."""
    return "; ".join(
        f"{name} {value} {unit_of(name)}".strip()
        for name, value in given.items()
        if value not in (None, "")
    )


def building_text(answer: Answer) -> str:
    """What the building is taken for, and which entry of which kind of register it began from."""
    own, found = answer.building, answer.building.found
    facts = {
        "structure": own.structure,
        "use": own.purpose,
        "built": own.built_year,
        "storeys above": own.floors_above,
        "storeys below": own.floors_below,
        "floor area m2": own.total_area,
        "asset value KRW": own.asset_value,
        "value basis": own.value_basis,
    }
    said = [
        f"{name} {value:.15g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in facts.items()
        if value not in (None, "")
    ]
    if found is None:
        return "; ".join([*said, "no building found"])
    entry = found.register_pk or found.building_id or ""
    return "; ".join([*said, f"found {found.kind} {entry} at {found.distance_m:.0f} m"])


def _moment(answer: Answer) -> str:
    at = answer.assessed_at
    return "unknown" if at is None else at.astimezone(stamp.KOREA).isoformat(timespec="seconds")


def _shown(scenario: str | None, horizon: str | None) -> str:
    """Scenario and horizon on the screen when the file was asked for."""
    return stamp.Stamp(scenario=scenario, horizon=horizon).text("en")
