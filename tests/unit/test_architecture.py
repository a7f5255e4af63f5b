"""The picture in docs/architecture.md is that of the code's imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_picture_is_up_to_date():
    """`python scripts/architecture.py` draws it anew."""
    command = [sys.executable, str(ROOT / "scripts" / "architecture.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0


def test_arrows_run_downwards():
    """No arrow of the picture leads to a floor above its own."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    floors, floor, arrows = {}, 0, []
    for line in page.split("```mermaid\n")[1].split("```")[0].splitlines():
        match line.split():
            case ["subgraph", *_]:
                floor += 1
            case [above, "-->", below]:
                arrows.append((above, below))
            case ["flowchart", *_] | ["end"]:
                pass
            case boxes:
                floors |= {box.strip(";"): floor for box in boxes}
    assert len(arrows) > 20
    # the entry point of a server without the dashboard is the one exception of the import contract
    assert [a for a in arrows if floors[a[0]] >= floors[a[1]]] == [("api", "bootstrap")]
