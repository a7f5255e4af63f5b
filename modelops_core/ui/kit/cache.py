"""
Caches what the pages read, bounded in size and keyed by the nightly run that made it.

Everything here is shared by all sessions and read only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
import streamlit as st

from modelops_core import bootstrap
from modelops_core.bootstrap import App
from modelops_core.db.maps.layers import Cells
from modelops_core.db.queue.listen import Notices
from modelops_core.domain.answer import Answer
from modelops_core.domain.climate import Climate, IntArray
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.explanation import Explanation
from modelops_core.domain.grid import spacing
from modelops_core.domain.peril import Peril
from modelops_core.ports import RateKey, Row
from modelops_core.services.audit import explain
from modelops_core.services.portfolio.rating import Standing
from modelops_core.services.site import reference_site
from modelops_core.stages.totals import CellTotals
from modelops_core.ui.kit import maps, raster
from modelops_core.ui.kit.i18n import language
from modelops_core.ui.kit.job_status_cache import JobStatusCache
from modelops_core.ui.kit.layers import metrics, values
from modelops_core.ui.kit.layers.values import Layer
from modelops_core.ui.kit.maps import Places
from modelops_core.ui.kit.raster import Mask
from modelops_core.ui.kit.theme import HATCH, RAIN_RESPONSE, UNKNOWN, Mode, Scale

#: seconds for which the caches of pages keep an entry
CACHE_SECONDS = 3600
#: and those of which a load shall be seen at once
SOURCES_SECONDS = 0.5
#: and ranks among peers, which other assessments change
STANDING_SECONDS = 30
#: answers kept in memory
MAX_ANSWERS = 1000
#: how far the heat map reaches beyond the cells' centres: in cells, and besides [°]
HALO, HALO_MARGIN = 5.0, 0.15
#: half the width of a gap between simplified outlines [°]
OUTLINE_MARGIN = 0.002


def app() -> App:
    """This process's App."""
    return bootstrap.app()


@dataclass(frozen=True, slots=True)
class Version:
    """What the caches are keyed by: the last finished nightly run and the data it read."""

    run_id: int
    loaded: str


def version() -> Version:
    """The state of the database; run_id 0 before the first nightly run."""
    run = app().runs.last()
    loaded = [str(source.loaded_at) for source in app().sources.all() if not source.installed]
    return Version(0 if run is None else run.run_id, max(loaded, default=""))


@st.cache_resource(max_entries=1, ttl=SOURCES_SECONDS, show_spinner=False)
def sources() -> Sequence[DataSource]:
    """The data sources: each stamp on a page names them, so that one read serves a whole run."""
    return tuple(app().sources.all())


@st.cache_resource(max_entries=2, show_spinner=False)
def cells(loaded: str) -> Cells:
    """The climate grid."""
    return app().layers.cells()


@st.cache_resource(max_entries=2, show_spinner=False)
def districts(loaded: str, level: str = "sigungu") -> list[Row]:
    """Districts in the order of their outlines."""
    return app().layers.districts(level)


@st.cache_resource(max_entries=2, show_spinner=False)
def places(loaded: str) -> Places:
    """Where the cells lie, as the page's map takes them."""
    grid = cells(loaded)
    return maps.places(grid.latitude, grid.longitude, spacing(grid.latitude, grid.longitude))


@st.cache_resource(max_entries=2, show_spinner=False)
def frame(loaded: str) -> raster.Frame:
    """Which cells each pixel of the land shows."""
    grid = cells(loaded)
    outlines = shapely.from_geojson([d["outline"] for d in districts(loaded)])
    # a little wider than drawn: outlines simplified one by one leave slivers between them
    land = shapely.union_all(
        shapely.buffer(shapely.make_valid(outlines), OUTLINE_MARGIN, quad_segs=1)
    )
    return raster.frame(grid.latitude, grid.longitude, land)


@st.cache_data(max_entries=400, max_size="200MB", ttl=CACHE_SECONDS, show_spinner=False)
def layer(at: Version, peril: str, scenario: str, horizon: str, metric: str) -> Layer:
    """
    One metric of every cell, integrated risk being that of the reference building.

    The arguments are as in ``filters.Choice.layer``.
    """
    kind, part = metrics.split(metric)
    if kind == RAIN_RESPONSE:
        return _rain_response()
    if kind == metrics.PERCENTILE:
        own, among = (layer(at, peril, one, horizon, "aal") for one in (scenario, part or scenario))
        return values.ranked(own, among)
    if peril == metrics.TOTAL:
        found = total(at, scenario, horizon)
        return Layer(found.aal, found.status)
    if kind == metrics.PROBABILITY:
        return values.of_class(app(), peril, scenario, horizon, int(part))
    if kind == metrics.LEVEL:
        period = int(part or metrics.PERIODS[0])  # without a distribution there is none to choose
        return values.of_level(app(), peril, scenario, horizon, period)
    return _of_index(at, peril, scenario, horizon, metric)


