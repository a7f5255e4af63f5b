"""A nightly run and an assessment under a named sensitivity, on the small world."""

from __future__ import annotations

import numpy as np
from sqlalchemy import text

from modelops_core.services.audit.explain import explain
from modelops_core.services.night import nightly
from modelops_core.stages.damage import table
from tests.world import BUSAN

#: the perils that are fitted to yearly maxima of rain
FITTED = {"river_flood", "urban_flood"}


def rows(app):
    """Peril, cell and numbers of every result, in order."""
    query = (
        "SELECT risk_type, grid_id, status::text, flags, aal, aal_p05, aal_p95, bin_data FROM modelops.probability_results"
        " ORDER BY risk_type, grid_id, ssp_scenario, horizon"
    )
    with app.owner.connect() as connection:
        return connection.execute(text(query)).all()


def night(app, **options):
    return nightly.run(app.nightly_ports, app.nightly_request(**options))


def test_the_response_is_found_first_wherever_tiles_are_cut(app):
    """Warming and signals of all cells are stored; the own spread moves the floods only; tiles change nothing."""
    night(app)
    central = rows(app)
    with app.owner.connect() as connection:
        warming = connection.execute(
            text("SELECT count(*), min(kelvin) FROM modelops.warming")
        ).one()
        signals = connection.execute(
            text(
                "SELECT variable, count(*), bool_and(pooled IS NOT NULL AND se >= 0), max(points)"
                " FROM modelops.change_signals GROUP BY 1 ORDER BY 1"
            )
        ).all()
        inputs = connection.execute(text("SELECT inputs FROM modelops.runs")).scalar()
    assert warming[0] == 16
    assert warming[1] > 0
    assert [tuple(r) for r in signals] == [("rx1day", 6, True, 17), ("spei12", 6, True, 17)]
    assert len(inputs["warming"]) == 16
    assert inputs["signals"]["rx1day"]["cells"] == 6
    night(app, set_name="own_lcv", tile_cells=100)
    whole = rows(app)
    for cells in (1, 2):
        report = night(app, set_name="own_lcv", tile_cells=cells, force=True)
        assert report.tiles > 1
        _same_numbers(rows(app), whole)

    moved = {now[0] for before, now in zip(central, whole, strict=True) if before[4:] != now[4:]}
    assert moved == FITTED
    assert [r[2] for r in whole] == [r[2] for r in central]


def test_a_mean_of_models_takes_its_spread_from_stations(app):
    """Five members: the distribution is the stations', a flag says so, and the loaded series gives the response alone."""
    with app.owner.begin() as connection:
        connection.execute(text("UPDATE modelops.data_sources SET members = 5 WHERE members = 1"))
    night(app)
    with app.owner.connect() as connection:
        level, spread, years = connection.execute(
            text(
                "SELECT level, spread, years FROM modelops.change_signals WHERE variable = 'rx1day' AND grid_id = 4"
            )
        ).one()
    flagged = {key for key, _, _, flags, *_ in rows(app) if "observed_spread" in flags}
    assert 100 < level < 200
    assert 0.15 < spread < 0.32
    assert 20 <= years <= 30
    assert flagged == FITTED | {"drought"}


def test_responses_are_summed_up_over_the_cells(site_app):
    """Median and 5–95 % of 1 to 5 %/K, the unknown cell aside; each flag counts its own cells."""
    with site_app.owner.begin() as connection:
        for change in (
            "SET pooled = 0.01 * grid_id, flags = '{}'",
            "SET pooled = 'NaN' WHERE grid_id = 6",
            "SET flags = '{response_assumed,rain_smoothed}' WHERE grid_id <= 2 AND variable = 'rx1day'",
            "SET flags = '{rain_smoothed}' WHERE grid_id = 3 AND variable = 'rx1day'",
            "SET pooled = NULL, flags = '{observed_spread}' WHERE variable = 'spei12'",
        ):
            connection.execute(text(f"UPDATE modelops.change_signals {change}"))
    found = site_app.responses.summaries()

    rain = found["rx1day"]
    assert rain.cells == 6
    np.testing.assert_allclose((rain.low, rain.median, rain.high), (0.012, 0.03, 0.048))
    assert rain.flagged == {"response_assumed": 2, "observed_spread": 0, "rain_smoothed": 3}
    drought = found["spei12"]
    assert (drought.cells, drought.median, drought.low, drought.high) == (6, None, None, None)
    assert drought.flagged["observed_spread"] == 6


