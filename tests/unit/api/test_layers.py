"""Layers and tiles: whose values and statuses, and when a client's copy is still good."""

from __future__ import annotations

import math

import numpy as np
import pytest

from modelops_core.stages.totals import CellTotals
from tests.unit.api.program import Program

LAYER = "/api/v1/layers/extreme_heat.geojson"
TILE = "/tiles/grid/8/218/99.mvt"


def cell(grid_id, latitude, longitude, **more):
    return {
        "grid_id": grid_id,
        "latitude": latitude,
        "longitude": longitude,
        "hazard_score": 0.5,
        "hazard_status": "low_confidence",
        "aal": None,
        "aal_status": "not_assessed",
        **more,
    }


@pytest.fixture
def program():
    made = Program()
    made.stored_results.rows = [
        cell(1, 37.0, 127.0),
        cell(2, 37.0, 127.2, hazard_score=None, hazard_status=None),
    ]
    return made


def properties(program, metric):
    found = program.caller().get(LAYER, params={"metric": metric}).json()
    return [feature["properties"] for feature in found["features"]]


def test_each_metric_has_its_own_value_and_status(program):
    """Of a cell that no nightly run calculated that is said."""
    assert properties(program, "hazard_score") == [
        {"grid_id": 1, "value": 0.5, "status": "low_confidence"},
        {"grid_id": 2, "value": None, "status": "not_calculated"},
    ]
    assert [p["status"] for p in properties(program, "aal")] == ["not_assessed"] * 2
    assert [p["value"] for p in properties(program, "aal")] == [None] * 2


def test_a_class_and_a_return_level_are_metrics(program):
    """The second class, with its edges; the 50-year rain of a Gumbel distribution, in millimetres."""
    client = program.caller()
    ask = {"metric": "probability", "class": 2}
    found = client.get(LAYER, params=ask).json()
    assert [f["properties"]["value"] for f in found["features"]] == [0.25, None]
    assert [f["properties"]["status"] for f in found["features"]] == ["ok", "not_calculated"]
    assert (found["class_edges"], found["class_unit"]) == ([10.0, 40.0], "d/yr")
    flood = LAYER.replace("extreme_heat", "river_flood")
    found = client.get(flood, params={"metric": "return_level", "period": 50}).json()
    level = 100 - 10 * math.log(-math.log(1 - 1 / 50))
    assert found["features"][0]["properties"]["value"] == pytest.approx(level)
    assert (found["unit"], found["of"], found["period"]) == ("mm", "rx1day", 50)
    view = ("ssp2", "2050s")
    assert program.layers.calls == [
        ("classes", "extreme_heat", *view, 1),
        ("details", "river_flood", *view, ("mu", "alpha", "kappa")),
    ]


def test_all_perils_together_are_a_layer(program):
    """As stored, or added now; their percentile among the known cells; what a cell lacks is said."""
    client, path = program.caller(), LAYER.replace("extreme_heat", "total")
    heat = client.get(LAYER, params={"metric": "percentile"}).json()["features"]
    assert [one["properties"]["value"] for one in heat] == [0.0, None]
    added = client.get(path, params={"metric": "aal"}).json()
    assert added["of"] == list(program.perils)
    first, second = (one["properties"] for one in added["features"])
    counted = len(program.perils) - 2  # one of two water shortages, and storms or floods
    first_aal = pytest.approx(0.5 * counted)
    assert first == {"grid_id": 1, "value": first_aal, "status": "ok", "lacking": 0}
    assert (second["value"], second["lacking"]) == (None, len(program.perils))

    program.layers.calls.clear()
    program.layers.total = CellTotals(
        np.array([2.0, 1.0]), np.array([1, 0]), np.array([2, 0]), {"typhoon": 1}
    )
    stored = client.get(path, params={"metric": "percentile"}).json()["features"]
    assert [one["properties"] for one in stored] == [
        {"grid_id": 1, "value": 50.0, "status": "low_confidence", "lacking": 2},
        {"grid_id": 2, "value": 0.0, "status": "ok", "lacking": 0},
    ]
    assert program.layers.calls == []
    assert client.get(path).json()["code"] == "not_one_of"  # scores do not add


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        ({"metric": "probability", "class": 5}, "out_of_range"),
        ({"metric": "return_level"}, "not_one_of"),
        ({"metric": "aal", "period": 7}, "not_one_of"),
    ],
)
def test_what_a_peril_does_not_have_is_refused(program, ask, code):
    """A fifth class of four, a return level of counted years, a period that nothing is stored for."""
    found = program.caller().get(LAYER, params=ask)
    assert found.status_code == 422
    assert found.json()["code"] == code


