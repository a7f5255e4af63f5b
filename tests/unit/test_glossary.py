"""Words that docs/glossary.md replaced do not come back."""

from __future__ import annotations

import io
import re
import tokenize
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
#: as names and as words, anywhere
GONE = re.compile(
    r"(?<![a-zA-Z])(crew|chores?|mortal|pulse|bulletin|told)(?![a-zA-Z])", re.IGNORECASE
)
#: the nightly run called a night: in sentences, where names such as `night_timeout` do not stand
NIGHT = re.compile(
    r"\b(the|an?|one|each|every|last|next|first|another|finished) nights?\b(?!')|\bnights ", re.I
)
KOREAN_NIGHT = re.compile(r"(?<![가-힣])밤|야간 계산")
FOLDERS = ("modelops_core", "pages", "sql")


def files(*endings):
    """The product's texts."""
    found = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.suffix in endings]
    assert found
    return sorted(found)


def hits(pattern, path, text):
    """Where the pattern is, as 'file: word'."""
    return [f"{path.relative_to(ROOT)}: {m.group(0)}" for m in pattern.finditer(text)]


def sentences(path):
    """Comments and strings of a module; comments of SQL; everything else whole."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        return "\n".join(t.string for t in tokens if t.type in (tokenize.COMMENT, tokenize.STRING))
    return "\n".join(re.findall(r"--.*", text)) if path.suffix == ".sql" else text


def test_replaced_words_are_gone():
    """Neither a name nor a sentence uses one."""
    found = [h for p in files(".py", ".sql", ".toml") for h in hits(GONE, p, p.read_text("utf-8"))]
    assert found == []


def test_the_nightly_run_is_not_called_a_night():
    """In docstrings, comments and texts of both languages."""
    everything = [(p, sentences(p)) for p in files(".py", ".sql", ".toml")]
    found = [h for p, s in everything for h in hits(NIGHT, p, s) + hits(KOREAN_NIGHT, p, s)]
    assert found == []


@pytest.mark.parametrize("word", ["crew", "chores", "mortal", "pulse", "bulletin", "told"])
def test_the_glossary_says_what_to_use_instead(word):
    """Each word that the test refuses stands in the last column of one row."""
    assert re.search(rf"\| {word} \|$", GLOSSARY, re.MULTILINE)


def test_every_entry_has_both_languages():
    """English, Korean, a meaning and a word not to use, each once."""
    rows = re.findall(r"^\| (?!word|---)(.+) \| (.+) \| (.+) \| (.+) \|$", GLOSSARY, re.MULTILINE)
    assert len(rows) >= 50
    assert all(re.search("[가-힣]|[A-Z]", korean) for _, korean, _, _ in rows)
    assert len({english for english, *_ in rows}) == len(rows)


def test_the_product_explains_the_words_as_the_document_names_them():
    """Every word of climate risk but two that only developers meet; both languages alike."""
    table = GLOSSARY.partition("## Climate risk")[2].partition("## Running it")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", table, re.MULTILINE)[1:]
    written = {word.strip(): korean.strip() for word, korean in rows if "---" not in word}
    internal = {"class (of intensity)", "flag"}
    text = (ROOT / "modelops_core" / "ui" / "method" / "glossary.toml").read_text("utf-8")
    shown = tomllib.loads(text)
    names = {shown[key.removesuffix("_means")]["en"] for key in shown if key.endswith("_means")}
    assert names == set(written) - internal
    korean = {entry["en"]: entry["ko"] for entry in shown.values()}
    assert {name: korean[name] for name in names} == {n: written[n] for n in names}
