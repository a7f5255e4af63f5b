"""The report of a portfolio: all its tables and figures, with what each of them is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelops_core.domain import stamp
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.stamp import SEPARATOR, Language
from modelops_core.services.report.portfolio import (
    concentrated,
    controls,
    exposed,
    insurance,
    inventory,
    lending,
    outlook,
    regions,
    restated,
    uncertain,
)
from modelops_core.services.report.portfolio.content import (
    UNITS,
    Column,
    Content,
    Value,
)
from modelops_core.services.report.portfolio.figures import figures
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.texts import Say, catalogue

#: columns whose codes have words, and the groups where they stand
WORDS: Mapping[str, str] = {
    **dict.fromkeys(("kind",), "kind"),
    **dict.fromkeys(("horizon",), "horizon"),
    **dict.fromkeys(("use", "subsector"), "use"),
    **dict.fromkeys(("status", "vulnerable", "passed"), "state"),
    **{"basis": "basis", "lens": "lens", "cause": "cause", "dimension": "dimension"},
    "ksic_section": "section",
}
#: tables and figures of the chosen scenario and horizon, and figures of all scenarios in the latter
OF_ONE = ("T3", "T4", "T5", "T6", "T7", "T9", "T12", "T13", "T14", "T16", "T18", "F2", "F5", "F7")
OF_HORIZON = ("F1", "F3")
TABLES = (
    *(inventory.cover, exposed.vulnerable_assets, exposed.of_perils, regions.of_regions),
    *(regions.of_industries, lending.template_5, lending.crfr2, lending.mortgages),
    *(insurance.bounds, regions.of_real_estate, outlook.resilience, outlook.adaptation),
    *(inventory.sites, concentrated.concentration, uncertain.uncertainty, inventory.lineage),
    *(restated.changes, outlook.stress),
)


def content(material: Material, language: Language) -> Content:
    """The whole report in one language."""
    say = Say(language)
    made = [table for make in TABLES if (table := make(material, say)) is not None]
    made.append(controls.controls(material, made, say))
    made.sort(key=lambda table: int(table.key[1:]))
    unit = UNITS[material.entity["unit"]]
    run, version = material.run, material.version
    drawn = figures(material, say, unit)
    return Content(
        language=language,
        title=str(material.entity.get("name") or material.portfolio.name),
        subtitle=say("report"),
        stamp=_stamp(material, say),
        footer=say(
            "footer",
            run=run["run_id"],
            version=run["method_version"],
            fingerprint=str(version.get("fingerprint", ""))[:12],
        ),
        banner=say("demo") if stamp.is_demo(material.sources) else "",
        made_of=run["finished_at"],
        unit=unit,
        tables=made,
        figures=drawn,
        lacking=_lacking(material, {figure.key for figure in drawn}, say),
        views=_views(material, say),
    )


def _views(material: Material, say: Say) -> dict[str, str]:
    """What each table and figure of one scenario, or of one horizon, is of."""
    horizon = say.name("horizon", material.focus.horizon)
    both = SEPARATOR.join((SCENARIOS[material.focus.scenario], horizon))
    return {**dict.fromkeys(OF_ONE, both), **dict.fromkeys(OF_HORIZON, horizon)}


def _stamp(material: Material, say: Say) -> str:
    """Unit, source, date, kind of data, method version, and that no adaptation is in it."""
    unit = material.entity["unit"]
    source = stamp.Stamp(sources=tuple(material.sources)).source(say.language)
    climate = {s.kind for s in material.sources if s.table_name.endswith(stamp.CLIMATE)}
    kinds = ", ".join(say.name("kind_of_data", kind) for kind in sorted(climate))
    parts = (
        say("unit_is", unit=say(f"unit.{unit}")),
        source and say("source_is", name=source),
        say("reporting_day", day=material.entity["reporting_date"]),
        kinds and say("data_kind", kinds=kinds),
        say("method", version=material.run["method_version"]),
        say("no_adaptation"),
    )
    return SEPARATOR.join(part for part in parts if part)


def _lacking(material: Material, drawn: set[str], say: Say) -> list[tuple[str, str]]:
    found = [(key, say(f"lacking_{key}")) for key in ("F2", "F6", "F8") if key not in drawn]
    if material.portfolio.loans is None:
        found.append(("T5", say("lacking_loans")))
    return found


def label(column: Column, say: Say, perils: Mapping[str, Any]) -> str:
    """The words of a column."""
    if column.code.startswith("status_"):
        peril = perils.get(column.code.removeprefix("status_"))
        name = column.code.removeprefix("status_") if peril is None else say.peril(peril)
        return say("column.status_of", peril=name)
    found: Mapping[str, Any] = catalogue()["column"]
    return str(found[column.code][say.language])


def shown(value: Value, column: Column, say: Say, perils: Mapping[str, Any]) -> Value:
    """A value in words where its column holds codes."""
    if not isinstance(value, str):
        return value
    if column.code in ("peril", "top_peril", "item"):
        peril = perils.get(value)
        return say.name("subtotal", value) if peril is None else say.peril(peril)
    if column.code == "scenario":
        return SCENARIOS.get(value, value)
    if column.code == "basis" and value in catalogue()["state"]:
        return say.name("state", value)
    group = "state" if column.code.startswith("status_") else WORDS.get(column.code)
    return value if group is None else say.name(group, value)
