"""Whether the program lives and may be used."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health")
async def liveness() -> dict[str, str]:
    """The process answers; nothing else is looked at."""
    return {"status": "healthy", "timestamp": datetime.now(UTC).isoformat()}
