"""What goes over the pages' sockets: no folder of the server, and no message that is none."""

from __future__ import annotations

from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

#: where pages open their sockets, at the end of the path
STREAM = "/_stcore/stream"
#: a message of a kind that cannot be read here
UNSUPPORTED = 1003


class PageSockets:
    """
    ASGI middleware around Streamlit's sockets.

    Where a session begins, its script below *folder* is only named. Who sends a text, which
    Streamlit does not expect, counts as gone.
    """

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._folder = str(folder).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the messages of a page's socket on."""
        if scope["type"] != "websocket" or not scope["path"].endswith(STREAM):
            await self._app(scope, receive, send)
            return

        async def received() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and message.get("bytes") is None:
                return {"type": "websocket.disconnect", "code": UNSUPPORTED}
            return message

        async def forwarded(message: Message) -> None:
            body = message.get("bytes")
            if body and self._folder in body:
                message = {**message, "bytes": _named(body)}
            await send(message)

        await self._app(scope, received, forwarded)


def _named(body: bytes) -> bytes:
    """The message with its script's name; another one as it is."""
    message = ForwardMsg.FromString(body)
    if message.WhichOneof("type") != "new_session":
        return body
    session = message.new_session
    session.main_script_path = Path(session.main_script_path).name
    return bytes(message.SerializeToString())
