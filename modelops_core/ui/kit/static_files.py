"""
Streamlit's own scripts and styles, gzipped.

Streamlit sends them as they are, because packing them at every request costs more than it
saves. Here each file is packed once a process: a first visit needs less than half the bytes.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from modelops_core import gzipped

#: a script without an address
INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
PACKED = frozenset({".js", ".css"})


class GzippedStaticFiles:
    """ASGI middleware that answers for those files; every other request is passed on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request by ASGI."""
        path = _file(scope)
        if path is None:
            return await self._app(scope, receive, send)
        body = await anyio.to_thread.run_sync(packed, path)
        kind = mimetypes.guess_type(path.name)[0]
        # their names contain a hash of their content
        answer = gzipped.answer(body, kind, gzipped.FOR_EVER, Headers(scope=scope))
        await answer(scope, receive, send)


@lru_cache(maxsize=1)
def files() -> dict[str, Path]:
    """Address → file; an address that is no key is none of these files."""
    folder = Path(get_static_dir())
    return {
        f"/{path.relative_to(folder).as_posix()}": path
        for path in (folder / "static").rglob("*")
        if path.suffix in PACKED
    }


@lru_cache(maxsize=512)
def packed(path: Path) -> bytes:
    """The gzipped content of a file."""
    return gzipped.pack(path.read_bytes())


def _file(scope: Scope) -> Path | None:
    """Return the file that is asked for by somebody who can unpack it."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    if not gzipped.accepts_gzip(Headers(scope=scope)):
        return None
    return files().get(scope["path"])


@lru_cache(maxsize=1)
def inline_scripts() -> str:
    """The scripts in Streamlit's page itself, as a content security policy names them."""
    page = (Path(get_static_dir()) / "index.html").read_bytes()
    hashes = (hashlib.sha256(body).digest() for body in INLINE.findall(page))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
