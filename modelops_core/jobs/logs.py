"""Configures logging: one JSON object a line on stderr, with the job's id; secrets are masked."""

from __future__ import annotations

import re
import sys
from typing import Any

import structlog
from structlog.types import EventDict

#: names of fields whose values never reach a log (compared in lower case)
SECRET_FIELDS = frozenset(
    {"key", "api_key", "authorization", "password", "token", "cookie", "secret"}
)
MASK = "***"
#: a key of ours, and the password in a database address, wherever they stand in a text
_SECRETS = re.compile(r"\bmo_[0-9a-f]{8}_[\w-]+|(?<=://)([^/\s:@]+):[^@\s]+(?=@)")


def configure(stream: Any = None) -> None:
    """Make every logger of this process write JSON lines to *stream* (stderr where None)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def mask_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Mask fields whose name says that they are secret, and API keys and passwords within texts."""
    return {
        name: MASK if name.lower() in SECRET_FIELDS else _masked(value)
        for name, value in event.items()
    }


def _masked(value: Any) -> Any:
    return _SECRETS.sub(_replacement, value) if isinstance(value, str) else value


def _replacement(found: re.Match[str]) -> str:
    return f"{found[1]}:{MASK}" if found[1] else MASK
