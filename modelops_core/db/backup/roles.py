"""
The roles to which the schema's grants belong.

Roles belong to the server, not to a database, so PostgreSQL's dump of a database lacks them. A
backup keeps their names, whether they may log in, and their settings; never a password, and no
other right: a restored role has what the schema grants it and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg2 import errors as driver_errors
from psycopg2 import sql
from pydantic import BaseModel

from modelops_core.db.backup.server import rows
from modelops_core.errors import BackupFailed

GRANTED = """
WITH ours AS (
    SELECT oid, nspacl, nspowner FROM pg_namespace WHERE nspname IN ('modelops', 'rpt')
), entries AS (
    SELECT nspacl AS acl, nspowner AS owner FROM ours
    UNION ALL SELECT relacl, relowner FROM pg_class JOIN ours ON ours.oid = relnamespace
    UNION ALL SELECT attacl, relowner FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
                JOIN ours ON ours.oid = relnamespace
    UNION ALL SELECT proacl, proowner FROM pg_proc JOIN ours ON ours.oid = pronamespace
    UNION ALL SELECT typacl, typowner FROM pg_type JOIN ours ON ours.oid = typnamespace
), granted AS (
    SELECT DISTINCT (entry).grantee AS grantee
      FROM (SELECT owner, aclexplode(acl) AS entry FROM entries) AS one
     WHERE (entry).grantee NOT IN (0, owner)
)
SELECT rolname, rolcanlogin, coalesce(rolconfig, '{}')
  FROM pg_roles JOIN granted ON grantee = oid WHERE rolname !~ '^pg_' ORDER BY rolname"""
KNOWN = "SELECT rolname FROM pg_roles"
#: from the session's own, so that a list stays a list
SETTING = """
BEGIN; SELECT set_config({key}, {value}, true); ALTER ROLE {role} SET {name} FROM CURRENT; COMMIT"""


class Role(BaseModel):
    """A role of the server."""

    name: str
    login: bool
    #: such as statement_timeout=10s
    settings: list[str]


def granted(connection: Any) -> list[Role]:
    """The roles that something of the schema is granted to, besides its owner."""
    return [
        Role(name=name, login=login, settings=settings)
        for name, login, settings in rows(connection, GRANTED)
    ]


def provide(connection: Any, roles: Sequence[Role]) -> list[str]:
    """
    Make the *roles* that the server lacks, and return their names.

    Those that are there stay as they are. Raises BackupFailed where this user may make none.
    """
    known = {name for (name,) in rows(connection, KNOWN)}
    missing = [role for role in roles if role.name not in known]
    try:
        for role in missing:
            _create(connection, role)
    except driver_errors.InsufficientPrivilege as error:
        names = [role.name for role in missing]
        raise BackupFailed("roles_missing", roles=names) from error
    return [role.name for role in missing]


def _create(connection: Any, role: Role) -> None:
    name = sql.Identifier(role.name)
    login = sql.SQL("LOGIN" if role.login else "NOLOGIN")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} {}").format(name, login))
        for setting in role.settings:
            key, _, value = setting.partition("=")
            names = {"role": name, "key": sql.Literal(key), "value": sql.Literal(value)}
            names["name"] = sql.SQL(".").join(map(sql.Identifier, key.split(".")))
            cursor.execute(sql.SQL(SETTING).format(**names))
