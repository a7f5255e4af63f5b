"""
The HTTP API: REST, WebSocket and vector tiles; routes only.

A server that also serves the dashboard mounts :func:`routes`, one without it runs the
application of :func:`create`; :func:`lifespan` starts the job workers of either.
"""

from modelops_core.api.server import create, lifespan, routes

__all__ = ["create", "lifespan", "routes"]
