"""The quality checks as findings of the command ``check``."""

from __future__ import annotations

import re
from pathlib import Path

from modelops_core.services.audit import links, quality
from modelops_core.services.audit.quality import Check
from modelops_core.services.audit.quality_findings import TO_DO, findings


def test_a_failure_says_its_numbers_and_what_to_do():
    """A warning is no failure, but says what to do as well; what passes does not."""
    numbers = {"missing": 72.0, "share": 1.5}
    failed, warned, passed, unknown = findings(
        [
            Check("gaps", "ta", "fail", numbers),
            Check("gaps", "rn", "warn", numbers),
            Check("gaps", "si", "pass", numbers),
            Check("spei", "spei12", "unknown"),
        ]
    )
    assert (failed.name, failed.ok) == ("data:gaps:ta", False)
    assert failed.says.startswith("fail: missing 72, share 1.5; load the file again")
    assert (warned.ok, "; load" in warned.says) == (True, True)
    assert (passed.ok, passed.says) == (True, "pass: missing 72, share 1.5")
    assert (unknown.ok, unknown.says) == (True, "unknown: nothing to compare")


def test_every_kind_of_check_says_what_to_do():
    """All but plausible values, whose findings have sentences of their own."""
    kinds = {
        kind
        for module in (quality, links)
        for kind in re.findall(r"Check\(\s*\"(\w+)\"", Path(module.__file__).read_text("utf-8"))
    }
    assert kinds - {"plausible"} == set(TO_DO)
