"""
What the reader of a page may do: look, calculate, administer.

Without sign-in, readers on this machine may do everything and all others nothing
(MODELOPS_ACCESS=auto); a request that a proxy forwards counts as from elsewhere.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal, Protocol

Role = Literal["viewer", "analyst", "admin"]
#: headers by which a proxy says that it forwards a request
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class Rules(Protocol):
    """The settings that decide; lists are separated by commas."""

    @property
    def access(self) -> str: ...
    @property
    def login(self) -> bool: ...
    @property
    def admins(self) -> str: ...
    @property
    def analysts(self) -> str: ...


def loopback(host: str | None) -> bool:
    """Whether an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def page_role(email: str | None, address: str | None, forwarded: bool, rules: Rules) -> Role | None:
    """
    What the reader of a page may do; None where they have to sign in first.

    *email* is the signed-in user's, *address* the client's (None on this machine), *forwarded*
    whether the request has one of the headers FORWARDED.
    """
    if rules.login:
        return role(email, rules) if email else None
    here = (address is None or loopback(address)) and not forwarded
    return "admin" if rules.access == "off" or (rules.access == "auto" and here) else None


def role(email: str | None, rules: Rules) -> Role:
    """What a signed-in user of the pages may do; everything where nobody signs in."""
    if not rules.login:
        return "admin"
    known = (email or "").strip().lower()
    if known and known in _addresses(rules.admins):
        return "admin"
    return "analyst" if known and known in _addresses(rules.analysts) else "viewer"


def _addresses(listed: str) -> frozenset[str]:
    return frozenset(part.strip().lower() for part in listed.split(",") if part.strip())
