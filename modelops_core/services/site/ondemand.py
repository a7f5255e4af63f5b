"""
On demand: one site, all perils, all scenarios and horizons.

    place → stored H and P(H) → E → V → scaled AAL → integrated risk

Each step writes its table and says how far it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from modelops_core.domain import data_source
from modelops_core.domain.answer import (
    Answer,
    AnswerWarning,
    Building,
    ClimateCell,
    District,
    PerilResult,
    RegisterEntry,
)
from modelops_core.domain.flags import WHY_MISSING
from modelops_core.domain.gauges import GAUGED
from modelops_core.domain.job import Step, StepKind
from modelops_core.domain.parameters import ALL_SETS, ParameterFile, Params, SetName
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import PERIODS
from modelops_core.domain.site import Site, Sites, check_coordinates
from modelops_core.errors import InvalidInput, NoResults, UnknownPeril
from modelops_core.ports import (
    CellReader,
    ClimateReader,
    GaugeReader,
    Place,
    PlaceReader,
    Progress,
    Row,
    SiteWriter,
)
from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.services.site import gauges, other_sets, site_rows, whatif
from modelops_core.services.site.site_rows import StoredCell
from modelops_core.stages import asset, vulnerability
from modelops_core.stages.return_periods import rare_years
from modelops_core.stages.site import SiteExposure, assess, assess_exposure
from modelops_core.stages.vulnerability import Vulnerability

JOB = "ondemand_risk_calculation"
#: from this distance on the nearest register entry may be another building [m]: addresses of roads
#: and of parcels differ by some ten metres
DISTANT = 100.0
#: what the register says of a building
FROM_REGISTER = frozenset(
    {"structure", "purpose", "built_year", "floors_above", "floors_below", "total_area"}
)
#: progress at the end of each step
PLACE, READ, EXPOSURE, VULNERABILITY, AAL = 5, 10, 50, 80, 95


@dataclass(frozen=True)
class Ports:
    """What an assessment reads and writes."""

    places: PlaceReader
    cells: CellReader
    climate: ClimateReader
    gauges: GaugeReader
    writer: SiteWriter
    perils: Mapping[str, Peril]
    parameters: ParameterFile
    #: the hash of the parameters behind the stored H and P(H); None where no nightly run says
    in_force: Callable[[], str | None]
    #: the tables that were loaded after the last nightly run began
    replaced: Callable[[], frozenset[str]]

    def outdated(self) -> bool:
        """Whether the last nightly run used other numbers than the central ones of today."""
        return self.in_force() not in (None, self.parameters.digest())


class DiscardingWriter:
    """
    A ports.SiteWriter for other parameter sets than the central one, and for corrected sites.

    The tables are everybody's: they hold what follows from the point alone. What one caller
    corrected, or calculated by other parameters, stays in their job.
    """

    def exposure(self, rows: Sequence[Row]) -> int:
        return 0

    def vulnerability(self, rows: Sequence[Row]) -> int:
        return 0

    def aal_scaled(self, rows: Sequence[Row]) -> int:
        return 0


@dataclass(frozen=True)
class Request:
    """A point, what the analyst corrects of it, and the year that ages count to."""

    latitude: float
    longitude: float
    as_of: int
    corrections: Mapping[str, Any] = field(default_factory=dict)
    perils: tuple[str, ...] = ()
    parameter_set: SetName = "central"

    @property
    def common(self) -> bool:
        """Whether the answer follows from the point alone, so that it is the same for everybody."""
        return self.parameter_set == "central" and not self.corrections


def request(params: Row) -> Request:
    """A job's parameters as a request; raises InvalidInput naming the field that is wrong."""
    known = {"latitude", "longitude", "as_of", "corrections", "risk_types", "parameter_set"}
    if extra := set(params) - known:
        raise InvalidInput("unknown_request_field", field=extra, known=known)
    latitude, longitude = (_coordinate(params, name) for name in ("latitude", "longitude"))
    check_coordinates(latitude, longitude)
    chosen = params.get("parameter_set") or "central"
    if chosen not in ALL_SETS:
        raise InvalidInput("not_one_of", field="parameter_set", value=chosen, known=ALL_SETS)
    corrections = dict(params.get("corrections") or {})
    Site(latitude=latitude, longitude=longitude).corrected(corrections)
    return Request(
        latitude=latitude,
        longitude=longitude,
        as_of=int(params["as_of"]),
        corrections=corrections,
        perils=tuple(dict.fromkeys(params.get("risk_types") or ())),
        parameter_set=chosen,
    )


def _coordinate(params: Row, name: str) -> float:
    try:
        return float(params[name])
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("not_a_number", field=name, value=params.get(name)) from None


