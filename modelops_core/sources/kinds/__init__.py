"""
The kinds of files that can be loaded. One file each: adding a file adds a kind.

``discover()`` maps each kind to its declaration, by name; importing them takes a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from modelops_core.domain.source import Source
from modelops_core.errors import InvalidInput, SourceUnreadable


def names() -> list[str]:
    """The kinds, without importing them: what the command's help lists."""
    return sorted(module.name.replace("_", "-") for module in iter_modules(__path__))


@cache
def discover() -> Mapping[str, Source]:
    """Every module's ``SOURCE`` by its kind."""
    found = {}
    for name in names():
        source: Source = import_module(f"{__name__}.{name.replace('-', '_')}").SOURCE
        if source.kind != name:
            raise SourceUnreadable("source_name", file=f"{name}.py", kind=source.kind)
        found[name] = source
    return MappingProxyType(found)


def get(kind: str) -> Source:
    """The source of that kind; raises InvalidInput for an unknown one."""
    if kind not in names():
        raise InvalidInput("not_one_of", field="kind", value=kind, known=names())
    return discover()[kind]
