"""
Authenticates callers of the API by key: the only place where routes get a caller from.

MODELOPS_ACCESS=auto asks callers from other machines for a key, ``on`` asks everybody,
``off`` nobody. A request that a proxy forwards counts as from another machine.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Depends
from starlette.requests import HTTPConnection

from modelops_core.api.backend import Backend
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import (
    FORWARDED,
    LEAST,
    LET_IN,
    ROLES,
    SCOPES,
    Caller,
    Role,
    UseCase,
    loopback,
)
from modelops_core.errors import ModelOpsError, Unauthenticated
from modelops_core.ports import Row
from modelops_core.settings import Settings


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


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from."""
    return connection.client.host if connection.client else "unknown"


async def identify(connection: HTTPConnection) -> Caller:
    """Return the caller; raises Unauthenticated for a missing or invalid key."""
    backend: Backend = connection.app.state.backend
    key, address = key_from(connection), address_of(connection)
    if key is None and needs_no_key(connection, backend.settings):
        return Caller("local", None, "admin", address=address)
    found = await in_thread(backend.keys.check, key) if key else None
    if found is None:
        await _note(connection, "nobody", "unauthenticated", {})
        raise Unauthenticated("key_needed") if key is None else Unauthenticated("key_invalid")
    return of_key(found, address)


async def is_known(connection: HTTPConnection) -> bool:
    """Whether details may be shown: to a valid key, or where none is needed; nobody is refused."""
    backend: Backend = connection.app.state.backend
    key = key_from(connection)
    if key is None:
        return needs_no_key(connection, backend.settings)
    try:
        return await in_thread(backend.keys.check, key) is not None
    except ModelOpsError:
        return False


def of_key(found: Row, address: str) -> Caller:
    """The caller of a valid key: its largest scope is the role."""
    roles: list[Role] = [role for role in ROLES if SCOPES[role] in found["scopes"]]
    key = f"key {found['key_id']}"
    return Caller(
        f"{key} ({found['name']})",
        key,
        roles[-1],
        address=address,
        kind="key",
        holder=found.get("person"),
    )


def require(use_case: UseCase) -> Callable[..., Awaitable[Caller]]:
    """
    Make a FastAPI dependency that gives the caller.

    It raises NotAllowed before the body is looked at where the caller's role lacks the right, and
    notes the refusal in the audit log; the use case asks again.
    """

    async def allowed(connection: HTTPConnection) -> Caller:
        caller = await identify(connection)
        if not caller.may(use_case):
            await _note(connection, caller.name, "refused", {"needs": SCOPES[LEAST[use_case]]})
            raise caller.refusal(use_case)
        return caller

    return allowed


async def _note(connection: HTTPConnection, actor: str, action: str, detail: Row) -> None:
    """Note a refusal, at most one a minute of the same caller and address; no note is no reason."""
    backend: Backend = connection.app.state.backend
    address = address_of(connection)
    if connection.app.state.refusals.take(f"{action} {actor} {address}") is not None:
        return
    try:
        await in_thread(backend.audit.note, actor, action, connection.url.path, address, **detail)
    except ModelOpsError:
        connection.app.state.refusals.forget(f"{action} {actor} {address}")


_look = require(UseCase.look)


async def _reader_of_a_map(connection: HTTPConnection) -> Caller:
    """Return whoever may look; the map of a page shows the pass of its reader, who has no key."""
    if connection.scope.get(LET_IN, False):
        return Caller("pages", None, "viewer", address=address_of(connection))
    return await _look(connection)


Reader = Depends(_look)
MapReader = Depends(_reader_of_a_map)
Assessor = Depends(require(UseCase.assess))
Canceller = Depends(require(UseCase.cancel_job))
Repeater = Depends(require(UseCase.retry_job))
Signer = Depends(require(UseCase.sign_report))
