"""
Who asks, and what each role may do.

A use case of :data:`LEAST` begins with ``caller.require(...)``; pages and routes ask
``caller.may(...)`` for what they offer. Without sign-in, readers on this machine are one
administrator and all others nobody (MODELOPS_ACCESS=auto); a request that a proxy forwards
counts as from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Literal, Protocol

from modelops_core.domain.job import JobState
from modelops_core.errors import NotAllowed

Role = Literal["viewer", "analyst", "admin"]
#: the roles, each with the rights of those before it
ROLES: tuple[Role, ...] = ("viewer", "analyst", "admin")
#: the scope of an API key that makes its caller one of these
SCOPES: Mapping[Role, str] = {"viewer": "read", "analyst": "run", "admin": "admin"}
#: the parameter of an address by which a page proves that its reader was let in
READER_PASS = "pass"
#: of the ASGI scope of a request with the right pass
LET_IN = "modelops.let_in"
#: headers by which a proxy says that it forwards a request
FORWARDED = (
    "forwarded",
    "via",
    "x-forwarded",
    "x-forwarded-by",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-forwarded-prefix",
    "x-original-forwarded-for",
    "x-original-host",
    "x-original-url",
    "x-rewrite-url",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-remote-addr",
    "x-remote-ip",
    "x-envoy-external-address",
    "x-azure-clientip",
    "x-arr-log-id",
    "x-appengine-user-ip",
    "x-amzn-trace-id",
    "x-proxyuser-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "cf-ray",
    "cdn-loop",
    "fastly-client-ip",
    "client-ip",
    "forwarded-for",
    "front-end-https",
    "proxy-client-ip",
    "wl-proxy-client-ip",
)


class UseCase(StrEnum):
    """What a caller may ask for."""

    look = "look"
    assess = "assess"
    save_site = "save_site"
    change_site = "change_site"
    share_site = "share_site"
    remove_site = "remove_site"
    cancel_job = "cancel_job"
    retry_job = "retry_job"
    sign_report = "sign_report"
    start_night = "start_night"
    load_data = "load_data"
    see_all = "see_all"


#: the least role that each use case takes
LEAST: Mapping[UseCase, Role] = {
    UseCase.look: "viewer",
    UseCase.assess: "analyst",
    UseCase.save_site: "analyst",
    UseCase.change_site: "analyst",
    UseCase.share_site: "analyst",
    UseCase.remove_site: "analyst",
    UseCase.cancel_job: "analyst",
    UseCase.retry_job: "analyst",
    UseCase.sign_report: "analyst",
    UseCase.start_night: "admin",
    UseCase.load_data: "admin",
    UseCase.see_all: "admin",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """
    A person who signed in, an API key, or whoever uses this machine.

    ``name`` stands in the audit log; ``owner`` marks their jobs and sites, None where nobody
    signs in; ``address`` is where the request came from.
    """

    name: str
    owner: str | None
    role: Role
    team: str | None = None
    address: str | None = None
    kind: Literal["person", "key", "machine"] = "machine"
    #: the person to whom a key was given
    holder: str | None = None

    @property
    def person(self) -> str | None:
        """The address of the person who acts; None where nobody signed in."""
        return self.owner if self.kind == "person" else self.holder

    def may(self, use_case: UseCase) -> bool:
        """Whether the caller's role has this right."""
        return ROLES.index(self.role) >= ROLES.index(LEAST[use_case])

    def require(self, use_case: UseCase) -> None:
        """Raise NotAllowed where the caller's role lacks this right."""
        if not self.may(use_case):
            raise self.refusal(use_case)

    def refusal(self, use_case: UseCase) -> NotAllowed:
        """The error that says which right is lacking."""
        least = LEAST[use_case]
        if self.kind == "key":
            return NotAllowed("scope_needed", scope=SCOPES[least])
        return NotAllowed("admins_only") if least == "admin" else NotAllowed("look_only")

    def sees(self, job: JobState) -> bool:
        """Whether a job is the caller's own; an administrator sees all."""
        return self.may(UseCase.see_all) or job.owner == self.owner


#: whoever runs a command on this machine
COMMAND_LINE = Caller("command line", None, "admin")


class Rules(Protocol):
    """The settings that decide; lists are separated by commas."""

    @property
    def access(self) -> str: ...
    @property
    def login(self) -> bool: ...
    @property
    def login_hours(self) -> float: ...
    @property
    def trust_email(self) -> bool: ...
    @property
    def admins(self) -> str: ...
    @property
    def analysts(self) -> str: ...
    @property
    def readers(self) -> str: ...
    @property
    def teams(self) -> str: ...


def loopback(host: str | None) -> bool:
    """Whether an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def page_caller(
    claims: Mapping[str, Any] | None, address: str | None, forwarded: bool, rules: Rules, now: float
) -> Caller | None:
    """
    The reader of a page; None where they have to sign in first, or may not read at all.

    *claims* are what the provider says of the signed-in person, *address* is the client's (None
    on this machine), *forwarded* whether the request has one of the headers FORWARDED, *now* the
    time in Unix seconds.
    """
    if rules.login:
        return person(claims or {}, address, rules, now)
    here = (address is None or loopback(address)) and not forwarded
    if rules.access == "off" or (rules.access == "auto" and here):
        return Caller("local", None, "admin", address=address)
    return None


def person(
    claims: Mapping[str, Any], address: str | None, rules: Rules, now: float
) -> Caller | None:
    """Who signed in; None for an unverified address, a sign-in of long ago and whom no list has."""
    email = str(claims.get("email") or "").strip().lower()
    if email.count("@") != 1 or not _verified(claims, rules) or _expired(claims, rules, now):
        return None
    role = _role(email, rules)
    if role is None:
        return None
    return Caller(email, email, role, _team(email, rules.teams), address, "person")


def _verified(claims: Mapping[str, Any], rules: Rules) -> bool:
    """Whether the provider vouches for the address; some never say, which a setting accepts."""
    verified = claims.get("email_verified")
    if verified is None:
        return rules.trust_email
    return verified is True or str(verified).lower() == "true"


def _expired(claims: Mapping[str, Any], rules: Rules, now: float) -> bool:
    """Whether the sign-in is too old, or nobody says how old it is."""
    try:
        issued = float(claims["iat"])
    except (KeyError, TypeError, ValueError):
        return True
    return not -300 <= now - issued <= rules.login_hours * 3600


def _role(email: str, rules: Rules) -> Role | None:
    lists: tuple[tuple[Role, str], ...] = (
        ("admin", rules.admins),
        ("analyst", rules.analysts),
        ("viewer", rules.readers),
    )
    return next((role for role, listed in lists if _named(email, listed)), None)


def _team(email: str, teams: str) -> str | None:
    """The first team of ``name=address,@domain; name=…`` that names the address."""
    for one in teams.split(";"):
        name, _, members = one.partition("=")
        if name.strip() and _named(email, members):
            return name.strip()
    return None


def _named(email: str, listed: str) -> bool:
    """Whether a list has the address, its domain (``@example.kr``) or everybody (``*``)."""
    entries = {part.strip().lower() for part in listed.split(",")}
    return not entries.isdisjoint((email, email[email.index("@") :], "*"))