@dataclass(frozen=True)
class _Case:
    """One peril on its way."""

    peril: Peril
    cell: StoredCell
    p: Params


def run(request: Request, ports: Ports, progress: Progress, batch_id: str) -> Row:
    """Assess the site; the answer of the command line, the page and the API."""
    progress(0, Step(StepKind.place))
    place = ports.places.place(request.latitude, request.longitude)
    corrected = place.site.corrected(request.corrections)
    site = gauges.gauged(
        corrected, ports.perils, ports.gauges, ports.parameters, request.parameter_set
    )
    sites = asset.described(Sites.of([site]), request.as_of)
    progress(PLACE, Step(StepKind.fetching))
    outdated = ports.outdated()
    cases = _cases(request, place, ports, outdated)
    progress(READ, Step(StepKind.fetched))
    key = {
        "latitude": site.latitude,
        "longitude": site.longitude,
        "batch_id": batch_id,
        "method_version": METHOD_VERSION,
    }
    exposed, exposure_rows = _exposure(cases, sites, key, progress)
    writer = ports.writer if request.common else DiscardingWriter()
    writer.exposure(exposure_rows)
    vulnerable, vulnerability_rows = _vulnerability(cases, sites, key, progress)
    writer.vulnerability(vulnerability_rows)
    results = _results(
        cases, sites, exposed, vulnerable, exposure_rows, vulnerability_rows, progress
    )
    writer.aal_scaled([{**key, **result.to_row()} for result in results])
    progress(AAL, Step(StepKind.integrated_risk), len(cases))
    warnings = _about("parameters_outdated") if outdated else []
    warnings += _replaced(cases, ports)
    warnings += _warnings(request, place, site, results, ports)
    if bool(exposed[0].flags["asset_value_implausible"][0]):
        warnings += _about("asset_value_implausible")
    return _answer(
        request, place, site, sites, exposed, results, batch_id, ports, warnings
    ).to_row()


def _replaced(cases: Sequence[_Case], ports: Ports) -> list[AnswerWarning]:
    """That H and P(H) of some perils come from data that were replaced since."""
    found = data_source.touched((case.peril for case in cases), ports.replaced())
    return [AnswerWarning(code="inputs_replaced", perils=tuple(found))] if found else []


def _results(
    cases: Sequence[_Case],
    sites: Sites,
    exposed: Sequence[SiteExposure],
    vulnerable: Sequence[Vulnerability],
    exposure_rows: Sequence[Row],
    vulnerability_rows: Sequence[Row],
    progress: Progress,
) -> list[PerilResult]:
    """Scaled AAL and integrated risk of every peril, scenario and horizon."""
    results: list[PerilResult] = []
    for i, case in enumerate(cases):
        done = _between(VULNERABILITY, AAL, i, cases)
        progress(done, Step(StepKind.scaled_aal, case.peril.key), i)
        risk = assess(case.peril, sites, case.cell.values, exposed[i], vulnerable[i], case.p)
        rare = rare_years(case.peril, sites, case.cell.values, risk, case.p)
        made = site_rows.PerilCase(
            case.peril, case.cell, risk, exposure_rows[i], vulnerability_rows[i], case.p, rare
        )
        results += made.results()
    return results


def chosen(request: Request, known: Mapping[str, Peril]) -> tuple[str, ...]:
    """The perils asked for, all where none are named; raises UnknownPeril."""
    wanted = request.perils or tuple(known)
    if unknown := [key for key in wanted if key not in known]:
        raise UnknownPeril("not_one_of", field="peril", value=unknown, known=list(known))
    return wanted


def _cases(request: Request, place: Place, ports: Ports, outdated: bool) -> list[_Case]:
    hazard, probability = ports.cells.estimates(place.grid_id)
    cases = []
    for key in chosen(request, ports.perils):
        peril, cell, name = (
            ports.perils[key],
            site_rows.stored(key, hazard, probability),
            request.parameter_set,
        )
        if cell is None:
            continue
        if outdated and peril.regional is not None:  # the basin would have to be read anew
            cell = replace(cell, values=whatif.without_loss(cell.values))
        elif outdated or name != "central":
            cell = other_sets.reevaluate_cell(
                name, peril, cell, ports.climate, place.grid_id, ports.parameters
            )
        cases.append(_Case(peril, cell, ports.parameters.params(key, name)))
    if not cases:
        raise NoResults
    return cases


