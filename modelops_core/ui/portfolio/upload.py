"""The file that a reader is about to calculate: as it was read, corrected and checked."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from modelops_core.bootstrap.portfolio_files import Draft
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.services.portfolio.validation import Validated
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.keys import StateKey

FILE = StateKey.PORTFOLIO_FILE


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way: which, as it was read and corrected, and what is wrong with it."""

    ids: tuple[str, ...]
    choices: Choices
    draft: Draft
    found: Validated
    #: counts the checks: edits of a former grid must not fall on other cells
    turn: int = 0


def known() -> Upload | None:
    """The file of before, also where the reader has been on other pages meanwhile."""
    found: Upload | None = st.session_state.get(FILE)
    return found


def discard() -> None:
    """Forget the file with its corrections."""
    st.session_state.pop(FILE, None)


def read(given: Sequence[Any], day: date) -> Upload:
    """The uploaded files, read once; corrections of before stay until other files come."""
    ids, before = tuple(one.file_id for one in given), known()
    if before is not None and before.ids == ids:
        return before
    choices = Choices(as_of=day)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(i) / Path(one.name).name for i, one in enumerate(given)]
        for path, one in zip(paths, given, strict=True):
            path.parent.mkdir()
            path.write_bytes(one.getvalue())
        draft = cache.app().portfolio_files.read(paths, choices)
    return keep(Upload(ids, choices, draft, check(draft, choices)))


def again(upload: Upload, *, draft: Draft | None = None, choices: Choices | None = None) -> Upload:
    """The upload with corrected cells or other choices, checked again."""
    own, said = draft or upload.draft, choices or upload.choices
    found = check(own, said)
    return keep(replace(upload, draft=own, choices=said, found=found, turn=upload.turn + 1))


def check(draft: Draft, choices: Choices) -> Validated:
    """What is wrong with a draft."""
    return cache.app().portfolio_files.check(draft, choices)


def keep(upload: Upload) -> Upload:
    """Remember an upload in the session."""
    st.session_state[FILE] = upload
    return upload
