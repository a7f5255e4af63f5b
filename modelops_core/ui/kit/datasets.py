"""The descriptions of data sets in the reader's language, in the same words as in reports."""

from __future__ import annotations

import re
from dataclasses import replace

from modelops_core.domain.data_source import DataSource
from modelops_core.services.report import data_sources
from modelops_core.ui.kit.i18n import language

#: the hyphen between two years
BETWEEN_YEARS = re.compile(r"\b(\d{4})-(\d{4})\b")


def translated(source: DataSource) -> DataSource:
    """The data set with its words in the reader's language; its period as pages write years."""
    own = data_sources.translated(source, language())
    return replace(own, period=own.period and BETWEEN_YEARS.sub(r"\1–\2", own.period))
