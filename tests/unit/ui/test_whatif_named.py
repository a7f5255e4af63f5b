"""The table of named sensitivities below the chart of the three sets."""

from __future__ import annotations

import csv
import io
import sys

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from modelops_core.domain.parameters import ALL_SETS
from modelops_core.domain.stamp import SET
from modelops_core.services.site.whatif import Outcome, Sensitivity, SetComparison
from modelops_core.stages.site import CellValues
from modelops_core.ui.assess import whatif_named
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.files import table_files
from modelops_core.ui.kit.files.table_files import Table
from modelops_core.ui.kit.i18n import catalogue

NAN, OK = np.array([[np.nan]]), np.zeros((1, 1), np.int8)
CELL = CellValues(
    hazard=NAN, hazard_status=OK, aal=NAN, aal_p05=NAN, aal_p95=NAN, aal_status=OK, details={}
)
WORDS = {
    "ko": ["격자 자체 변동", "검벨 분포", "GEV 형상 자유 추정", "손상률 표"],
    "en": ["The cell's own spread", "Gumbel", "Free GEV shape", "Damage table"],
}


@pytest.fixture(autouse=True)
def main_stays(monkeypatch):
    """A page is this process's main module while it runs; processes that later tests start would run it again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def outcome(aal, status="ok"):
    loss = None if aal is None else aal * 1e6
    return Outcome(
        status=status,
        base_aal=aal,
        site_factor=1.0,
        vulnerability_scale=1.5,
        final_aal=aal,
        aal_p05=aal,
        aal_p95=aal,
        expected_loss=loss,
    )


def answer():
    """Half, nothing and no answer for the table; the own spread a fifth more."""
    found = {
        "gumbel_pwm": (0.1, "ok", ()),
        "gev_free": (None, "not_assessed", ("free_shape",)),
        "own_lcv": (0.24, "ok", ()),
    }
    named = {
        name: Sensitivity(outcome(aal, status), (), flags, CELL)
        for name, (aal, status, flags) in found.items()
    }
    return SetComparison(
        {name: outcome(0.2) for name in ("low", "central", "high")},
        (),
        {},
        named,
        frozenset({*named, "dr_table"}),
    )


def script(lang, given, basins):
    import streamlit as st

    from modelops_core.ui.assess import whatif_named as drawn

    st.session_state["lang"] = lang
    drawn.draw(given, "urban_flood", basins, [])


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "ko",
            (
                "평가 불가",
                "연수가 부족하여",
                "권역 단위 위험",
                "격자 자체의 기준기간 값",
                "₩24.0만",
            ),
        ),
        (
            "en",
            (
                "not assessed",
                "too few years for a free",
                "one cell is not enough",
                "is the cell's own",
                "₩240",
            ),
        ),
    ],
)
def test_the_table_is_there_in_both_languages(lang, words):
    """Four rows, answered or not: name, what it changes, rate, loss, ratio, status with its reason."""
    page = AppTest.from_function(script, args=(lang, answer(), True), default_timeout=30).run()
    assert not page.exception
    frame = page.table[0].value
    assert frame.index.tolist() == WORDS[lang]
    ratio = catalogue()["whatif.named_ratio"][lang]
    assert frame[ratio].tolist() == ["1.20", "0.500", "–", "–"]
    assert frame[formats.heading(catalogue()["columns.final_aal"][lang])].tolist() == [
        "0.240\xa0%",
        "0.100\xa0%",
        "–",
        "–",
    ]
    written = " ".join(str(cell) for row in frame.to_numpy() for cell in row)
    assert [word for word in words if word not in written] == []


def test_a_peril_that_none_touches_says_so():
    """No empty table."""
    alone = SetComparison({"central": outcome(0.2)}, (), {})
    page = AppTest.from_function(script, args=("en", alone, False), default_timeout=30).run()
    assert not page.exception
    assert len(page.table) == 0
    assert page.caption[0].value == catalogue()["whatif.named_none"]["en"]


def test_the_file_has_the_plain_numbers():
    """Codes and unrounded numbers; what is unknown is empty, never 0."""
    table = Table(columns=whatif_named.COLUMNS, rows=whatif_named.rows(answer(), basins=False))
    text = table_files.csv_bytes([], table).decode("utf-8-sig")
    read = csv.reader(io.StringIO(text))
    next(read)  # codes with units
    rows = [dict(zip(whatif_named.COLUMNS, line, strict=True)) for line in read]
    found = {row["parameter_set"]: row for row in rows}
    assert list(found) == ["own_lcv", "gumbel_pwm", "gev_free", "dr_table"]
    assert float(found["own_lcv"]["ratio_to_central"]) == pytest.approx(1.2)
    assert float(found["own_lcv"]["expected_loss"]) == pytest.approx(240_000)
    assert (found["gev_free"]["final_aal"], found["gev_free"]["flags"]) == ("", "free_shape")
    assert (
        found["dr_table"]["status"],
        found["dr_table"]["final_aal"],
        found["dr_table"]["ratio_to_central"],
    ) == ("not_assessed", "", "")


def test_every_set_has_its_words():
    """The selector's labels, and the sentence above an assessment under another set than the central one."""
    for name in ALL_SETS:
        assert set(SET[name]) == {"ko", "en"}
        assert name == "central" or f"assess.under_{name}" in catalogue()
