"""Results of other code are stale: the version follows what the sources do, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_core import perils
from modelops_core.errors import UnknownPeril
from modelops_core.services.night import code_version as versions

PACKAGE = Path(perils.__file__).parents[1]
VERSION = (
    "from modelops_core.perils import PERILS\n"
    "from modelops_core.services.night.code_version import code_version\n"
    "print(code_version(PERILS))"
)
#: folder → a module of the calculation there and a statement of it, with another in its place
CHANGES = {
    "domain": ("domain/horizons.py", "from __future__ import annotations", "import math"),
    "indicators": ("indicators/gev.py", "np.exp(", "np.expm1("),
    "stages": ("stages/loss.py", "def ", "def other_"),
    "services/night": ("services/night/basins.py", "def ", "def other_"),
    "perils": ("perils/wildfire.py", "max(axis=2)", "min(axis=2)"),
}


def version_of(root: Path) -> str:
    """The version that a new process finds for the package under *root*."""
    done = subprocess.run(
        [sys.executable, "-c", VERSION], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The package's modules in a folder of their own."""
    root = tmp_path_factory.mktemp("copy")
    for file in PACKAGE.rglob("*.py"):
        target = root / file.relative_to(PACKAGE.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return root


def test_every_process_and_folder_finds_the_same_version(copy):
    """Another process in another folder, as a Dask worker on another machine is."""
    assert version_of(copy) == versions.code_version(perils.PERILS)


@pytest.mark.parametrize("folder", CHANGES)
def test_a_changed_statement_is_another_version(folder, copy, monkeypatch):
    """In each folder of the calculation and in a peril's own file; a process looks once."""
    name, old, new = CHANGES[folder]
    root = copy / "modelops_core"
    monkeypatch.setattr(versions, "ROOT", root)
    monkeypatch.setattr(perils, "source", lambda key: root / "perils" / f"{key}.py")
    before = (root / name).read_text("utf-8")
    assert old in before

    version = fresh(perils.PERILS)
    (root / name).write_text(before.replace(old, new, 1), "utf-8")
    try:
        assert versions.code_version(perils.PERILS) == version
        assert fresh(perils.PERILS) != version
    finally:
        (root / name).write_text(before, "utf-8")


def fresh(keys) -> str:
    """The version without what this process remembers."""
    versions._shared.cache_clear()
    versions._of_file.cache_clear()
    return versions.code_version(keys)


@pytest.fixture(autouse=True)
def forget():
    """No test leaves versions of other folders behind."""
    yield
    versions._shared.cache_clear()
    versions._of_file.cache_clear()


def test_words_and_layout_are_no_change_and_strings_that_are_used_are():
    """Comments and docstrings of modules, classes and functions; not a constant or an expression."""
    written = (
        '"""A."""\nclass C:\n    """B."""\n    x = 1\ndef f(a):\n    """C."""\n    return a + 1\n'
    )
    rewritten = "class C:\n    x = 1  # one\n\n\ndef f(\n    a,\n):\n    'D'\n    return (a + 1)\n"

    assert versions.program(written) == versions.program(rewritten)
    for changed in ("a + 2", "b + 1", "a - 1", "'a' + 1"):
        assert versions.program(written) != versions.program(written.replace("a + 1", changed))


def test_only_the_perils_asked_for_count():
    """In any order; a peril without a file is an error and no version."""
    heat, cold = "extreme_heat", "extreme_cold"

    assert versions.code_version([heat, cold]) == versions.code_version([cold, heat])
    assert versions.code_version([heat]) != versions.code_version([heat, cold])
    with pytest.raises(UnknownPeril, match="nowhere"):
        versions.code_version(["nowhere"])
