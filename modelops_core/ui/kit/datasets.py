"""The descriptions of data sets in the reader's language, in the same words as in reports."""

from __future__ import annotations

from modelops_core.domain.data_source import DataSource
from modelops_core.services.report import data_sources
from modelops_core.ui.kit.i18n import language


def translated(source: DataSource) -> DataSource:
    """The data set with its words in the reader's language."""
    return data_sources.translated(source, language())
