"""Logs: one JSON object a line on stderr, with the job's id, without secrets."""

from __future__ import annotations

import re
import sys
from typing import Any

import structlog
from structlog.types import EventDict

#: fields that never reach a log
HIDDEN = frozenset({"key", "api_key", "authorization", "password", "token", "cookie", "secret"})
STARS = "***"
#: a key of ours, and the password in a database address, wherever they stand in a text
_SECRETS = re.compile(r"\bmo_[0-9a-f]{8}_[\w-]+|(?<=://)([^/\s:@]+):[^@\s]+(?=@)")


def configure(stream: Any = None) -> None:
    """Make every log of this process JSON lines on *stream* (stderr)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def without_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Hide fields that are secrets by name, and texts that look like one."""
    return {
        name: STARS if name.lower() in HIDDEN else _plain(value) for name, value in event.items()
    }


def _plain(value: Any) -> Any:
    return _SECRETS.sub(_hidden, value) if isinstance(value, str) else value


def _hidden(found: re.Match[str]) -> str:
    return f"{found[1]}:{STARS}" if found[1] else STARS
