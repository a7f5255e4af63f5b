"""What signing in needs is asked for before anything is served."""

from __future__ import annotations

import pytest

from modelops_core.bootstrap import sign_in
from modelops_core.errors import InvalidInput
from modelops_core.settings import Settings

PARTS = {
    "MODELOPS_LOGIN": "true",
    "MODELOPS_OIDC_METADATA_URL": "https://id.example.kr/.well-known/openid-configuration",
    "MODELOPS_OIDC_CLIENT_ID": "modelops",
    "MODELOPS_OIDC_CLIENT_SECRET": "s",
    "MODELOPS_PUBLIC_URL": "https://risk.example.kr/",
    "MODELOPS_COOKIE_SECRET": "c" * 32,
}


def settings(**changed):
    return Settings(_env_file=None, **PARTS | {"MODELOPS_READERS": "@bank.kr"} | changed)


def test_nobody_signs_in_by_default():
    """Nothing is needed then."""
    assert sign_in.secrets(Settings(_env_file=None)) is None


def test_the_parts_become_the_providers_section(monkeypatch):
    """The provider sends people back to the public address."""
    monkeypatch.setattr(sign_in, "find_spec", lambda name: object())
    section = sign_in.secrets(settings())["auth"]
    assert section["redirect_uri"] == "https://risk.example.kr/oauth2callback"
    assert section["cookie_secret"] == "c" * 32


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        *(({name: ""}, f"but {name} are not set") for name in PARTS if name != "MODELOPS_LOGIN"),
        ({"MODELOPS_COOKIE_SECRET": "short"}, "5 characters"),
        ({"MODELOPS_PUBLIC_URL": "risk.example.kr"}, "no address"),
        ({"MODELOPS_READERS": " , "}, "name nobody"),
    ],
)
def test_what_is_missing_is_named(changed, said):
    """By the setting that lacks it."""
    with pytest.raises(InvalidInput, match=said):
        sign_in.secrets(settings(**changed))


def test_without_authlib_the_package_is_named(monkeypatch):
    """With the command that installs it."""
    monkeypatch.setattr(sign_in, "find_spec", lambda name: None)
    with pytest.raises(InvalidInput, match="Authlib"):
        sign_in.secrets(settings())


def test_secrets_are_kept_out_of_the_repository():
    """The one place for them, and the one that Streamlit would read."""
    from modelops_core.settings import HOME

    ignored = (HOME / ".gitignore").read_text("utf-8").split()
    assert {".env", ".streamlit/secrets.toml"} <= set(ignored)
