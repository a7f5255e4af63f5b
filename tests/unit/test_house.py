"""The rules of the house, as tests: what a reviewer would otherwise have to look for."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from pathlib import Path

import pytest
import typer

from modelops_core.cli import program
from modelops_core.perils import PERILS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "modelops_core"
LONGEST_FUNCTION = 40
LONGEST_MODULE = 400
LONGEST_PAGE = 80
#: names under which anything fits
NO_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "base", "misc", "tools"}
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET)\b", re.DOTALL
)


def modules():
    """Every module that is part of the product."""
    return sorted([*PACKAGE.rglob("*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("app.py")])


def named(path):
    return path.relative_to(ROOT).as_posix()


def room(path):
    """The folder inside the package, '' for its own modules."""
    return path.relative_to(ROOT).parts[1] if len(path.relative_to(ROOT).parts) > 2 else ""


def tracked():
    """Files under version control; without git, every file outside var and the virtual environment."""
    run = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return [ROOT / line for line in run.stdout.splitlines() if (ROOT / line).is_file()]
    return [
        p
        for p in ROOT.rglob("*")
        if p.is_file() and not {"var", ".venv", ".git"} & set(p.relative_to(ROOT).parts)
    ]


def functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node):
    return node.end_lineno - node.lineno + 1


each_module = pytest.mark.parametrize("path", modules(), ids=named)


@each_module
def test_functions_are_short(path):
    """At most forty lines each."""
    for node in functions(ast.parse(path.read_text("utf-8"))):
        assert length(node) <= LONGEST_FUNCTION, (
            f"{named(path)}: {node.name} has {length(node)} lines"
        )


@each_module
def test_modules_are_short(path):
    """At most four hundred lines each; a page eighty."""
    limit = LONGEST_PAGE if named(path).startswith("pages/") else LONGEST_MODULE
    assert len(path.read_text("utf-8").splitlines()) <= limit


def test_most_functions_are_shorter_still():
    """Median at most ten lines, nine of ten at most twenty-five."""
    lengths = [
        length(n) for path in modules() for n in functions(ast.parse(path.read_text("utf-8")))
    ]

    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


def names_used(tree):
    """Attribute and plain names, with the module they hang on: os.environ, create_engine …"""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            out.add(f"{node.value.id}.{node.attr}")
        if isinstance(node, ast.Name):
            out.add(node.id)
        if isinstance(node, ast.ImportFrom):
            out |= {f"{node.module}.{alias.name}" for alias in node.names}
    return out


@each_module
def test_only_settings_reads_the_environment(path):
    """One place knows what can be configured."""
    if named(path) != "modelops_core/settings.py":
        assert not names_used(ast.parse(path.read_text("utf-8"))) & {
            "os.environ",
            "os.getenv",
            "environ",
        }


@each_module
def test_only_the_database_room_makes_engines(path):
    """One pool, one place."""
    if room(path) != "db":
        used = names_used(ast.parse(path.read_text("utf-8")))
        assert not {
            name for name in used if name.split(".")[-1] in ("create_engine", "create_async_engine")
        }


@each_module
def test_sql_is_spoken_in_the_database_room_only(path):
    """Statements live in sql/ and db/; the other rooms have words only."""
    if room(path) == "db":
        return
    tree = ast.parse(path.read_text("utf-8"))
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            assert not SQL.search(node.value), f"{named(path)}:{node.lineno}"


@each_module
def test_names_say_what_is_inside(path):
    """No drawer for everything."""
    assert not set(path.relative_to(ROOT).with_suffix("").parts) & NO_NAMES


@each_module
def test_every_module_and_public_thing_says_what_it_is(path):
    """A docstring each; methods of one line explain themselves by their class."""
    tree = ast.parse(path.read_text("utf-8"))
    if tree.body:
        assert ast.get_docstring(tree), named(path)
    for node in tree.body:
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{named(path)}: {node.name}"


def broad(handler):
    caught = (
        {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
        if handler.type
        else {"Exception"}
    )
    return bool(caught & {"Exception", "BaseException"})


@each_module
def test_broad_excepts_pass_the_error_on_or_give_their_reason(path):
    """``except Exception`` raises again, or says on its line why this is an entry point."""
    page = path.read_text("utf-8")
    lines = page.splitlines()
    for node in ast.walk(ast.parse(page)):
        if isinstance(node, ast.ExceptHandler) and broad(node):
            again = any(isinstance(n, ast.Raise) for n in node.body)
            said = any(
                reason in lines[node.lineno - 1]
                for reason in ("noqa: BLE001 - ", "# an entry point")
            )
            assert again or said, f"{named(path)}:{node.lineno}"


def test_nothing_points_outside_the_project():
    """A clone is complete: no path of a workplace, no registry's host; validation may look for real data."""
    outside = re.compile(
        r"\.\./" + "shared|/wo" + r"rk/|\.lib" + r"rary\b|pypi\.o" + "rg|files\\.pythonh" + "osted"
    )
    for path in tracked():
        if "validation" in path.parts or path.suffix in (
            ".png",
            ".webp",
            ".ico",
            ".parquet",
            ".xlsx",
            ".pdf",
        ):
            continue
        found = outside.search(path.read_text("utf-8", errors="replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found.group()}"


def commands(command, name=""):
    """Every command below a group, with its full name."""
    below = getattr(command, "commands", None)  # typer carries a click of its own: no isinstance
    if below is not None:
        return [
            leaf for key, sub in below.items() for leaf in commands(sub, f"{name} {key}".strip())
        ]
    return [(name, command)]


COMMANDS = commands(typer.main.get_command(program))


def test_commands_are_found():
    """The walk below sees groups and what is in them."""
    assert {"assess", "method", "nightly"} <= {name for name, _ in COMMANDS}
    assert any(" " in name for name, _ in COMMANDS)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_has_help(name, command):
    """And so has each of its arguments and options."""
    assert command.help, name
    for parameter in command.params:
        assert parameter.help, f"{name} {parameter.opts[0]}"


@pytest.mark.parametrize("key", PERILS)
def test_every_peril_has_a_section_and_a_golden_file(key):
    """Documented and checked."""
    assert f'<a id="{key.replace("_", "-")}"></a>' in (ROOT / "docs/method.md").read_text("utf-8")
    golden = (ROOT / "tests/golden" / f"{key}.csv").read_text("utf-8")
    assert golden.startswith("# source: ")


def test_decisions_are_short_and_complete():
    """Each record: context, decision, consequences, when to change; at most sixty lines."""
    records = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [path.name[:4] for path in records]

    assert len(records) >= 7
    assert len(set(numbers)) == len(numbers)
    for path in records:
        page = path.read_text("utf-8")
        assert len(page.splitlines()) <= 60, path.name
        for heading in ("Context", "Decision", "Consequences", "When to change"):
            assert f"## {heading}" in page, f"{path.name}: {heading}"


def test_files_named_in_the_code_exist():
    """A reader who follows a pointer to docs/ arrives."""
    for path in tracked():
        if path.suffix in (".py", ".yaml", ".md", ".sql", ".sh"):
            for found in re.findall(
                r"docs/(?:adr/)?[\w-]+\.md", path.read_text("utf-8", errors="replace")
            ):
                assert (ROOT / found).is_file(), f"{path.relative_to(ROOT)} names {found}"
