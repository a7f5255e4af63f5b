"""
Files that hold tables. One module each: adding a module with ``CONTAINER`` adds a kind.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from modelops_core.errors import SourceUnreadable
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet

HEAD = 4096


@cache
def discover() -> tuple[Container, ...]:
    """Every module's ``CONTAINER``, in the order in which they are tried."""
    found = (
        import_module(f"{__name__}.{module.name}").CONTAINER for module in iter_modules(__path__)
    )
    return tuple(sorted(found, key=lambda one: (one.rank, one.name)))


def read(path: Path, reader: Reader) -> Sequence[Sheet]:
    """The sheets of *path*; raises SourceUnreadable where it is no file of ours."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise SourceUnreadable("file_unreadable", file=path, why=error.strerror) from None
    container = next(one for one in discover() if one.fits(path, head))
    try:
        return container.read(path, reader)
    except SourceUnreadable as error:  # the libraries name the folder, which is the server's own
        folder = f"{path.parent}{os.sep}"
        values = {
            name: value.replace(folder, "") if isinstance(value, str) else value
            for name, value in error.values.items()
        }
        raise SourceUnreadable.from_dict({"code": error.code, "values": values}) from None
