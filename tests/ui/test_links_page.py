"""
A link copied from any page opens the same view: widgets, texts, numbers and tables.

The choices are made by the widgets; a session that knows nothing else opens their address. What
only a browser shows, its history and the first request of a server, is in test_links_browser.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from modelops_core.ui.kit.navigation import PAGES
from tests.world import BUSAN, SEOUL

PAGES_FOLDER = Path(__file__).parents[2] / "pages"
#: page → name in the address (and key of the widget) → value chosen
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "assess": {
        "peril": "wildfire",
        "ssp": "ssp5",
        "beside": "ssp1",
        "metric": "probability",
        "class": "3",
        "horizon": "2090s",
        "view": "districts",
        "opacity": 70,
        "section": "outlook",
    },
    "compare": {
        "quantity": "typhoon",
        "measure": "loss",
        "show": "table",
        "ssp": "ssp1",
        "horizon": "2070s",
    },
    "sites": {"order": "name", "horizon": "2070s", "ssp": "ssp3"},
    "portfolio": {},
    "projections": {"variable": "rn", "horizon": "2030s", "months": "change"},
    "population": {"measure": "change", "year": 2040, "level": "sido"},
    "data": {"kind": "derived", "table": "rn_data"},
    "method": {"peril": "typhoon", "axis": "log", "part": "numbers", "of": "typhoon", "grade": "B"},
    "jobs": {"status": "completed"},
}
KINDS = ("button_group", "radio", "selectbox", "select_slider", "slider", "text_input", "toggle")
#: what passes by itself
AGO = re.compile(
    r"\d+ (?:s|seconds?|min|minutes?|h|hours?) ago|just now|방금|조금 전|\d+\s*(?:초|분|시간)\s*전"
)


def widget(page: AppTest, key: str) -> Any:
    """The one widget of a key."""
    found = [one for kind in KINDS for one in getattr(page, kind) if one.key == key]
    assert len(found) == 1, f"{key}: {len(found)} widgets"
    return found[0]


def address(page: AppTest) -> dict[str, str]:
    """What stands in the URL; a page that wrote nothing still has lists."""
    return {k: v if isinstance(v, str) else v[0] for k, v in page.query_params.items()}


def look(page: AppTest) -> dict[str, list[Any]]:
    """What a reader sees, by kind of element."""
    texts = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error")
    seen = {kind: [AGO.sub("…", str(one.value)) for one in getattr(page, kind)] for kind in texts}
    seen["metric"] = [(one.label, one.value, one.delta) for one in page.metric]
    seen["tables"] = [AGO.sub("…", one.value.to_csv()) for one in [*page.dataframe, *page.table]]
    seen["widgets"] = [
        (one.key, one.label if hasattr(one, "label") else "", one.value)
        for kind in KINDS
        for one in getattr(page, kind)
    ]
    return seen


@pytest.fixture
def place(site_app: Any) -> dict[str, str]:
    """The address of an assessed place; two sites are saved."""
    for name, (latitude, longitude) in (("Head office", SEOUL), ("Works", BUSAN)):
        asked = {
            "latitude": latitude,
            "longitude": longitude,
            "as_of": 2025,
            "corrections": {"asset_value": 2e10},
        }
        answer = site_app.assess(asked)
        site_app.portfolios.save(
            name, latitude, longitude, asked["corrections"], answer["batch_id"]
        )
    return {"lat": str(BUSAN[0]), "lon": str(BUSAN[1]), "job": answer["batch_id"]}


@pytest.mark.parametrize("name", PAGES)
def test_a_copied_link_opens_the_same_view(
    opened: Any, site_app: Any, place: dict[str, str], request: pytest.FixtureRequest, name: str
) -> None:
    """Each choice is in the address, under its name and as its identifier."""
    request.module.PAGE = str(PAGES_FOLDER / f"{name}.py")
    first = opened(site_app, **place)
    for key, value in CHOICES[name].items():
        widget(first, key).set_value(value).run()
        assert not first.exception
        assert address(first)[key] == str(value)
    copied, seen = address(first), look(first)

    second = opened(site_app, **copied)
    assert look(second) == seen
    assert address(second) == copied
