"""River gauges from the tables to the numbers: the demo's flows, registered as somebody's observations."""

from __future__ import annotations

from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from modelops_core.cli import program
from modelops_core.db.inputs.gauges import Gauges
from modelops_core.db.queries import TEXTS
from modelops_core.domain.answer import Answer
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.site import Sites
from modelops_core.errors import InvalidInput
from modelops_core.indicators import budyko
from modelops_core.indicators.lmoments import l_moments
from modelops_core.ports import Tile
from modelops_core.services.night import nightly
from modelops_core.services.site import ondemand, other_sets, site_rows, whatif
from modelops_core.sources.demo import gauges
from modelops_core.stages import asset
from tests import world
from tests.apps import wire
from tests.database import created
from tests.flows import load, loaded, register
from tests.world import BUSAN, SEOUL

SEOUL_GAUGE, BUSAN_GAUGE = "1018683", "2022680"
PLACE = {"river_distance_m": 50.0, "river_class": "local", "hand_m": 0.0}


def gauged(cluster, name, template):
    """The name of a database with observed flows in a copy of *template*; connect to copies only."""
    with created(cluster, name, template) as database:
        own = wire(database)
        load(own, "observed")
        own.dispose()
        yield database.name


@pytest.fixture(scope="module")
def gauged_world(cluster, loaded_template):
    yield from gauged(cluster, "gauged_world", loaded_template)


@pytest.fixture(scope="module")
def gauged_night(cluster, nightly_app):
    nightly_app.dispose()  # a template may not be in use
    yield from gauged(cluster, "gauged_night", "world_after_a_night")


def copied(cluster, template):
    with created(cluster, f"test_{uuid4().hex[:12]}", template) as database:
        own = wire(database)
        yield own
        own.dispose()


@pytest.fixture
def gauged_app(cluster, gauged_world):
    """The small world with observed flows, for this test alone."""
    yield from copied(cluster, gauged_world)


@pytest.fixture
def gauged_site(cluster, gauged_night):
    """The same after a nightly run that had no flows, for this test alone."""
    yield from copied(cluster, gauged_night)


def execute(app, *statements):
    with app.owner.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def yearly(flow, of):
    year = gauges.days().astype("datetime64[Y]").astype(int) + 1970
    return np.array([of(flow[year == y]) for y in np.unique(year)])


def water(app):
    """Cell, scenario and horizon → AAL, flags and details of the basins' peril."""
    with app.reader.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT grid_id, ssp_scenario::text, horizon::text, aal, flags, calculation_details, status::text"
                "  FROM modelops.probability_results WHERE risk_type = 'water_stress'"
            )
        ).all()
    return {tuple(row[:3]): tuple(row[3:]) for row in rows}


def assessed(app, point=BUSAN, **corrections):
    answer = app.assess(
        {
            "latitude": point[0],
            "longitude": point[1],
            "as_of": 2025,
            "corrections": {**PLACE, **corrections},
        }
    )
    rows = {
        (r["ssp_scenario"], r["horizon"]): r
        for r in answer["results"]
        if r["risk_type"] == "river_flood"
    }
    return answer, rows


# --- reading -----------------------------------------------------------------------------------


def test_a_year_of_a_gauge_is_what_its_days_hold(gauged_app):
    """Mean, maximum and known share of every year, from the table itself; unknown days are not zero."""
    flow = loaded()[SEOUL_GAUGE]
    execute(
        gauged_app,
        f"UPDATE modelops.api_wamis_cache SET value = NULL WHERE station_code = '{SEOUL_GAUGE}' AND observation_date < '1991-02-01'",
        f"UPDATE modelops.api_wamis_cache SET value = -777 WHERE station_code = '{SEOUL_GAUGE}' AND observation_date = '1991-02-01'",
        f"UPDATE modelops.api_wamis_cache SET value = 'NaN' WHERE station_code = '{SEOUL_GAUGE}' AND observation_date = '1991-02-02'",
        f"DELETE FROM modelops.api_wamis_cache WHERE station_code = '{SEOUL_GAUGE}' AND observation_date = '1991-02-03'",
    )
    han = Gauges(gauged_app.reader).outlets()["Han"]

    assert (han.station_code, han.kind, han.year.tolist()) == (
        SEOUL_GAUGE,
        "observed",
        list(range(1991, 2021)),
    )
    assert han.known.tolist() == [pytest.approx((365 - 34) / 365)] + [1.0] * 29
    np.testing.assert_allclose(han.mean[1:], yearly(flow, np.mean)[1:], rtol=1e-6)
    np.testing.assert_allclose(han.maximum[1:], yearly(flow, np.max)[1:], rtol=1e-6)
    assert han.mean[0] == pytest.approx(flow[34:365].mean(), rel=1e-6)


