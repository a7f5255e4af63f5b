"""
Imports the pages' modules before the first reader comes, and keeps them from garbage collection.

After every run of a page Streamlit collects garbage in full, which visits each object of each
module again while no other run can go on. Modules live as long as their process: frozen, they are
not visited, and a click takes a third of the time.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil

from modelops_core import ui

#: what draws a page as soon as it is imported
SCRIPT = "modelops_core.ui.frame.main"


def preload() -> None:
    """Import every module of the dashboard; then freeze what is there."""
    for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        if module.name != SCRIPT:
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
