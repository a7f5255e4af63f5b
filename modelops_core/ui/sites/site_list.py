"""Draws the table of saved sites, in which sites are chosen and names and notes edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from modelops_core.domain.access import UseCase
from modelops_core.domain.answer import Answer
from modelops_core.domain.result import LEVELS
from modelops_core.domain.saved_site import SavedSite
from modelops_core.errors import InvalidInput, NotAllowed
from modelops_core.services.portfolio import compare
from modelops_core.ui.kit import (
    access,
    cache,
    charts,
    figure_style,
    filters,
    formats,
    messages,
    notices,
    state,
    theme,
)
from modelops_core.ui.kit.answers import given_facts, saved_sites
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from modelops_core.ui.kit.theme import RGB, SCALES
from modelops_core.ui.sites import paper, sharing

ORDER = Field(UrlName.ORDER, ("loss", "rate", "name", "saved"))
#: counts the tables of a session: edits of a former one must not fall on other rows
TURN = StateKey.SITES_TURN
PROBLEM = StateKey.SITES_EDIT_PROBLEM
MONEY = ("asset_value", "physical_no_overlap", "operating", "grand")
#: the first grade on whose colour white is read better than black
WHITE_FROM = 2
#: of a Latin letter in the table, and of the widest column [px]
LETTER, WIDEST = 7.3, 340


@dataclass(frozen=True, slots=True)
class Line:
    """One site at one scenario and horizon; None where unknown. ``rate``: total, % a year."""

    site: SavedSite
    physical: float | None
    operating: float | None
    total: float | None
    rate: float | None
    grade: str | None
    worst: str | None
    missing: tuple[str, ...]


def line(site: SavedSite, key: tuple[str, str]) -> Line:
    """The site's numbers at *key* (scenario, horizon)."""
    own, perils = site.answer, cache.app().perils
    if own is None:
        return Line(site, None, None, None, None, None, None, ())
    physical, operating, total = (
        compare.amount_of(own, quantity, "loss", key, perils)
        for quantity in ("physical_no_overlap", "operating", "grand")
    )
    rate = compare.amount_of(own, "grand", "rate", key, perils).value
    level = compare.grade(rate, saved_sites.grade_edges())
    return Line(
        site,
        physical.value,
        operating.value,
        total.value,
        rate,
        level,
        compare.worst(own, key),
        total.missing,
    )


def ordered(lines: Sequence[Line], order: str) -> list[Line]:
    """Largest first, or by name, or as saved; unknown numbers last."""
    if order == "name":
        return sorted(lines, key=lambda own: own.site.name)
    if order == "saved":
        return list(lines)
    pick: Callable[[Line], float | None] = (lambda own: own.rate) if order == "rate" else _money
    return sorted(
        lines, key=lambda own: -1.0 if pick(own) is None else float(pick(own) or 0.0), reverse=True
    )


def _money(own: Line) -> float | None:
    """The total where it stands for a known value: losses per ₩100 M do not compare."""
    return own.total if own.site.answer and own.site.answer.asset_value is not None else None


def grade_colour(level: str | None) -> RGB | None:
    """The map's fixed AAL colour in the middle of a grade; None where there is no grade."""
    if level is None:
        return None
    scale, edges = SCALES["aal"], saved_sites.grade_edges()
    bounds = [scale.low, *edges, scale.high]
    i = LEVELS.index(level)
    red, green, blue, _ = scale.colours(np.array([np.sqrt(bounds[i] * bounds[i + 1])]))[0]
    return int(red), int(green), int(blue)


