"""The content of a portfolio's report: sums that add up, and checks that can fail."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import gammaincinv

from modelops_core.errors import InvalidInput
from modelops_core.services.report.portfolio import controls, figures, insurance, restated
from modelops_core.services.report.portfolio.gather import Choice, former, gathered
from modelops_core.services.report.portfolio.lending import BUCKETS, SPLIT
from modelops_core.services.report.portfolio.report import content, label
from modelops_core.services.report.portfolio.texts import Say, catalogue
from tests.unit.report.portfolio_report import (
    CHOICE,
    PERILS,
    PERIODS,
    VALUE,
    material,
    portfolio,
    results,
    stored,
    sums_of,
)


@pytest.fixture(scope="module")
def found():
    """The report in Korean."""
    return content(material(), "ko")


def test_all_sheets_are_there_with_words_for_every_column(found):
    """T0 to T18; each column has a Korean and an English name."""
    assert [table.key for table in found.tables] == [f"T{i}" for i in range(19)]
    for language in ("ko", "en"):
        say = Say(language)
        for table in found.tables:
            assert all(label(column, say, PERILS) for column in table.columns)
            assert say(f"title.{table.key}")
            assert all(len(row) == len(table.columns) for row in table.rows)


def test_every_text_has_both_languages():
    """Neither is empty, and both have the same places for values."""

    def texts(group):
        for entry in group.values():
            if isinstance(entry.get("ko"), str):
                yield entry
            else:
                yield from texts(entry)

    for entry in texts(catalogue()):
        assert set(entry) == {"ko", "en"}
        assert all(entry.values())
        assert entry["ko"].count("{") == entry["en"].count("{")


def test_all_control_totals_pass(found):
    """Of both bases, and the stamp says what every table is of."""
    assert len(found.table("T16").rows) > 50
    assert controls.failed(found.table("T16")) == []
    for said in ("백만원", "KMA", "2027-12-31", "가공", "2.0", "적응 없음"):
        assert said in found.stamp


@pytest.mark.parametrize("key", ["T3", "T4", "T5", "T6", "T7", "T8", "T9", "T12"])
def test_a_wrong_figure_in_a_table_fails(found, key):
    """One won more in one cell of money, or a lower bound above the upper one."""
    table = found.table(key)
    code = {"T3": "amount", "T4": "expected_loss", "T5": "j_both", "T6": "gross_carrying",
            "T7": "value_total", "T8": "gross", "T9": "floor_area_m2", "T12": "asset_value"}[key]  # fmt: skip
    rows, at = [list(row) for row in table.rows], table.position(code)
    first = next(i for i, row in enumerate(rows) if row[at])
    rows[first][at] *= 1e6
    wrong = [dataclasses.replace(t, rows=rows) if t.key == key else t for t in found.tables]
    checked = controls.controls(material(), [t for t in wrong if t.key != "T16"], Say("ko"))
    assert controls.failed(checked)


def test_uncertainty_shares_what_is_known_and_says_what_is_not(found):
    """Squares of the known ranges share 100 %; measures and the other factors say that they lack."""
    table = found.table("T14")
    codes = [column.code for column in table.columns]
    rows = [dict(zip(codes, row, strict=True)) for row in table.rows]
    known = [row for row in rows if row["variance_share"] is not None]
    squares = [(row["el_high"] - row["el_low"]) ** 2 for row in known]
    assert [row["factor"] for row in known] == ["표본오차", "시나리오", "위험의 겹침"]
    shares = [100 * square / sum(squares) for square in squares]
    assert [row["variance_share"] for row in known] == pytest.approx(shares)
    assert all(row["el_low"] <= row["el_central"] <= row["el_high"] for row in known)
    assert all(row["low"] == "이 버전은 계산하지 않음" for row in rows if row not in known)
    assert next(row for row in rows if row["factor"] == "기후모형")["central"] == "Grid"
    measures = found.table("T11")
    assert (measures.rows, measures.empty) == ([], "이 버전은 계산하지 않음")


def test_a_wrong_stored_sum_fails():
    """The check adds the sites' losses itself."""
    found, _ = sums_of(results())
    row = next(row for row in found["all"] if row["quantity"] == "typhoon")
    row["loss"] = row["loss"] * 1.000001
    table = content(material(sums=found), "en").table("T16")
    assert controls.failed(table) == [
        "Sites' losses add up to the stored sum: Typhoon",
    ]


