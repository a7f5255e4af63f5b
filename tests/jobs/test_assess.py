"""One site from click to answer."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from pypdf import PdfReader

from modelops_core.db.results.ranks import Ranks
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.answer import Answer
from modelops_core.domain.result import Status
from modelops_core.errors import InvalidInput, NoResults, NotStored, OutsideKorea, UnknownPeril
from modelops_core.services.portfolio import rare_years
from modelops_core.services.portfolio.rating import Rank
from modelops_core.services.report import formats
from modelops_core.services.site import ondemand, other_sets, site_rows
from tests import world
from tests.database import PERILS
from tests.world import BUSAN, SEOUL

KEYS = {
    "risk_type",
    "ssp_scenario",
    "horizon",
    "status",
    "hazard_score",
    "hazard_level",
    "exposure_score",
    "proximity_factor",
    "normalized_asset_value",
    "vulnerability_score",
    "vulnerability_level",
    "base_aal",
    "site_factor",
    "vulnerability_scale",
    "final_aal",
    "aal_p05",
    "aal_p95",
    "insurance_rate",
    "exposed_value",
    "expected_loss",
    "integrated_risk",
    "flags",
}


def params(point=SEOUL, **more):
    return {"latitude": point[0], "longitude": point[1], "as_of": 2025, **more}


def of(answer, peril, scenario="ssp2", horizon="2050s"):
    [row] = [
        r
        for r in answer["results"]
        if (r["risk_type"], r["ssp_scenario"], r["horizon"]) == (peril, scenario, horizon)
    ]
    return row


def test_all_perils_scenarios_and_horizons_at_once(site_app):
    """9 × 4 × 5 rows with every key of the contract; the tables hold the same."""
    answer = site_app.assess(params())

    assert len(answer["results"]) == world.SITE_ROWS
    assert all(KEYS <= set(row) for row in answer["results"])
    heat = of(answer, "extreme_heat")
    assert heat["final_aal"] == pytest.approx(
        heat["base_aal"] * heat["site_factor"] * (1 + heat["vulnerability_score"])
    )
    assert heat["expected_loss"] == pytest.approx(heat["final_aal"] / 100 * heat["exposed_value"])
    assert heat["integrated_risk"] == pytest.approx(
        heat["hazard_score"] * heat["exposure_score"] * heat["vulnerability_score"]
    )
    with site_app.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT final_aal, expected_loss FROM modelops.aal_scaled_results WHERE risk_type = 'extreme_heat'"
            " AND ssp_scenario = 'ssp2' AND horizon = '2050s'"
        ).all()
        counts = [
            connection.exec_driver_sql(f"SELECT count(*) FROM modelops.{t}").scalar()
            for t in ("exposure_results", "vulnerability_results", "aal_scaled_results")
        ]
    assert rows == [(heat["final_aal"], heat["expected_loss"])]
    assert counts == [len(PERILS), len(PERILS), world.SITE_ROWS]


def test_the_job_keeps_the_whole_answer(site_app):
    """History survives recalculation: it is in the job, not in the tables."""
    first = site_app.assess(params())
    second = site_app.assess(params(corrections={"asset_value": 1e10}))
    kept = site_app.jobs.get(first["batch_id"])

    assert (kept.status, kept.progress) == ("completed", 100)
    assert kept.results == first
    assert second["batch_id"] != first["batch_id"]


def test_every_step_is_reported(site_app):
    """0, 10, 50, 80, 95 and a step for each peril in between."""
    told = []
    ondemand.run(
        ondemand.request(params()),
        site_app.ondemand,
        lambda progress, step, completed=None: told.append((progress, step)),
        "00000000-0000-0000-0000-000000000000",
    )
    progress = [p for p, _ in told]
    steps = [s for _, s in told]

    assert progress == sorted(progress)
    assert {0, 10, 50, 80, 95} <= set(progress)
    for stage in ("exposure", "vulnerability", "scaled_aal"):
        assert [s.of for s in steps if s.kind == stage] == list(site_app.perils)


def test_the_example_office(site_app):
    """The register's office: 25 years, RC, value 14.2 bn; V and E as in the method."""
    answer = site_app.assess(params())
    heat = of(answer, "extreme_heat")

    assert answer["building"]["asset_value"] == pytest.approx(14_205_113_636, rel=1e-9)
    assert heat["vulnerability_score"] == pytest.approx(0.553333, rel=1e-5)
    assert heat["exposure_score"] == pytest.approx(0.681902, rel=1e-5)
    assert answer["building"]["found"]["kind"] == "synthetic"
    assert {"code": "building_synthetic", "perils": []} in answer["warnings"]