def table(lines: Sequence[Line], chosen: Sequence[int], key: tuple[str, str]) -> None:
    """The editor; the first column chooses, names and notes can be changed."""
    charts.note(charts.of_answers(_answers(lines), *key))
    columns = {
        **{name: st.column_config.Column(label) for name, label in _labels().items()},
        "chosen": st.column_config.CheckboxColumn(t("sites.choose"), width="small"),
        "name": st.column_config.TextColumn(t("columns.site"), required=True, max_chars=120),
        "grade": st.column_config.TextColumn(t("sites.grade"), help=t("sites.grade_help")),
        "note": st.column_config.TextColumn(t("columns.note"), max_chars=2000),
        "missing": st.column_config.Column(t("columns.not_assessed"), width=_room(lines)),
    }
    free = ("chosen", "name", "note") if access.may(UseCase.change_site) else ("chosen",)
    locked = [name for name in _columns() if name not in free]
    st.data_editor(
        _styled(lines, chosen),
        column_config=columns,
        column_order=_shown(),
        disabled=locked,
        hide_index=True,
        num_rows="fixed",
        key=_key(),
        on_change=_edited,
        args=([own.site for own in lines],),
        height="content" if len(lines) <= 15 else 560,
        placeholder=t("sites.unknown"),
        alt=t("sites.table_alt"),
    )
    _print(lines)
    if (problem := st.session_state.pop(PROBLEM, None)) is not None:
        st.error(t("sites.edit_wrong", why=messages.message(problem)), icon=":material/error:")


def _room(lines: Sequence[Line]) -> int:
    """The width [px] at which the perils that are not assessed are named whole."""
    texts = [t("columns.not_assessed"), *(_missing(own) for own in lines)]
    return min(WIDEST, 20 + round(LETTER * max(map(figure_style.letters, texts))))


def _answers(lines: Sequence[Line]) -> list[Answer]:
    return [own.site.answer for own in lines if own.site.answer is not None]


def _shown() -> list[str]:
    """All columns; whose a site is says something only where people sign in."""
    several = access.caller().kind == "person"
    return [name for name in _columns() if several or name != "whose"]


def _columns() -> list[str]:
    return [
        "chosen",
        "name",
        "whose",
        "grade",
        "rate",
        "grand",
        "physical_no_overlap",
        "operating",
        "asset_value",
        "assessed_at",
        "worst",
        "missing",
        "district",
        "given",
        "note",
    ]


def _labels() -> dict[str, str]:
    return {
        "name": t("columns.site"),
        "grade": t("sites.grade"),
        "note": t("columns.note"),
        "rate": t("sites.rate"),
        "grand": t("sites.total"),
        "physical_no_overlap": t("sites.physical"),
        "operating": t("sites.operating"),
        "asset_value": t("columns.asset_value"),
        "worst": t("sites.worst"),
        "missing": t("columns.not_assessed"),
        "district": t("columns.district"),
        "given": t("sites.given"),
        "whose": t("sites.whose"),
        "assessed_at": t("sites.assessed_at"),
    }


def _styled(lines: Sequence[Line], chosen: Sequence[int]) -> Styler:
    """The styled frame: numbers stay numbers, so that a column sorts; grades have colours."""
    caller = access.caller()
    rows = [
        _row(own, own.site.site_id in chosen) | {"whose": sharing.ownership(own.site, caller)}
        for own in lines
    ]
    frame = pd.DataFrame(rows, columns=_columns())
    for name in ("rate", *MONEY):
        frame[name] = frame[name].astype(float)
    style = frame.style.format(_won, subset=list(MONEY), na_rep=t("sites.unknown"))
    style = style.format(_percent, subset=["rate"], na_rep=t("sites.unknown"))
    colours = [_css(own.grade) for own in lines]
    return style.apply(lambda _: colours, subset=["grade"], axis=0)


def _print(lines: Sequence[Line]) -> None:
    """The same rows with all their columns, for paper."""
    caller, labels = access.caller(), _labels()
    names = [name for name in _shown() if name in labels]
    rows = [
        _row(own, chosen=False) | {"whose": sharing.ownership(own.site, caller)} for own in lines
    ]
    paper.table(
        [labels[name] for name in names],
        [
            [(_text(name, row[name]), _css(own.grade) if name == "grade" else "") for name in names]
            for own, row in zip(lines, rows, strict=True)
        ],
    )


