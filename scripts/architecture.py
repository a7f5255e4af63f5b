"""
Write the picture in docs/architecture.md from the imports of the code.

    python scripts/architecture.py           # writes the picture
    python scripts/architecture.py --check   # exit code 1 where it is out of date

An arrow is drawn where a package of modelops_core imports another directly. Arrows to domain,
errors and settings, which nearly every package has, and gzipped answers are left out.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "architecture.md"
PACKAGE = "modelops_core"
#: from the top of the picture to its bottom, as the import contract in pyproject.toml has them
FLOORS = (
    ("cli", "ui"),
    ("bootstrap",),
    ("db", "jobs", "sources", "api"),
    ("services",),
    ("ports",),
    ("perils", "stages"),
    ("indicators",),
)
EVERYWHERE = ("domain", "errors", "gzipped", "settings")
MARKED = re.compile(r"(?<=<!-- drawn by scripts/architecture.py -->\n).*(?=<!-- end -->)", re.S)

Arrows = set[tuple[str, str]]


def arrows() -> Arrows:
    """Pairs of packages of which the first imports the second."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    pairs = {
        (_package(module), _package(target))
        for module in graph.modules
        for target in graph.find_modules_directly_imported_by(module)
    }
    return {(a, b) for a, b in pairs if a != b and a and b}


def _package(module: str) -> str:
    """The folder or module directly below modelops_core; empty for itself."""
    return module.partition(".")[2].partition(".")[0]


def mermaid(found: Arrows) -> str:
    """A flowchart: one box a package, one arrow a pair, floors from top to bottom."""
    lines = ["flowchart TD"]
    for number, floor in enumerate(FLOORS, 1):
        boxes = "; ".join(floor)
        lines.append(f'  subgraph floor{number}[" "]\n    {boxes}\n  end')
    drawn = {box for floor in FLOORS for box in floor}
    lines += [f"  {a} --> {b}" for a, b in sorted(found) if {a, b} <= drawn]
    return "\n".join(lines)


def undrawn(found: Arrows) -> set[str]:
    """Packages that neither a floor nor EVERYWHERE has: each needs a place in the picture."""
    known = {box for floor in FLOORS for box in floor} | {*EVERYWHERE, "data", "__main__"}
    return {name for arrow in found for name in arrow} - known


def page() -> str:
    """The text of docs/architecture.md with a picture of today's imports."""
    found = arrows()
    if missing := undrawn(found):
        raise SystemExit(f"architecture.py: no floor for {', '.join(sorted(missing))}")
    picture = f"\n```mermaid\n{mermaid(found)}\n```\n\n"
    return MARKED.sub(lambda _: picture, PAGE.read_text("utf-8"))


def main() -> int:
    """The exit code."""
    text = page()
    if "--check" in sys.argv[1:]:
        return int(text != PAGE.read_text("utf-8"))
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
