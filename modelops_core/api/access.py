"""
Authenticates callers of the API by key and checks their scopes.

MODELOPS_ACCESS=auto asks callers from other machines for a key, ``on`` asks everybody,
``off`` nobody. A request that a proxy forwards counts as from another machine.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection

from modelops_core.api.backend import Backend
from modelops_core.api.threads import in_thread
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
    """The authenticated caller; *owner* marks their jobs, None where no key is needed."""

    name: str
    owner: str | None
    scopes: frozenset[Scope]
    address: str

    def may(self, scope: Scope) -> bool:
        """Whether this caller has *scope*."""
        return scope in self.scopes

    def sees(self, job: JobState) -> bool:
        """Whether this caller may see *job*: their own, or any job for an administrator."""
        return self.may("admin") or job.owner == self.owner


def is_local(connection: HTTPConnection) -> bool:
    """Whether the request comes from this machine and no proxy forwarded it."""
    if any(name in connection.headers for name in FORWARDED):
        return False
    server = connection.scope.get("server")
    client = connection.client
    return bool(client and server and loopback(client.host) and loopback(server[0]))


def needs_no_key(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the setting MODELOPS_ACCESS lets this request pass without a key."""
    return settings.access == "off" or (settings.access == "auto" and is_local(connection))


def key_from(connection: HTTPConnection) -> str | None:
    """The API key in a request's ``Authorization`` or ``X-API-Key`` header; None without one."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return connection.headers.get("x-api-key")


async def identify(connection: HTTPConnection) -> Caller:
    """Return the caller; raises Unauthenticated for a missing or invalid key."""
    backend: Backend = connection.app.state.backend
    address = connection.client.host if connection.client else "unknown"
    key = key_from(connection)
    if key is None and needs_no_key(connection, backend.settings):
        return Caller("local", None, frozenset(("read", "run", "admin")), address)
    found = await in_thread(backend.keys.check, key) if key else None
    if found is None:
        raise Unauthenticated("key_needed") if key is None else Unauthenticated("key_invalid")
    scopes = frozenset(scope for given in found["scopes"] for scope in INCLUDES[given])
    return Caller(
        f"key {found['key_id']} ({found['name']})", f"key {found['key_id']}", scopes, address
    )


def require(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """
    Make a FastAPI dependency that gives the caller.

    It raises NotAllowed for callers without *scope* and notes the refusal in the audit log.
    """

    async def allowed(connection: HTTPConnection) -> Caller:
        caller = await identify(connection)
        if not caller.may(scope):
            backend: Backend = connection.app.state.backend
            await in_thread(
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


def visible_job(caller: Caller, job: State, request_id: str) -> State:
    """Return *job*; raises JobNotFound for another caller's job, as if it did not exist."""
    if not caller.sees(job):
        raise JobNotFound("no_such_job", job=request_id)
    return job


Reader = Depends(require("read"))
Runner = Depends(require("run"))
