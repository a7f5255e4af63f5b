"""The method page: fresh, complete, and nothing on it without its papers."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from modelops_core import data
from modelops_core.cli import program
from modelops_core.cli.method_markdown import markdown
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.parameters import GRADES, PROVENANCE, ParameterFile
from modelops_core.domain.result import Status
from modelops_core.perils import PERILS, numbers
from modelops_core.services.method import method_page
from modelops_core.services.method.method_text import NOT_MODELLED, STATEMENTS, STATUSES
from tests.parameters import PARAMETERS

SECTIONS = method_page.sections(PERILS, PARAMETERS, data.worked_examples())
BY_KEY = {section.key: section for section in SECTIONS}
PAGE = Path(__file__).parents[3] / "docs" / "method.md"
NUMBERS = [number for section in SECTIONS for table in section.tables for number in table.rows]
each_peril = pytest.mark.parametrize("key", PERILS)


#: perils on the page: those of the parameter file, and whichever else was written to it
DOCUMENTED = {
    key: peril
    for key, peril in PERILS.items()
    if peril.parameters is None
    or f'<a id="{key.replace("_", "-")}"></a>' in PAGE.read_text("utf-8")
}


def test_docs_method_is_up_to_date():
    """Run ``python -m modelops_core method --write docs/method.md``."""
    file = numbers(ParameterFile.parse(data.parameters()), DOCUMENTED)
    found = method_page.sections(DOCUMENTED, file, data.worked_examples())

    assert PAGE.read_text("utf-8") == markdown(found, file.version, file.digest())


@each_peril
def test_each_peril_has_a_section(key):
    """Intensity, classes, curve, anchors, weights, limits, references, example: nothing is missing."""
    section = BY_KEY[key]

    assert (section.title, section.title_ko) == (PERILS[key].label, PERILS[key].label_ko)
    for part in (
        "words",
        "tables",
        "classes",
        "curve",
        "statistics",
        "weights",
        "limits",
        "references",
    ):
        assert getattr(section, part), part
    for words in section.words:
        assert len(words.text) > 1, words.title
    for limit in section.limits:
        assert re.search("[가-힣]", limit.ko)
    assert re.search("[가-힣]", section.words[0].text_ko)
    if key in DOCUMENTED:
        assert section.example
        assert f"## {section.number}. {section.title} · {section.title_ko}" in PAGE.read_text(
            "utf-8"
        )


def test_sections_are_numbered_as_sources_cite_them():
    """“method §8” is river flood: a source line leads to its section."""
    assert [section.number for section in SECTIONS] == list(range(1, len(SECTIONS) + 1))
    titles = {section.number for section in SECTIONS}
    frame = {words.title.split()[0] for words in BY_KEY["frame"].words}
    for _, parameter in PARAMETERS.entries:
        for cited in re.findall(r"method §(\d+(?:\.\d+)?)", parameter.source):
            assert cited in frame if "." in cited else int(cited) in titles, parameter.key
        own = re.findall(r"method §(\d+)\b(?!\.)", parameter.source)
        section = BY_KEY.get(parameter.key.partition(".")[0])
        if own and section is not None and section.peril is not None:
            assert str(section.number) in own or own[0] in ("1", "12"), parameter.key


def test_every_number_of_the_file_is_on_the_page():
    """None is left out, none shown twice."""
    assert sorted(n.key for n in NUMBERS) == sorted(p.key for _, p in PARAMETERS.entries)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: n.key)
def test_each_number_has_source_provenance_and_grade(number):
    """And a value to show."""
    assert number.source.strip()
    assert number.unit.strip()
    assert number.provenance in PROVENANCE
    assert number.grade in GRADES
    assert number.value
    assert number.table or number.value != "see the table"


@each_peril
def test_classes_are_the_bins_and_ratios_the_damage(key):
    """First open below, last open above; ratios never fall."""
    classes = BY_KEY[key].classes

    assert classes[0].lower is None
    assert classes[-1].upper is None
    assert [c.upper for c in classes[:-1]] == PARAMETERS.params(key)["bins"]
    assert [c.ratio for c in classes] == sorted(c.ratio for c in classes)


@each_peril
def test_the_curve_is_published_and_base(key):
    """Published = base × 1.5, and it does not fall with the intensity."""
    points = BY_KEY[key].curve

    for one in points:
        assert math.isclose(one.published, one.base * 1.5, rel_tol=1e-12, abs_tol=1e-15)
    for curve in {one.curve for one in points}:
        ratios = [one.base for one in points if one.curve == curve]
        assert ratios == sorted(ratios)
        assert ratios[-1] > 0


def test_floods_show_a_curve_for_each_class_of_use():
    """Residential, commercial, industrial."""
    assert {one.curve for one in BY_KEY["river_flood"].curve} == {
        "residential",
        "commercial",
        "industrial",
    }


def test_the_frame_fills_its_numbers_in():
    """No brace is left; the words follow the file."""
    words = " ".join(w.text for w in BY_KEY["frame"].words)
    content = data.parameters()
    content["frame"]["minimum_years"]["value"] = 17
    other = method_page.sections(PERILS, numbers(ParameterFile.parse(content)))[0]

    assert "{" not in words
    assert "A window needs 15 years" in words
    assert any("A window needs 17 years" in w.text for w in other.words)


def test_what_the_screen_must_say_is_said_in_both_languages():
    """Ten statements, the list of what is not modelled, four states, every flag."""
    for words in (*STATEMENTS, NOT_MODELLED, *STATUSES):
        assert words.text
        assert re.search("[가-힣]", words.text_ko)
    assert {w.title for w in STATUSES} == {status.name for status in Status}
    assert {w.title for w in BY_KEY["reading"].words} == {w.title for w in STATUSES} | set(FLAGS)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (2174000, "2,174,000"),
        (1.0e-5, "1e-05"),
        ([1991, 2020], "1991–2020"),
        ([1, 2], "1, 2"),
        ({"a": 1, "b": 0.25}, "a 1, b 0.25"),
        ({"2030s": [2021, 2040]}, "2030s 2021–2040"),
    ],
)
def test_values_as_text(value, text):
    """Numbers as a reader writes them."""
    assert method_page.shown(value) == text


def test_an_added_peril_comes_last_and_renumbers_nothing():
    """A peril of one's own file takes the next number."""
    own = replace(PERILS["drought"], key="dust", label="Dust", parameters={})
    file = ParameterFile(
        PARAMETERS.version, {**PARAMETERS.sections, "dust": PARAMETERS.sections["drought"]}
    )
    found = method_page.sections({**PERILS, "dust": own}, file)

    assert found[-1].key == "dust"
    assert [(s.key, s.number) for s in found[:-1]] == [(s.key, s.number) for s in SECTIONS]


def test_the_command_prints_json_and_writes_the_page(tmp_path):
    """``method --json`` and ``method --write``."""
    run = CliRunner()
    target = tmp_path / "method.md"

    assert '"key": "typhoon"' in run.invoke(program, ["method", "--json"]).output
    assert run.invoke(program, ["method", "--write", str(target)]).exit_code == 0
    written = markdown(SECTIONS, PARAMETERS.version, PARAMETERS.digest())
    assert target.read_text("utf-8") == written
