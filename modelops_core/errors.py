"""
Every error this package raises on purpose: a code and the values of the case at hand.

What an error says is made from one catalogue, ``data/errors.toml`` (code → English and Korean
templates), where it is shown: ``str(error)`` is the English sentence, a page asks for the
reader's language. A sentence names the field, the value and the allowed range. Nothing below
the entry points (command line, pages, routes) swallows an error.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from string import Formatter
from typing import Any, Literal, Self

#: characters of one value that an error keeps, such as the words of a database server
LONGEST = 3000
#: names of values that hold words of the machine: a server's message, a path, names of SQL files
INTERNAL = frozenset({"reason", "log", "lacking", "unknown"})


class ModelOpsError(Exception):
    """An error of this package; *values* fill the placeholders of the sentence of *code*."""

    def __init__(self, code: str | None = None, **values: Any) -> None:
        super().__init__(code, values)
        self.code = code or default_code(type(self))
        self.values: dict[str, Any] = {name: _plain(value) for name, value in values.items()}

    def __str__(self) -> str:
        return sentence(self.code, self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_dict, (self.as_dict(),)

    def as_dict(self) -> dict[str, Any]:
        """Code and values, as JSON can keep them."""
        return {"code": self.code, "values": self.values}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """The error that :meth:`as_dict` gave, as one of this class."""
        return cls(kept["code"], **kept["values"])


class InvalidInput(ModelOpsError):
    """A value given by the user lies outside its allowed range."""


class OutsideKorea(InvalidInput):
    """The point lies in the sea or outside South Korea."""


class NotCovered(OutsideKorea):
    """The point lies on land of South Korea that no climate cell covers."""


class UnknownPeril(InvalidInput):
    """No peril is registered under that key."""


class MissingVariable(ModelOpsError):
    """A peril asked for a variable that was not read."""


class InvalidParameter(ModelOpsError):
    """The parameter file lacks an entry or holds one without a source."""


class DatabaseUnavailable(ModelOpsError):
    """The database does not answer."""


class SchemaOutdated(ModelOpsError):
    """The database schema is missing, older or newer than this program."""


class SchemaNewer(SchemaOutdated):
    """The database was migrated by a newer program: this one may at most read."""


class ClusterUnavailable(ModelOpsError):
    """The private PostgreSQL cluster cannot be started."""


class NoResults(ModelOpsError):
    """There are no results or no data to calculate them from."""


class ReportFailed(ModelOpsError):
    """A report cannot be set as a PDF."""


class RunAlreadyActive(ModelOpsError):
    """Another nightly run holds the lock."""


class LoadActive(ModelOpsError):
    """Another load of the same kind goes on."""


class JobNotFound(InvalidInput):
    """No job has that id."""


class JobFailed(ModelOpsError):
    """The job ended without a result."""


class QueueFull(ModelOpsError):
    """Too many jobs wait already."""


class JobCancelled(ModelOpsError):
    """The job was cancelled."""


class ClaimLost(ModelOpsError):
    """Somebody else has ended the job or taken it over: its former worker writes nothing more."""


class RunLost(ModelOpsError):
    """The nightly run lost its lock, or another run has begun: it writes nothing more."""


class JobTimedOut(ModelOpsError):
    """The job took too long."""


class DatabaseFull(ModelOpsError):
    """The database has no room left."""


class NotAllowed(ModelOpsError):
    """The caller lacks the right to do this."""


class Unauthenticated(NotAllowed):
    """The caller gave no key, or none that is valid."""


class BackupFailed(ModelOpsError):
    """A backup cannot be made, or what a file holds cannot be restored."""


class NotStored(NoResults):
    """Nothing is stored for what was asked."""


class SourceUnreadable(ModelOpsError):
    """A data file or data package is missing, incomplete or not what it says it is."""


def default_code(kind: type[ModelOpsError]) -> str:
    """The code of an error that is raised without one: its class's name in snake_case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def published(problem: ModelOpsError | Mapping[str, Any] | str) -> tuple[str, Mapping[str, Any]]:
    """
    Code and values of an error as clients may read them.

    Where a value is the machine's own word (INTERNAL), it is the class without values; of a job
    that kept such a value, or only a text, that it failed. The log and the job's row have the rest.
    """
    kind = type(problem) if isinstance(problem, ModelOpsError) else JobFailed
    kept = problem.as_dict() if isinstance(problem, ModelOpsError) else problem
    if isinstance(kept, str) or not INTERNAL.isdisjoint(kept["values"]):
        return default_code(kind), {}
    return kept["code"], kept["values"]


def coded(error: BaseException) -> ModelOpsError:
    """*error* itself where it is one of ours; otherwise one that names it."""
    if isinstance(error, ModelOpsError):
        return error
    return JobFailed("unexpected", kind=type(error).__name__, reason=error)


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Code → language → template."""
    file = resources.files("modelops_core.data") / "errors.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def sentence(code: str, values: Mapping[str, Any], language: Literal["en", "ko"] = "en") -> str:
    """
    What an error says.

    A code that is not in the catalogue stands for itself, and a missing value is a question
    mark: another version of this program may have written them into a job.
    """
    if code not in catalogue():
        return code
    return filled(catalogue()[code][language], values)


def filled(template: str, values: Mapping[str, Any]) -> str:
    """A template of a catalogue with *values* in their places; a missing one is a question mark."""
    return _FORMATTER.vformat(template, (), values)


class _Formatter(Formatter):
    """
    ``str.format`` for values that came through JSON.

    A list is joined by commas, a number has no superfluous digits, what a number's format does
    not fit is written as it is, and ``{unit: }`` puts a space before a value that is not empty.
    """

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "?")

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if isinstance(value, list):
            return [super(_Formatter, self).convert_field(one, conversion) for one in value]
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, list):
            return ", ".join(self.format_field(one, format_spec) for one in value) or "–"
        if isinstance(value, float) and not format_spec:
            return f"{value:.12g}"
        if format_spec == " ":
            return f" {value}" if value else ""
        try:
            return format(value, format_spec)
        except (TypeError, ValueError):
            return str(value)


_FORMATTER = _Formatter()


def _plain(value: Any) -> Any:
    """*value* as JSON and PostgreSQL can keep it: numbers are finite, text is clean and short."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else f"{value:g}"
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return [_plain(one) for one in sorted(value, key=str)]
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_plain(one) for one in value]
    item: Callable[[], Any] | None = getattr(value, "item", None)  # a number of numpy's
    return _text(str(value)) if item is None else _plain(item())


def _text(value: str) -> str:
    """No NUL and no lone surrogates, which neither jsonb nor UTF-8 can hold."""
    kept = value[:LONGEST].replace("\0", "\N{REPLACEMENT CHARACTER}")
    return kept.encode("utf-8", "replace").decode("utf-8")
