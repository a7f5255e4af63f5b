"""What an analyst says of a portfolio besides its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """
    What the analyst says besides the file.

    ``currency`` is that of money where the file does not say it, ``rates`` are KRW for one unit of
    a currency, ``crs`` is that of coordinates that are no degrees. ``as_of`` is the reporting date.
    """

    as_of: date
    currency: str | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    crs: str | None = None
    encoding: str | None = None