def test_unknown_river_is_conditional_not_a_number(site_app):
    """Without a distance: no loss, in no sum, but what it would be on the bank."""
    answer = site_app.assess(params())
    river = of(answer, "river_flood")

    assert river["status"] == "not_assessed"
    assert [
        river[k]
        for k in ("final_aal", "expected_loss", "exposure_score", "integrated_risk", "site_factor")
    ] == [None] * 5
    assert river["base_aal"] > 0
    assert river["if_on_bank"]["final_aal"] == pytest.approx(
        river["base_aal"] * river["vulnerability_scale"]
    )
    [total] = [
        t for t in answer["totals"] if (t["ssp_scenario"], t["horizon"]) == ("ssp2", "2050s")
    ]
    assert "river_flood" in total["not_assessed"]
    why = {warning["code"]: warning["perils"] for warning in answer["warnings"]}
    assert "river_flood" in why["not_assessed"]
    assert "river_flood" in why["river_distance_unknown"]


def test_corrections_count(site_app):
    """A known river, a higher value, a steel shed: the analyst's word beats the register's."""
    near = site_app.assess(params(corrections={"river_distance_m": 100.0, "river_class": "local"}))
    far = site_app.assess(params(corrections={"river_distance_m": 900.0, "river_class": "local"}))
    rich = site_app.assess(params(corrections={"asset_value": 1e11}))

    assert of(near, "river_flood")["final_aal"] > of(far, "river_flood")["final_aal"] > 0
    assert of(near, "river_flood")["if_on_bank"] is None
    assert of(rich, "extreme_heat")["normalized_asset_value"] == 1.0
    assert of(rich, "extreme_heat")["exposed_value"] == 1e11
    assert rich["building"]["corrections"] == {"asset_value": 1e11}


def test_subtotals_do_not_count_twice(site_app):
    """Physical is the sum, the no-overlap figure takes the larger of wind and water."""
    answer = site_app.assess(
        params(BUSAN, corrections={"river_distance_m": 50.0, "elevation_m": 1.5})
    )
    alone = {
        kind: [
            one.key for one in site_app.perils.values() if (one.kind, one.overlap) == (kind, None)
        ]
        for kind in ("physical", "operating")
    }
    for total in answer["totals"]:
        loss = {
            r["risk_type"]: r["expected_loss"] or 0.0
            for r in answer["results"]
            if (r["ssp_scenario"], r["horizon"]) == (total["ssp_scenario"], total["horizon"])
        }
        water = loss["river_flood"] + loss["urban_flood"] + loss["sea_level_rise"]
        shortage = max(loss["drought"], loss["water_stress"])
        physical, operating = (
            sum(loss[key] for key in alone[kind]) for kind in ("physical", "operating")
        )
        assert total["physical"] == pytest.approx(physical + water + loss["typhoon"])
        assert total["physical_no_overlap"] == pytest.approx(physical + max(loss["typhoon"], water))
        assert total["operating"] == pytest.approx(operating + shortage)


def test_no_building_no_value(site_app):
    """In a field: losses are per 100 million, low confidence, and it is said."""
    answer = site_app.assess(params((37.65, 127.05)))
    heat = of(answer, "extreme_heat")

    assert answer["building"]["found"] is None
    assert answer["building"]["asset_value"] is None
    assert heat["exposed_value"] == 1e8
    assert heat["vulnerability_score"] == 0.5
    assert heat["status"] == "low_confidence"
    assert {"asset_value_unknown", "building_mostly_unknown"} <= set(heat["flags"])
    assert {"code": "building_unknown", "perils": []} in answer["warnings"]


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ({"latitude": "x"}, InvalidInput, "latitude: 'x'"),
        ({"latitude": float("nan")}, InvalidInput, "latitude nan"),
        (
            {"corrections": {"floors_above": -1}},
            InvalidInput,
            "floors_above: -1 lies outside 0 to 200",
        ),
        ({"corrections": {"colour": 1}}, InvalidInput, "colour"),
        ({"corrections": {"river_class": "brook"}}, InvalidInput, "brook"),
        ({"parameter_set": "best"}, InvalidInput, "best"),
        ({"nonsense": 1}, InvalidInput, "nonsense"),
        ({"risk_types": ["locusts"]}, UnknownPeril, "locusts"),
        ({"latitude": 36.0, "longitude": 125.0}, OutsideKorea, "sea"),
    ],
)
def test_bad_input_names_the_field(site_app, bad, error, message):
    """One sentence with field, value and range."""
    with pytest.raises(error, match=message):
        site_app.assess({**params(), **bad})


