"""The use case of the quality checks: reads what they need and makes all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from modelops_core.db.inputs.inventory import LINKS, SERIES, Inventory, TableSize
from modelops_core.db.inputs.plausible import NAMES
from modelops_core.db.inputs.series_summary import Summary
from modelops_core.db.inputs.sources import Sources
from modelops_core.db.inputs.table_names import INPUT_TABLES
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.ports import Row
from modelops_core.services.audit import links, quality
from modelops_core.services.audit.quality import Check, InputProfiles

#: cells that the checks look at: all of a coarse grid, every so many-th of a finer one
LOOKED_AT = 1500
#: tables read at the same time: PostgreSQL shares a large table over processors, a small one not
READERS = 2
Found = TypeVar("Found")


class Checked(NamedTuple):
    """Every check, the cells that were looked at and the cells of the grid."""

    checks: Sequence[Check]
    cells: int
    grid: int


@dataclass(frozen=True)
class InputQuality:
    """Checks the input tables against themselves, each other and their data sources."""

    inventory: Inventory
    sources: Sources
    perils: Mapping[str, Peril]
    parameters: ParameterFile

    def checks(self, plausible: Sequence[str] = NAMES) -> Checked:
        """Every check; of plausible values those of some variables."""
        every = self.inventory.grid_ids()
        ids = _looked_at(every)
        read = _each(SERIES, lambda name: self.inventory.summary(name, ids))
        whole = {f"{name}_data": own.rows for name, own in read.items() if ids is None}
        found = self.profiles(self._sizes(whole), every, read, plausible)
        last = int(self.parameters.params("frame")["baseline"][1])
        between = _each(LINKS, lambda name: self.inventory.link(name, last, ids))
        coverage = {name: list(own.coverage()) for name, own in read.items()}
        made = [
            *quality.checks(found, self.perils, self.parameters),
            *links.checks(between, coverage),
        ]
        return Checked(made, found.cells, found.grid)

    def _sizes(self, counted: Mapping[str, int]) -> Mapping[str, TableSize]:
        """Rows of the input tables; those that were *counted* while they were read stand."""
        others = tuple(name for name in INPUT_TABLES if name not in counted)
        known = {name: TableSize(rows, exact=True, size=0) for name, rows in counted.items()}
        return {**known, **self.inventory.sizes(others)}

    def profiles(
        self,
        sizes: Mapping[str, TableSize],
        every: Sequence[int],
        read: Mapping[str, Summary],
        plausible: Sequence[str] = NAMES,
    ) -> InputProfiles:
        """Read what the checks need besides the climate tables, which were *read* already."""
        frame, inventory = self.parameters.params("frame"), self.inventory
        drought, coast = (self.parameters.params(key) for key in ("drought", "sea_level_rise"))
        ids = _looked_at(every)
        first, last = frame["baseline"]
        limits = drought["quality_mean"], drought["quality_sd"]
        asked: Mapping[str, Callable[[], Row]] = {
            "spei": lambda: inventory.spei((first, last), *limits, ids),
            "warming": lambda: inventory.warming(frame["horizons"]["2090s"], ids),
            "rain_days": lambda: inventory.rain_days(ids),
            "sea_level": lambda: inventory.sea_level(coast["suspect_from"], coast["suspect_rise"]),
        }
        registered: dict[str, int] = {}
        for source in self.sources.all():
            registered[source.table_name] = registered.get(source.table_name, 0) + source.row_count
        return InputProfiles(
            cells=len(every if ids is None else ids),
            grid=len(every),
            profiles={name: inventory.profile(name, last, ids, own) for name, own in read.items()},
            rows={name: size.rows for name, size in sizes.items() if size.exact},
            registered=registered,
            **_each(tuple(asked), lambda name: asked[name]()),
            plausible=_each(plausible, lambda n: inventory.plausible(n, ids, read.get(n))),
        )


def _each(names: Sequence[str], read: Callable[[str], Found]) -> dict[str, Found]:
    """What *read* finds of each of *names*, in their order; read by two connections at once."""
    with ThreadPoolExecutor(READERS) as pool:
        return dict(zip(names, pool.map(read, names), strict=True))


def _looked_at(every: Sequence[int]) -> Sequence[int] | None:
    """Every so many-th cell of a fine grid; None for all of a coarse one."""
    step = -(-len(every) // LOOKED_AT) or 1
    return None if step == 1 else every[::step]