def test_a_cell_is_half_a_step_to_each_side(program):
    """0.1° about the centre on a grid of 0.2°: west, south, then counter-clockwise, closed."""
    program.stored_results.rows.append(cell(3, 37.2, 127.0))
    [ring] = program.caller().get(LAYER).json()["features"][0]["geometry"]["coordinates"]
    assert ring == [[126.9, 36.9], [127.1, 36.9], [127.1, 37.1], [126.9, 37.1], [126.9, 36.9]]


def test_the_view_asked_for_is_the_view_read(program):
    """Peril, scenario and horizon, in the question and in the head of the answer."""
    view = {"scenario": "ssp5", "horizon": "2090s"}
    found = program.caller().get(LAYER, params=view).json()
    program.caller().get(TILE, params={"risk_type": "typhoon", **view})

    assert program.stored_results.calls == [("layer", "extreme_heat", "ssp5", "2090s")]
    assert (found["scenario"], found["horizon"], found["unit"]) == ("ssp5", "2090s", "0 to 1")
    program.caller().get(TILE, params={"risk_type": "total", **view})
    chosen = {"ssp_scenario": "ssp5", "horizon": "2090s"}
    own = {"risk_type": "typhoon", "levels": "stored"}
    assert program.tiles.calls == [("grid", 8, 218, 99, one) for one in (chosen | own, chosen)]


@pytest.mark.parametrize(
    ("base", "others"),
    [
        (
            LAYER,
            [
                f"{LAYER}?metric=aal",
                LAYER.replace("extreme_heat", "total") + "?metric=aal",
                f"{LAYER}?metric=probability",
                f"{LAYER}?metric=probability&class=3",
                f"{LAYER}?scenario=ssp1",
                f"{LAYER}?horizon=baseline",
                LAYER.replace("heat", "cold"),
            ],
        ),
        (
            TILE,
            [
                "/tiles/buildings/8/218/99.mvt",
                "/tiles/grid/9/218/99.mvt",
                "/tiles/grid/8/217/99.mvt",
                "/tiles/grid/8/218/98.mvt",
                f"{TILE}?risk_type=typhoon",
                f"{TILE}?risk_type=total",
                f"{TILE}?scenario=ssp1",
                f"{TILE}?horizon=baseline",
            ],
        ),
    ],
)
def test_every_choice_has_an_etag_of_its_own(program, base, others):
    """Another metric, scenario, horizon, peril or place is never 304 for this one's copy."""
    client = program.caller()
    tags = [client.get(path).headers["etag"] for path in (base, *others)]
    assert len(set(tags)) == len(tags)
    for path in others:
        assert client.get(path, headers={"If-None-Match": tags[0]}).status_code == 200


@pytest.mark.parametrize("path", [LAYER, TILE])
def test_a_copy_is_good_until_the_data_change(program, path):
    """304 without a body and without reading again; 200 under another version."""
    first = program.caller().get(path)
    known = {"If-None-Match": first.headers["etag"]}
    reads = len(program.stored_results.calls) + len(program.tiles.calls)
    same = program.caller().get(path, headers=known)
    assert (same.status_code, same.content) == (304, b"")
    assert len(program.stored_results.calls) + len(program.tiles.calls) == reads
    assert same.headers["cache-control"] == first.headers["cache-control"]
    assert "max-age=60" in first.headers["cache-control"]

    program.stored_results.known = "v2"
    assert program.caller().get(path, headers=known).status_code == 200


def test_an_empty_tile_has_no_body_and_an_etag(program):
    """204, which a client may keep as well."""
    program.tiles.body = b""
    found = program.caller().get(TILE)
    assert (found.status_code, found.content) == (204, b"")
    assert found.headers["etag"].startswith('W/"')


def test_no_stored_results_are_no_empty_map(program):
    """503 with what helps."""
    program.stored_results.rows = []
    assert program.caller().get(LAYER).status_code == 503
