"""
The verbs of ``python -m modelops_core``.

Errors raised on purpose end with one line on stderr and exit code 2; a second nightly run at
the same time with 3.
"""

from __future__ import annotations

import sys

from modelops_core.cli import check, database, jobs, keys, method, night, site
from modelops_core.cli.shared import program
from modelops_core.errors import ModelOpsError, RunAlreadyActive

__all__ = ["main"]

REFUSED = 2
BUSY = 3

for room in (database, night, site, jobs, keys, method, check):
    room.register(program)


def main() -> None:
    """Run the command line."""
    try:
        program()
    except RunAlreadyActive as error:
        _end(error, BUSY)
    except ModelOpsError as error:
        _end(error, REFUSED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left: nothing to say


def _end(error: ModelOpsError, code: int) -> None:
    print(f"error: {error}", file=sys.stderr)
    raise SystemExit(code)
