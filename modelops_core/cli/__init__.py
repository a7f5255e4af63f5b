"""
The command line, ``python -m modelops_core``: registers all commands and runs them.

An error of this package ends with one line on stderr and exit code 2, a nightly run while
another one goes on with exit code 3.
"""

from __future__ import annotations

import sys

from modelops_core.cli import (
    backup,
    check,
    database,
    fetch,
    jobs,
    keys,
    load,
    method,
    night,
    places,
    portfolio,
    site,
)
from modelops_core.cli.shared import program
from modelops_core.errors import ModelOpsError, RunAlreadyActive

__all__ = ["main"]

REFUSED = 2
BUSY = 3

for module in (
    database,
    backup,
    load,
    fetch,
    night,
    site,
    places,
    portfolio,
    jobs,
    keys,
    method,
    check,
):
    module.register(program)


def main() -> None:
    """Run the command that the arguments name; the entry point of ``modelops``."""
    try:
        program()
    except RunAlreadyActive as error:
        _end(error, BUSY)
    except ModelOpsError as error:
        _end(error, REFUSED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: Python would complain on stderr


def _end(error: ModelOpsError, code: int) -> None:
    print(f"error: {error}", file=sys.stderr)
    raise SystemExit(code)
