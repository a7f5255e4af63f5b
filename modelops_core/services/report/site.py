"""The report of one site: what it can lose in one scenario and horizon, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.flags import FLAGS, WHY_MISSING
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import HEADLINE, Basis
from modelops_core.domain.stamp import Language, Stamp, is_demo, of
from modelops_core.ports import RateKey
from modelops_core.services.portfolio import rare_years as rare
from modelops_core.services.portfolio import rating
from modelops_core.services.portfolio.rating import Standing
from modelops_core.services.report import data_sources, formats, site_map
from modelops_core.services.report.blocks import (
    Beside,
    Block,
    Document,
    Facts,
    Figures,
    Note,
    Picture,
    Table,
)
from modelops_core.services.report.sheets import Sheet, Words

#: kinds of data sets in the order of trust
KINDS = ("observed", "derived", "synthetic")
#: as much of a name as the title holds
LONGEST_NAME = 90
MARK = "*"
#: reasons of low confidence that there is room for
MOST_DOUBTS = 4
#: from here on a measure that was found is shown without decimals
WHOLE = 100.0


@dataclass(frozen=True, kw_only=True)
class SiteMaterial:
    """An answer with what stands around it: *name* and *link* are empty where there is none."""

    answer: Answer
    scenario: str
    horizon: str
    perils: Mapping[str, Peril]
    sources: Sequence[DataSource]
    outlines: site_map.Outlines
    ratings: Mapping[RateKey, Standing] = field(default_factory=dict)
    name: str = ""
    link: str = ""

    @property
    def results(self) -> Mapping[str, PerilResult]:
        """Peril → its result in the chosen scenario and horizon, in the registry's order."""
        found = self.answer.at(self.scenario, self.horizon)
        return {key: found[key] for key in self.perils if key in found}

    @property
    def stamp(self) -> Stamp:
        return of(self.answer, self.sources, self.scenario, self.horizon)


def heading(of_site: SiteMaterial, say: Words) -> Document:
    """Title, place and what the numbers are of."""
    answer, language = of_site.answer, say.language
    place = answer.district.name if language == "ko" else answer.district.name_en
    degrees = f"{answer.latitude:.4f}°N {answer.longitude:.4f}°E"
    name = _shortened(of_site.name)
    return Document(
        title=name or place,
        subtitle=f"{place} · {degrees}" if name else degrees,
        stamp=of_site.stamp.text(language),
        kind=say("kind"),
        language=language,
        made_of=answer.assessed_at,
        blocks=(),
        footer=say("footer", job=answer.batch_id, version=answer.method_version)
        + (f" · {of_site.link}" if of_site.link else ""),
        banner=say("demo") if is_demo(of_site.sources) else "",
    )


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def totals(of_site: SiteMaterial, say: Words) -> Block | None:
    """The two kinds of loss and their sum, with how many perils stand in them."""
    answer = of_site.answer
    total = answer.total(of_site.scenario, of_site.horizon)
    if total is None:
        return None
    concerned = [key for key, r in of_site.results.items() if r.status != "not_applicable"]
    count = say(
        "counted",
        assessed=sum(key in total.assessed for key in concerned),
        all=len(concerned),  # as on the card: one that does not concern the place is none of them
    )
    return Figures(
        figures=[
            (
                say(key) + (f" — {count}" if key == "grand" else ""),
                _money(value, "not_assessed", say.language),
                _share(value, answer, say),
            )
            for key, value in (
                ("physical", total.physical_no_overlap),
                ("operating", total.operating),
                ("grand", total.grand),
            )
        ]
    )


def _share(loss: float | None, answer: Answer, say: Words) -> str:
    if loss is None:
        return ""
    basis = "of_value" if answer.asset_value is not None else "of_sum_insured"
    return say(basis, rate=formats.percent(100 * loss / answer.insured))


def _money(value: float | None, status: str, language: Language) -> str:
    return formats.status(status, language) if value is None else formats.won(value, language)


def place(of_site: SiteMaterial, say: Words) -> Block:
    """The building and site beside the map."""
    answer, language = of_site.answer, say.language
    ground = Picture(
        svg=site_map.draw(answer.latitude, answer.longitude, of_site.outlines, language),
        alt=say(
            "map_alt", place=answer.district.name if language == "ko" else answer.district.name_en
        ),
        caption=say("map_caption"),
    )
    return Beside(
        left=[Facts(title=say("building"), facts=_facts(answer, say)), *_doubts(of_site, say)],
        right=[ground],
        share=0.52,
    )