def _same_numbers(found, expected):
    """To eleven figures, as any nightly run's tiles; what is told in words exactly."""
    assert [r[:4] for r in found] == [r[:4] for r in expected]
    for a, b in ((f, e) for f, e in zip(found, expected, strict=True) if f[4:] != e[4:]):
        np.testing.assert_allclose(
            np.array(a[4:7], float), np.array(b[4:7], float), rtol=1e-11, atol=1e-16
        )
        np.testing.assert_allclose(
            np.array(a[7]["p"], float), np.array(b[7]["p"], float), rtol=1e-8, atol=1e-12
        )


def test_assessments_under_named_sensitivities(site_app):
    """The own spread moves the floods, the table what it has classes for; the rest is the central number."""
    place = {"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025}
    given = {"river_distance_m": 20.0, "river_class": "local", "elevation_m": 1.5}
    answers = {
        name: site_app.assess({**place, "parameter_set": name, "corrections": given})
        for name in ("central", "own_lcv", "dr_table")
    }
    found = {name: _losses(answer) for name, answer in answers.items()}
    assert len({answer["parameter_hash"] for answer in answers.values()}) == 3
    assert [answer["parameter_set"] for answer in answers.values()] == [
        "central",
        "own_lcv",
        "dr_table",
    ]
    assert _moved(found, "own_lcv") == FITTED
    # water stress is a peril of basins whose table is no multiple of the curve: no number rather than a wrong one
    with_table = {
        key for key in site_app.perils if table(site_app.parameters.params(key, "dr_table"))
    }
    assert not with_table & {"river_flood", "typhoon"}
    assert len(with_table) == 7
    assert _moved(found, "dr_table") == with_table
    assert found["central"]["water_stress"] is not None
    assert found["dr_table"]["water_stress"] is None
    assert all(
        value is not None for key, value in found["dr_table"].items() if key != "water_stress"
    )


def _losses(answer):
    """Peril → AAL of the 2050s under ssp2."""
    return {
        r["risk_type"]: r["final_aal"]
        for r in answer["results"]
        if (r["ssp_scenario"], r["horizon"]) == ("ssp2", "2050s")
    }


def _moved(found, name):
    """Perils whose number is not the central one, to seven figures: stored numbers are rounded."""

    def same(a, b):
        return a == b or (a is not None and b is not None and abs(a - b) <= 1e-7 * max(a, b))

    return {key for key, value in found["central"].items() if not same(value, found[name][key])}


def test_an_assessment_after_another_night_is_still_the_central_one(site_app):
    """The tables hold the last nightly run's set: the cell is calculated anew, a basin is not assessed, and both are said."""
    params = {"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025}
    before = _losses(site_app.assess(params))
    why = explain(site_app.explanation_ports, *BUSAN, "extreme_heat", "ssp2", "2050s")
    night(site_app, set_name="low")
    answer = site_app.assess(params)
    after = _losses(answer)

    assert {"code": "parameters_outdated", "perils": []} in answer["warnings"]
    assert (
        why.outdated,
        explain(site_app.explanation_ports, *BUSAN, "extreme_heat", "ssp2", "2050s").outdated,
    ) == (False, True)
    assert after["water_stress"] is None
    assert _moved({"central": before, "again": after}, "again") == {"water_stress"}