def test_the_lowest_of_several_outlets_counts(gauged_app):
    """The largest drainage area, not the first name; an unknown area is the last."""
    execute(
        gauged_app,
        "UPDATE modelops.api_wamis_stations SET is_basin_outlet = true WHERE basin_code = 'Nakdong'",
    )
    assert Gauges(gauged_app.reader).outlets()["Nakdong"].station_code == BUSAN_GAUGE
    execute(
        gauged_app,
        f"UPDATE modelops.api_wamis_stations SET drainage_area_km2 = NULL WHERE station_code = '{BUSAN_GAUGE}'",
    )
    assert Gauges(gauged_app.reader).outlets()["Nakdong"].station_code == "2022610"
    execute(gauged_app, "DELETE FROM modelops.api_wamis_cache WHERE station_code = '2022610'")
    assert "Nakdong" not in Gauges(gauged_app.reader).outlets()


def test_gauges_of_a_river_the_nearest_first(gauged_app):
    """Within the distance, of that river only; a gauge without flows has no years."""
    reader = Gauges(gauged_app.reader)
    near = reader.along(" 낙 동 강", *BUSAN, 20_000)
    far = reader.along("낙동강", *BUSAN, 60_000)
    execute(
        gauged_app, f"DELETE FROM modelops.api_wamis_cache WHERE station_code = '{BUSAN_GAUGE}'"
    )

    assert [(r.station_code, round(r.distance_m, -3)) for r in near] == [(BUSAN_GAUGE, 8000)]
    assert [r.station_code for r in far] == [BUSAN_GAUGE, "2022610"]
    assert far[0].distance_m < far[1].distance_m
    assert reader.along("한강", *BUSAN, 20_000) == []
    assert reader.along("낙동강", *BUSAN, 20_000)[0].year.size == 0


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (None, "observed"),
        (
            "UPDATE modelops.data_sources SET kind = 'synthetic' WHERE table_name = 'api_wamis_stations'",
            "synthetic",
        ),
        (
            "UPDATE modelops.data_sources SET kind = 'derived' WHERE table_name = 'api_wamis_cache'",
            "derived",
        ),
        ("DELETE FROM modelops.data_sources WHERE table_name = 'api_wamis_cache'", ""),
        (
            "INSERT INTO modelops.data_sources (table_name, name, provider, licence, version, kind, row_count)"
            " VALUES ('api_wamis_cache', 'more', 'x', 'x', '1', 'synthetic', 1)",
            "synthetic",
        ),
    ],
)
def test_one_invented_data_set_makes_the_flows_invented(gauged_app, change, kind):
    """The rows do not say which set they are of: the worst kind holds for all."""
    if change:
        execute(gauged_app, change)
    assert {r.kind for r in Gauges(gauged_app.reader).along("낙동강", *BUSAN, 60_000)} == {kind}
    assert {r.kind for r in Gauges(gauged_app.reader).outlets().values()} == {kind}


def test_the_index_alone_answers(gauged_app):
    """Ten million days stay cheap: no look into the table."""
    with gauged_app.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE modelops.api_wamis_cache"))
        for sql in (
            TEXTS["outlet_flows"],
            TEXTS["gauge_flows"].replace(":codes", f"ARRAY['{BUSAN_GAUGE}']"),
        ):
            plan = "\n".join(connection.execute(text(f"EXPLAIN {sql}")).scalars())
            assert "Index Only Scan using api_wamis_cache_key" in plan, plan


