"""Units of sea level: metres, centimetres or millimetres, said by the file or the user."""

from __future__ import annotations

from modelops_core.errors import SourceUnreadable
from modelops_core.sources.climate import names

#: unit → centimetres
CENTIMETRES = {"m": 100.0, "cm": 1.0, "mm": 0.1}
WRITTEN = {
    "meter": "m",
    "metre": "m",
    "meters": "m",
    "metres": "m",
    "centimeter": "cm",
    "centimeters": "cm",
    "millimeter": "mm",
    "millimeters": "mm",
}


def to_centimetres(unit: str | None, file: str) -> tuple[float, str]:
    """The factor to cm and what to say; raises SourceUnreadable: m and cm differ by a hundred."""
    if unit is None or not unit.strip():
        raise names.unstated(file, "unit", "unit", CENTIMETRES)
    plain = unit.strip().lower()
    plain = WRITTEN.get(plain, plain)
    if plain not in CENTIMETRES:
        raise SourceUnreadable(
            "unit_unknown", file=file, variable="sea_level", value=unit, known=list(CENTIMETRES)
        )
    return CENTIMETRES[plain], f"{unit} → cm"
