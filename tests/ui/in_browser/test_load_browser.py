"""A file from the reader's disk: what only a browser shows of its way into the tables and back."""

from __future__ import annotations

import re

import pytest

from tests.browser import serving
from tests.database import created

pytestmark = pytest.mark.browser
ROWS = "".join(f"{i},{37.5 + i / 1e4:.4f},127.0,벽돌구조,{100 + i}\n" for i in range(300))
REGISTER = "mgmBldrgstPk,lat,lon,strctCdNm,totArea\n" + ROWS


def buildings(app):
    with app.owner.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM modelops.api_buildings").scalar()


def test_a_file_is_uploaded_checked_loaded_and_taken_back(cluster, nightly_app, tmp_path, tab):
    """The box sends it, bars move by themselves, the version stands below, undoing asks once more."""
    nightly_app.dispose()  # a template may not be in use
    file = tmp_path / "표제부.csv"
    file.write_bytes(REGISTER.encode("cp949"))
    with (
        created(cluster, "ui_load", "world_after_a_night") as database,
        serving(database, tmp_path) as own,
    ):
        before = buildings(own.app)
        one = tab(url=own.url).open("/data?part=load&load=buildings&lang=en")
        one.page.set_input_files(".uploader input", str(file))
        one.page.get_by_text("표제부.csv · ").wait_for()
        one.page.get_by_role("button", name="Check").click()
        one.page.get_by_text("Recognised: Building register").wait_for()
        one.idle().page.get_by_role("button", name=re.compile("Load$")).last.click()
        one.page.get_by_text("is in: 300 rows").wait_for()
        assert buildings(own.app) == 300
        one.idle().page.get_by_role("button", name="Undo load 1").click()
        one.page.get_by_test_id("stPopoverBody").get_by_role("button").click()
        one.page.get_by_text("Load 1 is undone").wait_for()
        assert buildings(own.app) == before
        one.clean()
