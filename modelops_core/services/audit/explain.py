"""Why a number is what it is: the chain from input to result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain import data_source, horizons
from modelops_core.domain.climate import Climate
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.explanation import (
    Cell,
    Explanation,
    Intensity,
    StoredHazard,
    StoredProbability,
    YearValue,
)
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.gauges import RiverGauge
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Ensemble, Peril
from modelops_core.domain.variables import VARIABLES
from modelops_core.errors import NoResults, UnknownPeril
from modelops_core.ports import (
    CellReader,
    ClimateReader,
    GaugeReader,
    Place,
    PlaceReader,
    Row,
    SourceReader,
    Tile,
)
from modelops_core.services.site import gauges
from modelops_core.services.site.site_rows import number

GAUGE_TABLES = frozenset({"api_wamis_stations", "api_wamis_cache"})


@dataclass(frozen=True)
class Ports:
    """What an explanation reads."""

    places: PlaceReader
    cells: CellReader
    climate: ClimateReader
    gauges: GaugeReader
    sources: SourceReader
    perils: Mapping[str, Peril]
    parameters: ParameterFile
    #: whether the stored H and P(H) were made with other parameters than today's
    outdated: Callable[[], bool]
    #: the tables that were loaded after the last nightly run began
    replaced: Callable[[], frozenset[str]]


def explain(
    ports: Ports,
    latitude: float,
    longitude: float,
    peril: str,
    scenario: str,
    horizon: str,
    river_name: str = "",
) -> Explanation:
    """
    Everything behind one stored H and P(H); raises NoResults where no nightly run calculated it.

    With *river_name* also which gauge drives that river at the site, or why none does.
    """
    declared = _declared(ports, peril)
    key = (peril, horizons.scenario(scenario), horizons.horizon(horizon).key)
    place = ports.places.place(latitude, longitude)
    hazard, probability = _stored(ports, place.grid_id, key)
    gauge = _gauge(ports, place, declared, river_name)
    return Explanation(
        risk_type=peril,
        label=declared.label,
        ssp_scenario=scenario,
        horizon=horizon,
        latitude=place.site.latitude,
        longitude=place.site.longitude,
        district=place.district,
        cell=Cell(place.grid_id, place.cell_latitude, place.cell_longitude),
        inputs=_inputs(declared, ports, gauge),
        intensity=_intensity(ports, declared, place.grid_id, scenario, probability),
        hazard=hazard,
        probability=probability,
        outdated=ports.outdated(),
        replaced=_replaced(declared, ports, gauge),
        river_gauge=gauge,
        flags=_flags(hazard, probability, gauge),
        parameters=tuple(ports.parameters.sections.get(peril, {}).values()),
        grade=declared.grade,
        references=declared.references,
    )


def _declared(ports: Ports, peril: str) -> Peril:
    if peril not in ports.perils:
        raise UnknownPeril("not_one_of", field="peril", value=peril, known=list(ports.perils))
    return ports.perils[peril]


def _stored(
    ports: Ports, grid_id: int, key: tuple[str, str, str]
) -> tuple[StoredHazard, StoredProbability]:
    hazards, probabilities = ports.cells.cell(grid_id)
    return (
        StoredHazard.from_row(_one(hazards, key)),
        StoredProbability.from_row(_one(probabilities, key)),
    )


def _gauge(ports: Ports, place: Place, peril: Peril, river_name: str) -> RiverGauge | None:
    site = place.site.corrected({"river_name": river_name})
    return gauges.gauged(site, {peril.key: peril}, ports.gauges, ports.parameters).river_gauge


def _intensity(
    ports: Ports, peril: Peril, grid_id: int, scenario: str, probability: StoredProbability
) -> Intensity:
    """What the intensity means, its unit and its yearly values."""
    series = _series(ports, peril, grid_id, scenario, probability)
    return Intensity(peril.intensity, peril.unit, series)


def _flags(
    hazard: StoredHazard, probability: StoredProbability, gauge: RiverGauge | None
) -> tuple[str, ...]:
    """Each known flag once."""
    codes = [*hazard.flags, *probability.flags, *([gauge.state] if gauge else [])]
    return tuple(code for code in dict.fromkeys(codes) if code in FLAGS)


def _one(rows: Iterable[Row], key: tuple[str, str, str]) -> Row:
    for row in rows:
        if (row["risk_type"], row["ssp_scenario"], row["horizon"]) == key:
            return row
    raise NoResults("not_calculated", what=key)


def _inputs(peril: Peril, ports: Ports, gauge: RiverGauge | None) -> tuple[DataSource, ...]:
    """The data sets that the peril reads, and the gauges' tables where *gauge* stands for it."""
    tables = data_source.tables(peril) | (GAUGE_TABLES if gauge else set())
    return tuple(source for source in ports.sources.all() if source.table_name in tables)


def _replaced(peril: Peril, ports: Ports, gauge: RiverGauge | None) -> tuple[str, ...]:
    """The tables of the inputs that were loaded since the last nightly run began, each once."""
    loaded = ports.replaced()
    names = (source.table_name for source in _inputs(peril, ports, gauge))
    return tuple(dict.fromkeys(name for name in names if name in loaded))


def _series(
    ports: Ports, peril: Peril, grid_id: int, scenario: str, probability: StoredProbability
) -> tuple[YearValue, ...]:
    """The yearly values that were counted or fitted; empty for basin means."""
    if peril.regional is not None or not probability.calculation_details:
        return ()
    climate = ports.climate.tile(Tile(grid_id, grid_id), peril.requires & frozenset(VARIABLES))
    if "storm_tracks" in peril.requires:
        climate = climate.with_values(storm_tracks=ports.climate.storms())
    values, years = _index(peril, climate, ports.parameters)
    row = values[climate.scenarios.index(scenario) if values.shape[0] > 1 else 0]
    first, last = probability.calculation_details["years"]
    return tuple(
        YearValue(int(year), number(value))
        for year, value in zip(years, row, strict=True)
        if first <= year <= last
    )


def _index(
    peril: Peril, climate: Climate, parameters: ParameterFile
) -> tuple[np.ndarray, np.ndarray]:
    """(scenario, year) of the first cell, and the years; of an ensemble the unshifted member."""
    index = peril.indices(climate, parameters.params(peril.key))[peril.frequency.index]
    if isinstance(peril.frequency, Ensemble):
        return index[:, :, index.shape[2] // 2, 0], climate.storms.years
    return index[:, :, 0], climate.years
