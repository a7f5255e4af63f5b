"""The catalogue: both languages whole, no key missing, none unused."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from functools import lru_cache
from pathlib import Path

import pytest

from modelops_core.domain.flags import FLAGS
from modelops_core.perils import PERILS
from modelops_core.ui.kit.navigation import PAGES

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "modelops_core/ui"
SOURCES = [*(ROOT / "pages").glob("*.py"), *(ROOT / "modelops_core/ui").rglob("*.py")]
#: functions whose first argument is the name of a text
READERS = {"t", "empty"}


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    return {
        f"{path.stem}.{key}": entry
        for path in sorted(FOLDER.glob("*/*.toml"))
        for key, entry in tomllib.loads(path.read_text("utf-8")).items()
    }


@lru_cache(maxsize=1)
def asked() -> tuple[set[str], set[str]]:
    """Literal names, and patterns of those that are put together."""
    names, patterns = set(), set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value in catalogue()
            ):
                names.add(node.value)
            if isinstance(node, ast.JoinedStr):
                text = "".join(
                    re.escape(v.value) if isinstance(v, ast.Constant) else "[A-Za-z0-9_]+"
                    for v in node.values
                )
                patterns.add(text)
            if (
                isinstance(node, ast.BinOp)
                and isinstance(node.left, ast.Constant)
                and isinstance(node.left.value, str)
            ):
                patterns.add(re.escape(node.left.value) + "[A-Za-z0-9_]+")
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) in READERS
            ):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    names.add(first.value)
    return names, {p for p in patterns if "\\." in p or "." in p}


def test_every_text_has_both_languages():
    """Korean and English, neither empty, with the same places for values."""
    for name, entry in catalogue().items():
        assert set(entry) == {"ko", "en"}, name
        places = [
            {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for text in entry.values()
        ]
        assert all(entry.values()), name
        assert places[0] == places[1], name


def test_no_text_is_missing():
    """Whatever the pages ask for is there."""
    missing = {name for name in asked()[0] if "." in name} - set(catalogue())
    assert not missing


def test_no_text_is_unused():
    """Whatever is there is asked for."""
    names, patterns = asked()
    shapes = [re.compile(p) for p in patterns]
    unused = [n for n in catalogue() if n not in names and not any(s.fullmatch(n) for s in shapes)]
    assert not unused


def test_korean_is_korean():
    """A Korean text holds Hangul unless it is a sign or a unit that both languages share."""
    odd = [
        n
        for n, e in catalogue().items()
        if not re.search("[가-힣]", e["ko"]) and e["ko"] != e["en"]
    ]
    assert not [n for n in odd if len(catalogue()[n]["ko"]) > 12]


def test_flags_and_perils_speak_both_languages():
    """Labels come from the registry and the flags, not from the catalogue."""
    for flag in FLAGS.values():
        assert re.search("[가-힣]", flag.ko)
        assert not re.search("[가-힣]", flag.en)
    for peril in PERILS.values():
        assert re.search("[가-힣]", peril.label_ko)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_no_korean_in_code(path):
    """Sentences for readers live in the catalogue; register strings and names of languages may stand in code."""
    allowed = {"한국어"}
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, ast.Module | ast.FunctionDef | ast.ClassDef)
        and n.body
        and isinstance(n.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
            and path.name != "formats.py"
        ):
            text = node.value
            assert not re.search("[가-힣]{2}.*[가-힣]{2}", text) or text in allowed, (
                path.name,
                text,
            )


def test_every_page_has_its_help():
    """What it shows, in both languages, behind the button beside its title."""
    assert {name for name in PAGES if f"help.{name}" not in catalogue()} == set()


def test_bold_words_end_with_a_letter_before_a_particle():
    """Markdown shows the stars of ``**보고서(PDF)**와``: a bracket before them ends nothing."""
    broken = [
        name
        for name, entry in catalogue().items()
        for bold, after in zip(*[iter(entry["ko"].split("**")[1:])] * 2, strict=False)
        if after[:1].isalpha() and bold[-1:] in ")]’”.%"
    ]
    assert broken == []