# --- water stress ------------------------------------------------------------------------------


def test_invented_gauges_change_no_water_number(app):
    """Another nightly run with thirty synthetic years: the same numbers, and the reason."""
    nightly.run(app.nightly_ports, app.nightly_request())
    before = water(app)
    load(app, "synthetic")
    nightly.run(app.nightly_ports, app.nightly_request())
    after = water(app)

    assert {k: v[0] for k, v in after.items()} == {k: v[0] for k, v in before.items()}
    assert {k: v[3] for k, v in after.items()} == {k: v[3] for k, v in before.items()}
    assert all("supply_gauge_synthetic" in row[1] for key, row in after.items() if key[0] != 6)
    assert not any("supply_gauge" in (row[2] or {}) for row in after.values())


def test_observed_gauges_set_the_supply_of_their_basins(app):
    """Every stress is the balance's × mean run-off of 1991–2020 ÷ the measured depth; nothing else changes."""
    nightly.run(app.nightly_ports, app.nightly_request())
    before, balance = water(app), stress(app)
    flow = load(app, "observed", times=2.0)
    report = nightly.run(app.nightly_ports, app.nightly_request())
    after = water(app)
    baseline = {cell: after[cell, "ssp2", "baseline"] for cell in world.CELLS}

    assert (
        report.changed["probability_results"] == 5 * 4 * 5
    )  # five cells of two basins, and nothing else
    assert {baseline[c][2]["supply_gauge"] for c in (1, 2, 3)} == {
        f"{BUSAN_GAUGE} (부산시(구포대교)), n = 30"
    }
    assert {baseline[c][2]["supply_gauge"] for c in (4, 5)} == {
        f"{SEOUL_GAUGE} (서울시(한강대교)), n = 30"
    }
    assert all(
        "supply_gauged" in row[1] and row[3] == before[key][3]
        for key, row in after.items()
        if key[0] != 6
    )
    assert after[6, "ssp2", "baseline"][1] == before[6, "ssp2", "baseline"][1]

    volume = (yearly(flow[BUSAN_GAUGE], np.sum) * 86_400).mean()
    factor = runoff(app, (1, 2, 3)) / (volume / 23_384e6 * 1000)
    measured = stress(app)
    assert abs(factor - 1) > 0.05
    for key in measured:
        if key[0] in (1, 2, 3):
            assert measured[key] == pytest.approx(factor * balance[key], rel=1e-6)
    assert nightly.run(app.nightly_ports, app.nightly_request()).skipped > 0


def stress(app):
    """Cell, scenario and horizon → the mean behind H."""
    with app.reader.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT grid_id, ssp_scenario::text, horizon::text, (statistic->>'stress')::float8"
                "  FROM modelops.hazard_results WHERE risk_type = 'water_stress'"
            )
        ).all()
    return {tuple(row[:3]): row[3] for row in rows}


def runoff(app, cells):
    """The balance's mean run-off of 1991–2020 over some cells [mm]."""
    peril, p = app.perils["water_stress"], app.parameters.params("water_stress")
    tile = app.climate.tile(Tile(cells[0], cells[-1]), peril.regional_requires)
    found = peril.regional(tile, p)
    names = ("regional_precipitation", "regional_reference_et")
    rain, et0 = (found[name][1, :30].mean(axis=1) for name in names)
    return budyko.runoff(rain, et0, p["budyko_n"]).mean()


def test_a_changed_day_recalculates_the_basins_and_no_tile(gauged_app):
    """The fingerprint holds the volumes."""
    nightly.run(gauged_app.nightly_ports, gauged_app.nightly_request())
    execute(
        gauged_app,
        f"UPDATE modelops.api_wamis_cache SET value = value + 40000 WHERE station_code = '{BUSAN_GAUGE}' AND observation_date = '1995-08-01'",
    )
    report = nightly.run(gauged_app.nightly_ports, gauged_app.nightly_request())

    assert (report.tiles, report.skipped) == (1, 1)
    assert report.changed["probability_results"] > 0


# --- the river at a site -----------------------------------------------------------------------


