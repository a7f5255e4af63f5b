"""The search through the API, and the API's reference page."""

from __future__ import annotations

import re

import pytest


def test_a_text_is_a_place(client):
    """A name and a pasted pair; nothing of a name is an empty list, not an error."""
    found = client.get("/api/v1/places", params={"q": "연제"}).json()["places"]
    assert found[0]["name"] == "부산광역시 연제구"
    assert found[0]["level"] == "sigungu"
    pair = {"q": "37°33'36\"N 126°58'48\"E"}
    [point] = client.get("/api/v1/places", params=pair).json()["places"]
    assert (point["latitude"], point["longitude"]) == pytest.approx((37.56, 126.98))
    assert client.get("/api/v1/places", params={"q": "없는곳"}).json() == {"places": []}


def test_numbers_that_are_no_place_are_refused(client):
    """422 with the forms that are understood."""
    answer = client.get("/api/v1/places", params={"q": "37,33,126,58"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "place_not_understood"
    assert "37.5665, 126.9780" in answer.json()["detail"]


def test_the_reference_page_loads_nothing_from_elsewhere(client):
    """Its scripts are ours, its description the OpenAPI document, and its policy allows no other."""
    page = client.get("/api/docs", params={"lang": "ko", "theme": "dark"})
    assert page.status_code == 200
    assert 'data-theme="dark"' in page.text
    assert "/api/openapi.json" in page.text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    theme, script = [address for address in addresses if address.endswith(".js")]
    assert not any(address.startswith(("http", "//")) for address in addresses)
    assert "http" not in page.headers["content-security-policy"]
    assert "prefers-color-scheme: dark" in client.get(theme).text
    body = client.get(script, headers={"accept-encoding": "gzip"})
    assert body.headers["content-encoding"] == "gzip"
    assert "Redoc" in body.text
    assert "cdn.redoc.ly" not in body.text
    assert client.get(script, headers={"accept-encoding": "identity"}).text == body.text
