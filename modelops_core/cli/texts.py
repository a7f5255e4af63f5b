"""Formats the answers of the commands as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modelops_core.domain.data_source import DataSource
from modelops_core.domain.explanation import Explanation
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.gauges import GAUGED, RiverGauge
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.stages.scaling import significant

Row = Mapping[str, Any]


def number(value: float | None, unit: str = "") -> str:
    """Format *value* to three significant figures and add *unit*; unknown is a dash."""
    if value is None:
        return "–"
    rounded = significant(value)
    text = f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:g}"
    return f"{text}{unit}"


def assessment(found: Row) -> str:
    """Format an assessment: a table of AAL [% a year] for each scenario, then warnings."""
    building = found["building"]
    gauge = building.get("river_gauge")
    lines = [
        f"{found['district']['name']}  {found['latitude']:.5f}, {found['longitude']:.5f}  job"
        f" {found['batch_id']}",
        f"building: {building.get('structure') or 'structure unknown'},"
        f" {building.get('purpose') or 'use unknown'}, value"
        f" {number(building['asset_value'], ' KRW')}{_away(building.get('found'))}",
        *_river(gauge and RiverGauge.from_row(gauge)),
    ]
    for scenario, name in SCENARIOS.items():
        rows = [r for r in found["results"] if r["ssp_scenario"] == scenario]
        if rows:
            lines += ["", f"{name}  final AAL [% a year]", *_table(rows)]
    lines += ["", *map(_warning, found["warnings"])]
    return "\n".join(lines)


def _away(found: Row | None) -> str:
    """How far the register's building lies from the point."""
    return "" if found is None else f", register entry {found['distance_m']:.0f} m away"


def _warning(warning: Row) -> str:
    about = f" ({', '.join(warning['perils'])})" if warning["perils"] else ""
    return f"! {FLAGS[warning['code']].en}{about}"


def _river(gauge: RiverGauge | None) -> list[str]:
    """Which gauge drives the river; why none does is a flag or a warning."""
    if gauge is None or gauge.state != GAUGED:
        return []
    return [
        f"river: gauge {gauge.station_code} ({gauge.station_name}), {gauge.years} years,"
        f" {gauge.distance_m / 1000:.1f} km away"
    ]


def _table(rows: Iterable[Row]) -> list[str]:
    rows = list(rows)
    cells = {(r["risk_type"], r["horizon"]): r for r in rows}
    head = f"  {'':16}" + "".join(f"{h:>16}" for h in HORIZONS)
    body = [
        f"  {peril:16}" + "".join(f"{_aal(cells.get((peril, h))):>16}" for h in HORIZONS)
        for peril in dict.fromkeys(r["risk_type"] for r in rows)
    ]
    return [head, *body]


def _aal(row: Row | None) -> str:
    if row is None:
        return ""
    if row["final_aal"] is None:
        return str(row["status"])
    mark = "?" if row["status"] == "low_confidence" else ""
    return "n/a" if row["status"] == "not_applicable" else number(row["final_aal"]) + mark


def calculation(found: Row) -> str:
    """Format the answer of ``calc`` for one cell from the analyst's own series."""
    lines = [
        f"{found['risk_type']}  {found['years'][0]}–{found['years'][1]}  n = {number(found['n'])}"
        f"  {found['status']}",
        f"H {number(found['hazard_score'])} {found['hazard_level'] or ''}   base AAL"
        f" {number(found['base_aal'])} %/yr  ({number(found['aal_p05'])} –"
        f" {number(found['aal_p95'])})",
    ]
    for b in found["bins"]:
        lines.append(
            f"  [{number(b['lower'])}, {number(b['upper'])})  P {number(b['p'])}"
            f" ({number(b['p_low'])} – {number(b['p_high'])})  DR {number(b['dr'])}"
        )
    if "final_aal" in found:
        lines.append(
            f"site: factor {number(found['site_factor'])}, final AAL {number(found['final_aal'])}"
            " %/yr"
        )
    return "\n".join([*lines, *_flags(found["flags"])])


def curve_losses(found: Row) -> str:
    """Format the answer of ``calc`` for sites from the analyst's own hazard curves."""
    periods = ", ".join(number(period) for period in found["return_periods"])
    by = "the peril's damage curve" if found["damage_curve"] == "peril" else "your damage curve"
    vulnerable = found["vulnerability_score"]
    lines = [
        f"{found['risk_type']}  return periods {periods} years, {by}",
        *([] if vulnerable is None else [f"V {number(vulnerable)}"]),
        *(
            f"  {row['site']:16} base AAL {number(row['base_aal'])} %/yr, final"
            f" {number(row['final_aal'])} %/yr, loss {number(row['expected_loss'], ' KRW/yr')}"
            for row in found["sites"]
        ),
    ]
    return "\n".join(lines)


def _input(source: DataSource) -> str:
    """One data set, and the file that it was loaded from."""
    name = f", {source.file_name}" if source.file_name else ""
    file = f"{name}, sha256 {source.file_sha256}" if source.file_sha256 else name
    return (
        f"  {source.table_name}: {source.name} ({source.kind}), {source.provider},"
        f" {source.licence}, {source.period}, {source.row_count:,} rows{file}"
    )


def explanation(found: Explanation) -> str:
    """Format the chain from input to result of one stored number."""
    h, p = found.hazard, found.probability
    details = p.calculation_details or {}
    lines = [
        f"{found.risk_type} at {found.district}, {SCENARIOS[found.ssp_scenario]}, {found.horizon}",
        f"intensity  {found.intensity.what} [{found.intensity.unit}]",
        *(["! The last nightly run used other parameters than today's."] if found.outdated else []),
        "inputs",
        *map(_input, found.inputs),
        *(f"! {table} was loaded after this result was calculated." for table in found.replaced),
        f"H          {number(h.hazard_score)} {h.hazard_level or ''} from {h.statistic}"
        f" ({h.status})",
        f"P(H)       {p.estimator}, years {details.get('years')}, n = {p.count} ({p.status})",
        *_response(details),
        *(f"{name}  {text}" for name, text in found.notes.items()),
        *_river(found.river_gauge),
        f"base AAL   {number(p.aal)} %/yr ({number(p.aal_p05)} – {number(p.aal_p95)})",
        "parameters",
        *(
            f"  {n.key} = {_short(n.value)} [{n.unit}] {n.provenance}{n.grade}: {n.source}"
            for n in found.parameters
        ),
        "references",
        *(f"  {reference}" for reference in found.references),
    ]
    return "\n".join([*lines, *_flags(found.flags)])


def _response(details: Row) -> list[str]:
    """The response to warming behind the number, where it follows one."""
    if details.get("response") is None:
        return []
    names = ("response", "response_se", "kelvin", "factor", "line")
    shown = ", ".join(f"{n} {details[n]:.4g}" for n in names if details.get(n) is not None)
    return [f"warming    {shown}"]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _flags(codes: Iterable[str]) -> list[str]:
    return [f"! {FLAGS[code].en if code in FLAGS else code}" for code in codes]
