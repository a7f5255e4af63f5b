"""The pages' gate: open on this machine, closed to others, by role after signing in."""

from __future__ import annotations

import pytest

from modelops_core.domain.access import page_role
from modelops_core.settings import Settings


@pytest.mark.parametrize(
    ("settings", "email", "address", "forwarded", "role"),
    [
        ({}, None, None, False, "admin"),
        ({}, None, "127.0.0.1", False, "admin"),
        ({}, None, "192.0.2.7", False, None),
        ({}, None, "127.0.0.1", True, None),
        ({"MODELOPS_ACCESS": "on"}, None, "127.0.0.1", False, None),
        ({"MODELOPS_ACCESS": "off"}, None, "192.0.2.7", True, "admin"),
        ({"MODELOPS_LOGIN": True}, None, "127.0.0.1", False, None),
        ({"MODELOPS_LOGIN": True}, "a@b.kr", "192.0.2.7", True, "viewer"),
        (
            {"MODELOPS_LOGIN": True, "MODELOPS_ANALYSTS": "x@y.kr, A@b.kr"},
            "a@b.kr",
            None,
            False,
            "analyst",
        ),
        ({"MODELOPS_LOGIN": True, "MODELOPS_ADMINS": "a@b.kr"}, "a@b.kr", None, False, "admin"),
    ],
)
def test_who_may_what(settings, email, address, forwarded, role):
    """No key or account is needed here; everybody else needs one, and only the named ones may run."""
    assert page_role(email, address, forwarded, Settings(_env_file=None, **settings)) == role
