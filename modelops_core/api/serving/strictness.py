"""
Refuses what a request says and no route would read: unknown parameters, and names said twice.

A misspelt parameter would else be answered with its default, and of two values the last would win.
"""

from __future__ import annotations

from collections import Counter

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from starlette.requests import HTTPConnection

from modelops_core.api.serving.requests import UNLOGGED
from modelops_core.domain.access import READER_PASS
from modelops_core.errors import InvalidInput
from modelops_core.services import strict_json


async def check(connection: HTTPConnection) -> None:
    """
    Raise InvalidInput (422) for a parameter that the route does not know or that is given twice.

    So it is with a key that stands twice in an object of a JSON body. What watches the server may
    add parameters of its own.
    """
    if connection.scope["path"] in UNLOGGED:
        return
    _check_parameters(connection)
    if isinstance(connection, Request) and connection.scope["route"].body_field is not None:
        _check_keys(await connection.body())


def _check_parameters(connection: HTTPConnection) -> None:
    """The pass of a page's reader is known to every route: maps of the pages show it."""
    fields = get_flat_params(connection.scope["route"].dependant)
    known = [one.alias for one in fields if isinstance(one.field_info, Query)]
    for name, count in Counter(n for n, _ in connection.query_params.multi_items()).items():
        if name not in (*known, READER_PASS):
            raise InvalidInput("unknown_parameter", name=name, known=known)
        if count > 1:
            raise InvalidInput("parameter_repeated", name=name, count=count)


def _check_keys(body: bytes) -> None:
    """What is no JSON is left to the route, which says so."""
    try:
        strict_json.loads(body)
    except strict_json.KeyRepeated as error:
        raise InvalidInput("key_repeated", name=error.name, count=error.count) from None
    except ValueError:
        return
