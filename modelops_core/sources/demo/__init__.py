"""
Generates the demonstration data: observed where packages hold observations, else synthetic.

``Provenance.kind`` of every data set says which, ``method`` how it was made. The same seed
gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelops_core.domain.dataset import Dataset
from modelops_core.sources import place_tables
from modelops_core.sources.demo import gauges, packages, sea_level, typhoons
from modelops_core.sources.demo.climate import climate, tables
from modelops_core.sources.demo.places import admin, coastline, grid
from modelops_core.sources.demo.places import buildings as invented
from modelops_core.sources.demo.places.boundaries import south_korea

DEFAULT_SEED = 20240601
DEFAULT_BUILDINGS = 200_000


def datasets(seed: int = DEFAULT_SEED, buildings: int = DEFAULT_BUILDINGS) -> Iterator[Dataset]:
    """Yield every input table in an order that foreign keys allow, one in memory at a time."""
    packages.require()
    series = climate.series(grid.grid(), seed)
    yield from places()
    yield from climate_of(series)
    yield sea_level.data_dataset(sea_level.nodes())
    yield invented.dataset(south_korea(), buildings, seed)
    yield from rivers(series)
    yield from storms()


def places() -> Iterator[Dataset]:
    """Yield districts, coast and the two grids, which do not depend on the seed."""
    yield admin.dataset(south_korea())
    yield place_tables.shipped()
    yield coastline.dataset()
    yield grid.dataset(grid.grid())
    yield sea_level.grid_dataset(sea_level.nodes())


def climate_of(series: climate.Series) -> Iterator[Dataset]:
    """Yield the monthly, then the yearly climate tables."""
    for name in climate.MONTHLY:
        yield tables.monthly(series, name)
    for name in climate.YEARLY:
        yield tables.yearly(series, name)


def rivers(series: climate.Series) -> Iterator[Dataset]:
    """Yield the tables of river gauges and of their daily flow."""
    table = gauges.gauges()
    yield gauges.stations_dataset(table)
    yield gauges.cache_dataset(table, gauges.daily_flow(series, table))


def storms() -> Iterator[Dataset]:
    """Yield the tables of typhoons and of their tracks."""
    found = typhoons.tracks(south_korea())
    yield typhoons.list_dataset(found)
    yield typhoons.tracks_dataset(found)
