"""T13: where the loss lies: cells, basins, districts, and the years of storms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelops_core.services.report.portfolio import partial
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.exposed import percent
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.regions import name_of
from modelops_core.services.report.portfolio.texts import Say

#: keys of one dimension that a run keeps, and those on paper
KEPT, LARGEST = 20, 10
STORMS = "storm"
T13 = (
    *(Column("dimension"), Column("key"), Column("name"), Column("n_sites", "whole")),
    *(Column("loss", "money"), Column("share_loss", "percent"), Column("cum_share", "percent")),
    *(Column("hhi", "number"), Column("loss_in_year", "money")),
)
#: dimensions of T13 in its order
DIMENSIONS = ("cell", "basin", "sigungu", "sido")


def concentration(material: Material, say: Say) -> ReportTable:
    """T13: the keys with most of the loss, as stored with the run; then the storms' years."""
    rows = [row for name in DIMENSIONS for row in _concentrated(material, name, say)]
    rows += _storms(material, say)
    first = {name: [row[0] for row in rows].index(name) for name in {row[0] for row in rows}}
    paper = [i for i, row in enumerate(rows) if i < first[row[0]] + LARGEST]
    notes = [say("note_concentration"), *_of_storms(material, say), *partial.notes(material, say)]
    return ReportTable(key="T13", columns=T13, rows=rows, notes=notes, paper_rows=paper)


def at_focus(material: Material) -> dict[str, object] | None:
    """The run's stored concentration at the focus; None where it has none."""
    wanted = (material.focus.scenario, material.focus.horizon)
    for row in (material.run["summary"] or {}).get("concentration", ()):
        if (row["ssp_scenario"], row["horizon"]) == wanted:
            return dict(row)
    return None


def _concentrated(material: Material, dimension: str, say: Say) -> Iterator[list[Value]]:
    found = at_focus(material)
    own = None if found is None else found.get(dimension)
    if not isinstance(own, dict):
        return
    largest: Sequence[Sequence[float | str]] = own["largest"]
    sites = _sites(material, dimension)
    for key, loss, share, cumulative in largest:
        name = _name(material, dimension, str(key), say)
        shares = (100 * float(share), 100 * float(cumulative))
        yield [
            *(dimension, str(key), name, sites[str(key)], float(loss)),
            *(*shares, own["hhi"], None),
        ]


def _name(material: Material, dimension: str, key: str, say: Say) -> str:
    """The name of a district or basin, else its key; sites may lie in none."""
    if not key:
        return say("no_place")
    if dimension in ("sigungu", "sido"):
        return name_of(material, key, say)
    return say.name("basin", key) if dimension == "basin" else key


def _sites(material: Material, dimension: str) -> Mapping[str, int]:
    """How many sites of known value each key of a dimension has."""
    places, counted = material.places, material.counted
    if dimension == "cell":
        keys = [str(one) if one >= 0 else "" for one in places["grid_id"][counted].tolist()]
    elif dimension == "basin":
        keys = [str(one) for one in places["basin_code"][counted]]
    else:
        size = 2 if dimension == "sido" else None
        keys = [str(one)[:size] for one in places["district_code"][counted]]
    return Counter(keys)


def _storms(material: Material, say: Say) -> Iterator[list[Value]]:
    """The years of the storms' catalogue with the largest losses; a line where none is known."""
    found = material.storms
    years: Sequence[Mapping[str, Any]] = [] if found is None else found["years"][:KEPT]
    if found is None or not years:
        yield [STORMS, "", say("not_assessed"), *[None] * 6]
        return
    for one in years:
        yield [
            *(STORMS, str(one["year"]), one["storm"] or say("storm_unnamed"), one["sites"]),
            *(one["loss"], 100 * one["share"], 100 * one["up_to"], found["hhi"]),
            one["loss_in_year"],
        ]


def _of_storms(material: Material, say: Say) -> list[str]:
    """What the years of storms are of, and how much of the stored loss they give."""
    found = material.storms
    if found is None or not found["years"]:
        return [say("note_no_storms")]
    given = percent(found["mean"], found["expected"])
    peril = say.peril(material.perils[found["risk_type"]])
    share = say("unknown") if given is None else f"{given:.1f} %"
    return [say("note_storms", peril=peril), say("note_storms_mean", share=share)]
