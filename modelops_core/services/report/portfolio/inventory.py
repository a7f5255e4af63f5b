"""T0, what the report is of; T12, the list of sites; T15, where the data come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from modelops_core.domain.result import Status
from modelops_core.domain.stamp import day
from modelops_core.services.report import data_sources
from modelops_core.services.report.portfolio.content import Column, Kind, ReportTable, Value
from modelops_core.services.report.portfolio.exposed import coverage
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.regions import focus_verdicts
from modelops_core.services.report.portfolio.texts import Say

T0 = (Column("name"), Column("value"))
T15 = (
    *(Column("dataset"), Column("table"), Column("provider"), Column("licence"), Column("period")),
    *(Column("kind"), Column("version", paper=False), Column("sha256", paper=False)),
    *(Column("loaded_at"), Column("rows", "whole")),
)
#: columns of T12 before the inputs of the file and the perils
SITE: Sequence[tuple[str, Kind, bool]] = (
    *(("site_id", "text", True), ("name", "text", True), ("source_row", "whole", False)),
    *(("latitude", "number", False), ("longitude", "number", False)),
    *(("address", "text", False), ("address_match", "whole", True)),
    *(("sigungu_code", "text", False), ("use", "text", True), ("structure", "text", False)),
    *(("asset_value", "money", True), ("value_given", "text", False)),
    *(("building_id", "whole", False), ("building_distance_m", "number", False)),
    *(("grid_id", "whole", False), ("industry", "text", False), ("group", "text", False)),
    *(("same_place_as", "text", False), ("problem", "text", False)),
    *(("vulnerable", "text", True), ("expected_loss", "money", True), ("aal_pct", "percent", True)),
)
#: inputs that the file may have given, as T12 shows them
GIVEN: Mapping[str, Kind] = {
    "structure": "text",
    "purpose": "text",
    "built_year": "whole",
    "floors_above": "whole",
    "floors_below": "whole",
    "total_area": "number",
    "elevation_m": "number",
}
#: rows of the list on paper
MOST = 60


def cover(material: Material, say: Say) -> ReportTable:
    """T0: whose report, of which day, by which method, of which data."""
    focus, run, entity = material.focus, material.run, material.entity
    horizons = dict.fromkeys(run["horizon"])
    facts: Mapping[str, Any] = {
        "entity": entity.get("name") or material.portfolio.name,
        "report_id": f"run {run['run_id']} / portfolio version {run['version_id']}",
        "reporting_date": str(entity["reporting_date"]),
        "unit": say(f"unit.{entity['unit']}"),
        "sites": f"{material.value.size:,}",
        "loans": str(material.version.get("loans", 0)),
        "method_version": run["method_version"],
        "parameter_hash": run["parameter_hash"],
        "parameter_set": run["parameter_set"],
        "data_fingerprint": material.version.get("fingerprint", ""),
        "nightly_run": str(run["nightly_run_id"]),
        "calculated_at": "" if run["finished_at"] is None else day(run["finished_at"]),
        "scenarios": ", ".join(dict.fromkeys(run["ssp_scenario"])),
        "horizons": ", ".join(say.name("horizon", one) for one in horizons),
        "lens_set": str(material.lens_set.number),
        "lens": say(f"definition_{focus.lens}", threshold=f"{focus.threshold:g}"),
        "shown": f"{focus.scenario} · {say.name('horizon', focus.horizon)}",
        "coverage": _percent(coverage(material)),
        "adaptation": say("no_adaptation"),
    }
    rows = [[say(f"cover.{name}"), str(value)] for name, value in facts.items()]
    return ReportTable(key="T0", columns=T0, rows=rows, notes=[say("screening")])


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} %"


def sites(material: Material, say: Say) -> ReportTable:
    """T12: every site with its inputs, place, status of each peril, and what was assumed."""
    given = {name: kind for name, kind in GIVEN.items() if name in material.portfolio.given}
    columns = [
        *(Column(name, kind, paper) for name, kind, paper in SITE),
        *(Column(f"given_{name}", kind, paper=False) for name, kind in given.items()),
        *(Column(f"status_{peril}", paper=False) for peril in material.perils),
        Column("assumed", paper=False),
    ]
    table = zip(*_columns(material, list(given)), strict=True)
    rows = [list(row) for row in table]
    grand = np.nan_to_num(material.grand[material.at])
    paper = np.argsort(-grand, kind="stable")[:MOST].tolist()
    return ReportTable(
        key="T12", columns=columns, rows=rows, notes=[say("note_sites", most=MOST)],
        paper_rows=paper,
    )  # fmt: skip


def _columns(material: Material, given: Sequence[str]) -> Iterator[list[Value]]:
    portfolio, where = material.portfolio, material.places
    loss, value = material.grand[material.at], material.value
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = 100 * loss / np.where(value > 0, value, np.nan)
    repeated = [
        str(portfolio.site_id[one]) if again else ""
        for one, again in zip(portfolio.same_place, portfolio.repeated, strict=True)
    ]
    own = portfolio.given.get("asset_value", np.full(value.size, np.nan))
    every: list[Any] = [
        *(portfolio.site_id, portfolio.site_name, portfolio.source_row, where["latitude"]),
        *(where["longitude"], portfolio.address, portfolio.address_match, where["district_code"]),
        *(where["use_group"], where["structure_class"], value),
        ["given" if known else "estimated" for known in ~np.isnan(own)],
        *(_ids(where["building_id"]), where["building_distance_m"], _ids(where["grid_id"])),
        *(portfolio.industry, portfolio.group, repeated, where["problem"]),
        focus_verdicts(material),
        *(loss, rate),
        *(portfolio.given[name] for name in given),
        *(_statuses(material, i) for i in range(len(material.perils))),
        _assumed(material),
    ]
    for column in every:
        yield plain(column)


def _ids(column: Any) -> list[int | None]:
    return [None if value < 0 else int(value) for value in column]


def _statuses(material: Material, peril: int) -> list[str]:
    names = [status.name for status in Status]
    return [names[code] for code in material.status[peril, material.at].tolist()]


def _assumed(material: Material) -> list[str]:
    """The flags of all perils of each site, each once."""
    columns = [flags for flags in material.flags.values() if len(flags)]
    joined = dict[tuple[tuple[str, ...], ...], str]()
    texts = []
    for row in zip(*columns, strict=True):
        if row not in joined:
            joined[row] = " ".join(sorted({flag for own in row for flag in own}))
        texts.append(joined[row])
    return texts or [""] * material.value.size


def plain(column: Any) -> list[Value]:
    """The values of a column as files hold them: unknown numbers as None."""
    if isinstance(column, list):
        return column
    if column.dtype.kind == "f":
        unknown = np.isnan(column).tolist()
        return [None if no else v for v, no in zip(column.tolist(), unknown, strict=True)]
    values: list[Value] = column.tolist()
    return values


def lineage(material: Material, say: Say) -> ReportTable:
    """T15: the loaded data sets."""
    rows = []
    for source in material.sources:
        one = data_sources.translated(source, say.language)
        rows.append(
            [
                *(one.name, one.table_name, one.provider, one.licence, one.period),
                *(say.name("kind_of_data", one.kind), one.version, one.file_sha256),
                *(day(one.loaded_at), one.row_count),
            ]
        )
    return ReportTable(key="T15", columns=T15, rows=rows, notes=[say("note_lineage")])
