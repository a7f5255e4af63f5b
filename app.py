"""Launcher: `streamlit run app.py`, `uvicorn app:app` or `python -m modelops_core serve`."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from modelops_core import api, bootstrap
from modelops_core.api.serving.limits import Limits
from modelops_core.sources import neighbours
from modelops_core.ui.kit import assets
from modelops_core.ui.kit.static_files import GzippedStaticFiles

ROOT = Path(__file__).resolve().parent
MODELOPS = bootstrap.app()


def lifespan(_server: st.App) -> AbstractAsyncContextManager[Any]:
    """The workers live as long as the server."""
    return api.lifespan(MODELOPS, MODELOPS.server_workers())


# The script lies outside the folder that holds pages/: otherwise a first deep link would run a
# page without it, and so without its frame and its gate.
app = st.App(
    ROOT / "modelops_core" / "ui" / "frame" / "main.py",
    routes=[*assets.routes(MODELOPS, neighbours.outlines), *api.routes(MODELOPS)],
    lifespan=lifespan,
    middleware=[
        Middleware(Limits, sockets=MODELOPS.settings.sockets),
        Middleware(GzippedStaticFiles),
    ],
)

if __name__ == "__main__":
    app.run()