def test_an_invented_gauge_changes_no_river_number(gauged_site):
    """The rain's number to the last bit, and the reason in flags and warnings."""
    register(gauged_site, "synthetic")
    _, rain = assessed(gauged_site)
    answer, named = assessed(gauged_site, river_name="낙동강")

    for key, row in named.items():
        assert {**row, "flags": None} == {**rain[key], "flags": None}
        assert "gauge_synthetic" in row["flags"]
    assert {"code": "gauge_synthetic", "perils": []} in answer["warnings"]
    assert answer["building"]["river_gauge"] == {"state": "gauge_synthetic"}
    assert not {f for row in rain.values() for f in row["flags"]} & {
        "gauge_synthetic",
        "gauge_none_near",
        "river_gauged",
    }


def test_an_observed_gauge_drives_the_river(gauged_site):
    """Every scenario and horizon, its path in row, table and answer; other perils stay as they are."""
    flow = loaded()[BUSAN_GAUGE]
    plain, rain = assessed(gauged_site)
    answer, named = assessed(gauged_site, river_name="낙 동 강")
    gauge = answer["building"]["river_gauge"]
    l1, l2, _ = l_moments(yearly(flow, np.max)[:, None])

    assert (gauge["state"], gauge["station_code"], gauge["years"]) == (
        "river_gauged",
        BUSAN_GAUGE,
        30,
    )
    assert [gauge["l1"], gauge["l2"]] == pytest.approx([l1[0], l2[0]], rel=1e-6)
    said = f"gauge {BUSAN_GAUGE} (부산시(구포대교)), 30 years"
    for key, row in named.items():
        assert row["remarks"] == [f"river_path: {said}"]
        assert "river_gauged" in row["flags"]
        assert row["status"] == rain[key]["status"]
        assert row["base_aal"] == rain[key]["base_aal"]
        assert row["final_aal"] != rain[key]["final_aal"]
        assert 0 <= row["aal_p05"] <= row["final_aal"] <= row["aal_p95"]
    assert named["ssp5", "2090s"]["final_aal"] > named["ssp5", "baseline"]["final_aal"] > 0
    others = [[r for r in a["results"] if r["risk_type"] != "river_flood"] for a in (plain, answer)]
    assert others[0] == others[1]
    with gauged_site.reader.connect() as connection:  # what was corrected stays in the job
        query = "SELECT count(*) FROM modelops.exposure_results"
        assert connection.execute(text(query)).scalar() == 0


@pytest.mark.parametrize(
    ("point", "name", "statement", "flag"),
    [
        (BUSAN, "한강", None, "gauge_none_near"),
        (
            BUSAN,
            "낙동강",
            f"DELETE FROM modelops.api_wamis_cache WHERE station_code = '{BUSAN_GAUGE}' AND observation_date >= '2005-01-01'",
            "gauge_too_short",
        ),
        (
            BUSAN,
            "낙동강",
            f"DELETE FROM modelops.api_wamis_cache WHERE station_code = '{BUSAN_GAUGE}' AND observation_date >= '2006-01-01'",
            "river_gauged",
        ),
        (
            BUSAN,
            "낙동강",
            f"UPDATE modelops.api_wamis_stations SET station_type = 'level' WHERE station_code = '{BUSAN_GAUGE}'",
            "gauge_none_near",
        ),
        (
            BUSAN,
            "낙동강",
            f"UPDATE modelops.api_wamis_cache SET value = 99999 WHERE station_code = '{BUSAN_GAUGE}' AND extract(doy FROM observation_date)::int % 30 = 0",
            "gauge_implausible",
        ),
        (
            BUSAN,
            "낙동강",
            f"UPDATE modelops.api_wamis_cache SET value = least(value, 90) WHERE station_code = '{BUSAN_GAUGE}'",
            "gauge_implausible",
        ),
        (
            BUSAN,
            "낙동강",
            f"UPDATE modelops.api_wamis_cache SET value = 9999 WHERE station_code = '{BUSAN_GAUGE}' AND observation_date IN ('1999-02-01', '2003-02-01') OR value > 9000 AND station_code = '{BUSAN_GAUGE}'",
            "gauge_implausible",
        ),
        (SEOUL, "한강", None, "river_gauged"),
    ],
)
def test_no_gauge_that_counts_is_rain_with_its_reason(gauged_site, point, name, statement, flag):
    """Another river, fourteen years, a level gauge, codes as flows: rain, as without a name."""
    if statement:
        execute(gauged_site, statement)
    _, rain = assessed(gauged_site, point)
    _, named = assessed(gauged_site, point, river_name=name)

    assert all(flag in row["flags"] for row in named.values())
    same = [row["final_aal"] == rain[key]["final_aal"] for key, row in named.items()]
    assert not any(same) if flag == "river_gauged" else all(same)


