"""Places of many sites at once, and the command that checks a portfolio against them."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from modelops_core.cli.shared import program
from modelops_core.db.inputs.portfolio_places import PortfolioPlaces
from modelops_core.sources import place_tables
from tests.world import BUSAN, SEOUL

ADDRESSES = """도로명주소,지번주소,고유번호,위도,경도
서울특별시 중구 세종대로 110,서울특별시 중구 태평로1가 31,1114010300100310000,37.5665,126.978
"""
SITES = """사업장번호,위도,경도,시군구,도로명주소,PNU
0001,37.56,126.98,26470,,
0002,37.56,130.5,,,
0003,,,,서울시 중구 세종대로 110,
0004,,,,,1114010300100310000
0005,,,,서울시 중구 없는길 9,
"""


@pytest.fixture
def addressed(app, tmp_path):
    """The small country with one address."""
    file = tmp_path / "addresses.csv"
    file.write_text(ADDRESSES)
    app.tables.write(place_tables.read("addresses", file, "MOIS", "open", "1"))
    return app


def test_districts_of_many_points_are_those_of_each(app):
    """The district a point lies in or is nearest to, and the metres between them."""
    places = PortfolioPlaces(app.reader)
    latitude, longitude = np.array([SEOUL, BUSAN, (SEOUL[0], 127.2)]).T

    codes, metres = places.districts_at(latitude, longitude)

    assert list(codes) == ["11140", "26470", "11140"]
    assert list(metres[:2]) == [0, 0]
    # a tenth of a degree of longitude there
    assert metres[2] == pytest.approx(8_830, rel=0.01)
    apart = places.distances(
        np.array(["26470", "26470", "none"], dtype=object), latitude, longitude
    )
    assert apart[0] > 250_000
    assert apart[1] == 0
    assert np.isnan(apart[2])


def test_the_command_names_cells_and_ends_with_2(addressed, tmp_path, monkeypatch):
    """Another district, the sea, an unknown address; what is found by address and parcel is good."""
    monkeypatch.setattr("modelops_core.cli.portfolio.app", lambda: addressed)
    (tmp_path / "p.csv").write_text(SITES)
    listed = tmp_path / "errors.csv"

    run = CliRunner().invoke(
        program, ["portfolio", "check", str(tmp_path / "p.csv"), "--errors", str(listed)]
    )

    assert run.exit_code == 2
    lines = listed.read_text("utf-8-sig").splitlines()
    assert {tuple(line.split(",")[i] for i in (0, 1, 4)) for line in lines[1:]} >= {
        ("error", "in_sea", "B3"),
        ("error", "in_sea", "C3"),
        ("error", "place_unknown", "E6"),
        ("warning", "district_differs", "D2"),
        ("warning", "same_place", "A5"),
    }
    assert "오류      B3" in run.output
    assert "사업장 5곳 · 오류 3" in run.output


def test_a_file_without_an_error_ends_with_0(addressed, tmp_path, monkeypatch):
    """Its portfolio has positions and grades of the address and the parcel."""
    monkeypatch.setattr("modelops_core.cli.portfolio.app", lambda: addressed)
    file = tmp_path / "p.csv"
    file.write_text("\n".join(SITES.splitlines()[i] for i in (0, 3, 4)))

    run = CliRunner().invoke(program, ["portfolio", "check", str(file), "--language", "en"])

    assert run.exit_code == 0, run.output
    assert "2 sites · 0 errors" in run.output
