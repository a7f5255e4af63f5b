"""
Every error this package raises on purpose.

The docstring of a class is its default message; a raised error names the field,
the value and the allowed range. Entry points (command line, pages, routes) show
the message as one line; nothing below them swallows an error.
"""

from __future__ import annotations


class ModelOpsError(Exception):
    """Unexpected ModelOps error."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or " ".join((self.__doc__ or "").split()))


class InvalidInput(ModelOpsError):
    """A value given by the user lies outside its allowed range."""


class OutsideKorea(InvalidInput):
    """The point lies in the sea or outside South Korea."""


class UnknownPeril(InvalidInput):
    """No peril is registered under that key."""


class MissingVariable(ModelOpsError):
    """A peril asked for a variable that was not read."""


class InvalidParameter(ModelOpsError):
    """The parameter file lacks an entry or holds one without a source."""


class DatabaseUnavailable(ModelOpsError):
    """The database does not answer."""


class SchemaOutdated(ModelOpsError):
    """The database schema is missing or older than this program: run `python -m modelops_core db migrate`."""


class ClusterUnavailable(ModelOpsError):
    """The private PostgreSQL cluster cannot be started."""


class NoResults(ModelOpsError):
    """No finished night: run `python -m modelops_core nightly` first."""


class RunAlreadyActive(ModelOpsError):
    """Another nightly run holds the lock."""


class JobNotFound(InvalidInput):
    """No job with that id."""


class JobFailed(ModelOpsError):
    """The job ended without a result."""


class QueueFull(ModelOpsError):
    """Too many jobs wait already; ask again later."""


class JobCancelled(ModelOpsError):
    """The job was cancelled."""


class JobTimedOut(ModelOpsError):
    """The job took too long."""


class DatabaseFull(ModelOpsError):
    """The database has no room left."""


class NotAllowed(ModelOpsError):
    """This needs a key with more rights."""


class SourceUnreadable(ModelOpsError):
    """A data file or data package is missing, incomplete or not what it says it is."""
