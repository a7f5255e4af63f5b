"""Draws the filters of a comparison (sites, number, view) and keeps them in the URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from modelops_core.domain.answer import Answer
from modelops_core.domain.saved_site import SavedSite
from modelops_core.services.portfolio.compare import SUBTOTALS, Measure
from modelops_core.ui.kit import access, cache, choose, filters, formats, notices, state
from modelops_core.ui.kit.answers import assessment, saved_sites, site_jobs
from modelops_core.ui.kit.choose import Field, Option
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName, WidgetKey

HERE = "here"
NOBODY = "none"
LIMIT = 6
#: sites shown where the URL names none
FIRST = 3
#: charts beside each other, by the number of sites
ACROSS = {1: 1, 2: 2, 4: 2}
VIEW = Field(UrlName.SHOW, ("lines", "heat", "change", "spread", "table", "rare"))
#: views that show all quantities
WHOLE = ("heat", "table", "rare")
MEASURE: Field[Measure] = Field(UrlName.MEASURE, ("rate", "loss"))


@dataclass(frozen=True, slots=True)
class Subject:
    """One site of the comparison; names are distinct."""

    key: str
    name: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Choice:
    """Which number, shown how."""

    quantity: str
    measure: Measure
    view: str
    scenario: str
    horizon: str


def sites(saved: Mapping[str, SavedSite]) -> list[str]:
    """Which sites: keys of *saved*, and HERE for the place chosen on the map."""
    here = state.point()
    options = ([HERE] if here else []) + list(saved)
    asked = state.param(UrlName.SITES)
    wanted = options[:FIRST] if asked is None else asked.split(",")
    picked = [key for key in dict.fromkeys(wanted) if key in options][:LIMIT]
    if asked != NOBODY and (lacking := [key for key in wanted if key not in {*options, HERE}]):
        notices.absent(t("compare.sites_named", sites=", ".join(lacking)))
    if st.session_state.get(WidgetKey.COMPARE_SITES) != picked:
        st.session_state[WidgetKey.COMPARE_SITES] = picked
    names = {HERE: t("compare.here"), **{key: site.name for key, site in saved.items()}}
    st.multiselect(
        t("compare.sites"),
        options,
        format_func=lambda key: names[key],
        key=WidgetKey.COMPARE_SITES,
        max_selections=LIMIT,
        placeholder=t("compare.sites_pick"),
        on_change=_note_sites,
        help=t("compare.sites_help", limit=LIMIT),
    )
    state.complete_param(UrlName.SITES, _listed(picked))
    state.param(UrlName.JOB)  # of the place on the map
    return picked


def _note_sites() -> None:
    state.set_param(UrlName.SITES, _listed(st.session_state[WidgetKey.COMPARE_SITES]))


def _listed(picked: list[str]) -> str:
    return ",".join(picked) or NOBODY


def bar() -> Choice:
    """The number and the view, and only those filters that the view needs."""
    quantities = (*SUBTOTALS, *cache.app().perils)
    view = VIEW.bind()
    left, middle, right = st.columns([1.3, 1, 2.2])
    with left:
        field = Field(UrlName.QUANTITY, quantities, "grand")
        quantity = choose.from_list(
            field, t("compare.quantity"), quantity_name, disabled=view in WHOLE
        )
    with middle:
        measure = _segments(MEASURE, t("compare.measure"))
    with right:
        view = _segments(VIEW, t("compare.show"))
    scenario, horizon = _when(view)
    return Choice(quantity, measure, view, scenario, horizon)


def _when(view: str) -> tuple[str, str]:
    left, right = st.columns(2, gap="medium")
    scenario, horizon = filters.SCENARIO.bind(), filters.HORIZON.bind()
    if view in (*WHOLE, "lines"):  # of lines it is the one with a band
        with left:
            scenario = filters.scenario()
    if view in ("spread", "table", "rare"):
        with left if view == "spread" else right:
            horizon = filters.horizon()
    return scenario, horizon


def _segments(field: Field[Option], label: str) -> Option:
    return choose.segments(
        field, label, lambda name: t(f"compare.{field.name}_{name}"), stretch=True
    )


def quantity_name(key: str) -> str:
    """A subtotal or a peril in the reader's language."""
    return t(f"compare.quantity_{key}") if key in SUBTOTALS else filters.peril_name(key)


def beside(
    found: Sequence[Subject], across: int | None = None
) -> Iterator[tuple[Subject, DeltaGenerator]]:
    """Sites in rows of *across* columns."""
    across = across or ACROSS.get(len(found), 3)
    for start in range(0, len(found), across):
        row = found[start : start + across]
        yield from zip(row, st.columns(across, gap="medium"), strict=False)


def answered(picked: list[str], saved: Mapping[str, SavedSite]) -> list[Subject]:
    """Those of *picked* that have an answer; the others offer to get one."""
    found: list[tuple[str, str, Answer]] = []
    for key in picked:
        if key == HERE:
            own = _here()
            if own is not None:
                found.append(
                    (HERE, f"{saved_sites.district(own)} ({t('compare.here_short')})", own)
                )
            continue
        site = saved[key]
        if site.answer is None:
            _offer(site)
        else:
            found.append((key, site.name, site.answer))
    names = saved_sites.distinct([name for _, name, _ in found])
    return [Subject(key, name, own) for (key, _, own), name in zip(found, names, strict=True)]


def _here() -> Answer | None:
    slot = assessment.Slot()
    found = assessment.answer(slot)
    if found is not None:
        slot.put("empty")
    elif slot.job is not None:
        with slot.put("container"):
            assessment.follow(slot.job)
    return found


def _offer(site: SavedSite) -> None:
    """A site without an answer: one button away from it."""
    if site.site_id in site_jobs.pending().jobs:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(t("compare.never", name=formats.plain(site.name)))
        if site.changed_by(access.caller()):
            st.button(
                t("compare.assess"),
                icon=":material/calculate:",
                type="primary",
                key=WidgetKey.ASSESS.of(site.site_id),
                on_click=site_jobs.queue_assessments,
                args=([site],),
            )