def test_kinds_are_disjoint_in_template_5(found):
    """h + i + j = c + d + e + f + maturity unknown, in every row and geography."""
    table = found.table("T5")
    codes = [column.code for column in table.columns]
    for row in table.rows:
        values = dict(zip(codes, row, strict=True))
        by_year = sum(values[name] for name, _, _ in BUCKETS) + values["maturity_unknown"]
        assert sum(values[name] for name in SPLIT) == pytest.approx(by_year)
    assert table.total("maturity_unknown", row="9a", a_geography="KR") == 2e9
    assert table.total("not_assessed", row="7", a_geography="KR") == 3e8  # no collateral


def test_what_is_not_assessed_is_shown_and_not_counted_as_safe(found):
    """The site without a place is undetermined in every row; the one without value in none."""
    table = found.table("T1")
    assert set(table.values("amount_total", basis="asset_value")) == {np.nansum(VALUE)}
    assert min(table.values("amount_not_assessed", basis="asset_value")) >= 5e8
    low, high = (table.total(f"amount_{end}", lens="loss_rate") for end in ("low", "high"))
    assert low < table.total("amount_vulnerable", lens="loss_rate") < high


def test_a_sum_says_of_how_many_perils_it_is(found):
    """Without drought at one site, and without the river at all: value, count, names, in each table."""
    where = {"scenario": "ssp5", "horizon": "2050s"}
    table = found.table("T2")
    for peril, lacks in (("grand", 4e9), ("operating", 4e9), ("physical", 0.0)):
        assert table.values("partly_assessed_value", peril=peril, **where) == [lacks]
    assert table.values("perils_assessed", peril="grand", **where) == ["9/9"]

    made = results()
    river = made["river_flood"]
    made["river_flood"] = dataclasses.replace(
        river,
        status=np.full_like(river.status, 2),
        **dict.fromkeys(
            ("expected_loss", "final_aal", "aal_p05", "aal_p95"), river.hazard * np.nan
        ),
        return_losses=None,
    )
    again = content(material(found=made), "ko")
    assert again.table("T2").values("perils_assessed", peril="physical", **where) == ["4/5"]
    lacks = again.table("T2").values("partly_assessed_value", peril="grand", **where)
    assert lacks == [np.nansum(VALUE) - 5e8]  # the site without a place has no number at all
    assert again.table("T3").values("pct_partly_assessed", sigungu_code="11010") == [100.0]
    for key in ("T2", "T3", "T4", "T10", "T13"):
        assert any("하천" in note for note in again.table(key).notes)
    assert controls.failed(again.table("T16")) == []
    [total] = [
        row
        for row in sums_of(made)[1]["totals"]
        if (row["quantity"], row["ssp_scenario"], row["horizon"]) == ("grand", "ssp5", "2050s")
    ]
    assert total["partly_assessed"] == pytest.approx(10e9 / 10.5e9)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("ko", {"한강", "낙동강", "금강", "해당 없음"}),
        ("en", {"Han", "Nakdong", "Geum", "in none"}),
    ],
)
def test_basins_have_names_and_so_has_being_in_none(language, names):
    """In the reader's language, as every other place of the sheet."""
    rows = content(material(), language).table("T13").rows
    assert {row[2] for row in rows if row[0] == "basin"} == names


