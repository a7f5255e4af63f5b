"""
Whole files: from a spreadsheet's rows to the sheets of its report.

Results stand in for a calculation: rates follow from a site's id alone, so that two files with the
same sites have the same ones. Rows in another order, two halves added, and another unit of money
must give the same sheets.
"""

from __future__ import annotations

import csv
import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from modelops_core.domain.portfolio import Portfolio
from modelops_core.domain.result import KEPT, Status
from modelops_core.services.portfolio.at_sites import detailed
from modelops_core.services.portfolio.run import COMBINATIONS
from modelops_core.services.report.portfolio import controls, restated
from modelops_core.services.report.portfolio.content import Content, ReportTable
from modelops_core.services.report.portfolio.gather import former
from modelops_core.services.report.portfolio.report import content
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.stages.site import AtSites
from tests.unit.portfolio.files import checked
from tests.unit.report.portfolio_report import CHOICE, PERILS, material, stored

C = len(COMBINATIONS)
#: unit of a header → KRW
UNITS = {"원": 1, "천원": 10**3, "백만원": 10**6, "억원": 10**8}
#: what identifies a row of a sheet; sheets whose numbers add up
KEYS = {
    "T1": ("basis", "lens", "scenario", "horizon", "kind"),
    "T2": ("peril", "scenario", "horizon"),
    "T3": ("sigungu_code",),
    "T4": ("ksic_section", "use"),
    "T5": ("a_geography", "row"),
    "T6": ("region",),
    "T7": ("region",),
    "T9": ("subsector",),
    "T10": ("scenario", "horizon"),
    "T18": ("sigungu_code", "peril"),
}
AREAS = ("floor_area_m2", "area_in_100yr", "area_not_assessed")
#: of T18, which skips districts that an event does not hit
OF_HIT = ("baseline_loss", "exposure")
DISTRICTS = ("11010", "21010", "35010", "")
USES = ("office", "retail", "factory", "residential", "other")
Row = tuple[str, int, int]


def random(site: str, what: str) -> np.random.Generator:
    """Numbers that follow from a site's id."""
    return np.random.default_rng(crc32(f"{site} {what}".encode()))


def read(rows: Sequence[Row], unit: str = "원") -> Portfolio:
    """The portfolio of a CSV with these sites: id, value and loan in units of 100 million KRW."""
    with tempfile.TemporaryDirectory() as folder:
        sites, loans = Path(folder, "sites.csv"), Path(folder, "loans.csv")
        with sites.open("w", encoding="utf-8-sig", newline="") as one:
            lines = csv.writer(one)
            lines.writerow(
                ["사업장번호", "위도", "경도", "연면적(㎡)", f"자산가액({unit})", "업종"]
            )
            for site, value, _ in rows:
                x, y = random(site, "place").uniform(0, 0.5, 2)
                amount = "" if not value else value * 10**8 // UNITS[unit]
                area = 100 + 50 * value
                lines.writerow([site, 36 + y, 127.2 + x, area, amount, "CGL"[value % 3] + "10"])
        with loans.open("w", encoding="utf-8-sig", newline="") as one:
            lines = csv.writer(one)
            lines.writerow(["여신번호", "사업장번호", f"총장부금액({unit})", "상품", "IFRS9단계"])
            for site, _, loan in rows:
                product = ("주담대", "기업담보")[loan % 2]
                amount = loan * 10**8 // UNITS[unit]
                lines.writerow([f"L{site}", site, amount, product, 1 + loan % 3])
        found = checked(sites, loans)
    assert found.portfolio is not None, found.problems
    return found.portfolio


def places(own: Portfolio) -> dict[str, Any]:
    """Where the sites lie, by their ids; a site in ten is nowhere."""
    pick = [random(str(one), "where").integers(0, 1000) for one in own.site_id]
    n, at = len(own), np.array(pick, dtype=np.int64)
    district = np.array(DISTRICTS, dtype=object)[at % 4]
    return {
        "latitude": own.latitude,
        "longitude": own.longitude,
        "grid_id": np.where(at % 10 == 9, -1, at % 7),
        "basin_code": np.array(["10", "20", ""], dtype=object)[at % 3],
        "district_code": district,
        "building_id": np.full(n, -1),
        "building_distance_m": np.full(n, np.nan),
        "asset_value": own.given["asset_value"],
        "use_group": np.array(USES, dtype=object)[at % 5],
        "structure_class": np.full(n, "rc", dtype=object),
        "age": np.full(n, 20.0),
        "coast_distance_m": np.full(n, np.nan),
        "problem": np.where(at % 10 == 9, "no_cell", "").astype(object),
    }


