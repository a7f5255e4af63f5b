"""What clients may hold of the server: time for headers and bodies, sockets, frames."""

from __future__ import annotations

from typing import Any

import anyio
from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: seconds from a connection or the end of a request to the end of the next one's headers
HEADER_TIMEOUT = 15.0
#: seconds that a body may be late, and bytes a second below which it is: a file may take longer
BODY_TIMEOUT = 30.0
BODY_RATE = 10_000
#: bytes of one message of a WebSocket
FRAME_LIMIT = 16 * 1024**2


class Limits:
    """
    ASGI middleware that gives each body its time and counts open WebSockets.

    A body that comes too slowly is answered 408, one socket too many is closed with 1013 (try
    again later).
    """

    def __init__(self, app: ASGIApp, sockets: int) -> None:
        self._app = app
        self._sockets = sockets
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its limits."""
        if scope["type"] == "http":
            await self._within_time(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._counted(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _within_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = anyio.current_time() + BODY_TIMEOUT
        complete = started = False

        async def in_time() -> Message:
            nonlocal complete, deadline
            if complete:
                return await receive()  # only the client's leaving can come now
            with anyio.move_on_after(deadline - anyio.current_time()):
                message = await receive()
                complete = not message.get("more_body", False)
                deadline += len(message.get("body", b"")) / BODY_RATE
                return message
            raise BodyTooSlow

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, in_time, noted)
        except BodyTooSlow:
            if not started:
                await _answer(send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._open >= self._sockets:
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": 1013})
            return
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1


class BodyTooSlow(HTTPException):
    """408: the body did not come in time."""

    def __init__(self) -> None:
        detail = f"The request's body came too slowly: it was {BODY_TIMEOUT:g} s late."
        super().__init__(408, detail, {"Connection": "close"})


async def _answer(send: Send) -> None:
    """Answer for an application that does not know the error."""
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": b"Request timeout"})


class LimitedHeaders:
    """A protocol of uvicorn that closes connections whose headers do not come in time."""

    transport: Any
    loop: Any
    cycle: Any
    timeout_keep_alive_task: Any
    timeout_keep_alive_handler: Any
    #: when the next request's headers must be complete, by the loop's clock
    _late: float | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the clock at once: a client may send nothing at all."""
        super().connection_made(transport)  # type: ignore[misc]
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when a request has begun."""
        super().data_received(data)  # type: ignore[misc]
        upgraded = self.transport.get_protocol() is not self
        idle = self.cycle is None or self.cycle.response_complete
        if idle and not upgraded and not self.transport.is_closing():
            self._arm()
        else:
            self._late = None

    def _arm(self) -> None:
        if self._late is None:
            self._late = self.loop.time() + HEADER_TIMEOUT
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_at(
                self._late, self.timeout_keep_alive_handler
            )


def limited(protocol: type) -> type:
    """The same protocol of uvicorn, with a limit on the time for headers."""
    return (
        protocol
        if issubclass(protocol, LimitedHeaders)
        else type("LimitedProtocol", (LimitedHeaders, protocol), {})
    )
