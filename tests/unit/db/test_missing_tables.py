"""A database that answers but lacks the program's tables is no database that is away."""

from __future__ import annotations

from datetime import date

import psycopg2
import pytest
from psycopg2 import errors as driver_errors
from sqlalchemy.exc import ProgrammingError

from modelops_core.bootstrap.portfolio_files import PortfolioFiles
from modelops_core.db import engine
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import findings
from modelops_core.errors import DatabaseUnavailable, ModelOpsError, SchemaOutdated
from tests.unit.portfolio.files import UNIT_COST, Korea


@pytest.mark.parametrize("missing", [driver_errors.UndefinedTable, driver_errors.InvalidSchemaName])
def test_a_missing_table_means_another_schema(missing: type[psycopg2.Error]) -> None:
    """Not a crash; a wrong statement stays one."""
    with pytest.raises(SchemaOutdated), engine.translated_errors():
        raise ProgrammingError("SELECT", {}, missing())
    with pytest.raises(SchemaOutdated), engine.translated_errors():
        raise psycopg2.OperationalError('FATAL:  role "modelops_dashboard" does not exist')
    with pytest.raises(DatabaseUnavailable), engine.translated_errors():
        raise psycopg2.OperationalError('FATAL:  role "kim" does not exist')
    with pytest.raises(ProgrammingError), engine.translated_errors():
        raise ProgrammingError("SELECT", {}, driver_errors.SyntaxError())


class Nowhere(Korea):
    """Places of which no district can be read."""

    def __init__(self, error: ModelOpsError | None) -> None:
        self.error = error

    def district_names(self) -> dict[str, str]:
        """None, or the error."""
        if self.error is not None:
            raise self.error
        return {}


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (DatabaseUnavailable(), "places_unchecked", "no connection to a database"),
        (SchemaOutdated(), "places_unprepared", "python -m modelops_core db up"),
        (None, "places_unloaded", "holds no districts"),
    ],
)
def test_a_check_without_places_says_why(tmp_path, error, code, word):
    """No server, no tables, or no districts in them: each with what to do."""
    (tmp_path / "a.csv").write_text("site_id,lat,lon\nA1,37.5665,126.978\n")
    files, choices = PortfolioFiles(lambda: Nowhere(error), UNIT_COST), Choices(as_of=date.today())
    found = files.check(files.read([tmp_path / "a.csv"], choices), choices)
    [one] = [f for f in findings(found.problems) if f.problem.code.startswith("places_")]
    assert one.problem.code == code
    assert word in f"{one.message('en')} {one.fix('en')}"
