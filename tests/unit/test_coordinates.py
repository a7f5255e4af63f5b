"""Pairs of coordinates as people paste them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_core.domain.korean import coordinates
from modelops_core.domain.site import LATITUDES, LONGITUDES

FEW = settings(max_examples=15)
#: to a tenth of a second of arc, which every form can say
TENTH = 36_000
LATITUDE = st.integers(int(LATITUDES[0] * TENTH), int(LATITUDES[1] * TENTH))
LONGITUDE = st.integers(int(LONGITUDES[0] * TENTH), int(LONGITUDES[1] * TENTH))


def decimal(tenths: int) -> str:
    return f"{tenths / TENTH:.7f}"


def parts(tenths: int) -> tuple[int, int, str]:
    """Whole degrees, whole minutes, seconds."""
    degrees, rest = divmod(tenths, TENTH)
    minutes, seconds = divmod(rest, 600)
    return degrees, minutes, f"{seconds / 10:.1f}"


def dms(tenths: int, marks: str) -> str:
    """Degrees, minutes and seconds, each followed by its mark."""
    return "".join(
        f"{part}{mark}" for part, mark in zip(parts(tenths), marks.split("_"), strict=True)
    )


def dm(tenths: int, marks: str) -> str:
    degrees, rest = divmod(tenths, TENTH)
    first, second = marks.split("_")
    return f"{degrees}{first}{rest / 600:.6f}{second}"


PLAIN = (
    "{0}, {1}",
    "{0}\t{1}",
    "{0}，{1}",
    "{0}\u3000{1}",
    "{0}\xa0{1}",
    "({0}, {1})",
    "[{0}; {1}]",
    "+{0}, +{1}",
    "{0}/{1}",
    "{0} | {1}",
    "  {0} {1}\n",
    "\ufeff{0},{1}",
    "N{0}, E{1}",
    "N {0} E {1}",
    "{0}N {1}E",
    "{0}°N, {1}°E",
    "{0}° N {1}° E",
    "{0} north, {1} east",
    "북위 {0} 동경 {1}",
    "북위 {0}도, 동경 {1}도",
    "위도 {0} 경도 {1}",
    "위도: {0}, 경도: {1}",
    "{0}(위도), {1}(경도)",
    "lat {0} lon {1}",
    "Latitude: {0} Longitude: {1}",
    "lat={0}&lng={1}".replace("&", " "),
    '{{"lat": {0}, "lng": {1}}}',
    "y: {0}, x: {1}",
    "서울 사무소 {0}, {1}",
    "@{0},{1},15z",
    "geo:{0},{1}?z=3",
    "https://www.google.com/maps/@{0},{1},17z",
    "https://www.google.com/maps/place/X/@36.0,128.0,9z/data=!3m1!3d{0}!4d{1}",
    "https://maps.google.com/?q={0}%2C{1}",
    "https://www.google.com/maps/search/?api=1&query={0},{1}",
    "https://www.openstreetmap.org/#map=12/{0}/{1}",
    "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=9/36.0/128.0",
    f"https://map.kakao.com/link/map/{quote('지점')},{{0}},{{1}}",
    "https://example.com/map?lng={1}&lat={0}",
    "https://map.naver.com/v5/?c={1},{0},15,0,0,0,dh",
    # longitude first
    "{1}, {0}",
    "{1} {0}",
    "E{1} N{0}",
    "{1}E, {0}N",
    "동경 {1} 북위 {0}",
    "경도 {1}, 위도 {0}",
    "x: {1}, y: {0}",
    "[{1}, {0}]",
    "POINT ({1} {0})",
)
MARKS = ("°_′_″", "° _' _\" ", "도 _분 _초 ", "º_’_”", "°_'_''", "d_m_s")


@pytest.mark.parametrize("form", PLAIN)
@FEW
@given(latitude=LATITUDE, longitude=LONGITUDE)
def test_decimals_in_every_form_are_the_same_point(form, latitude, longitude):
    """Formatted and read again: the point, to a thousandth of a second."""
    same(coordinates.parse(form.format(decimal(latitude), decimal(longitude))), latitude, longitude)


@pytest.mark.parametrize("form", ["{0} {1}", "{0}, {1}", "{0}N {1}E", "N{0} E{1}", "{1}, {0}"])
@pytest.mark.parametrize("marks", MARKS)
@FEW
@given(latitude=LATITUDE, longitude=LONGITUDE)
def test_degrees_minutes_and_seconds(form, marks, latitude, longitude):
    """With any signs, with or without hemispheres, either order."""
    text = form.format(dms(latitude, marks), dms(longitude, marks))
    same(coordinates.parse(text), latitude, longitude)


@pytest.mark.parametrize("form", ["{0} {1}", "북위 {0}, 동경 {1}", "{0} N, {1} E", "{1} / {0}"])
@pytest.mark.parametrize("marks", ["°_′", "° _'", "도 _분", " _"])
@FEW
@given(latitude=LATITUDE, longitude=LONGITUDE)
def test_degrees_and_decimal_minutes(form, marks, latitude, longitude):
    """Also without any sign."""
    text = form.format(dm(latitude, marks), dm(longitude, marks))
    same(coordinates.parse(text), latitude, longitude)


@pytest.mark.parametrize("form", ["{0} {1}", "{0}, {1}", "{0};{1}", "{0},{1}", "{1} {0}"])
@FEW
@given(latitude=LATITUDE, longitude=LONGITUDE)
def test_decimal_commas_where_they_can_mean_nothing_else(form, latitude, longitude):
    """37,5665 126,9780: four groups of digits are two numbers."""
    commas = (decimal(value).replace(".", ",") for value in (latitude, longitude))
    same(coordinates.parse(form.format(*commas)), latitude, longitude)


def test_other_hemispheres_and_signs():
    """South and west are negative, once."""
    found = coordinates.parse("33.86S 151.21E")
    assert found == coordinates.Point(-33.86, 151.21)
    assert coordinates.parse("48.8584, -2.2945") == coordinates.Point(48.8584, -2.2945)
    assert coordinates.parse("0° 30' N, 0° 15' W") == coordinates.Point(0.5, -0.25)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "강남구", "명동 3가", "세종대로 110", "03187", "1114010300100310000", "37.5"),
        *("37,33,126,58", "37 75 126 58", "37°75'N 126°58'E", "1 2 3", "91, 200", "-37.5S, 126.9E"),
        *("37.5N, 126.9S", "lat 37.5 lat 126.9", "위도 37.5 N 경도 126.9 N", "N", "°", "37.5°' 1"),
        *("https://example.com/37.5", "경도 37.5 N, 위도 126.9 E", "9" * 3000),
        *("37 60 126 58", "37°60'N 126°58'E", "lat 37.5 E, lon 37.9 N", "95, 100"),
    ],
)
def test_what_is_no_pair_or_contradicts_itself(text):
    """Nothing is guessed."""
    assert coordinates.parse(text) is None


@given(st.text(max_size=60))
def test_any_text_is_a_point_of_the_earth_or_none(text):
    """Never an error."""
    found = coordinates.parse(text)
    assert found is None or (abs(found.latitude) <= 90 and abs(found.longitude) <= 180)


def same(found: coordinates.Point | None, latitude: int, longitude: int) -> None:
    assert found is not None
    assert abs(found.latitude - latitude / TENTH) < 3e-7
    assert abs(found.longitude - longitude / TENTH) < 3e-7
