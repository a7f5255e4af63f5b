"""
What names and attributes of climate files say: variable, scenario, kind of set, period.

``AR6_SSP585_5ENSMN_skorea_TA_gridraw_monthly_2021_2100.nc`` says all four. Where the name and the
contents say different things, the file is refused: one of them is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.variables import MONTHLY, YEARLY
from modelops_core.errors import SourceUnreadable

KNOWN = (*MONTHLY, *YEARLY)
#: name of a variable in files → ours, besides our own names
ALIASES = {
    "tas": "ta",
    "pr": "rn",
    "sfcwind": "ws",
    "hurs": "rhm",
    "rh": "rhm",
    "rsds": "si",
    "spei": "spei12",
    "spei_12": "spei12",
    "r80mm": "rain80",
}
CODES = {"126": "ssp1", "245": "ssp2", "370": "ssp3", "585": "ssp5"}
#: the past, which is the same in all scenarios
HISTORY = "history"
PAST = frozenset({"mkprism", "historical", "history", "hist", "obs", "observed", "observation"})
#: regional models of the five-model set, as files name them
MODELS = frozenset({"hadgem3", "wrf", "cclm", "grims", "regcm4", "regcm"})
#: parts of names that only the Korea Meteorological Administration gives
KMA = frozenset({"gridraw", "skorea", "mkprism", "5ensmn"})

T = TypeVar("T", bound=object)
_SSP = re.compile(r"ssp[-_ ]?(\d)(?:[-_. ]?(\d)[-_. ]?(\d))?(?!\d)|rcp[-_ ]?\d[-_. ]?\d")
_PERIOD = re.compile(r"(?<!\d)((?:18|19|20|21)\d\d)\d{0,4}[-_~]((?:18|19|20|21)\d\d)\d{0,4}(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:18|19|20|21)\d\d)(?!\d)")
_MEAN = re.compile(r"(\d+)ensmn")


def tokens(text: str) -> list[str]:
    """The parts of a name in lower case; a version behind a product's name is cut off."""
    parts = re.split(r"[^a-z0-9]+", text.lower())
    return ["mkprism" if part.startswith("mkprism") else part for part in parts if part]


def variable(text: str) -> str | None:
    """The climate variable that *text* names; None where it names none of ours."""
    whole = text.lower().replace("-", "_")
    if whole in ALIASES:
        return ALIASES[whole]
    found = [ALIASES.get(part, part) for part in tokens(text)]
    return next((name for name in found if name in KNOWN), None)


def scenario(text: str, file: str) -> str | None:
    """
    ``ssp1`` …, HISTORY, or None where *text* names none.

    Raises SourceUnreadable for a scenario that is none of ours, and for two of them.
    """
    found = []
    for match in _SSP.finditer(text.lower()):
        digits = "".join(d for d in match.groups() if d)
        code = CODES.get(digits) if len(digits) == 3 else f"ssp{digits}"
        if code not in SCENARIOS:
            raise SourceUnreadable(
                "scenario_unknown", file=file, value=match.group(), known=list(CODES)
            )
        found.append(code)
    if len(set(found)) > 1:
        raise SourceUnreadable("scenario_twice", file=file, known=sorted(set(found)))
    if found:
        return found[0]
    return HISTORY if PAST & set(tokens(text)) else None


def members(text: str) -> int | None:
    """Of how many models *text* says that the values are the mean; 0 = observed, None unsaid."""
    mean = _MEAN.search(text.lower())
    if mean:
        return int(mean.group(1))
    parts = set(tokens(text))
    if parts & {"mkprism", "obs", "observed", "observation"}:
        return 0
    return 1 if parts & MODELS else None


def period(text: str) -> tuple[int, int] | None:
    """First and last year that *text* states; None where it states none."""
    found = _PERIOD.search(text)
    return (int(found[1]), int(found[2])) if found else None


def year(text: str) -> tuple[int, int] | None:
    """The only year that *text* names, as first and last; None where it names none or several."""
    found = _YEAR.findall(text)
    return (int(found[0]), int(found[0])) if len(found) == 1 else None


def is_kma(text: str) -> bool:
    """Whether a file of this name is one of the Korea Meteorological Administration."""
    return bool(KMA & set(tokens(text)))


def agreed(
    what: str, option: str, given: T | None, said: Mapping[str, T | None], file: str
) -> T | None:
    """
    What was *given*, else what is *said* by the name and the contents of the file.

    Raises SourceUnreadable where they say different things; None where nothing is said.
    """
    if given is not None:
        return given
    known = {where: value for where, value in said.items() if value is not None}
    if len(set(known.values())) > 1:
        (first, one), (second, other), *_ = known.items()
        raise SourceUnreadable(
            "says_differ",
            file=file,
            what=what,
            first=f"{first}: {one}",
            second=f"{second}: {other}",
            option=option,
        )
    return next(iter(known.values()), None)


def unstated(file: str, what: str, option: str, known: Iterable[object]) -> SourceUnreadable:
    """The error of a file that does not say *what*, which is therefore asked for."""
    return SourceUnreadable("file_unsaid", file=file, what=what, option=option, known=list(known))
