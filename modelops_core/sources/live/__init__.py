"""
Services of providers that are asked over the network, off unless a setting turns them on.

One file each: it declares ``CLIENT``, which asks for what is wanted and gives the answers as files
of the kind of the same name; these are read, checked and registered like files that somebody loads.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from modelops_core.errors import InvalidInput
from modelops_core.sources.live.service import Client

NAMES = ("buildings", "typhoon", "wamis")


@cache
def discover() -> Mapping[str, Client]:
    """Every module's ``CLIENT`` by its kind."""
    modules = (import_module(f"{__name__}.{name}") for name in NAMES)
    return MappingProxyType({module.CLIENT.kind: module.CLIENT for module in modules})


def get(kind: str) -> Client:
    """The client of that kind; raises InvalidInput for an unknown one."""
    if kind not in NAMES:
        raise InvalidInput("not_one_of", field="kind", value=kind, known=list(NAMES))
    return discover()[kind]
