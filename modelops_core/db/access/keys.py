"""Makes, checks and revokes API keys. A key is shown once; only its hash is stored."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue.jobs import ASYNCHRONOUS_COMMIT
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row

SCOPES = ("read", "run", "admin")
#: what every key begins with, so that a leaked one is found by a search
PREFIX = "mo"
NAME_LIMIT = 80
ADDRESS = re.compile(r"[^@\s]{1,100}@[^@\s]{1,100}")
MAX_KEY_LENGTH = 128


class Keys:
    """The table ``api_keys``: the worker's *engine* may check keys, the owner's make and revoke."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        name: str,
        scopes: Sequence[str],
        days: int | None = None,
        person: str | None = None,
    ) -> str:
        """
        Make a key for *name* that is valid for *days* (None: until revoked) and return it.

        What it signs counts as signed by *person*, an address. It cannot be read again. Raises
        InvalidInput for a wrong name, address or scope.
        """
        if not name.strip() or len(name) > NAME_LIMIT or not name.isprintable():
            raise InvalidInput("key_name", value=name[:40], limit=NAME_LIMIT)
        if person is not None and not ADDRESS.fullmatch(person.strip()):
            raise InvalidInput("key_person", value=person[:NAME_LIMIT])
        if unknown := set(scopes) - set(SCOPES):
            raise InvalidInput("not_one_of", field="scope", value=unknown, known=SCOPES)
        if not scopes:
            raise InvalidInput("no_scope", known=SCOPES)
        key_id = secrets.token_hex(4)
        key = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}"
        values = {
            "key_id": key_id,
            "name": name.strip(),
            "key_hash": digest(key),
            "scopes": list(scopes),
            "days": days,
            "person": None if person is None else person.strip().lower(),
        }
        with translated_errors(), self._engine.begin() as connection:
            queries.row(connection, "new_key", **values)
        return key

    def check(self, key: str) -> Row | None:
        """The key_id, name, scopes and person of a valid key; None for any other."""
        if len(key) > MAX_KEY_LENGTH:
            return None
        with translated_errors(), self._engine.begin() as connection:
            found = queries.row(connection, "key_by_hash", key_hash=digest(key))
            if found is not None and found["stale"]:
                connection.exec_driver_sql(ASYNCHRONOUS_COMMIT)
                queries.run(connection, "key_used", key_id=found["key_id"])
        return found

    def revoke(self, key_id: str) -> None:
        """Revoke a key from now on; raises InvalidInput where no valid one has that id."""
        with translated_errors(), self._engine.begin() as connection:
            if not queries.run(connection, "revoke_key", key_id=key_id):
                raise InvalidInput("no_valid_key", key=key_id)

    def all(self) -> list[Row]:
        """All keys without their hashes; ``state`` is ``valid``, ``expired`` or ``revoked``."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "keys")


def digest(key: str) -> str:
    """The SHA-256 hash of a key, which is stored instead of it."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