@st.cache_data(max_entries=40, max_size="80MB", ttl=CACHE_SECONDS, show_spinner=False)
def total(at: Version, scenario: str, horizon: str) -> CellTotals:
    """Base AALs of all perils together, with what they lack."""
    return values.of_total(app(), cells(at.loaded).grid_id, scenario, horizon)


def _of_index(at: Version, peril: str, scenario: str, horizon: str, metric: str) -> Layer:
    """H, base AAL or integrated risk: read from the index."""
    read = app().layers.values(peril, scenario, horizon)
    if metric == "aal":
        return Layer(read.aal, read.aal_status)
    if metric == "hazard":
        return Layer(read.hazard, read.hazard_status)
    grid = cells(at.loaded)
    p = app().parameters.params(peril)
    place = {
        "latitude": grid.latitude,
        "longitude": grid.longitude,
        "elevation_m": grid.elevation_m,
        "coast_distance_m": grid.coast_distance_m,
    }
    tile = Climate((scenario,), np.array([], dtype=np.int64), grid.grid_id, place)
    found = reference_site.integrated(app().perils[peril], tile, read.hazard, p)
    return Layer(found, read.hazard_status)


def _rain_response() -> Layer:
    """The response of the year's heaviest rain to warming [%/K]."""
    found = app().layers.response("rx1day")
    return Layer(100 * found.response, found.status)


def scale(peril: str, metric: str) -> Scale:
    """The fixed scale of a layer's metric."""
    return metrics.scale(metrics.split(metric)[0], app().perils.get(peril))


@st.cache_data(max_entries=300, max_size="120MB", ttl=CACHE_SECONDS, show_spinner=False)
def picture(
    at: Version, peril: str, scenario: str, horizon: str, metric: str, smooth: bool, mode: Mode
) -> str:
    """The coloured surface as a PNG data URL."""
    shown = layer(at, peril, scenario, horizon, metric)
    return raster.png(
        frame(at.loaded),
        shown.values,
        shown.status,
        scale(peril, metric),
        _keys(mode),
        smooth=smooth,
    )


@st.cache_data(max_entries=100, max_size="40MB", ttl=CACHE_SECONDS, show_spinner=False)
def heat_mask(at: Version, peril: str, scenario: str, horizon: str, metric: str) -> Mask:
    """Where the heat map may not be drawn: at sea and in cells without a number."""
    shown = layer(at, peril, scenario, horizon, metric)
    return raster.mask(frame(at.loaded), shown.known, HALO * places(at.loaded).step + HALO_MARGIN)


@st.cache_data(max_entries=100, max_size="40MB", ttl=CACHE_SECONDS, show_spinner=False)
def unknown_cells(
    at: Version, peril: str, scenario: str, horizon: str, metric: str, mode: Mode
) -> str | None:
    """A picture of the cells without a number, None where all have one."""
    shown = layer(at, peril, scenario, horizon, metric)
    if shown.concerned.all() and not np.isin(shown.status, raster.UNKNOWN).any():
        return None
    nothing = np.full(shown.values.shape, np.nan)
    return raster.png(
        frame(at.loaded), nothing, shown.status, scale(peril, metric), _keys(mode), smooth=False
    )


def _keys(mode: Mode) -> raster.Keys:
    return raster.Keys(UNKNOWN[mode], HATCH[mode])


@st.cache_data(max_entries=40, max_size="20MB", ttl=CACHE_SECONDS, show_spinner=False)
def excluded_districts(
    at: Version, peril: str, scenario: str, horizon: str, metric: str, mode: Mode
) -> str | None:
    """A picture of the districts that the peril does not concern, None where it concerns all."""
    found = by_district(at, peril, scenario, horizon, metric)
    excluded = found["concerned"].to_numpy() == 0
    if not excluded.any():
        return None
    own = _districts_of_pixels(at.loaded)
    return raster.hatch(frame(at.loaded), (own >= 0) & excluded[own], HATCH[mode])


