"""The number of the schema follows the SQL files."""

import tomllib

from modelops_core.db.schema_number import FILE, SQL
from modelops_core.db.scripts import read


def test_who_changes_the_sql_files_raises_the_number() -> None:
    """Else an older program would take a newer database for its own, and run its older files."""
    scripts = read()
    recorded = tomllib.loads((SQL / FILE).read_text())
    assert recorded["checksum"] == scripts.checksum, (
        "sql/ has changed: run `python scripts/schema_number.py --additive`, or `--breaking`"
        " where something that programs of before read was renamed, moved or dropped"
    )
    assert 0 < scripts.number.readers <= scripts.number.number
