"""Finds declared columns among the headers of a file, under whatever name they are published."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modelops_core.domain.source import Field
from modelops_core.errors import SourceUnreadable

#: what a header may carry besides its name: a unit in brackets
BRACKETS = re.compile(r"[(\[{].*?[)\]}]")


def plain(header: str) -> str:
    """A header for comparison: without case, blanks, ``_``, ``-``, ``.`` and brackets."""
    return re.sub(r"[\s_\-.\ufeff]", "", BRACKETS.sub("", header)).casefold()


def find(headers: Sequence[str], declared: Sequence[Field], file: str) -> dict[str, str]:
    """
    Field → header, for the fields that the file has.

    The names of a field are tried in their order. Raises SourceUnreadable for a needed field that
    is missing, with the headers that were found.
    """
    known = {plain(header): header for header in reversed(headers)}
    found = {}
    for one in declared:
        names = (known.get(plain(name)) for name in (one.name, *one.headers))
        header = next((name for name in names if name is not None), None)
        if header is not None:
            found[one.name] = header
        elif one.needed:
            raise missing(one, headers, file)
    return found


def missing(one: Field, headers: Sequence[str], file: str) -> SourceUnreadable:
    """The error of a file without that field."""
    names = list(one.headers) or [one.name]
    return SourceUnreadable(
        "header_missing", file=file, column=one.name, names=names, found=list(headers)
    )