def results(own: Portfolio, scale: float = 1.0) -> dict[str, AtSites]:
    """Rates of every peril by the sites' ids, times *scale*; some have no number or are excluded."""
    value = own.given["asset_value"]
    insured, n = np.nan_to_num(value, nan=1e8), len(own)
    grow = np.linspace(1, 2, C)[:, None]
    made = {}
    for key, peril in PERILS.items():
        drawn = np.array([random(str(one), key).uniform(size=3) for one in own.site_id]).T
        status = np.where(drawn[1] < 0.15, 2, np.where(drawn[1] > 0.9, 3, 0)).astype(np.int8)
        status = np.tile(status, (C, 1))
        rate = 0.4 * drawn[0] ** 8 * grow * scale  # some reach a lens' threshold, some do not
        rate = np.where(status == Status.not_assessed, np.nan, np.where(status == 3, 0.0, rate))
        loss = rate / 100 * insured
        deeper = np.array([1.0, 4.0, 9.0, 15.0, 17.0])[: len(KEPT), None, None]
        rare = np.where(drawn[2] < 0.4, 0.0, 1.0) * loss * deeper * 5
        made[key] = AtSites(
            exposure=np.full(n, 0.5),
            vulnerability=np.full(n, 0.5),
            exposed_value=insured,
            status=status,
            hazard=np.clip(rate * 2, 0, 1),
            base_aal=rate,
            final_aal=rate,
            aal_p05=rate * 0.5,
            aal_p95=rate * 2,
            expected_loss=loss,
            deviation=loss * 3,
            return_losses=rare if detailed(peril) else None,
            flags={},
        )
    return made


def report(own: Portfolio) -> Content:
    """The report of a file."""
    return content(material(found=results(own), own=own, where=places(own)), "en")


def added(tables: Sequence[ReportTable]) -> dict[tuple[Any, ...], float]:
    """Key and column → sum of the amounts, areas and counts of *tables* of one kind."""
    total = dict[tuple[Any, ...], float]()
    for table in tables:
        columns = [
            c.code
            for c in table.columns
            if (c.kind in ("money", "whole") or c.code in AREAS) and c.code not in OF_HIT
        ]
        at = [table.position(name) for name in KEYS[table.key]]
        for row in table.rows:
            for name in columns:
                value = row[table.position(name)]
                if isinstance(value, int | float):
                    key = (*(row[i] for i in at), name)
                    total[key] = total.get(key, 0.0) + value
    return {key: value for key, value in total.items() if value}


def assert_same(one: Sequence[Content], other: Sequence[Content]) -> None:
    """The sheets of *one* added have the same sums as those of *other* added."""
    for key in KEYS:
        first, second = (added([report.table(key) for report in many]) for many in (one, other))
        assert second == pytest.approx(first, rel=1e-9), key


#: a failing file is small enough to be read as it was drawn
QUICK = settings(deadline=None, max_examples=5, phases=(Phase.explicit, Phase.generate))
FILES = st.lists(
    st.tuples(
        st.from_regex(r"[A-Z][0-9]{1,3}", fullmatch=True), st.integers(0, 60), st.integers(1, 30)
    ),
    min_size=2,
    max_size=12,
    unique_by=lambda row: row[0],
)


@settings(QUICK, max_examples=3)
@given(FILES, st.data())
def test_neither_order_nor_splitting_nor_the_unit_of_money_changes_a_total(rows, data):
    """A file sorted otherwise, its halves added, or in 천원, 백만원 or 억원: the same sheets."""
    whole = report(read(rows))
    assert controls.failed(whole.table("T16")) == []
    moved = report(read(data.draw(st.permutations(rows))))
    assert_same([whole], [moved])
    for key in ("T8", "T13", "T14"):  # bounds, shares and ranges are no sums: row by row
        for old, new in zip(whole.table(key).rows, moved.table(key).rows, strict=True):
            for a, b in zip(old, new, strict=True):
                assert b == (pytest.approx(a, rel=1e-6) if isinstance(a, float) else a)
    cut = data.draw(st.integers(1, len(rows) - 1))
    assert_same([whole], [report(read(rows[:cut])), report(read(rows[cut:]))])
    assert_same([whole], [report(read(rows, data.draw(st.sampled_from(list(UNITS)))))])


