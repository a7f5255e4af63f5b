"""What signing in needs, checked before anything is served."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from modelops_core.domain.access import loopback
from modelops_core.errors import InvalidInput
from modelops_core.settings import Settings

#: where the provider sends people back to, below the public address
CALLBACK = "/oauth2callback"
#: of the secret that signs the cookies
LEAST_LENGTH = 32


def secrets(settings: Settings) -> Mapping[str, Any] | None:
    """
    Return the provider and this program's registration, as ``st.login`` takes them.

    None where nobody signs in. Raises InvalidInput naming the settings that are missing or wrong.
    """
    if not settings.login:
        return None
    parts = {
        "MODELOPS_OIDC_METADATA_URL": settings.oidc_metadata_url,
        "MODELOPS_OIDC_CLIENT_ID": settings.oidc_client_id,
        "MODELOPS_OIDC_CLIENT_SECRET": settings.oidc_client_secret.get_secret_value(),
        "MODELOPS_PUBLIC_URL": settings.public_url,
        "MODELOPS_COOKIE_SECRET": settings.cookie_secret.get_secret_value(),
    }
    if lacking := [name for name, value in parts.items() if not value]:
        raise InvalidInput("login_lacks", lacking=lacking)
    metadata, client_id, client_secret, public, cookie = parts.values()
    for name, url in (
        ("MODELOPS_OIDC_METADATA_URL", metadata),
        ("MODELOPS_PUBLIC_URL", public),
    ):
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise InvalidInput("login_not_an_address", field=name, value=url)
    if len(cookie) < LEAST_LENGTH:
        raise InvalidInput("cookie_secret_short", count=len(cookie), least=LEAST_LENGTH)
    lists = (settings.readers, settings.analysts, settings.admins)
    if not any(listed.strip(", ") for listed in lists):
        raise InvalidInput("login_for_nobody")
    if find_spec("authlib") is None:
        raise InvalidInput("login_needs_authlib")
    return {
        "auth": {
            "redirect_uri": public.rstrip("/") + CALLBACK,
            "cookie_secret": cookie,
            "client_id": client_id,
            "client_secret": client_secret,
            "server_metadata_url": metadata,
        }
    }


def open_to_all(settings: Settings, address: str | None) -> bool:
    """Whether everybody who reaches *address* is an administrator of pages and API."""
    return settings.access == "off" and not loopback(address)