def test_low_and_high_set_go_the_same_way(gauged_site):
    """The gauge drives the river under every set; each set moves it."""
    params = {
        "latitude": BUSAN[0],
        "longitude": BUSAN[1],
        "as_of": 2025,
        "corrections": {**PLACE, "river_name": "낙동강"},
    }
    found = {}
    for name in ("low", "central", "high"):
        answer = gauged_site.assess(
            {**params, "parameter_set": name, "risk_types": ["river_flood"]}
        )
        [row] = [
            r for r in answer["results"] if (r["ssp_scenario"], r["horizon"]) == ("ssp2", "2050s")
        ]
        assert "river_gauged" in row["flags"]
        found[name] = row["final_aal"]
    assert found["low"] < found["central"] < found["high"]


def test_what_if_starts_from_the_same_gauge(gauged_site):
    """The central set, recalculated from a kept answer, is the number that was stored."""
    answer, rows = assessed(gauged_site, river_name="낙동강")
    peril, file, key = gauged_site.perils["river_flood"], gauged_site.parameters, ("ssp5", "2050s")
    cell = answer["cell"]["grid_id"]
    hazard, probability = (
        [r for r in part if (r["ssp_scenario"], r["horizon"]) == key]
        for part in gauged_site.cells.cell(cell)
    )
    kept = gauged_site.jobs.get(answer["batch_id"]).results
    sites = asset.described(Sites.of([whatif.site_of(Answer.from_row(kept))]), 2025)
    climate = other_sets.cell_climate(gauged_site.climate, peril, cell, file.params(peril.key))
    found = whatif.by_set(
        peril,
        climate,
        site_rows.stored("river_flood", hazard, probability).values,
        key,
        sites,
        file,
    )

    assert found.outcomes["central"].final_aal == pytest.approx(rows[key]["final_aal"], rel=1e-7)


def test_a_wrong_name_is_refused_before_a_job(site_app):
    """The field, the value and the limit."""
    with pytest.raises(InvalidInput, match=r"river_name.*50"):
        ondemand.request(
            {
                "latitude": BUSAN[0],
                "longitude": BUSAN[1],
                "as_of": 2025,
                "corrections": {"river_name": "가" * 51},
            }
        )


def test_terminal_names_the_gauge(gauged_site, monkeypatch):
    """assess and explain say which gauge, and which sets the supply."""
    nightly.run(gauged_site.nightly_ports, gauged_site.nightly_request())
    monkeypatch.setattr("modelops_core.cli.site.app", lambda: gauged_site)
    place = [str(x) for x in BUSAN]
    run = CliRunner()
    answer = run.invoke(
        program, ["assess", *place, "--river-distance", "50", "--river-name", "낙동강"]
    )
    river = run.invoke(program, ["explain", *place, "river_flood", "--river-name", "낙동강"])
    elsewhere = run.invoke(program, ["explain", *place, "river_flood", "--river-name", "한강"])
    supply = run.invoke(program, ["explain", *place, "water_stress"])

    said = f"gauge {BUSAN_GAUGE} (부산시(구포대교)), 30 years"
    assert said in answer.output
    assert said in river.output
    assert "api_wamis_cache" in river.output
    assert FLAGS["gauge_none_near"].en in elsewhere.output
    assert f"{BUSAN_GAUGE} (부산시(구포대교)), n = 30" in supply.output
    assert FLAGS["supply_gauged"].en in supply.output
