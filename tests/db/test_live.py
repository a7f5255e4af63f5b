"""Rows that services gave, in the tables beside those that are there."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from modelops_core.db.inputs.live_tables import LiveTables
from modelops_core.domain.access import COMMAND_LINE, Caller
from modelops_core.domain.dataset import Provenance
from modelops_core.errors import InvalidInput, NotAllowed
from tests.unit.sources.test_live import ITEMS, PARCEL, TRACKS, Recorded, register


@pytest.fixture
def fetch(app, tmp_path):
    """Asks a service that gives recorded answers."""

    def ask(kind, *answers, caller=COMMAND_LINE, live=True, **wanted):
        key = SecretStr("k")
        allowed = app.settings.model_copy(
            update={"live": live, "kma_key": key, "data_go_kr_key": key}
        )
        transport = httpx.MockTransport(Recorded(*answers))
        data = replace(app.live_data, settings=allowed, folder=tmp_path, transport=transport)
        return data.fetch(caller, kind, wanted)

    return ask


def rows(app, query):
    with app.owner.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_entries_of_the_register_go_beside_the_others(app, fetch, tmp_path):
    """The same entry again takes the place of the former one; the register of data sets counts."""
    count = "SELECT count(*) FROM modelops.api_buildings"
    [(before,)] = rows(app, count)
    first = fetch("buildings", register(ITEMS, 2), **PARCEL)
    assert (first.rows, rows(app, count)) == ({"api_buildings": 2}, [(before + 2,)])
    changed = [{**ITEMS[0], "totArea": 6000}]
    assert fetch("buildings", register(changed, 1), **PARCEL).rows == {"api_buildings": 0}
    known = (
        "SELECT total_area, kind::text FROM modelops.api_buildings WHERE register_pk = '1111000001'"
    )
    assert rows(app, known) == [(6000.0, "observed")]
    [source] = [s for s in app.sources.all() if s.name.startswith("Service: Ministry")]
    assert (source.row_count, source.kind, len(source.file_sha256)) == (2, "observed", 64)
    assert len(list(tmp_path.iterdir())) >= 1
    [noted] = [one for one in app.audit.recent() if one["action"] == "fetch"][:1]
    assert noted["subject"] == "buildings"


def test_only_seasons_that_the_tables_lack_are_fetched(app, fetch):
    """The same storm of two catalogues would count twice; the service's own come again."""
    [(last,)] = rows(app, "SELECT max(season) FROM modelops.api_typhoon_list")
    with pytest.raises(InvalidInput, match=f"from={last + 1}"):
        fetch("typhoon", **{"from": str(last), "to": str(last), "timezone": "UTC"})
    later = TRACKS.replace("1501 2015", f"{last + 1 - 2000}01 {last + 1}")
    years = {"from": str(last + 1), "to": str(last + 1), "timezone": "KST"}
    for grown in (1, 0):
        assert fetch("typhoon", later, **years).rows["api_typhoon_list"] == grown
    found = rows(
        app,
        "SELECT to_char(track_time AT TIME ZONE 'UTC', 'HH24'), round(wind_kt) FROM"
        " modelops.api_typhoon_tracks WHERE storm_id LIKE 'KMA%%' ORDER BY track_time",
    )
    assert found == [("15", 35.0), ("21", None)]


def test_services_are_off_and_for_administrators(app, fetch):
    """Nothing is asked otherwise, and nothing without a key."""
    with pytest.raises(InvalidInput, match="MODELOPS_LIVE=true"):
        fetch("buildings", live=False, **PARCEL)
    with pytest.raises(NotAllowed):
        fetch("buildings", caller=Caller("a", "a", "analyst"), **PARCEL)
    with pytest.raises(InvalidInput, match="MODELOPS_KMA_KEY"):
        replace(app.live_data, settings=app.settings.model_copy(update={"live": True})).fetch(
            COMMAND_LINE, "typhoon", {"from": "2015", "to": "2015", "timezone": "UTC"}
        )


def test_what_is_known_of_a_gauge_stays(app):
    """The service's list has no positions; new gauges come, those of the tables keep theirs."""
    query = (
        "SELECT station_code, station_name, latitude FROM modelops.api_wamis_stations ORDER BY 1"
    )
    before = rows(app, query)
    columns = {
        "station_code": [before[0][0], "new"],
        "station_name": ["other", "new"],
        "station_type": ["flow", "flow"],
        "is_basin_outlet": [False, False],
    }
    source = Provenance(name="S", provider="P", licence="L", version="1", kind="observed")
    grown = LiveTables(app.owner).add(
        {"api_wamis_stations": [columns]}, {"api_wamis_stations": source}
    )
    assert grown == {"api_wamis_stations": 1}
    assert rows(app, query) == sorted([*before, ("new", "new", None)])
