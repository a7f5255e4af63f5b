"""REST, WebSocket and tiles: routes only."""
