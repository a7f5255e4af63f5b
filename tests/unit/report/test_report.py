"""The report of a site: its numbers are the answer's, its text can be selected, its bytes do not change."""

from __future__ import annotations

import io
import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from modelops_core import ui
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.result import PERIODS
from modelops_core.perils import PERILS
from modelops_core.services.portfolio.rating import Rank, Standing
from modelops_core.services.report import formats, sheets, site_map, typeset
from modelops_core.services.report.blocks import Beside, Facts, Figures, Note, Table
from modelops_core.services.report.site import LONGEST_NAME, SITE, SiteMaterial
from modelops_core.services.report.site_map import Outlines
from tests import answers

MOMENT = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)  # the 5th in Korea
FLOOD_LOSSES = tuple(1e6 * i for i in range(len(PERIODS)))
OUTLINES = Outlines(
    [
        {
            "admin_name": "서울특별시 중구",
            "admin_name_en": "Jung-gu, Seoul",
            "latitude": 37.5,
            "longitude": 127.0,
            "outline": '{"type":"Polygon","coordinates":[[[126.8,37.4],[127.2,37.4],[127.2,37.6],[126.8,37.6],[126.8,37.4]]]}',
        }
    ],
    [],
)


def results():
    """One peril with everything, one without a distribution, one unknown, one that cannot happen."""
    flood = {
        "return_losses": FLOOD_LOSSES,
        "return_basis": "maxima",
        "return_years": 30.0,
        "hazard_score": 0.7,
        "hazard_level": "High",
    }
    return [
        answers.result("river_flood", 0.0312, **flood),
        answers.result("wildfire", 0.00123, return_basis="counted", status="low_confidence"),
        answers.result(
            "urban_flood", None, return_basis="maxima", flags=("river_distance_unknown",)
        ),
        answers.result("sea_level_rise", 0.0, status="not_applicable"),
    ]


def totals():
    """₩1,230,000 and a little more with each horizon and scenario."""
    return [
        {
            "ssp_scenario": code,
            "horizon": key,
            "physical": 3e6,
            "physical_no_overlap": 1e6 * (1 + i) + 1e4 * j,
            "operating": 2e5,
            "grand": 1.23e6 * (1 + i) + 1e4 * j,
            "assessed": ["river_flood", "wildfire", "sea_level_rise"],
            "not_assessed": ["urban_flood"],
        }
        for i, code in enumerate(SCENARIOS)
        for j, key in enumerate(HORIZONS)
    ]


def material(**more):
    """The sample: a site in Seoul, the source of the demonstration's generator beside an observed one."""
    of = answers.answer(results(), totals(), return_periods=list(PERIODS))
    given = {
        "answer": replace(of, assessed_at=MOMENT),
        "scenario": "ssp2",
        "horizon": "2050s",
        "perils": PERILS,
        "sources": [answers.data_source("rx1day_data"), answers.data_source("coastline")],
        "outlines": OUTLINES,
    }
    return SiteMaterial(**given | more)


def document(language="ko", **more):
    return SITE.document(material(**more), language)


def reader(doc):
    return PdfReader(io.BytesIO(typeset.pdf(doc)))


def plain(text):
    """Words without the blanks that a line break or a column makes."""
    return re.sub(r"\s+", "", text)


def blocks(doc, kind):
    """Blocks of one kind, also those that stand beside each other."""
    flat = [
        inner
        for block in doc.blocks
        for inner in ([*block.left, *block.right] if isinstance(block, Beside) else [block])
    ]
    return [block for block in flat if isinstance(block, kind)]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_number_of_the_sheet_is_the_answers(language):
    """Each peril's rate, interval and loss, each sum and each rare year stand in the PDF's text."""
    found = reader(document(language))
    text = plain(found.pages[0].extract_text())
    wanted = []
    for r in results():
        if r.has_number:
            wanted += [formats.percent(r.final_aal), formats.won(r.expected_loss, language)]
            wanted.append(formats.interval(r.aal_p05, r.aal_p95))
        wanted.append(
            PERILS[r.risk_type].label_ko if language == "ko" else PERILS[r.risk_type].label
        )
    wanted += [formats.won(total["grand"], language) for total in totals()]
    years = dict(zip(PERIODS, FLOOD_LOSSES, strict=True))
    wanted += [
        formats.won(years[t], language) + ("" if t < 50 else "*") for t in (10, 50, 100, 200)
    ]
    missing = [words for words in wanted if plain(words) not in text]

    assert missing == []
    assert len(found.pages) == 1
    assert "assessed2026-03-05" in text or "2026-03-05평가" in text