def _exposure(
    cases: Sequence[_Case], sites: Sites, key: Row, progress: Progress
) -> tuple[list[SiteExposure], list[Row]]:
    found: list[SiteExposure] = []
    for i, case in enumerate(cases):
        progress(_between(READ, EXPOSURE, i, cases), Step(StepKind.exposure, case.peril.key), i)
        found.append(assess_exposure(case.peril, sites, case.p))
    rows = [site_rows.exposure_row(key, c.peril.key, e) for c, e in zip(cases, found, strict=True)]
    return found, rows


def _vulnerability(
    cases: Sequence[_Case], sites: Sites, key: Row, progress: Progress
) -> tuple[list[Vulnerability], list[Row]]:
    found: list[Vulnerability] = []
    for i, case in enumerate(cases):
        progress(
            _between(EXPOSURE, VULNERABILITY, i, cases),
            Step(StepKind.vulnerability, case.peril.key),
            i,
        )
        found.append(vulnerability.assess(case.peril, sites, case.p))
    rows = [
        site_rows.vulnerability_row(key, c.peril.key, v, c.p)
        for c, v in zip(cases, found, strict=True)
    ]
    return found, rows


def _between(start: int, end: int, i: int, cases: Sequence[_Case]) -> int:
    return start + (end - start) * (i + 1) // len(cases)


def _answer(
    request: Request,
    place: Place,
    site: Site,
    sites: Sites,
    exposed: Sequence[SiteExposure],
    results: Sequence[PerilResult],
    batch_id: str,
    ports: Ports,
    warnings: list[AnswerWarning],
) -> Answer:
    return Answer(
        latitude=site.latitude,
        longitude=site.longitude,
        batch_id=batch_id,
        district=District(code=place.district_code, name=place.district, name_en=place.district_en),
        cell=ClimateCell(
            grid_id=place.grid_id, latitude=place.cell_latitude, longitude=place.cell_longitude
        ),
        building=_building(request, place, site, sites, exposed[0]),
        parameter_set=request.parameter_set,
        parameter_hash=ports.parameters.digest(request.parameter_set),
        method_version=METHOD_VERSION,
        results=tuple(results),
        totals=tuple(site_rows.subtotals(results, ports.perils)),
        warnings=tuple(warnings),
        return_periods=PERIODS,
    )


def _building(
    request: Request, place: Place, site: Site, sites: Sites, exposed: SiteExposure
) -> Building:
    """What was found, what the analyst corrected, and what follows from both."""
    apart = ("latitude", "longitude", "assumed", "river_gauge", "asset_value")
    known: dict[str, Any] = {
        name: None if _is_nan(value) else value
        for name, value in asdict(site).items()
        if name not in apart
    }
    near = place.building
    return Building(
        found=None
        if near is None
        else RegisterEntry.from_row({**near, "distance_m": round(near["distance_m"], 1)}),
        corrections=dict(request.corrections),
        **known,
        river_gauge=site.river_gauge,
        age=site_rows.number(sites["age"][0]),
        structure_class=str(sites["structure_class"][0]),
        use_group=str(sites["use_group"][0]),
        asset_value=site_rows.number(exposed.asset_value[0]),
        as_of=request.as_of,
    )


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _warnings(
    request: Request, place: Place, site: Site, results: Sequence[PerilResult], ports: Ports
) -> list[AnswerWarning]:
    """Flags of the answer as a whole, each with the perils it is about (none: all)."""
    found = []
    if place.building is None:
        found += _about("building_unknown")
    elif place.building["kind"] == "synthetic" and not request.corrections:
        found += _about("building_synthetic")
    if _distant(place.building, request.corrections):
        found += _about("building_distant")
    if site.river_gauge is not None and site.river_gauge.state != GAUGED:
        found += _about(site.river_gauge.state)
    given = {result.risk_type for result in results}
    if absent := [key for key in request.perils or ports.perils if key not in given]:
        found += _about("not_calculated", absent)
    return [*found, *_unknown(results)]


def _distant(building: Row | None, corrections: Mapping[str, Any]) -> bool:
    """Whether what counts of the building is that of an entry far from the point."""
    taken = FROM_REGISTER - corrections.keys()
    return building is not None and building["distance_m"] > DISTANT and bool(taken)


def _unknown(results: Sequence[PerilResult]) -> list[AnswerWarning]:
    """Which perils have no number, and for each reason which have it."""
    unknown = [result for result in results if result.status == "not_assessed"]
    about = {"not_assessed": [result.risk_type for result in unknown]}
    for code in WHY_MISSING:
        about[code] = [result.risk_type for result in unknown if code in result.flags]
    return [one for code, perils in about.items() if perils for one in _about(code, perils)]


def _about(code: str, perils: Iterable[str] = ()) -> list[AnswerWarning]:
    return [AnswerWarning(code=code, perils=tuple(sorted(set(perils))))]
