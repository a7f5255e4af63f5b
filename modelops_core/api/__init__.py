"""
REST, WebSocket and vector tiles: routes only.

``routes`` for a server that has other pages too, ``create`` for one that has not, and
``lifespan`` for the workers of either.
"""

from modelops_core.api.server import create, lifespan, routes

__all__ = ["create", "lifespan", "routes"]
