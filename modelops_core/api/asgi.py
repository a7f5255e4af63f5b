"""Serves the API alone, without the dashboard: ``uvicorn modelops_core.api.asgi:app``."""

from modelops_core import bootstrap
from modelops_core.api.server import create

app = create(bootstrap.app())