def test_without_a_night_there_is_nothing_to_scale(app):
    """The job fails with the command that helps."""
    with pytest.raises(NoResults, match="nightly"):
        app.assess(params())
    [job] = app.jobs.recent()
    assert job.status == "failed"
    assert "nightly" in job.error_message


def test_one_peril_only(site_app):
    """The requirements' risk_types."""
    answer = site_app.assess(params(risk_types=["extreme_heat"]))
    assert {r["risk_type"] for r in answer["results"]} == {"extreme_heat"}


def test_low_and_high_sets_move_everything(site_app):
    """The cell is evaluated anew: curve, protection and V move together; the tables keep the central answer."""
    by_set = {
        name: site_app.assess(
            params(BUSAN, parameter_set=name, corrections={"river_distance_m": 50.0})
        )
        for name in ("low", "central", "high")
    }
    plain = [site_app.assess(params(BUSAN, parameter_set=name)) for name in ("central", "high")]
    for peril in site_app.perils:
        low, central, high = (
            of(by_set[name], peril)["final_aal"] for name in ("low", "central", "high")
        )
        assert low is None or low <= central <= high, peril
    heat = {name: of(answer, "extreme_heat") for name, answer in by_set.items()}
    river = {name: of(answer, "river_flood")["base_aal"] for name, answer in by_set.items()}

    assert heat["low"]["base_aal"] == pytest.approx(heat["central"]["base_aal"] / 3)
    assert heat["high"]["base_aal"] == pytest.approx(heat["central"]["base_aal"] * 2.5)
    assert river["low"] < river["central"] < river["high"]
    assert len({answer["parameter_hash"] for answer in by_set.values()}) == 3
    with site_app.reader.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT final_aal FROM modelops.aal_scaled_results WHERE risk_type = 'extreme_heat'"
            " AND ssp_scenario = 'ssp2' AND horizon = '2050s'"
        ).scalar()
    assert stored == of(plain[0], "extreme_heat")["final_aal"]


def test_the_central_set_evaluated_anew_is_what_the_night_stored(site_app):
    """other_sets on the central set gives the nightly run's own numbers, peril by peril."""
    place = site_app.places.place(*BUSAN)
    hazard, probability = site_app.cells.cell(place.grid_id)
    for key, peril in site_app.perils.items():
        stored = site_rows.stored(key, hazard, probability)
        anew = other_sets.reevaluate_cell(
            "central", peril, stored, site_app.climate, place.grid_id, site_app.parameters
        )
        np.testing.assert_allclose(anew.values.aal, stored.values.aal, rtol=1e-6, err_msg=key)
        np.testing.assert_allclose(
            anew.values.hazard, stored.values.hazard, rtol=1e-3, atol=1e-4, err_msg=key
        )
        assert [r["hazard_level"] for r in anew.hazard] == [
            r["hazard_level"] for r in stored.hazard
        ]


def test_answers_are_plain_json(site_app):
    """No NaN and no numpy in what leaves the service."""

    def walk(value):
        if isinstance(value, dict):
            return all(isinstance(k, str) and walk(v) for k, v in value.items())
        if isinstance(value, list):
            return all(map(walk, value))
        return (
            value is None
            or (type(value) in (str, int, bool))
            or (type(value) is float and np.isfinite(value))
        )

    assert walk(site_app.assess(params()))


