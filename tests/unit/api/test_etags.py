"""Versions of answers, and how long the version of the data is believed."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from modelops_core.api import etags

TAG = etags.etag("layer", 1)


@pytest.mark.parametrize(
    ("given", "same"),
    [
        (TAG, True),
        (TAG.removeprefix("W/"), True),
        (f'"other", {TAG}', True),
        (f"{TAG},W/x", True),
        ("*", True),
        (etags.etag("layer", 2), False),
        ("", False),
        (TAG[:-2], False),
    ],
)
def test_whether_a_client_has_it_already(given, same):
    """Weak or strong, one of several, or any."""
    headers = [(b"if-none-match", given.encode())]
    assert etags.unchanged(Request({"type": "http", "headers": headers}), TAG) is same


def test_a_tag_depends_on_every_part_and_its_place():
    """Two parts that are exchanged are another tag; equal parts the same."""
    assert etags.etag("a", "b") == etags.etag("a", "b")
    assert len({etags.etag(*parts) for parts in (("a", "b"), ("b", "a"), ("ab",), ("a",))}) == 4


def test_a_version_is_believed_for_two_seconds(monkeypatch):
    """Asked at once, not again within two seconds, then again."""
    now, asked = [100.0], []
    monkeypatch.setattr(etags.time, "monotonic", lambda: now[0])
    believed = etags.CachedValue(lambda: asked.append(1) or f"v{len(asked)}")

    said = []
    for moment in (100.0, 101.9, 102.1, 103.0, 104.2):
        now[0] = moment
        said.append(believed())
    assert said == ["v1", "v1", "v2", "v2", "v3"]
