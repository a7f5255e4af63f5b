"""The pages' gate: open on this machine, closed to others, by role after signing in."""

from __future__ import annotations

import pytest

from modelops_core.domain.access import page_caller
from modelops_core.settings import Settings

NOW = 1_796_000_000.0
LOGIN = {"MODELOPS_LOGIN": True, "MODELOPS_ANALYSTS": "A@b.kr", "MODELOPS_READERS": "@b.kr, x@y.kr"}
TEAMS = {"MODELOPS_TEAMS": "Risk = a@b.kr, @c.kr; Retail=d@b.kr"}


@pytest.mark.parametrize(
    ("settings", "address", "forwarded", "role"),
    [
        ({}, None, False, "admin"),
        ({}, "127.0.0.1", False, "admin"),
        ({}, "192.0.2.7", False, None),
        ({}, "127.0.0.1", True, None),
        ({"MODELOPS_ACCESS": "on"}, "127.0.0.1", False, None),
        ({"MODELOPS_ACCESS": "off"}, "192.0.2.7", True, "admin"),
        (LOGIN, "127.0.0.1", False, None),
    ],
)
def test_who_reads_without_signing_in(settings, address, forwarded, role):
    """This machine, unless told otherwise; its one person owns nothing in particular."""
    found = page_caller(None, address, forwarded, Settings(_env_file=None, **settings), NOW)
    assert (found and (found.role, found.owner)) == (role and (role, None))


@pytest.mark.parametrize(
    ("changed", "settings", "who"),
    [
        ({}, {}, ("analyst", None)),
        ({"email": "c@B.kr"}, {}, ("viewer", None)),
        ({"email": "x@y.kr"}, {"MODELOPS_ADMINS": "x@y.kr"}, ("admin", None)),
        ({"email": "x@other.kr"}, {}, None),
        ({"email": "x@other.kr"}, {"MODELOPS_READERS": "*"}, ("viewer", None)),
        ({"email": "b.kr"}, {}, None),
        ({"email": "x@evil@b.kr"}, {}, None),
        ({"email_verified": False}, {"MODELOPS_TRUST_EMAIL": True}, None),
        ({"email_verified": "false"}, {}, None),  # a text, as some providers send it
        ({"email_verified": "true"}, {}, ("analyst", None)),
        ({"email_verified": None}, {}, None),
        ({"email_verified": None}, {"MODELOPS_TRUST_EMAIL": True}, ("analyst", None)),
        ({"iat": NOW - 13 * 3600}, {}, None),
        ({"iat": NOW - 13 * 3600}, {"MODELOPS_LOGIN_HOURS": 24}, ("analyst", None)),
        ({"iat": None}, {}, None),
        ({"iat": NOW + 3600}, {}, None),
        ({"email": "ax@y.kr"}, {}, None),  # x@y.kr is listed
        ({}, TEAMS, ("analyst", "Risk")),
        ({"email": "d@b.kr"}, TEAMS, ("viewer", "Retail")),
    ],
)
def test_who_signed_in(changed, settings, who):
    """Unverified, unlisted and long ago is nobody, whatever else is right; domains count whole."""
    claims = {"email": "a@b.kr", "email_verified": True, "iat": NOW - 60, **changed}
    found = page_caller(
        claims, "192.0.2.7", True, Settings(_env_file=None, **LOGIN | settings), NOW
    )
    assert (found and (found.role, found.team)) == who
    assert found is None or (found.owner, found.address) == (claims["email"].lower(), "192.0.2.7")