def test_the_sheet_says_what_it_is_of():
    """Scenario, horizon, set, day, job, method, link and language, for readers and for programs."""
    found = reader(document("ko", name="본점", link="http://server/assess?job=b"))
    text = plain(found.pages[0].extract_text())

    for words in (
        "SSP2-4.5",
        "2050년대",
        "매개변수중앙",
        "작업b",
        "방법론1",
        "http://server/assess?job=b",
    ):
        assert words in text, words
    assert found.metadata.title == "본점"
    assert found.trailer["/Root"]["/Lang"] == "ko"
    assert found.metadata.creation_date == MOMENT
    assert [round(float(v)) for v in found.pages[0].mediabox[2:]] == [595, 842]


def test_ranks_stand_beside_the_perils():
    """Of the country a share, of peers how many of how many; a dash where there is none."""
    standing = Standing(Rank(820, 1000), Rank(3, 7))
    doc = document(ratings={("river_flood", "ssp2", "2050s"): standing})
    table = next(b for b in blocks(doc, Table) if "전국" in b.head)
    at = table.head.index("전국")

    assert table.head[at : at + 2] == ["전국", "동종"]
    assert {tuple(row[at : at + 2]) for row in table.rows} == {("82 %", "3/7"), ("–", "–")}


@pytest.mark.parametrize(("scenario", "row"), [("ssp1", 0), ("ssp2", 1), ("ssp5", 3)])
def test_the_sheets_own_scenario_is_marked_in_the_outlook(scenario, row):
    """The row of all horizons that the sheet's numbers stand in."""
    assert [t.strong for t in blocks(document(scenario=scenario), Table) if t.strong] == [[row]]


def test_facts_of_the_analyst_are_marked():
    """What he gave, and nothing that was found."""
    building = {"as_of": 2025, "built_year": 1998.0, "elevation_m": 2.5}
    own = answers.answer(
        results(),
        totals(),
        building={**building, "corrections": {"elevation_m": 2.5}},
        return_periods=list(PERIODS),
    )
    [facts] = blocks(document("en", answer=replace(own, assessed_at=MOMENT)), Facts)
    marked = [value for _, value in facts.facts if "given" in value.lower()]
    assert len(marked) == 1
    assert marked[0].startswith("2.5 m ")


def test_the_same_answer_is_the_same_bytes():
    """No clock in it: only another time of assessment makes another file."""
    first, again = typeset.pdf(document()), typeset.pdf(document())
    later = replace(document(), made_of=MOMENT + timedelta(days=1))

    assert first == again
    assert typeset.pdf(later) != first


def test_what_is_unknown_stays_out_of_numbers_and_is_explained():
    """A dash and the word for the status in the table, the reason in a box."""
    doc = document("en")
    table = blocks(doc, Table)[0]
    by_name = {row[0]: row for row in table.rows}

    [sums] = blocks(doc, Figures)
    assert sums.figures[2][0].endswith("2 of 3 perils")  # the sea does not concern the place
    assert by_name["Urban flood"][2:6] == ["not assessed", "–", "–", "–"]
    assert by_name["Sea-level rise"][2:7] == ["not applicable", "–", "–", "–", "–"]
    [warning] = [note for note in blocks(doc, Note) if note.tone == "warning"]
    assert warning.lines == [
        "Urban flood: Distance to the river unknown: the cell's value holds for a site on the bank."
    ]
    rare = blocks(doc, Table)[1]
    assert [row[0] for row in rare.rows] == ["River flood"]
    assert "Wildfire" in rare.note


def test_numbers_of_low_confidence_say_why():
    """Beside the building; a peril without a doubt is not named there."""
    weak = answers.result(
        "wildfire", 0.1, status="low_confidence", flags=("forest_distance_assumed",)
    )
    doc = document("en", answer=answers.answer([weak, answers.result("typhoon", 0.1)], totals()))
    [note] = [note for note in blocks(doc, Note) if note.title == "Numbers of low confidence"]
    assert [line.split(":")[0] for line in note.lines] == ["Wildfire"]


