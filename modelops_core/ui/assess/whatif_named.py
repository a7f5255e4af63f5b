"""Draws named sensitivities: a number with one choice of the method changed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.flags import FLAGS
from modelops_core.domain.parameters import SENSITIVITIES, SetName
from modelops_core.domain.stamp import SET
from modelops_core.ports import Row
from modelops_core.services.site.whatif import SetComparison
from modelops_core.ui.kit import downloads, formats
from modelops_core.ui.kit.files.table_files import Head
from modelops_core.ui.kit.i18n import language, t

COLUMNS = (
    "parameter_set",
    "changes",
    "status",
    "final_aal",
    "aal_p05",
    "aal_p95",
    "expected_loss",
    "ratio_to_central",
    "flags",
    "reason",
)


def draw(sets: SetComparison, peril: str, basins: bool, head: Head) -> None:
    """
    Draw a row for each sensitivity that changes a number of *peril*, answered or not.

    *basins*: the peril's index needs a whole basin.
    """
    st.markdown(t("whatif.named"), help=t("whatif.named_help"))
    found = rows(sets, basins)
    if not found:
        st.caption(t("whatif.named_none"))
        return
    st.table(_frame(found), border="horizontal")
    downloads.table(f"sensitivities_{peril}", head, COLUMNS, found)


def rows(sets: SetComparison, basins: bool) -> list[Row]:
    """The table as a file: AAL in % a year, losses in KRW a year, None without a number."""
    return [_row(sets, name, basins) for name in SENSITIVITIES if name in sets.affecting]


def _row(sets: SetComparison, name: SetName, basins: bool) -> Row:
    row: Row = {"parameter_set": name, "changes": t(f"whatif.changes_{name}")}
    found = sets.sensitivities.get(name)
    if found is None:
        reason = t("whatif.named_basin") if basins else t("whatif.named_unread")
        return row | {"status": "not_assessed", "flags": "", "reason": reason}
    o, central = found.outcome, sets.outcomes["central"].final_aal
    return row | {
        "status": o.status,
        "final_aal": o.final_aal,
        "aal_p05": o.aal_p05,
        "aal_p95": o.aal_p95,
        "expected_loss": o.expected_loss,
        "ratio_to_central": o.final_aal / central if o.final_aal is not None and central else None,
        "flags": " ".join(found.flags),
        "reason": " ".join(_flag(code) for code in found.flags),
    }


def _flag(code: str) -> str:
    """The sentence of a flag in the reader's language."""
    return FLAGS[code].ko if language() == "ko" else FLAGS[code].en


def _frame(found: Sequence[Row]) -> pd.DataFrame:
    names = [SET[row["parameter_set"]][language()] for row in found]
    cells = [
        {
            t("whatif.named_changes"): row["changes"],
            t("columns.final_aal"): formats.percent(row.get("final_aal")),
            t("columns.expected_loss"): formats.won(row.get("expected_loss"), language()),
            t("whatif.named_ratio"): formats.number(row.get("ratio_to_central")),
            t("columns.status"): " – ".join(
                part for part in (formats.status(row["status"], language()), row["reason"]) if part
            ),
        }
        for row in found
    ]
    frame = pd.DataFrame(cells, index=pd.Index(names, name=t("whatif.named_name")))
    return frame.rename(columns=formats.heading)
