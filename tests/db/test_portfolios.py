"""Saved sites in the database, as the dashboard's role sees them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_core.domain.access import Caller
from modelops_core.errors import InvalidInput, NotAllowed
from tests.world import SEOUL

NOWHERE = "00000000-0000-0000-0000-000000000000"


def test_a_saved_site_is_listed_with_what_the_analyst_said(empty_app):
    """Name, place, note and corrections come back; there is no assessment yet."""
    site_id = empty_app.portfolios.save("  본점  건물 ", *SEOUL, {"asset_value": 1e9}, note="소유")
    [place] = empty_app.portfolios.places()

    assert (place.site_id, place.name, place.latitude, place.longitude) == (
        site_id,
        "본점 건물",
        *SEOUL,
    )
    assert (place.note, place.corrections) == ("소유", {"asset_value": 1e9})
    assert (place.batch_id, place.job_status, place.assessed_at) == (None, None, None)


def test_a_site_knows_how_its_assessment_stands(site_app):
    """The status is the job's; a job that is gone leaves the site without one."""
    found = site_app.assess({"latitude": SEOUL[0], "longitude": SEOUL[1], "as_of": 2025})
    site_app.portfolios.save("a", *SEOUL, batch_id=found["batch_id"])
    site_app.portfolios.save("b", *SEOUL, batch_id=NOWHERE)
    first, second = site_app.portfolios.places()

    assert (first.job_status, first.batch_id) == ("completed", found["batch_id"])
    assert first.assessed_at is not None
    assert second.job_status is None
    assert site_app.portfolios.sites()[0].answer.to_row() == found


def test_changing_one_thing_leaves_the_others(empty_app):
    """None keeps, an empty note clears."""
    site_id = empty_app.portfolios.save("a", *SEOUL, note="first")
    empty_app.portfolios.change(site_id, name="b")
    assert [(s.name, s.note) for s in empty_app.portfolios.places()] == [("b", "first")]

    empty_app.portfolios.change(site_id, note="", batch_id=NOWHERE)
    [place] = empty_app.portfolios.places()
    assert (place.name, place.note, place.batch_id) == ("b", "", NOWHERE)


def test_removing_forgets_one_site(empty_app):
    """The other one stays; removing twice is no error."""
    gone, stays = (empty_app.portfolios.save(name, *SEOUL) for name in "ab")
    empty_app.portfolios.remove(gone)
    empty_app.portfolios.remove(gone)

    assert [s.site_id for s in empty_app.portfolios.places()] == [stays]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"note": "x" * 2001}, "note"),
        ({"latitude": 48.8}, "latitude"),
        ({"longitude": float("nan")}, "longitude"),
    ],
)
def test_wrong_input_names_its_field(empty_app, given, field):
    """Nothing is saved."""
    values = {"name": "a", "latitude": SEOUL[0], "longitude": SEOUL[1], **given}
    with pytest.raises(InvalidInput, match=field):
        empty_app.portfolios.save(**values)
    assert empty_app.portfolios.places() == []


def test_portfolios_are_apart(empty_app):
    """Sites of one are not in the other; both are counted."""
    empty_app.portfolios.save("a", *SEOUL)
    empty_app.portfolios.save("b", *SEOUL, portfolio="공장")

    assert [s.name for s in empty_app.portfolios.places("공장")] == ["b"]
    assert [(p.name, p.sites) for p in empty_app.portfolios.all()] == [
        ("default", 1),
        ("공장", 1),
    ]


def person(name, role="analyst", team=None):
    return Caller(name, name, role, team, kind="person")


@pytest.mark.parametrize(
    ("audience", "seen", "changed"),
    [
        ("private", ["a", "boss"], ["a", "boss"]),
        ("team", ["a", "mate", "boss"], ["a", "mate", "boss"]),
        ("all", ["a", "mate", "viewer", "b", "boss"], ["a", "boss"]),
    ],
)
def test_who_sees_and_who_changes_a_site(empty_app, audience, seen, changed):
    """Its owner, the owner's team or all; a site of another stays as it is."""
    people = [
        person("a", team="Risk"),
        person("mate", team="Risk"),
        person("viewer", "viewer", "Retail"),
        person("b", team="Retail"),
        person("boss", "admin"),
    ]
    store = empty_app.portfolios
    site = store.save("a", *SEOUL, batch_id=NOWHERE, caller=people[0])
    store.change(site, audience=audience, caller=people[0])

    assert [p.name for p in people if store.places(caller=p)] == seen
    assert [p.name for p in people if store.is_shown_to(NOWHERE, p)] == seen
    [saved] = store.places()
    assert [p.name for p in people if saved.changed_by(p)] == changed
    for one in people:
        if one.name in changed:
            store.change(site, name=one.name, caller=one)
            continue
        with pytest.raises(NotAllowed):
            store.change(site, name="x", caller=one)
        with pytest.raises(NotAllowed):
            store.remove(site, one)
    assert [s.name for s in store.places()] == [changed[-1]]
    assert [p.name for p in people if saved.shared_by(p)] == ["a", "boss"]
    store.change(site, audience="private", caller=people[0])
    with pytest.raises(NotAllowed):
        store.change(site, audience="all", caller=people[1])
    store.change(site, audience="team", caller=people[0])
    with pytest.raises(NotAllowed):  # a member changes it, and does not choose who sees it
        store.change(site, audience="all", caller=people[1])


def test_a_site_stays_its_owners_whoever_shares_or_restores_it(empty_app):
    """An administrator shares it with the owner's team, not with his own; none is refused."""
    owner, boss = person("a", team="Risk"), person("boss", "admin", "Head")
    store = empty_app.portfolios
    site = store.save("a", *SEOUL, {"floors_above": 3}, NOWHERE, "note", caller=owner)
    store.change(site, audience="team", caller=boss)
    [shared] = store.places()
    assert (shared.owner, shared.team, shared.audience) == ("a", "Risk", "team")

    store.remove(site, boss)
    with pytest.raises(NotAllowed):
        store.restore(shared, caller=person("b", team="Retail"))
    again = store.restore(shared, caller=boss)
    assert store.places() == [replace(shared, site_id=again)]

    alone = store.save("b", *SEOUL, caller=person("b"))
    with pytest.raises(InvalidInput, match="in no team"):
        store.change(alone, audience="team", caller=boss)
    nobodys = store.save("c", *SEOUL)
    store.change(nobodys, audience="team", caller=boss)
    assert [s.audience for s in store.places(caller=person("mate", team="Head"))] == ["team"]


def test_what_one_caller_corrects_nobody_else_reads(site_app):
    """The tables by coordinate hold what follows from the point; corrections stay in their job."""
    at = {"latitude": SEOUL[0], "longitude": SEOUL[1], "as_of": 2025}
    stored = (*SEOUL, "ssp2", "2050s")
    site_app.assess({**at, "corrections": {"asset_value": 1e12}})
    assert site_app.stored_results.site(*stored)["aal_scaled"] == {}
    site_app.assess(at)
    common = site_app.stored_results.site(*stored)
    other = site_app.assess({**at, "corrections": {"asset_value": 5e11, "built_year": 1950}})
    assert site_app.stored_results.site(*stored) == common
    assert other["building"]["asset_value"] == 5e11
