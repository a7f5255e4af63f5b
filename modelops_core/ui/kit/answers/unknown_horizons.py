"""Which horizons of a chart have no number, or a sum of fewer perils than the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from modelops_core.domain.horizons import HORIZONS
from modelops_core.services.portfolio.compare import Cell
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.i18n import language, t


def note(drawn: Mapping[str, Sequence[Cell]], cells: Mapping[str, Sequence[Cell]]) -> None:
    """Horizons without a number or with a sum of fewer perils, with the word for why."""
    without, partial = [], []
    for i, key in enumerate(HORIZONS):
        if all(own[i].value is None for own in cells.values()):
            without.append(formats.horizon(key, language()))
        elif any(own[i].value is None for own in drawn.values()):
            partial.append(formats.horizon(key, language()))
    for name, horizons in (("compare.without", without), ("compare.partial", partial)):
        if horizons:
            st.caption(t(name, horizons=", ".join(horizons)))
