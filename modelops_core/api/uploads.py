"""
``PUT /uploads/{token}/{name}``: a file for a load, written to disk as it comes.

The token is the right: pages give one to whoever may load data, and nobody can guess it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from modelops_core.api.problems import problem
from modelops_core.api.threads import in_thread
from modelops_core.errors import InvalidInput, SourceUnreadable

#: bytes that are gathered before they are written
BLOCK = 1 << 20


class Inbox(Protocol):
    """Where uploads go."""

    def writing(self, token: str, name: str) -> AbstractContextManager[Callable[[bytes], None]]: ...


def routes(inbox: Callable[[], Inbox]) -> list[BaseRoute]:
    """The route of an application; *inbox* is asked for with each file."""

    async def put(request: Request) -> Response:
        token, name = request.path_params["token"], request.path_params["name"]
        try:
            with inbox().writing(token, name) as write:
                await _streamed(request, write)
        except InvalidInput as error:
            return problem(404 if error.code == "upload_unknown" else 400, str(error))
        except SourceUnreadable as error:
            return problem(507, str(error))
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(status_code=204)

    return [Route("/uploads/{token}/{name}", put, methods=["PUT"])]


async def _streamed(request: Request, write: Callable[[bytes], None]) -> None:
    """Write the body in blocks, in a thread: memory holds one of them."""
    block = bytearray()
    async for part in request.stream():
        block += part
        if len(block) >= BLOCK:
            await in_thread(write, bytes(block))
            block.clear()
    await in_thread(write, bytes(block))