def _doubts(of_site: SiteMaterial, say: Words) -> list[Block]:
    """Which perils have a number of low confidence, and why."""
    weak: dict[str, list[str]] = {}
    for r in of_site.results.values():
        if r.status == "low_confidence":
            for code in r.flags:
                if code in FLAGS:
                    name = _name(of_site.perils[r.risk_type], say.language)
                    weak.setdefault(code, []).append(name)
    lines = [f"{', '.join(names)}: {_flag(code, say.language)}" for code, names in weak.items()]
    return [Note(title=say("weak"), lines=lines[:MOST_DOUBTS])] if lines else []


def _facts(answer: Answer, say: Words) -> list[tuple[str, str]]:
    """What the assessment took the building for; what the analyst gave is marked."""
    b = answer.building

    def fact(name: str, value: float | str | None, unit: str = "") -> tuple[str, str]:
        given = name in b.corrections
        shown = value if isinstance(value, str) else _measure(value, unit, exact=given)
        return say(f"fact_{name}"), (shown or say("unknown")) + (
            f" {say('given')}" if given else ""
        )

    return [
        fact("structure", say(f"class_{b.structure_class}")),
        fact("purpose", say(f"class_{b.use_group}")),
        fact("built_year", None if b.built_year is None else f"{b.built_year:.0f}"),
        (say("fact_floors"), _floors(b.floors_above, b.floors_below, say)),
        fact("total_area", b.total_area, " m²"),
        (say("fact_asset_value"), _asset(answer, say)),
        fact("elevation_m", b.elevation_m, " m"),
        fact("coast_distance_m", b.coast_distance_m, " m"),
        fact("river_distance_m", b.river_distance_m, " m"),
        fact("forest_distance_m", b.forest_distance_m, " m"),
        (say("fact_found"), _register(answer, say)),
    ]


def _measure(value: float | None, unit: str, *, exact: bool) -> str:
    """A measure with the digits that the analyst gave; one that was found to a tenth, or whole."""
    if value is None:
        return ""
    if exact:
        return f"{value:,.10g}{unit}"
    return f"{value:,.0f}{unit}" if abs(value) >= WHOLE else f"{value:,.1f}{unit}"


def _floors(above: float | None, below: float | None, say: Words) -> str:
    if above is None and below is None:
        return say("unknown")

    def shown(count: float | None) -> str:
        return say("unknown") if count is None else f"{count:.0f}"

    return say("floors", above=shown(above), below=shown(below))


def _asset(answer: Answer, say: Words) -> str:
    if answer.asset_value is None:
        return say("value_unknown")
    value = formats.won(answer.asset_value, say.language)
    given = answer.building.corrections.get("asset_value") is not None
    return f"{value} {say('given' if given else 'estimated')}"


def _register(answer: Answer, say: Words) -> str:
    found = answer.building.found
    if found is None:
        return say("no_building")
    return say(f"found_{found.kind}", distance=f"{found.distance_m:.0f}")


def perils(of_site: SiteMaterial, say: Words) -> Block:
    """Every peril of the registry that the answer holds: the whole table, whatever its status."""
    rows = [_peril_row(of_site, r, say) for r in of_site.results.values()]
    return Table(
        title=say("perils"),
        head=[say(f"head_{name}") for name in _PERIL_HEAD],
        rows=rows,
        align=("left", "left", "left", *["right"] * 6, "center"),  # type: ignore[arg-type]
        shares=(1.1, 1.0, 1.25, 1.1, 1.9, 1.1, 1.3, 0.8, 0.6, 0.65),
        note=say("perils_note"),
    )


_PERIL_HEAD = (
    *("peril", "kind", "status", "aal", "interval", "loss", "hazard"),
    *("national", "peers", "grade"),
)


def _peril_row(of_site: SiteMaterial, r: PerilResult, say: Words) -> list[str]:
    peril, language = of_site.perils[r.risk_type], say.language
    standing = of_site.ratings.get(rating.key_of(r), rating.UNRATED)
    nation, peers = standing.national, standing.peers
    unknown = not r.has_number or r.expected_loss is None
    return [
        _name(peril, language),
        say(f"{peril.kind}_kind"),
        formats.status(r.status, language),
        formats.DASH if unknown else formats.percent(r.final_aal),
        formats.DASH if unknown else formats.interval(r.aal_p05, r.aal_p95),
        formats.DASH if unknown else formats.won(r.expected_loss, language),
        _hazard(r, language),
        formats.DASH if nation is None else f"{formats.rank(nation.percentile)} %",
        formats.DASH if peers is None else f"{peers.below}/{peers.count}",
        peril.grade,
    ]


def _hazard(r: PerilResult, language: Language) -> str:
    if r.hazard_score is None or r.status == "not_applicable":
        return formats.DASH
    return f"{r.hazard_score:.2f} {formats.level(r.hazard_level, language)}"


