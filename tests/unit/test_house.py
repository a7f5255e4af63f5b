"""
The rules of the house, as tests: what a reviewer would otherwise have to look for.

Each test walks the whole tree once and lists every place that breaks its rule.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import typer

from modelops_core.cli import program
from modelops_core.perils import PERILS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "modelops_core"
LONGEST_FUNCTION = 40
LONGEST_MODULE = 400
LONGEST_PAGE = 80
MOST_MODULES = 25
#: functions that are longer, with the reason
KERNEL = "one loop for the compiler: a call in it costs time and hides the recurrence"
LONGER = {
    "modelops_core/indicators/fwi.py _month": KERNEL,
    "modelops_core/indicators/fwi.py _run": KERNEL,
    "modelops_core/indicators/holland.py _sweep": KERNEL,
    "modelops_core/indicators/holland.py yearly_maximum": KERNEL,
}
#: lines of the median function, and of the longest of nine in ten
MEDIAN, NINE_OF_TEN = 8, 25
#: names under which anything fits
NO_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "base", "misc", "tools"}
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET)\b", re.DOTALL
)
#: files that are no text
BINARY = {".png", ".webp", ".ico", ".parquet", ".xlsx", ".pdf", ".zip"}
Definition = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> list[Path]:
    """Every module that is part of the product."""
    return sorted([*PACKAGE.rglob("*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("app.py")])


@cache
def read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All nodes of a module, the module itself first."""
    return list(ast.walk(ast.parse(read(path))))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    """The folder inside the package, '' for its own modules."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if len(parts) > 2 else ""


@cache
def tracked() -> list[Path]:
    """Text files under version control; without git, those outside var and the environment."""
    run = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        found = [ROOT / line for line in run.stdout.splitlines()]
    else:
        apart = {"var", ".venv", ".git"}
        found = [p for p in ROOT.rglob("*") if not apart & set(p.relative_to(ROOT).parts)]
    return [path for path in found if path.is_file() and path.suffix not in BINARY]


def functions() -> Iterator[tuple[str, int]]:
    """(module and name, lines) of every function."""
    for path in modules():
        for node in nodes(path):
            if isinstance(node, Definition):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{named(path)} {node.name}", lines


def test_functions_are_short() -> None:
    """At most forty lines each; half of them at most eight, nine of ten at most twenty-five."""
    found = list(functions())
    lengths = [lines for _, lines in found]

    assert [(name, n) for name, n in found if n > LONGEST_FUNCTION and name not in LONGER] == []
    assert statistics.median(lengths) <= MEDIAN
    assert statistics.quantiles(lengths, n=10)[-1] <= NINE_OF_TEN


def test_modules_are_short() -> None:
    """At most four hundred lines each; a page eighty."""
    long = {}
    for path in modules():
        lines = len(read(path).splitlines())
        if lines > (LONGEST_PAGE if named(path).startswith("pages/") else LONGEST_MODULE):
            long[named(path)] = lines

    assert long == {}


def test_folders_are_small() -> None:
    """At most twenty-five modules each, in the product and in its tests."""
    paths = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    count = Counter(named(p.parent) for p in paths if p.name != "__init__.py")

    assert {folder: n for folder, n in count.items() if n > MOST_MODULES} == {}


def names_used(path: Path) -> set[str]:
    """Attribute and plain names, with the module they hang on: os.environ, create_engine …"""
    out = set()
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            out.add(f"{node.value.id}.{node.attr}")
        if isinstance(node, ast.Name):
            out.add(node.id)
        if isinstance(node, ast.ImportFrom):
            out |= {f"{node.module}.{alias.name}" for alias in node.names}
    return out


def test_only_settings_reads_the_environment() -> None:
    """One place knows what can be configured; the package itself writes one variable for NumPy."""
    reading = {"os.environ", "os.getenv", "environ"}
    found = {named(path) for path in modules() if names_used(path) & reading}

    assert found <= {"modelops_core/settings.py", "modelops_core/__init__.py"}


def test_only_the_database_room_makes_engines() -> None:
    """One pool, one place."""
    making = {"create_engine", "create_async_engine"}
    found = {
        room(path) for path in modules() if making & {n.split(".")[-1] for n in names_used(path)}
    }

    assert found == {"db"}


def test_sql_is_spoken_in_the_database_room_only() -> None:
    """Statements live in sql/ and db/; docstrings may name them."""
    found = []
    for path in modules():
        docs = {id(n.value) for n in nodes(path) if isinstance(n, ast.Expr)}
        for node in nodes(path):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            if id(node) not in docs and SQL.search(node.value):
                found.append((room(path), f"{named(path)}:{node.lineno}"))

    assert [place for where, place in found if where != "db"] == []


def test_names_say_what_is_inside() -> None:
    """No drawer for everything."""
    found = [
        named(path)
        for path in modules()
        if set(path.relative_to(ROOT).with_suffix("").parts) & NO_NAMES
    ]

    assert found == []


def public(tree: ast.Module) -> list[Definition | ast.ClassDef]:
    return [
        node
        for node in tree.body
        if isinstance(node, Definition | ast.ClassDef) and not node.name.startswith("_")
    ]


def test_every_module_and_public_thing_says_what_it_is() -> None:
    """A docstring each; methods of one line explain themselves by their class."""
    found = []
    for path in modules():
        tree = nodes(path)[0]
        assert isinstance(tree, ast.Module)
        if tree.body and not ast.get_docstring(tree):
            found.append(named(path))
        found += [f"{named(path)}: {n.name}" for n in public(tree) if not ast.get_docstring(n)]

    assert found == []


def broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
    return bool(caught & {"Exception", "BaseException"})


def test_broad_excepts_pass_the_error_on_or_give_their_reason() -> None:
    """``except Exception`` raises again, or says on its line why this is an entry point."""
    found = []
    for path in modules():
        lines = read(path).splitlines()
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler) and broad(node):
                again = any(isinstance(n, ast.Raise) for n in node.body)
                line = lines[node.lineno - 1]
                said = "noqa: BLE001 - " in line or "# an entry point" in line
                if not (again or said):
                    found.append(f"{named(path)}:{node.lineno}")

    assert found == []


def test_nothing_points_outside_the_project() -> None:
    """No path of a workplace, no registry's host; validation may look for real data."""
    outside = re.compile(
        r"\.\./" + "shared|/wo" + r"rk/|\.lib" + r"rary\b|pypi\.o" + "rg|files\\.pythonh" + "osted"
    )
    found = [
        f"{named(path)}: {hit.group()}"
        for path in tracked()
        if "validation" not in path.parts and (hit := outside.search(read(path)))
    ]

    assert found == []