def test_concentration_names_the_storms_of_the_years():
    """Year, name, sites, loss and share; without storms a line says that they are not assessed."""
    year = {"year": 2003, "storm": "MAEMI", "sites": 4, "loss_in_year": 9e9, "loss": 2e8}
    told = {"risk_type": "typhoon", "expected": 4e8, "mean": 4e8, "hhi": 0.5,
            "joint_rare_years": {"100": 7e9}, "years": [{**year, "share": 0.5, "up_to": 0.5}]}  # fmt: skip
    table = content(material(storms=told), "ko").table("T13")
    row = dict(zip([c.code for c in table.columns], table.rows[-1], strict=True))
    assert (row["key"], row["name"], row["n_sites"]) == ("2003", "MAEMI", 4)
    assert (row["loss"], row["loss_in_year"], row["share_loss"]) == (2e8, 9e9, 50.0)
    assert any("100 %" in note or "100.0 %" in note for note in table.notes)
    assert table.values("n_sites", dimension="sido", key="11") == [2]
    without = content(material(), "ko").table("T13").rows[-1]
    assert without[:2] == ["storm", ""]
    assert set(without[3:]) == {None}


def test_pml_has_two_bounds_and_no_figure_for_a_period_that_is_not_stored(found):
    """Independent sites stay below all at once; 250 years is not assessed."""
    table = found.table("T8")
    assert set(table.values("basis")) == {"independent_lower", "comonotone_upper"}
    kept = 250 in PERIODS
    assert (set(table.values("gross", rp=250)) == {None}) is not kept
    lower, upper = (
        table.values("gross", peril="typhoon", region="KR", rp=200, basis=basis)[0]
        for basis in ("independent_lower", "comonotone_upper")
    )
    assert 0 < lower < upper
    net = table.values("net", peril="typhoon", region="KR", rp=200, basis="comonotone_upper")[0]
    assert 0 <= net < upper


def test_the_lower_bound_is_that_of_independent_sites():
    """400 equal sites: near the gamma distribution of the sum's mean and variance, frequent part included."""
    periods, tails = [10, 50, 100, 200, 250], np.array([2.0, 6.0, 9.0, 15.0, 17.0])
    chance = np.concatenate([1 / np.array(periods), [0.0]])
    ends = np.append(tails, tails[-1])
    p = (np.arange(100_000) + 0.5) / 1e6  # the rarest tenth of the years, evenly
    rare = np.interp(p, chance[::-1], ends[::-1])
    frequent = 0.4  # every year, so that it adds no spread
    mean, square = rare.sum() / 1e6 + frequent, (rare**2).sum() / 1e6
    spread = square - (rare.sum() / 1e6) ** 2
    n = 400
    scale = spread / mean
    expected = gammaincinv(n * mean / scale, 0.99) * scale

    losses, where = np.tile(tails[:, None], n), np.full(n, "11")
    ids = np.array([f"s{i}" for i in range(n)], dtype=object)
    drawn = insurance._drawn(losses, periods, where, ids, np.full(n, mean))["KR"]
    found, middle = np.quantile(drawn, 0.99), drawn.mean()

    assert found == pytest.approx(expected, rel=0.05)
    assert middle == pytest.approx(n * mean, rel=1e-9)
    assert n * mean < found < n * 9.0


def test_storms_are_joint():
    """Of typhoon alone a third line, of all sites, which no check takes for a bound."""
    told = {"risk_type": "typhoon", "expected": 4e8, "mean": 4e8, "hhi": 0.5,
            "joint_rare_years": {"100": 7e9}, "years": []}  # fmt: skip
    made = content(material(storms=told), "ko")
    table = made.table("T8")
    assert table.values("gross", basis="joint") == [7e9]
    assert table.values("region", basis="joint", peril="typhoon", rp=100) == ["KR"]
    assert any("joint" in note for note in table.notes)
    assert controls.failed(made.table("T16")) == []


def test_a_restatement_names_its_causes_and_they_add_up():
    """One site's input changed; the cells' rates are a tenth higher than before."""
    before = portfolio()
    area = before.given["total_area"].copy()
    area[0] += 1
    before = dataclasses.replace(before, given={**before.given, "total_area": area})
    old = former(stored(results(1 / 1.1), before, run_id=5), PERILS, material().focus)
    table = restated.changes(material(former=old), Say("en"))
    parts = {c: table.total("change", item="typhoon", cause=c) for c in restated.CAUSES}
    difference = table.values("difference", item="typhoon")[0]
    assert sum(parts.values()) == pytest.approx(difference)
    assert parts["climate"] > parts["portfolio"] > 0
    assert parts["data"] == pytest.approx(0.0, abs=1e-3)
    assert parts["method"] == 0.0
    assert "Sites: new 0, gone 0, with another place or other inputs 1 (" in table.notes[1]