@st.cache_resource(max_entries=2, show_spinner=False)
def _districts_of_pixels(loaded: str) -> IntArray:
    """Place of each land pixel's district in the list of districts, -1 in the gaps between them."""
    latitude, longitude = raster.positions(frame(loaded))
    outlines = shapely.make_valid(shapely.from_geojson([d["outline"] for d in districts(loaded)]))
    pixel, district = shapely.STRtree(outlines).query(
        shapely.points(longitude, latitude), predicate="intersects"
    )
    own = np.full(latitude.size, -1, dtype=np.int64)
    own[pixel] = district
    return own


@st.cache_data(max_entries=300, ttl=CACHE_SECONDS, show_spinner=False)
def by_district(at: Version, peril: str, scenario: str, horizon: str, metric: str) -> pd.DataFrame:
    """
    Mean over a district's cells that have a number, in the order of the outlines.

    Columns code, value, cells, concerned (cells that the peril concerns). A district too small to
    hold the centre of a cell has the nearest cell's value.
    """
    shown = layer(at, peril, scenario, horizon, metric)
    own = _cells_of_districts(at.loaded)
    codes = [d["admin_code"] for d in districts(at.loaded)]
    known = shown.known[own.cell]
    count = np.bincount(own.district[known], minlength=len(codes))
    total = np.bincount(own.district[known], shown.values[own.cell[known]], minlength=len(codes))
    value = np.divide(total, count, out=np.full(len(codes), np.nan), where=count > 0)
    concerned = own.district[shown.concerned[own.cell]]
    counts = {
        name: np.bincount(districts, minlength=len(codes))
        for name, districts in (("cells", own.district), ("concerned", concerned))
    }
    return pd.DataFrame({"code": codes, "value": value} | counts)


@dataclass(frozen=True, slots=True)
class Members:
    """Which cells make up which districts, both by position, (pair,)."""

    cell: IntArray
    district: IntArray


@st.cache_resource(max_entries=2, show_spinner=False)
def _cells_of_districts(loaded: str) -> Members:
    grid, outlines = cells(loaded), districts(loaded)
    codes = np.array([d["admin_code"] for d in outlines], dtype=str)
    if not codes.size or not grid.grid_id.size:
        return Members(np.empty(0, np.int64), np.empty(0, np.int64))
    order = codes.argsort()
    at = order[np.minimum(np.searchsorted(codes, grid.admin_code, sorter=order), codes.size - 1)]
    cell = np.flatnonzero(codes[at] == grid.admin_code)
    alone = np.setdiff1d(np.arange(codes.size), at[cell])
    nearest = [_nearest(grid, outlines[i]) for i in alone]
    return Members(np.append(cell, nearest).astype(np.int64), np.append(at[cell], alone))


def _nearest(grid: Cells, district: Row) -> int:
    squared = (grid.latitude - district["latitude"]) ** 2 + (
        0.8 * (grid.longitude - district["longitude"])
    ) ** 2
    return int(squared.argmin())


@st.cache_resource(max_entries=MAX_ANSWERS, ttl=CACHE_SECONDS, show_spinner=False)
def answer(job: str) -> Answer:
    """The answer of a completed job; it never changes."""
    sum_insured = app().parameters.sections["exposure"]["sum_insured"].value
    found = app().jobs.get(job)
    assert found.results is not None
    return Answer.from_row(found.results, sum_insured, found.completed_at)


@st.cache_resource(max_entries=100, ttl=STANDING_SECONDS, show_spinner=False)
def standings(job: str) -> Mapping[RateKey, Standing]:
    """Where the results of a completed job stand among the country's cells and their peers."""
    return app().ratings.of(answer(job))


def intensity_label(key: str) -> str:
    """What a peril's intensity is, in the reader's language."""
    peril = app().perils[key]
    return (peril.intensity_ko or peril.intensity) if language() == "ko" else peril.intensity


def peril_label(peril: Peril) -> str:
    """A peril in the reader's language."""
    return peril.label_ko if language() == "ko" else peril.label


@st.cache_data(max_entries=200, ttl=CACHE_SECONDS, show_spinner=False)
def explanation(
    at: Version, latitude: float, longitude: float, peril: str, scenario: str, horizon: str
) -> Explanation:
    """Everything behind one stored number."""
    return explain.explain(app().explanation_ports, latitude, longitude, peril, scenario, horizon)


@st.cache_resource(show_spinner=False)
def job_status() -> JobStatusCache:
    """How far jobs are, for all sessions of this process."""
    return JobStatusCache(app().jobs.state, lambda: Notices(app().reader))
