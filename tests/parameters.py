"""The numbers of every shipped peril, sections that a peril brings itself included."""

from __future__ import annotations

from modelops_core import data
from modelops_core.domain.parameters import ParameterFile
from modelops_core.perils import numbers

PARAMETERS = numbers(ParameterFile.parse(data.parameters()))
