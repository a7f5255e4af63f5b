"""
Who may do what.

Callers on this machine need no key, all others do (MODELOPS_ACCESS=auto); with on everybody
does, with off nobody. A request that a proxy forwards counts as from elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection

from modelops_core.api.backend import Backend
from modelops_core.api.threads import call
from modelops_core.domain.access import FORWARDED, loopback
from modelops_core.domain.job import JobState
from modelops_core.errors import JobNotFound, NotAllowed, Unauthenticated
from modelops_core.settings import Settings

State = TypeVar("State", bound=JobState)
Scope = Literal["read", "run", "admin"]
#: what each scope includes
INCLUDES: dict[str, tuple[Scope, ...]] = {
    "read": ("read",),
    "run": ("read", "run"),
    "admin": ("read", "run", "admin"),
}


@dataclass(frozen=True)
class Caller:
    """Who asks; *owner* marks their jobs, None where access is not controlled."""

    name: str
    owner: str | None
    scopes: frozenset[Scope]
    address: str

    def may(self, scope: Scope) -> bool:
        """Whether this caller has the right."""
        return scope in self.scopes

    def sees(self, job: JobState) -> bool:
        """Whether a job is theirs to see."""
        return self.may("admin") or job.owner == self.owner


def local(connection: HTTPConnection) -> bool:
    """Whether the request comes from this machine, without a proxy between."""
    if any(name in connection.headers for name in FORWARDED):
        return False
    server = connection.scope.get("server")
    client = connection.client
    return bool(client and server and loopback(client.host) and loopback(server[0]))


def open_to(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether this request needs no key."""
    return settings.access == "off" or (settings.access == "auto" and local(connection))


def key_of(connection: HTTPConnection) -> str | None:
    """The key that a request carries, None where it carries none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return connection.headers.get("x-api-key")


async def identify(connection: HTTPConnection) -> Caller:
    """The caller; raises Unauthenticated for a missing or worthless key."""
    backend: Backend = connection.app.state.backend
    address = connection.client.host if connection.client else "unknown"
    key = key_of(connection)
    if key is None and open_to(connection, backend.settings):
        return Caller("local", None, frozenset(("read", "run", "admin")), address)
    found = await call(backend.keys.check, key) if key else None
    if found is None:
        raise Unauthenticated("key_needed") if key is None else Unauthenticated("key_invalid")
    scopes = frozenset(scope for given in found["scopes"] for scope in INCLUDES[given])
    return Caller(
        f"key {found['key_id']} ({found['name']})", f"key {found['key_id']}", scopes, address
    )


def needs(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """A dependency: the caller, who has that right."""

    async def allowed(connection: HTTPConnection) -> Caller:
        caller = await identify(connection)
        if not caller.may(scope):
            backend: Backend = connection.app.state.backend
            await call(
                backend.audit.note,
                caller.name,
                "refused",
                connection.url.path,
                caller.address,
                needs=scope,
            )
            raise NotAllowed("scope_needed", scope=scope)
        return caller

    return allowed


def own(caller: Caller, job: State, request_id: str) -> State:
    """The job; for another's job the same error as for none."""
    if not caller.sees(job):
        raise JobNotFound("no_such_job", job=request_id)
    return job


Reader = Depends(needs("read"))
Runner = Depends(needs("run"))