def test_an_older_answer_has_no_rare_years_on_the_sheet():
    """Nothing is made up for it, and the rest stands as ever."""
    old = answers.answer([answers.result("river_flood", 0.1)], totals())
    doc = document("en", answer=old)
    assert len(blocks(doc, Table)) == 2
    assert len(reader(doc).pages) == 1


def test_names_of_sites_are_words_and_never_markup():
    """Signs of the engine's language stand in the PDF as they were typed; an endless name is cut."""
    name = '#panic("x") *굵게* $a$ <b> @ref [본점] \\ "'
    found = reader(document(name=name))
    assert found.metadata.title == name
    assert plain(name) in plain(found.pages[0].extract_text())
    long = reader(document(name="긴이름 " * 60))
    assert len(long.metadata.title) == LONGEST_NAME
    assert len(long.pages) == 1


def test_demo_climate_is_called_so():
    """A banner on top where a climate series comes from the generator; none for loaded data."""
    generated = answers.data_source("ta_data", provider="ModelOps demonstration data generator")
    assert "예시" in document(sources=[generated]).banner
    assert document().banner == ""


def test_the_map_has_the_site_in_its_middle_and_a_bar_of_ten_kilometres():
    """600 px are 60 km; names of districts are words of the reader's language, escaped."""
    odd = {**OUTLINES.districts[0], "admin_name_en": "A<b>&, Seoul", "longitude": 127.09}
    svg = site_map.draw(37.5, 127.0, Outlines([odd], OUTLINES.districts), "en")
    assert 'cx="300.0" cy="210.0"' in svg
    assert "H114.0" in svg  # 100 px from the margin of 14
    assert "10 km" in svg
    assert "<b>" not in svg


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude():
    """At 60 °N half as long: a square of a tenth of a degree is twice as high as it is wide."""
    box = '{"type":"Polygon","coordinates":[[[10,60],[10.1,60],[10.1,60.1],[10,60.1],[10,60]]]}'
    west, south, east, north = site_map._Around(60.0, 10.0).km(box).bounds
    assert (north - south) / (east - west) == pytest.approx(2.0)


def test_the_name_of_a_district_is_drawn_as_text():
    """A name with the signs of mark-up, in the middle of an outline beside the site."""
    box = [[127.1, 37.4], [127.3, 37.4], [127.3, 37.5], [127.1, 37.5], [127.1, 37.4]]
    odd = {**OUTLINES.districts[0], "admin_name_en": "A<b>&, Seoul"}
    odd["outline"] = json.dumps({"type": "Polygon", "coordinates": [box]})
    svg = site_map.draw(37.5, 127.0, Outlines([odd], []), "en")
    assert ">A&lt;b&gt;&amp;</text>" in svg


def test_a_place_without_outlines_still_has_a_map():
    """Nothing loaded: the mark and the bar."""
    assert "circle" in site_map.draw(37.5, 127.0, Outlines([], []), "ko")


def test_classes_of_buildings_are_named_as_on_the_pages():
    """The two catalogues say the same of every structure and use."""
    page = tomllib.loads((Path(ui.__file__).parent / "kit" / "classes.toml").read_text("utf-8"))
    report = sheets._catalogue()
    assert {f"class_{key}": words for key, words in page.items()} == {
        key: words for key, words in report.items() if key.startswith("class_")
    }


def test_every_text_has_both_languages_and_is_used():
    """No entry without Korean or English, none that no block names."""
    folder = Path(sheets.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    begins = ("class_", "fact_", "head_", "basis_", "source_", "found_")
    for key, words in sheets._catalogue().items():
        assert set(words) == {"ko", "en"}, key
        assert all(words.values()), key
        said = (
            re.search(f"[\"']{key}[\"']", code) or key.startswith(begins) or key.endswith("_kind")
        )
        assert said, key


@pytest.mark.parametrize(
    "name", ["\x00\x07\x1b", "\u202e\ud7ff\U0001f600", "a\nb\tc", " ", "x" * 120]
)
def test_any_name_gives_a_page(name):
    """Control signs, signs without a glyph, line breaks, blanks: one page each."""
    assert len(reader(document(name=name)).pages) == 1
