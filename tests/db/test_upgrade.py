"""Yesterday's database: the oldest schema with rows comes up to today's, and keeps them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from modelops_core.db.migrate import ADD_LABEL, LEDGER, check, migrate
from modelops_core.db.queue.jobs import Jobs
from tests.database import PERILS, Database

HERE = Path(__file__).parent
TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'modelops'::regnamespace AND relkind = 'r'"
)
#: what makes a schema, besides the order of the columns
CATALOGUE = """
SELECT format('%s.%s %s null=%s default=%s', c.relname, attname, format_type(atttypid, atttypmod),
              NOT attnotnull, pg_get_expr(adbin, adrelid))
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid
  LEFT JOIN pg_attrdef AS d ON adrelid = attrelid AND adnum = attnum
 WHERE c.relnamespace = 'modelops'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'modelops'
UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE connamespace = 'modelops'::regnamespace
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT format('%s %s', oid::regprocedure, prosrc)
            FROM pg_proc WHERE pronamespace = 'modelops'::regnamespace
UNION ALL SELECT format('%s %s', t.typname, enumlabel) FROM pg_enum JOIN pg_type AS t ON t.oid = enumtypid
UNION ALL SELECT format('%s %s', relname, array(SELECT acl::text FROM unnest(relacl) AS acl ORDER BY 1))
            FROM pg_class WHERE relnamespace = 'modelops'::regnamespace AND relkind IN ('r', 'S')"""


def run(engine: Engine, *statements: str) -> None:
    raw = engine.raw_connection()  # the driver's own: % is no placeholder
    with raw.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    raw.commit()
    raw.close()


def column(engine: Engine, query: str) -> list:
    with engine.connect() as connection:
        return [value for (value,) in connection.exec_driver_sql(query.replace("%", "%%"))]


def rows(engine: Engine, table: str) -> list[dict]:
    return column(
        engine, f"SELECT to_jsonb(t) FROM modelops.{table} AS t ORDER BY to_jsonb(t)::text"
    )


def test_the_oldest_database_with_rows_comes_up_to_date(
    bare_database: Database, engine: Engine
) -> None:
    """Every row of every table is there with the values it had, and the schema is a fresh one's."""
    old = bare_database.engine()
    run(old, LEDGER, (HERE / "oldest_schema.sql").read_text())
    run(old, *(ADD_LABEL.format(f"'{peril}'") for peril in PERILS))
    run(old, (HERE / "oldest_rows.sql").read_text())
    run(
        old,
        "INSERT INTO modelops.schema_ledger VALUES ('schema/070_jobs.sql', 'of 0.1.0', now(), 0)",
    )
    tables = [name for name in column(old, TABLES) if name != "schema_ledger"]
    before = {table: rows(old, table) for table in tables}

    migrate(old, PERILS)

    assert check(old, PERILS) is None
    assert sum(map(len, before.values())) > 25
    for table, kept in before.items():
        after = rows(old, table)
        for row in kept:
            assert any(row.items() <= one.items() for one in after), (table, row)
    assert sorted(column(old, CATALOGUE)) == sorted(column(engine, CATALOGUE))
    job = Jobs(old).get("00000000-0000-0000-0000-000000000001")
    assert (job.status, job.as_row()["results"]) == ("completed", {"old": True})
