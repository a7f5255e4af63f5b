"""
What a register's strings mean: structure and use, as classes of our tables.

The first rule that matches wins, in the order given; English words are understood too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from modelops_core.domain.site import UNKNOWN

#: what a register, a form or a spreadsheet writes where it does not know: words, marks, codes
_NOTHING = re.compile(
    r"|[-–—_.?*/#]+|[-+]?\d+(\.\d+)?"
    r"|((기타|용도|구조|주\s*용도)\s*)?(미상|불명|불상|미확인|미기재|미지정|미정|모름)"
    r"|알\s*수\s*없음|확인\s*(불가|안\s*됨)|(정보|자료|해당\s*(사항)?|값)?\s*없음"
    r"|((use|structure|purpose|construction|occupancy)\s*)?unknown"
    r"(\s*(use|structure|purpose|construction|occupancy))?"
    r"|unk|#?n/?a|n\.\s?a\.|none|null|nil|nan|missing|tb[ad]|un(specified|defined|determined)"
    r"|no\s+data|not\s+(known|available|applicable|specified|given|stated)",
    re.IGNORECASE,
)
#: whoever writes so knows that no class of ours is meant
_OTHER = re.compile(r"기타(\s*(구조|용도|시설))?|other", re.IGNORECASE)
_BRACKETS = str.maketrans(dict.fromkeys("()[]<>〈〉'\"", " "))
Rules = Sequence[tuple[str, re.Pattern[str]]]


def _rules(*pairs: tuple[str, str]) -> Rules:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in pairs)


#: vulnerability class of a structure
STRUCTURE_CLASSES = _rules(
    ("src", r"철골철근|철골콘크리트|(?<![A-Za-z])SRC(?![A-Za-z])"),
    ("light", r"경량철골|스틸하우스|조립식|패널|판넬|컨테이너|파이프|\blight|panel|container"),
    ("timber", r"통나무|목|wood|timber"),
    (
        "rc",
        r"철근콘크리트|(?<![A-Za-z])RC(?![A-Za-z])|라멘|프리[캐케]스트|(?<!철골)콘크리트|"
        r"(?<![A-Za-z])PC(?![A-Za-z])|reinforced|concrete",
    ),
    ("masonry", r"벽돌|블록|블럭|연와|조적|석구?조|흙|brick|block|masonry|stone"),
    ("steel", r"철골|강구조|steel"),
)
#: National Tax Service structure group, for the value and the service life
STRUCTURE_GROUPS = _rules(
    ("src", r"철골철근|철골콘크리트|(?<![A-Za-z])SRC(?![A-Za-z])"),
    ("container", r"컨테이너|파이프|container"),
    ("panel", r"조립식|패널|판넬|panel"),
    ("light_steel", r"경량철골|\blight"),
    ("engineered_timber", r"목구조"),
    ("timber", r"통나무|목|wood|timber"),
    (
        "rc",
        r"철근콘크리트|(?<![A-Za-z])RC(?![A-Za-z])|라멘|프리[캐케]스트|(?<!철골)콘크리트|"
        r"(?<![A-Za-z])PC(?![A-Za-z])|석구?조|reinforced|concrete|stone",
    ),
    ("earth_wall", r"흙벽돌|돌담"),
    ("cement_block", r"시멘트.*(블록|블럭)|cement block"),
    ("cement_brick", r"시멘트|cement brick"),
    ("brick_steel", r"연와|철골|강구조|보강블록|벽돌|조적|steel|brick|masonry"),
    ("earth_block", r"황토|흙|블록|블럭|block"),
)
#: use group of a purpose
USE_GROUPS = _rules(
    ("datacentre", r"데이터|전산|data ?cent"),
    ("hospital", r"병원|의료|hospital|medical"),
    ("lodging", r"호텔|숙박|여관|hotel|lodging"),
    ("factory", r"공장|제조|factory|manufactur"),
    ("warehouse", r"창고|물류|warehouse|logistic"),
    ("education", r"학교|교육|연구|school|education|research"),
    ("office", r"업무|사무|office"),
    ("retail", r"판매|근린|상점|소매|retail|shop|store"),
    ("residential", r"주택|아파트|주거|residential|hous|apartment"),
)
#: National Tax Service use group, for the value
USE_INDEX_GROUPS = _rules(
    ("cleanroom_plant", r"반도체|cleanroom|semiconductor"),
    ("knowledge_centre", r"지식산업|아파트형공장"),
    ("cold_store", r"냉동|냉장|cold"),
    ("officetel", r"오피스텔|officetel"),
    ("general_hospital", r"종합병원|general hospital"),
    ("department_store", r"백화점|department"),
    ("large_store", r"판매시설|대형|대규모|mart"),
    ("hospital", r"병원|의료|hospital|medical"),
    ("hotel", r"호텔|숙박|여관|hotel|lodging"),
    ("factory", r"공장|제조|factory|manufactur"),
    ("warehouse", r"창고|물류|warehouse|logistic"),
    ("education", r"학교|교육|연구|school|education|research"),
    ("office", r"업무|사무|office"),
    ("shop", r"판매|근린|상점|소매|retail|shop|store"),
    ("apartment", r"아파트|공동주택|apartment"),
    ("housing", r"주택|주거|residential|hous"),
)
#: use group → JRC damage curve
CURVE_CLASSES = {"factory": "industrial", "warehouse": "industrial", "residential": "residential"}


def classify(text: str, rules: Rules, otherwise: str = UNKNOWN) -> str:
    """
    Return the class of a register's string.

    It is ``unknown`` for an empty string, a word or a code for it, *otherwise* where no rule fits.
    """
    if says_nothing(text):
        return UNKNOWN
    return next((name for name, pattern in rules if pattern.search(text)), otherwise)


def understood(text: str, rules: Rules) -> bool:
    """Whether an analyst's word has a class, or says that it is unknown or another one."""
    if says_nothing(text) or _OTHER.fullmatch(text.strip()):
        return True
    return any(pattern.search(text) for _, pattern in rules)


def says_nothing(text: str) -> bool:
    """Whether a string only says that something is unknown: 미상, n/a, −, 0; any Unicode form."""
    plain = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return _NOTHING.fullmatch(" ".join(plain.split())) is not None


def curve_class(use_group: str) -> str:
    """Which depth–damage curve a use group takes."""
    return CURVE_CLASSES.get(use_group, "commercial")
