"""Launcher: `streamlit run app.py`, `uvicorn app:app` or `python -m modelops_core serve`."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import streamlit as st
import structlog
from starlette.middleware import Middleware

from modelops_core import api, bootstrap
from modelops_core.api import uploads
from modelops_core.api.page_guard import PageGuard
from modelops_core.api.serving.limits import Limits
from modelops_core.bootstrap import sign_in
from modelops_core.settings import PACKAGE
from modelops_core.sources import neighbours
from modelops_core.ui.frame.page_sockets import PageSockets
from modelops_core.ui.frame.preload import preload
from modelops_core.ui.kit import assets
from modelops_core.ui.kit.static_files import GzippedStaticFiles, inline_scripts

MODELOPS = bootstrap.app()
log = structlog.get_logger()


def lifespan(_server: st.App) -> AbstractAsyncContextManager[Any]:
    """The workers live as long as the server; one that is open to all says so."""
    preload()
    if sign_in.open_to_all(MODELOPS.settings, st.get_option("server.address")):
        log.warning("open to all", access="off", address=st.get_option("server.address"))
    return api.lifespan(MODELOPS, MODELOPS.server_workers())


# The script lies outside the folder that holds pages/: otherwise a first deep link would run a
# page without it, and so without its frame and its gate.
app = st.App(
    PACKAGE / "ui" / "frame" / "main.py",
    secrets=sign_in.secrets(MODELOPS.settings),
    routes=[
        *assets.routes(MODELOPS, neighbours.outlines),
        *uploads.routes(lambda: MODELOPS.loads.inbox),
        *api.routes(MODELOPS),
    ],
    lifespan=lifespan,
    middleware=[
        Middleware(
            PageGuard,
            settings=MODELOPS.settings,
            reader_pass=assets.reader_pass(),
            inline=inline_scripts(),
        ),
        Middleware(Limits, sockets=MODELOPS.settings.sockets),
        Middleware(GzippedStaticFiles),
        Middleware(PageSockets, folder=PACKAGE.parent),
    ],
)

if __name__ == "__main__":
    app.run()
