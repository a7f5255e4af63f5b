"""
Korean particles by the last sound of the word before them: 은/는, 이/가, 을/를, 과/와, 으로/로.

Templates write both forms, ``{name}을(를)``; this puts the right one. A word whose sound is not
known from its letters keeps both.
"""

from __future__ import annotations

import re
import unicodedata

#: as templates write them → after a final consonant, after a vowel
PAIRS = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_FOUND = re.compile("|".join(map(re.escape, PAIRS)))
_FIRST, _LAST, _FINALS = ord("가"), ord("힣"), 28
#: number of the final consonant ㄹ, after which 으로 is 로
RIEUL = 8
#: final consonants of the names of digits and of letters that are spelt
_DIGITS = {"0": 21, "1": RIEUL, "3": 16, "6": 1, "7": RIEUL, "8": RIEUL} | dict.fromkeys("2459", 0)
_SPELT = {"L": RIEUL, "M": 16, "N": 4, "R": RIEUL}
#: of words read as words, by their last letters
_READ = {"ng": 21, "l": RIEUL, "m": 16, "n": 4}
_SIGNS = {"%": 0, "₂": 0}
#: closing marks and mark-up between a word and its particle
_CLOSING = frozenset("’”'\"»)]}*_`〉>")


def placed(text: str) -> str:
    """*text* with the right form of each particle that stands in both."""
    return _FOUND.sub(lambda found: _form(text[: found.start()], found[0]), text)


def _form(before: str, pair: str) -> str:
    final = _final(before)
    if final is None:
        return pair
    closed, opened = PAIRS[pair]
    takes_vowel = final == 0 or (pair == "(으)로" and final == RIEUL)
    return opened if takes_vowel else closed


def _final(before: str) -> int | None:
    """The final consonant of the last sound, 0 for none, None where nobody can say."""
    word = before.rstrip().rstrip("".join(_CLOSING)).rstrip()
    last = word[-1:]
    if last and _FIRST <= ord(last) <= _LAST:
        return (ord(last) - _FIRST) % _FINALS
    if last in _DIGITS or last in _SIGNS:
        return _DIGITS.get(last, _SIGNS.get(last))
    if not (last.isascii() and last.isalpha()):
        return None
    spelt = re.search(r"[A-Za-z]+$", unicodedata.normalize("NFC", word))
    if last.isupper() or (spelt is not None and len(spelt[0]) == 1):
        return _SPELT.get(last.upper(), 0)
    return next((final for end, final in _READ.items() if word.lower().endswith(end)), 0)
