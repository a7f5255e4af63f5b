"""An explanation as a value, and the JSON that it is for programs."""

from __future__ import annotations

from datetime import UTC, datetime

from modelops_core.domain.explanation import (
    Cell,
    Explanation,
    Intensity,
    StoredHazard,
    StoredProbability,
    YearValue,
)
from modelops_core.domain.flags import FLAGS, MODEL_START
from modelops_core.domain.gauges import NONE_NEAR, RiverGauge
from modelops_core.domain.parameters import Parameter
from tests.answers import data_source

KEY = {"risk_type": "wildfire", "ssp_scenario": "ssp2", "horizon": "2050s"}
MADE = {
    "status": "ok",
    "flags": [MODEL_START],
    "run_id": 7,
    "method_version": "1",
    "calculated_at": datetime(2026, 1, 1, tzinfo=UTC),
}
HAZARD = {
    **KEY,
    "hazard_score": 0.5,
    "hazard_score_100": 50.0,
    "hazard_level": "Medium",
    "statistic": {"days": 12.0},
    "unit": "days",
    **MADE,
}
DETAILS = {"years": [2041, 2060], "estimator": "count", "n": 20, "why": "Few years."}
PROBABILITY = {
    **KEY,
    "aal": 0.2,
    "aal_p05": 0.1,
    "aal_p95": 0.4,
    "bin_probabilities": {"bin1": 0.9, "bin2": 0.1},
    "bin_data": {"edges": [10.0], "p": [0.9, 0.1], "dr": [0.0, 0.2]},
    "calculation_details": DETAILS,
    **MADE,
}
NUMBER = Parameter(
    key="dr", value=0.2, unit="1", source="Paper 2020", provenance="F", grade="B", low=0.1
)


def probability(**more):
    return StoredProbability.from_row({**PROBABILITY, **more})


def explanation():
    return Explanation(
        risk_type="wildfire",
        label="Wildfire",
        ssp_scenario="ssp2",
        horizon="2050s",
        latitude=37.5,
        longitude=127.0,
        district="Jongno",
        cell=Cell(3, 37.55, 127.05),
        inputs=(data_source("ta_data"),),
        intensity=Intensity("Fire weather", "FWI", (YearValue(2041, 9.0), YearValue(2042, None))),
        hazard=StoredHazard.from_row(HAZARD),
        probability=probability(),
        outdated=False,
        replaced=("ta_data",),
        river_gauge=RiverGauge(state=NONE_NEAR),
        flags=(MODEL_START,),
        parameters=(NUMBER,),
        grade="C",
        references=("Paper 2020",),
    )


def test_the_json_holds_the_stored_rows_as_they_are():
    """Columns in their order; what is unknown is None, not left out."""
    row = explanation().to_row()

    assert list(row["hazard"].items()) == list(HAZARD.items())
    assert list(row["probability"].items()) == list(PROBABILITY.items())
    assert row["cell"] == {"grid_id": 3, "latitude": 37.55, "longitude": 127.05}
    assert row["intensity"] == {
        "what": "Fire weather",
        "unit": "FWI",
        "by_year": [{"year": 2041, "value": 9.0}, {"year": 2042, "value": None}],
    }
    assert (row["notes"], row["river_gauge"]) == ({"why": "Few years."}, {"state": NONE_NEAR})


def test_the_json_says_flags_in_both_languages_and_numbers_with_their_range():
    """A reader of the file needs no catalogue of ours."""
    row = explanation().to_row()
    flag = FLAGS[MODEL_START]

    assert row["flags"] == [{"code": MODEL_START, "en": flag.en, "ko": flag.ko}]
    [number] = row["parameters"]
    assert (number["key"], number["value"], number["low"], number["high"]) == ("dr", 0.2, 0.1, None)
    assert (number["sets"], number["provenance"], number["grade"]) == ({}, "F", "B")
    assert row["inputs"][0]["table_name"] == "ta_data"
    assert list(row)[:6] == [
        "risk_type",
        "label",
        "ssp_scenario",
        "horizon",
        "latitude",
        "longitude",
    ]


def test_what_was_counted_and_what_was_not():
    """Years, their number, the estimator, edges and notes; none of them where nothing was."""
    known, unknown = probability(), probability(bin_data=None, calculation_details=None)

    assert (known.years, known.count, known.estimator) == ((2041, 2060), 20, "count")
    assert (known.edges, known.notes) == ((10.0,), {"why": "Few years."})
    assert (unknown.years, unknown.count, unknown.estimator) == (None, None, None)
    assert (unknown.edges, unknown.notes) == ((), {})