@QUICK
@given(FILES)
def test_values_that_are_not_assessed_are_shown_and_not_summed(rows):
    """Beside each loss the value without one; together with the others it is the whole."""
    own = read(rows)
    found, made = report(own), results(own)
    value = own.given["asset_value"]
    at = COMBINATIONS.index((CHOICE.scenario, CHOICE.horizon))
    where = {"scenario": CHOICE.scenario, "horizon": CHOICE.horizon}
    table = found.table("T2")
    for key, one in made.items():
        lacks = one.status[at] == Status.not_assessed
        assert table.total("not_assessed_value", peril=key, **where) == np.nansum(value[lacks])
        loss = np.nansum(np.where(lacks | np.isnan(value), 0.0, one.expected_loss[at]))
        assert table.total("expected_loss_krw", peril=key, **where) == pytest.approx(loss)
    for row in table.rows:
        parts = [row[table.position(f"{name}_value")] for name in
                 ("assessed", "low_confidence", "not_assessed", "not_applicable")]  # fmt: skip
        assert sum(parts) == pytest.approx(np.nansum(value))


@QUICK
@given(FILES, st.data())
def test_a_restatement_explains_itself(rows, data):
    """Sites gone and come, values changed, another climate or method: causes add up exactly."""
    kept = data.draw(st.integers(0, len(rows)))
    before = [*rows[:kept], ("ZZ1", 7, 3)]
    before[0] = (before[0][0], before[0][1] + data.draw(st.integers(0, 3)), before[0][2])
    facts = data.draw(st.sampled_from([{}, {"method_version": "1.0"}, {"parameter_hash": "old"}]))
    own, old = read(rows), read(before)
    scale, nearer = (data.draw(st.sampled_from(one)) for one in ([0.5, 1.0, 1.1], [1.0, 1.3]))
    found = {
        key: dataclasses.replace(one, expected_loss=one.expected_loss * nearer)
        for key, one in results(old, scale).items()
    }  # the place's own factor was another one: what is known of places and buildings changed
    run = stored(found, old, places(old), run_id=5, **facts)
    now = material(found=results(own), own=own, where=places(own))
    table = restated.changes(
        material(found=results(own), own=own, where=places(own),
                 former=former(run, PERILS, now.focus)), Say("en"))  # fmt: skip
    assert set(table.values("cause")) <= {*restated.CAUSES, "not_assessed"}
    for item in dict.fromkeys(table.values("item")):
        [*differences] = dict.fromkeys(table.values("difference", item=item))
        if differences != [None]:
            parts = [table.total("change", item=item, cause=c) for c in restated.CAUSES]
            prior, current = (table.values(end, item=item)[0] for end in ("prior", "current"))
            assert differences[0] == pytest.approx(current - prior)
            assert sum(parts) == pytest.approx(differences[0], rel=1e-9, abs=1e-3)
    if nearer == 1:
        assert table.total("change", cause="data") == pytest.approx(0, abs=1.0)
    other = "climate" if facts else "method"  # of the two only one is known
    assert table.total("change", cause=other) == 0


def test_a_file_without_a_known_value_has_a_report():
    """Nothing can be summed: no loss in money, and every site is named as of unknown value."""
    found = report(read([("A1", 0, 5), ("B2", 0, 8)]))
    assert set(found.table("T2").values("expected_loss_krw")) == {None}
    assert any("2 sites of unknown value" in note for note in found.table("T1").notes)
    assert controls.failed(found.table("T16")) == []


def test_a_wrong_sum_fails_the_controls_of_its_file():
    """One of the stored sums is a millionth too high: its check fails and no other."""
    own = read([("A1", 20, 5), ("B2", 30, 8), ("C3", 0, 3)])
    right = material(found=results(own), own=own, where=places(own))
    row = next(row for row in right.sums["all"] if row["quantity"] == "grand")
    row["loss"] = row["loss"] * 1.000001
    failed = controls.failed(content(right, "en").table("T16"))
    assert failed
    assert all("Together" in name or "add up to" in name for name in failed)
