"""Signing in with a real OpenID provider: who is somebody, and for how long."""

from __future__ import annotations

import time
import warnings
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.testclient import TestClient
from streamlit.auth_util import encode_provider_token
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette import starlette_websocket as socket
from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes

from modelops_core.bootstrap import sign_in
from modelops_core.domain.access import page_caller
from modelops_core.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the provider uses deprecated parts of Authlib, here and below
    import oidc_provider_mock

pytestmark = [
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:authlib.jose:DeprecationWarning"),
]
HERE = "http://risk.example.kr"
PEOPLE = {
    "boss@bank.kr": ({"email_verified": True}, ("admin", None)),
    "risk@bank.kr": ({"email_verified": True}, ("analyst", "Risk")),
    "new@bank.kr": ({"email_verified": True}, ("viewer", None)),
    "fake@bank.kr": ({"email_verified": False}, None),
    "silent@bank.kr": ({}, None),
    "other@else.kr": ({"email_verified": True}, None),
}


@pytest.fixture(scope="module")
def provider():
    users = [
        oidc_provider_mock.User(sub=name, claims={"email": name, **claims})
        for name, (claims, _) in PEOPLE.items()
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def settings(provider):
    return Settings(
        _env_file=None,
        MODELOPS_LOGIN=True,
        MODELOPS_ADMINS="boss@bank.kr",
        MODELOPS_ANALYSTS="risk@bank.kr",
        MODELOPS_READERS="@bank.kr",
        MODELOPS_TEAMS="Risk=risk@bank.kr",
        MODELOPS_OIDC_METADATA_URL=f"{provider}/.well-known/openid-configuration",
        MODELOPS_OIDC_CLIENT_ID="modelops",
        MODELOPS_OIDC_CLIENT_SECRET="secret",
        MODELOPS_PUBLIC_URL=HERE,
        MODELOPS_COOKIE_SECRET="c" * 32,
    )


@pytest.fixture
def browser(settings):
    """What a browser keeps of the pages' server."""
    secrets_singleton.merge_programmatic_secrets(sign_in.secrets(settings))
    app = Starlette(
        routes=create_auth_routes(""), middleware=[Middleware(SessionMiddleware, secret_key="s")]
    )
    yield TestClient(app, HERE, follow_redirects=False)
    secrets_singleton._reset()
    secrets_singleton._programmatic_secrets = None


def signed_in(browser, name):
    """Go to the provider, say who we are, and come back."""
    asked = browser.get("/auth/login", params={"provider": encode_provider_token("default")})
    answered = httpx.post(asked.headers["location"], data={"sub": name})
    back = answered.headers["location"]
    assert back.startswith(f"{HERE}/oauth2callback?")
    assert browser.get(back).headers["location"] == "/"


def claims(browser):
    """What the pages are given of the person."""
    kept = socket._get_signed_cookie_with_chunks(dict(browser.cookies), "_streamlit_user")
    return {} if kept is None else socket._parse_decoded_user_cookie(kept, HERE)


@pytest.mark.parametrize("name", PEOPLE)
def test_who_somebody_is_after_signing_in(browser, settings, name):
    """By the lists; an address that nobody verified, or that no list has, is nobody."""
    signed_in(browser, name)
    found = page_caller(claims(browser), "203.0.113.7", True, settings, time.time())
    assert (found and (found.role, found.team)) == PEOPLE[name][1]
    assert found is None or (found.owner, found.kind) == (name, "person")


def test_a_sign_in_ends(browser, settings):
    """By itself after hours, and at once by signing out, at the provider too."""
    signed_in(browser, "boss@bank.kr")
    kept, now = claims(browser), time.time()
    assert page_caller(kept, None, False, settings, now + 11 * 3600) is not None
    assert page_caller(kept, None, False, settings, now + 13 * 3600) is None

    out = browser.get("/auth/logout").headers["location"]
    assert urlsplit(out).path == "/oauth2/end_session"
    assert claims(browser) == {}
    assert page_caller(claims(browser), None, False, settings, now) is None


def test_a_cookie_of_another_secret_is_worth_nothing(browser):
    """Nobody writes a cookie but this server."""
    browser.cookies.set("_streamlit_user", "eyJlbWFpbCI6ICJib3NzQGJhbmsua3IifQ.x.y")
    assert claims(browser) == {}