def test_files_named_in_the_code_exist() -> None:
    """A reader who follows a pointer to docs/ arrives."""
    found = [
        f"{named(path)} names {target}"
        for path in tracked()
        if path.suffix in (".py", ".yaml", ".md", ".sql", ".sh")
        for target in re.findall(r"docs/(?:adr/)?[\w-]+\.md", read(path))
        if not (ROOT / target).is_file()
    ]

    assert found == []


def commands(command: object, name: str = "") -> list[tuple[str, object]]:
    """Every command below a group, with its full name."""
    below = getattr(command, "commands", None)  # typer carries a click of its own: no isinstance
    if below is None:
        return [(name, command)]
    return [leaf for key, sub in below.items() for leaf in commands(sub, f"{name} {key}".strip())]


def test_every_command_has_help() -> None:
    """And so has each of its arguments and options, in groups and below them."""
    found = commands(typer.main.get_command(program))
    dumb = [name for name, command in found if not command.help]
    for name, command in found:
        dumb += [f"{name} {given.opts[0]}" for given in command.params if not given.help]

    assert {"assess", "method", "nightly"} <= {name for name, _ in found}
    assert any(" " in name for name, _ in found)
    assert dumb == []


def test_every_peril_has_a_section_and_a_golden_file() -> None:
    """Documented and checked."""
    method = read(ROOT / "docs/method.md")
    golden = {path.stem for path in (ROOT / "tests/golden").glob("*.csv")}

    # one that brings its own numbers is one file: the Method page shows it, docs when written anew
    given = [key for key, peril in PERILS.items() if peril.parameters is None]

    assert [key for key in given if f'<a id="{key.replace("_", "-")}"></a>' not in method] == []
    assert set(PERILS) <= golden
    for key in PERILS:
        assert read(ROOT / "tests/golden" / f"{key}.csv").startswith("# source: "), key


def test_decisions_are_short_and_complete() -> None:
    """Each record: context, decision, consequences, when to change; at most sixty lines."""
    records = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [path.name[:4] for path in records]

    assert len(records) >= 7
    assert len(set(numbers)) == len(numbers)
    for path in records:
        assert len(read(path).splitlines()) <= 60, path.name
        for heading in ("Context", "Decision", "Consequences", "When to change"):
            assert f"## {heading}" in read(path), f"{path.name}: {heading}"
