"""Takes the server's folders out of what Streamlit tells each browser about its script."""

from __future__ import annotations

from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class OwnPaths:
    """ASGI middleware: where a session begins, the script below *folder* is only named."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._folder = str(folder).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a socket's messages on, the first one without the folder."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            body = message.get("bytes")
            if body and self._folder in body:
                message = {**message, "bytes": _named(body)}
            await send(message)

        await self._app(scope, receive, named)


def _named(body: bytes) -> bytes:
    """The message with its script's name; another one as it is."""
    message = ForwardMsg.FromString(body)
    if message.WhichOneof("type") != "new_session":
        return body
    session = message.new_session
    session.main_script_path = Path(session.main_script_path).name
    return bytes(message.SerializeToString())