def test_another_method_takes_the_climates_place():
    """What the climate changed cannot be told apart then, and a note says so."""
    old = former(stored(results(0.5), run_id=5, method_version="1.0"), PERILS, material().focus)
    table = restated.changes(material(former=old), Say("en"))
    assert table.total("change", cause="climate") == 0
    assert table.total("change", cause="method") > 0
    assert any("separated" in note for note in table.notes)


def test_unknown_choices_are_refused():
    """A lens, a scenario, a unit that nobody knows."""
    found = results()
    for wrong in ({"lens": "d"}, {"scenario": "ssp9"}, {"unit": "usd"}):
        with pytest.raises(InvalidInput):
            gathered(stored(found), PERILS, dataclasses.replace(CHOICE, **wrong))
    assert Choice().scenario == "ssp2"


def test_the_curve_falls_and_agrees_with_the_table(found):
    """Share of the value at each threshold: at the lens' own it is T1's; its axis ends at 100 %."""
    own = material()
    for lens, one in own.lens_set.lenses.items():
        points = figures.curve_of(own, lens, "2050s", "any")["ssp5"]
        shares = [share for _, share in points]
        assert shares == sorted(shares, reverse=True)
        at = dict(points).get(one.threshold)
        if at is not None:
            where = {"basis": "asset_value", "lens": lens, "kind": "any"}
            when = {"scenario": "ssp5", "horizon": "2050s"}
            assert found.table("T1").values("pct", **where, **when) == [pytest.approx(at)]
    assert ">100<" in "".join(figures.threshold_curve(own, Say("ko")))


def test_a_site_of_unknown_perils_may_reach_any_threshold(found):
    """The band ends at T1's vulnerable and undetermined; T12 adds up to T1 by its verdicts."""
    own = material()
    focus, t1, t12 = own.focus, found.table("T1"), found.table("T12")
    where = {"basis": "asset_value", "lens": focus.lens, "kind": "any"}
    when = {"scenario": focus.scenario, "horizon": focus.horizon}
    band = {x: (low, high) for x, low, high in figures.undetermined_band(own, "any")}
    low, high = band[min(band, key=lambda x: abs(x - focus.threshold))]
    (mine,), (lost,) = (t1.values(n, **where, **when) for n in ("pct", "pct_not_assessed"))
    assert (low, high) == (pytest.approx(mine), pytest.approx(mine + lost))
    assert lost > 0
    for verdict, column in (("yes", "amount_vulnerable"), ("undetermined", "amount_not_assessed")):
        values = [v for v in t12.values("asset_value", vulnerable=verdict) if v is not None]
        assert sum(values) == pytest.approx(t1.values(column, **where, **when)[0])
    assert t12.values("vulnerable")[-1] == "undetermined"  # no place


def test_nothing_assessed_is_no_loss_of_zero():
    """No line at 0 in the figure of losses; the curve of thresholds is open up to 100 %."""
    unknown = {key: _not_assessed(one) for key, one in results().items()}
    own, say = material(found=unknown), Say("en")
    drawn = "".join(figures.over_horizons(own, say, content(own, "en").unit))
    assert say("not_assessed") in drawn
    assert all('points=""' in line for line in drawn.split("<polyline")[1:])
    assert min(high for *_, high in figures.undetermined_band(own, "any")) == pytest.approx(100)
    assert set(content(own, "en").table("T12").values("vulnerable")) == {"undetermined"}


def _not_assessed(one):
    unknown = np.full(one.status.shape, np.nan)
    names = ("hazard", "base_aal", "final_aal", "aal_p05", "aal_p95", "expected_loss", "deviation")
    rare = None if one.return_losses is None else np.full(one.return_losses.shape, np.nan)
    return dataclasses.replace(
        one,
        status=np.full(one.status.shape, 2, dtype=np.int8),
        return_losses=rare,
        **dict.fromkeys(names, unknown),
    )
