"""
A box that takes files and sends them to the server's disk as they are read.

``st.file_uploader`` keeps a file whole in the server's memory, which grids of a gigabyte do not
suit; this one sends each to the route of ``api.uploads`` and tells the page when all have come.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import WidgetKey

_HERE = Path(__file__).parent
HTML = """
<div class="uploader">
  <p class="label"></p>
  <div class="box">
    <button type="button" class="pick"></button>
    <span class="drop"></span>
    <input type="file" multiple hidden>
  </div>
  <ul class="going" role="status" aria-live="polite"></ul>
</div>
"""
_COMPONENT = st.components.v2.component(
    "modelops_uploader",
    html=HTML,
    css=(_HERE / "uploader.css").read_text("utf-8"),
    js=(_HERE / "uploader.js").read_text("utf-8"),
)


def draw(token: str) -> None:
    """Draw the box of the upload *token*; the page runs again when files have come."""
    words = {
        "label": t("load.from_here"),
        "pick": t("load.upload_pick"),
        "drop": t("load.upload_drop"),
        "failed": t("load.upload_failed"),
    }
    _COMPONENT(
        key=WidgetKey.LOAD_UPLOADER,
        data={"path": f"/uploads/{token}/", "words": words},
        height="content",
        on_done_change=lambda: None,
    )