def _text(name: str, value: Any) -> str:
    """A cell of the table as the editor shows it."""
    if name in ("rate", *MONEY):
        shown = _percent if name == "rate" else _won
        return t("sites.unknown") if value is None else shown(value)
    return str(value)


def _won(value: Any) -> str:
    return formats.won(value, language())


def _percent(value: Any) -> str:
    return formats.percent(value)


def _css(level: str | None) -> str:
    colour = grade_colour(level)
    if colour is None:
        return ""
    ink = "#ffffff" if LEVELS.index(level or LEVELS[0]) >= WHITE_FROM else "#16232b"
    return f"background-color: {theme.css(colour)}; color: {ink}"


def _missing(own: Line) -> str:
    return ", ".join(filters.peril_name(key) for key in own.missing) or formats.DASH


def _row(own: Line, chosen: bool) -> dict[str, Any]:
    site, found = own.site, own.site.answer
    valued = (
        found is not None and found.asset_value is not None
    )  # else losses are per ₩100 M: no money of this site
    return {
        "chosen": chosen,
        "name": site.name,
        "note": site.note,
        "grade": formats.level(own.grade, language())
        if own.grade
        else t("sites.never" if found is None else "common.unknown"),
        "rate": own.rate,
        "grand": own.total if valued else None,
        "physical_no_overlap": own.physical if valued else None,
        "operating": own.operating if valued else None,
        "asset_value": None if found is None else found.asset_value,
        "worst": filters.peril_name(own.worst) if own.worst else formats.DASH,
        "missing": _missing(own),
        "district": formats.DASH if found is None else saved_sites.district(found),
        "given": _given(site),
        "assessed_at": formats.DASH if site.assessed_at is None else f"{site.assessed_at:%Y-%m-%d}",
    }


def _given(site: SavedSite) -> str:
    """How many facts the analyst gave, and which."""
    count = given_facts.count(site.corrections)
    if not count:
        return formats.DASH
    return t("sites.given_facts", count=count, facts=given_facts.given(site.corrections))


def _key() -> str:
    return WidgetKey.SITES_TABLE.of(st.session_state.get(TURN, 0))


def renew() -> None:
    """Rows changed their places: a new table, without the edits of the old one."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _edited(sites: Sequence[SavedSite]) -> None:
    """A box was ticked, a name or a note changed (the editor's callback)."""
    edits: Mapping[int, Mapping[str, Any]] = st.session_state[_key()]["edited_rows"]
    picked = set(selection([site.site_id for site in sites]))
    written = False
    for row, edit in edits.items():
        site = sites[int(row)]
        if "chosen" in edit:
            (picked.add if edit["chosen"] else picked.discard)(site.site_id)
        if "name" in edit or "note" in edit:
            written = True
            _write(site, edit)
    choose(sorted(picked))
    if written:
        renew()


def _write(site: SavedSite, edit: Mapping[str, Any]) -> None:
    try:
        cache.app().site_access.change(
            access.caller(),
            site.site_id,
            name=(edit["name"] or "") if "name" in edit else None,
            note=(edit["note"] or "") if "note" in edit else None,
        )
    except (InvalidInput, NotAllowed) as error:
        st.session_state[PROBLEM] = error


def selection(known: Sequence[int]) -> list[int]:
    """Chosen sites from ``?sites=``; what is no number or no site of ours is left out."""
    asked = dict.fromkeys((state.param(UrlName.SITES) or "").split(","))
    names = {str(site_id): site_id for site_id in known}
    if lacking := [part for part in asked if part.isdecimal() and part not in names]:
        notices.absent(t("sites.sites_named", sites=", ".join(lacking)))
    return [names[part] for part in asked if part in names]


def choose(site_ids: Sequence[int]) -> None:
    """Other sites are chosen."""
    state.set_param(UrlName.SITES, _listed(site_ids))


def settle(site_ids: Sequence[int]) -> None:
    """The address names the chosen sites that there are."""
    state.complete_param(UrlName.SITES, _listed(site_ids))


def _listed(site_ids: Sequence[int]) -> str | None:
    return ",".join(map(str, site_ids)) or None
