"""Answers as text on a terminal: every number in its place and unit."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from modelops_core.cli import check, texts
from modelops_core.domain.horizons import HORIZONS, SCENARIOS


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, " KRW", "–"),
        (0.0, "", "0"),
        (0.012345, "", "0.0123"),
        (999.4, "", "999"),
        (999.6, "", "1,000"),
        (1000.0, "", "1,000"),
        (-1234.0, "", "-1,230"),
        (14_205_113_636, " KRW", "14,200,000,000 KRW"),
    ],
)
def test_three_significant_figures(value, unit, text):
    """Thousands have commas, unknown is a dash without a unit."""
    assert texts.number(value, unit) == text


@pytest.mark.parametrize(
    ("status", "aal", "text"),
    [
        ("ok", 0.5, "0.5"),
        ("low_confidence", 0.5, "0.5?"),
        ("not_applicable", 0.0, "n/a"),
        ("not_assessed", None, "not_assessed"),
    ],
)
def test_a_cell_of_the_table_says_its_status(status, aal, text):
    """A question mark for low confidence, a word where there is no number."""
    assert texts._aal({"status": status, "final_aal": aal}) == text
    assert texts._aal(None) == ""


def test_an_assessment_is_a_table_a_scenario():
    """Perils by row, horizons by column; what was not asked for is not printed."""
    rows = [
        {
            "risk_type": "typhoon",
            "ssp_scenario": scenario,
            "horizon": horizon,
            "final_aal": n + 10 * m,
            "status": "ok",
        }
        for m, scenario in enumerate(("ssp1", "ssp5"), start=1)
        for n, horizon in enumerate(HORIZONS)
    ]
    found = {
        "district": {"name": "서울특별시 중구"},
        "latitude": 37.5,
        "longitude": 127.0,
        "batch_id": "b1",
        "building": {"asset_value": 1e9, "structure": "RC", "purpose": None},
        "results": rows,
        "warnings": [{"code": "building_synthetic", "perils": ["typhoon", "drought"]}],
    }
    lines = texts.assessment(found).splitlines()
    assert lines[0] == "서울특별시 중구  37.50000, 127.00000  job b1"
    assert lines[1] == "building: RC, use unknown, value 1,000,000,000 KRW"
    assert [line.split() for line in lines if line.startswith("  typhoon")] == [
        ["typhoon", "10", "11", "12", "13", "14"],
        ["typhoon", "20", "21", "22", "23", "24"],
    ]
    assert [line.split()[0] for line in lines if "final AAL" in line] == [
        SCENARIOS["ssp1"].split()[0],
        SCENARIOS["ssp5"].split()[0],
    ]
    assert lines[-1].startswith("! ")
    assert lines[-1].endswith(" (typhoon, drought)")


@pytest.mark.parametrize(
    ("state", "said"),
    [("gauged", ["river: gauge 1001 (한강대교), 30 years, 12.3 km away"]), ("far", [])],
)
def test_a_gauge_lies_kilometres_away(state, said):
    """Metres are divided by a thousand; only a gauge that counts is named."""
    gauge = SimpleNamespace(
        state=texts.GAUGED if state == "gauged" else "far",
        station_code="1001",
        station_name="한강대교",
        years=30,
        distance_m=12_345.0,
    )
    assert texts._river(gauge) == said
    assert texts._river(None) == []


def test_a_calculation_names_its_bins():
    """Edges, probability with its interval from low to high, damage; then the site."""
    found = {
        "risk_type": "drought",
        "years": (1991, 2020),
        "n": 30,
        "status": "ok",
        "hazard_score": 0.4,
        "hazard_level": "Medium",
        "base_aal": 0.2,
        "aal_p05": 0.1,
        "aal_p95": 0.3,
        "bins": [
            {"lower": 1.0, "upper": 2.0, "p": 0.5, "p_low": 0.4, "p_high": 0.6, "dr": 0.03},
        ],
        "site_factor": 1.5,
        "final_aal": 0.7,
        "flags": ["building_synthetic", "not one of ours"],
    }
    head, score, one, site, *flags = texts.calculation(found).splitlines()
    assert head == "drought  1991–2020  n = 30  ok"
    assert score == "H 0.4 Medium   base AAL 0.2 %/yr  (0.1 – 0.3)"
    assert one == "  [1, 2)  P 0.5 (0.4 – 0.6)  DR 0.03"
    assert site == "site: factor 1.5, final AAL 0.7 %/yr"
    assert (len(flags), flags[1]) == (2, "! not one of ours")


def test_losses_of_own_curves_are_a_line_a_site():
    """Base and final AAL and the loss, each in its unit."""
    found = {
        "risk_type": "typhoon",
        "return_periods": [10, 100],
        "damage_curve": "peril",
        "vulnerability_score": 0.5,
        "sites": [{"site": "A", "base_aal": 0.1, "final_aal": 0.2, "expected_loss": 3e6}],
    }
    head, vulnerability, line = texts.curve_losses(found).splitlines()
    assert head == "typhoon  return periods 10, 100 years, the peril's damage curve"
    assert vulnerability == "V 0.5"
    assert line.split() == [
        "A",
        "base",
        "AAL",
        "0.1",
        "%/yr,",
        "final",
        "0.2",
        "%/yr,",
        "loss",
        "3,000,000",
        "KRW/yr",
    ]
    own = texts.curve_losses({**found, "damage_curve": "own", "vulnerability_score": None})
    assert own.splitlines()[0].endswith("your damage curve")
    assert "V 0.5" not in own


def test_the_check_prints_sites_and_map():
    """The value of the buildings themselves, then of their cells; spread and share of the baseline."""
    row = {
        "ssp_scenario": "ssp2",
        "horizon": "baseline",
        "sites_aal": 0.1,
        "cells_aal": 0.2,
        "assessed_share": 0.987,
        "cells": 1234,
        "minimum": 0.01,
        "median": 0.02,
        "maximum": 0.03,
    }
    found = {
        "buildings": {"looked_at": 1000, "in_the_register": 200_000},
        "perils": {"typhoon": {"rows": [row, {**row, "horizon": "2050s", "sites_aal": 0.4}]}},
        "totals": {
            "rows": [
                {"ssp_scenario": s, "horizon": "2050s", "operating": 1.0, "physical": 2.0}
                for s in ("ssp2", "ssp5")
            ]
        },
        "findings": [
            {"ok": True, "name": "order:heat", "says": "fine"},
            {"ok": False, "name": "order:cold", "says": "none"},
            {"ok": True, "name": "order:drought", "says": "fine"},
        ],
    }
    lines = list(check.text(found))
    assert lines[0].startswith("1,000 of 200,000 buildings.")
    at = list(SCENARIOS).index("ssp2")
    baseline = next(line for line in lines if line.startswith("  baseline  "))
    cells = [baseline[16 + 24 * n : 40 + 24 * n].strip() for n in range(len(SCENARIOS))]
    assert cells[at] == "0.1 | 0.2"
    assert cells[:at] + cells[at + 1 :] == ["–"] * (len(SCENARIOS) - 1)
    assert (
        "  baseline, 1,234 cells: 0.01 / 0.02 / 0.03 (min / median / max);"
        " 99 % of the value assessed" in lines
    )
    assert [line.split() for line in lines if "operating" in line] == [
        ["2050s", "operating", "1", "physical", "2"]
    ]
    assert [line.split()[:3] for line in lines[-2:]] == [
        ["FAIL", "order:cold", "none"],
        ["ok", "order", "2"],
    ]
    assert [line.split()[1] for line in list(check.text(found, every=True))[-3:]] == [
        "order:heat",
        "order:cold",
        "order:drought",
    ]