def test_the_report_holds_the_numbers_of_the_database(site_app):
    """Every loss and rate of aal_scaled_results, the sums and the rare years of the job stand in the PDF."""
    made = site_app.assess(params(BUSAN))
    stored = site_app.stored_results.site(*BUSAN, "ssp2", "2050s")["aal_scaled"]
    corrected = params(BUSAN, corrections={"river_distance_m": 20.0, "hand_m": 0.0})
    made = site_app.assess(corrected)
    own = {
        r["risk_type"]: r
        for r in made["results"]
        if (r["ssp_scenario"], r["horizon"]) == ("ssp2", "2050s")
    }
    assert stored.keys() == own.keys()
    answer = Answer.from_row(site_app.jobs.get(made["batch_id"]).results)
    page = PdfReader(
        io.BytesIO(site_app.site_report(made["batch_id"], COMMAND_LINE, language="en"))
    ).pages[0]
    text = re.sub(r"\s+", "", page.extract_text())
    numbers = [
        words
        for row in own.values()
        if row["status"] in ("ok", "low_confidence")
        for words in (
            formats.percent(row["final_aal"]),
            formats.won(row["expected_loss"], "en"),
            formats.interval(row["aal_p05"], row["aal_p95"]),
        )
    ]
    numbers += [formats.won(total.grand, "en") for total in answer.totals]
    known = [r for r in answer.at("ssp2", "2050s").values() if r.return_losses]
    numbers += [
        formats.won(year.loss, "en") for r in known for year in rare_years.headline(answer, r)
    ]

    ranks = site_app.rating(made["batch_id"], COMMAND_LINE)
    nations = [ranks[r.risk_type, "ssp2", "2050s"].national for r in known]
    numbers += [f"{rank.percentile:.0f}%" for rank in nations if rank is not None]

    assert {r.risk_type for r in known} >= {"river_flood", "typhoon"}
    assert len(numbers) > 40
    assert [words for words in numbers if re.sub(r"\s+", "", words) not in text] == []


def test_a_report_needs_an_answer(site_app):
    """A job that waits has none."""
    waiting = site_app.jobs.enqueue("nightly", {})
    with pytest.raises(NotStored, match="holds no answer"):
        site_app.site_report(waiting, COMMAND_LINE)
    site_app.jobs.cancel(waiting)


def test_peers_are_other_places_of_the_same_district_and_use(site_app):
    """Not the site itself, no other use or district, nothing corrected; cells are ascending."""
    office = {"purpose": "업무시설"}

    def assessed(north, east, point=SEOUL, **given):
        there = (point[0] + north, point[1] + east)
        made = site_app.assess(params(there, corrections=given, risk_types=["typhoon"]))
        return Answer.from_row(made)

    near, far = assessed(0.0002, 0.0), assessed(0.0, 0.0002)
    assessed(0.002, 0.002, **office)
    assessed(0.0, 0.0, BUSAN)
    own = assessed(0.0, 0.0)
    assert near.building.use_group == own.building.use_group
    other = assessed(0.0, 0.0, purpose="공장")
    wanted = sorted(a.at("ssp2", "2050s")["typhoon"].final_aal for a in (near, far))

    peers = Ranks(site_app.reader).peers(own)["typhoon", "ssp2", "2050s"]
    assert list(peers) == pytest.approx(wanted)
    assert ("typhoon", "ssp2", "2050s") not in Ranks(site_app.reader).peers(other)
    found = site_app.rating(own.batch_id, COMMAND_LINE)["typhoon", "ssp2", "2050s"]
    rate = own.at("ssp2", "2050s")["typhoon"].final_aal
    assert found.peers == Rank(sum(peer < rate for peer in wanted), 2)
    cells = Ranks(site_app.reader).cells()["typhoon", "ssp2", "2050s"]
    assert found.national is not None
    assert found.national.count == cells.size > 0
    assert (np.diff(cells) >= 0).all()


def test_the_country_are_the_cells_where_a_peril_applies(site_app):
    """Cells at zero because the peril cannot happen there are not below anybody."""
    cells, excluded = Ranks(site_app.reader).cells(), 0
    for peril in PERILS:
        shown = site_app.layers.values(peril, "ssp2", "2050s")
        applies = shown.aal_status <= Status.low_confidence
        found = cells.get((peril, "ssp2", "2050s"), np.empty(0))
        assert found.size == (applies & ~np.isnan(shown.aal)).sum(), peril
        excluded += int((~applies & ~np.isnan(shown.aal)).sum())
    assert excluded > 0