def _name(peril: Peril, language: Language) -> str:
    return peril.label_ko if language == "ko" else peril.label


def rare_years(of_site: SiteMaterial, say: Words) -> Block | None:
    """Losses of rare years, where a peril has a distribution; the others are named."""
    periods = of_site.answer.return_periods
    if not set(HEADLINE) <= set(periods):
        return None
    known = {k: r for k, r in of_site.results.items() if r.return_losses}
    without = [
        _name(of_site.perils[k], say.language)
        for k, r in of_site.results.items()
        if r.return_basis == Basis.counted
    ]
    note = say("rare_note") + (f" {say('rare_none', perils=', '.join(without))}" if without else "")
    if not known:
        return Note(title=say("rare"), lines=[note])
    return Table(
        title=say("rare"),
        head=[
            say("head_peril"),
            *(say("years", count=period) for period in HEADLINE),
            say("head_basis"),
        ],
        rows=[_rare_row(of_site, r, say) for r in known.values()],
        align=("left", *["right"] * len(HEADLINE), "left"),  # type: ignore[arg-type]
        shares=(1.4, *[1.1] * len(HEADLINE), 2.6),
        note=note,
    )


def _rare_row(of_site: SiteMaterial, r: PerilResult, say: Words) -> list[str]:
    cells = [
        formats.won(year.loss, say.language) + (MARK if year.extrapolated else "")
        for year in rare.headline(of_site.answer, r)
    ]
    name = _name(of_site.perils[r.risk_type], say.language)
    return [name, *cells, formats.known_from(r.return_basis, r.return_years, say.language)]


def outlook(of_site: SiteMaterial, say: Words) -> Block:
    """The sum of all perils in every scenario and horizon; that of this sheet is in bold."""
    answer, language = of_site.answer, say.language

    def cell(scenario: str, horizon: str) -> str:
        total = answer.total(scenario, horizon)
        return formats.DASH if total is None else _money(total.grand, "not_assessed", language)

    return Table(
        title=say("outlook"),
        head=[say("head_scenario"), *(formats.horizon(h, language) for h in HORIZONS)],
        rows=[[name, *(cell(code, h) for h in HORIZONS)] for code, name in SCENARIOS.items()],
        align=("left", *["right"] * len(HORIZONS)),  # type: ignore[arg-type]
        shares=(1.2, *[1.0] * len(HORIZONS)),
        strong=[list(SCENARIOS).index(of_site.scenario)],
    )


def missing(of_site: SiteMaterial, say: Words) -> Block | None:
    """Which perils have no number, and why."""
    unknown = [r for r in of_site.results.values() if r.status == "not_assessed"]
    if not unknown:
        return None
    lines = [
        f"{', '.join(_name(of_site.perils[r.risk_type], say.language) for r in of_code)}: {text}"
        for text, of_code in _reasons(unknown, say).items()
    ]
    return Note(title=say("missing"), lines=lines, tone="warning")


def _reasons(unknown: Iterable[PerilResult], say: Words) -> Mapping[str, list[PerilResult]]:
    found: dict[str, list[PerilResult]] = {}
    for result in unknown:
        code = next((code for code in WHY_MISSING if code in result.flags), None)
        text = say("no_reason") if code is None else _flag(code, say.language)
        found.setdefault(text, []).append(result)
    return found


def _flag(code: str, language: Language) -> str:
    return FLAGS[code].ko if language == "ko" else FLAGS[code].en


def sources(of_site: SiteMaterial, say: Words) -> Block:
    """Who the data are from and of which kind, then what the numbers are not for."""
    lines = [
        f"{say(f'source_{kind}')}: {'; '.join(names)}"
        for kind, names in _providers(of_site.sources, say.language).items()
    ]
    answer = of_site.answer
    versions = say(
        "versions",
        method=answer.method_version,
        digest=answer.parameter_hash,
        cell=answer.cell.grid_id,
        year=answer.building.as_of,
    )
    return Note(title=say("sources"), lines=[*lines, versions, say("use")])


def _providers(found: Iterable[DataSource], language: Language) -> Mapping[str, list[str]]:
    """Kind → providers with how many tables they fill, the most trusted kind first."""
    tables: dict[str, dict[str, list[str]]] = {}
    for source in (data_sources.translated(s, language) for s in found):
        tables.setdefault(source.kind, {}).setdefault(source.provider, []).append(source.name)
    known = sorted(tables, key=lambda kind: KINDS.index(kind) if kind in KINDS else len(KINDS))
    return {
        kind: [
            f"{provider} ({', '.join(sorted(names))})"
            for provider, names in sorted(tables[kind].items())
        ]
        for kind in known
    }


SITE = Sheet(heading, (totals, place, perils, missing, rare_years, outlook, sources))
