"""Route of the API's reference: Redoc from the package fastapi-offline, nothing from elsewhere."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata, resources

import anyio
from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_redoc_html
from starlette.responses import Response

from modelops_core import gzipped

router = APIRouter(include_in_schema=False)
PAGE = "/api/docs"
PACKAGE = "fastapi-offline"
#: version of the bundle, part of its address: it may be kept for ever
BUNDLE = f"{PAGE}/redoc-{metadata.version(PACKAGE)}.js"
#: the one thing that Redoc would fetch from elsewhere
LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
#: its own script and styles, and the worker that searches
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; worker-src blob:; frame-ancestors 'none'"
)


@router.get(PAGE)
async def page(request: Request) -> Response:
    """The reference of all routes, made from the OpenAPI document."""
    found = get_redoc_html(
        openapi_url=request.app.openapi_url,
        title="ModelOps API",
        redoc_js_url=BUNDLE,
        redoc_favicon_url="data:,",
        with_google_fonts=False,
    )
    found.headers["Content-Security-Policy"] = POLICY
    return found


@router.get(BUNDLE)
async def bundle(request: Request) -> Response:
    """Redoc's script, compressed where the browser takes that."""
    body = await anyio.to_thread.run_sync(_bundle)
    return gzipped.answer(body, "text/javascript", gzipped.FOR_EVER, request.headers)


@lru_cache(maxsize=1)
def _bundle() -> bytes:
    source = resources.files("fastapi_offline") / "static" / "redoc.standalone.js"
    return gzipped.pack(source.read_bytes().replace(LOGO, b"data:,"))
