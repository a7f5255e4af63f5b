"""Which gauge drives the river at a site, by the rules that a peril declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from modelops_core.domain.climate import Array
from modelops_core.domain.gauges import (
    GAUGED,
    IMPLAUSIBLE,
    NONE_NEAR,
    SYNTHETIC,
    TOO_SHORT,
    FlowRecord,
    RiverGauge,
    believable,
)
from modelops_core.domain.parameters import ParameterFile, Params, SetName
from modelops_core.domain.peril import Fitted, Peril, Recorded
from modelops_core.domain.site import Site
from modelops_core.indicators.lmoments import l_moments
from modelops_core.ports import GaugeReader


def gauged(
    site: Site,
    perils: Mapping[str, Peril],
    reader: GaugeReader,
    file: ParameterFile,
    name: SetName = "central",
) -> Site:
    """*site* with what the gauges know of the river it names; as it is where it names none."""
    rule = next(declared(perils.values()), None)
    if rule is None or not site.river_name.strip():
        return site
    peril, rules = rule
    p = file.params(peril.key, name)
    records = reader.along(site.river_name, site.latitude, site.longitude, float(p[rules.distance]))
    return replace(site, river_gauge=choose(records, rules, p))


def declared(perils: Iterable[Peril]) -> Iterator[tuple[Peril, Recorded]]:
    """The perils that a gauge near a site can drive, with the rules by which one counts."""
    for peril in perils:
        if isinstance(peril.frequency, Fitted) and peril.frequency.record is not None:
            yield peril, peril.frequency.record


def choose(records: Sequence[FlowRecord], rules: Recorded, p: Params) -> RiverGauge:
    """The first of *records* (the nearest first) that counts, else why none does."""
    if not records:
        return RiverGauge(state=NONE_NEAR)
    real = [record for record in records if record.kind in p[rules.kinds]]
    long = [one for one in real if (one.known >= p[rules.days]).sum() >= p[rules.years]]
    for record in long:
        valid = record.known >= p[rules.days]
        maxima = record.maximum[valid]
        if believable(maxima, record.median[valid], p[rules.spread], p[rules.over_median]):
            return _used(record, maxima)
    return RiverGauge(state=IMPLAUSIBLE if long else TOO_SHORT if real else SYNTHETIC)


def _used(record: FlowRecord, maxima: Array) -> RiverGauge:
    l1, l2, _ = l_moments(maxima[:, None])
    return RiverGauge(
        state=GAUGED,
        station_code=record.station_code,
        station_name=record.station_name,
        distance_m=round(record.distance_m, 1),
        years=int(maxima.size),
        l1=float(l1[0]),
        l2=float(l2[0]),
    )
