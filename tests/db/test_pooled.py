"""A nightly run and an assessment under a named sensitivity, on the small world."""

from __future__ import annotations

import numpy as np
from sqlalchemy import text

from modelops_core.services.audit.explain import explain
from modelops_core.services.night import nightly
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


def test_a_pooled_night_moves_fitted_perils_only_wherever_tiles_are_cut(app):
    """Neighbours across a tile's border count as those inside it: cells 1, 2, 3 and 4, 5, 6 are next to each other."""
    night(app)
    central = rows(app)
    night(app, set_name="pooled", tile_cells=100)
    whole = rows(app)
    for cells in (1, 2):
        report = night(app, set_name="pooled", tile_cells=cells, force=True)
        assert report.tiles > 1
        _same_numbers(rows(app), whole)

    moved = {now[0] for before, now in zip(central, whole, strict=True) if before[4:] != now[4:]}
    assert moved == FITTED
    assert {
        cell for key, cell, _, flags, *_ in whole if key == "river_flood" and "pooled" in flags
    } == {1, 2, 3, 4, 5, 6}
    assert not any("pooled" in flags for key, _, _, flags, *_ in whole if key not in FITTED)
    assert [r[2] for r in whole] == [r[2] for r in central]


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
    """Pooled moves the floods, the table what it has classes for; the rest is the central number."""
    place = {"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025}
    given = {"river_distance_m": 20.0, "river_class": "local", "elevation_m": 1.5}
    answers = {
        name: site_app.assess({**place, "parameter_set": name, "corrections": given})
        for name in ("central", "pooled", "dr_table")
    }
    found = {name: _losses(answer) for name, answer in answers.items()}
    assert len({answer["parameter_hash"] for answer in answers.values()}) == 3
    assert [answer["parameter_set"] for answer in answers.values()] == [
        "central",
        "pooled",
        "dr_table",
    ]
    assert _moved(found, "pooled") == FITTED
    # water stress is a peril of basins whose table is no multiple of the curve: no number rather than a wrong one
    assert _moved(found, "dr_table") == set(site_app.perils) - {"river_flood", "typhoon"}
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
