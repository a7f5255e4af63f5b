"""The offline bundle's install.sh refuses what does not fit, with one sentence, before it changes anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    shutil.which("apt-get") is None or not Path("/usr/bin/python3").exists(),
    reason="no Debian here",
)


def said(*command: str, **environment: str) -> tuple[int, str]:
    """Exit code and all output of a command."""
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def shell(script: str) -> str:
    """What a shell prints that has read scripts/bundle.sh."""
    code, output = said("bash", "-c", f". {ROOT}/scripts/bundle.sh; {script}")
    assert code == 0, output
    return output


@pytest.fixture(scope="module")
def facts() -> dict[str, str]:
    """This machine, as bundle.sh writes it down."""
    python = said("/usr/bin/python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    return {
        "version": "1.2.3",
        "commit": "abc",
        "system": shell("system"),
        "architecture": said("dpkg", "--print-architecture")[1].strip(),
        "python": python[1].strip(),
        "postgis": "postgresql-1-postgis-3",
        "end": "yes",
    }


@pytest.fixture
def bundle(tmp_path: Path, facts: dict[str, str]) -> Path:
    """A small bundle, not sealed yet; its folder's name has a space."""
    folder = tmp_path / "a bundle"
    for name in ("wheels/a-1-py3-none-any.whl", "debs/Packages", "project/scripts/start.sh"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    shutil.copy(ROOT / "scripts/bundle_install.sh", folder / "install.sh")
    describe(folder, facts)
    return folder


def describe(folder: Path, facts: dict[str, str]) -> None:
    (folder / "BUNDLE").write_text("".join(f"{k}={v}\n" for k, v in facts.items()))


def install(folder: Path, *options: str, **environment: str) -> tuple[int, str]:
    """Run install.sh into a folder beside the bundle."""
    to = str(folder.parent / "there")
    return said("bash", f"{folder}/install.sh", "--to", to, *options, **environment)


def refused(folder: Path, *options: str, **environment: str) -> str:
    """The one sentence with which install.sh ends; nothing was made."""
    code, output = install(folder, *options, **environment)
    assert code == 2
    assert not (folder.parent / "there").exists()
    assert output.endswith("Nothing was changed.\n")
    return output


def test_a_whole_bundle_that_fits_is_taken(bundle):
    """A given database spares the system's PostGIS."""
    shell(f"seal '{bundle}'")
    code, output = install(bundle, "--check", DATABASE_URL="postgresql://elsewhere")
    assert (code, output) == (0, "Bundle of ModelOps 1.2.3 (abc): whole, fits this machine.\n")


def test_installing_replaces_the_project_and_keeps_the_rest(bundle):
    """start.sh of the bundle runs there, and knows where its packages are."""
    (bundle / "project/scripts/start.sh").write_text('echo "$PWD $MODELOPS_BUNDLE $*"')
    there = bundle.parent / "there"
    for name in ("scripts/old.sh", "var/data", ".env"):
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_text("mine")
    shell(f"seal '{bundle}'")
    _, output = install(bundle, "--port", "9000", DATABASE_URL="postgresql://elsewhere")
    assert output.endswith(f"\n{there} {bundle} --port 9000\n")
    kept = [str(path.relative_to(there)) for path in there.rglob("*") if path.is_file()]
    assert sorted(kept) == [".env", "scripts/start.sh", "var/data"]


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("system", "debian 99", "this bundle is for debian 99, this machine has "),
        ("architecture", "m68k", "this bundle is for m68k processors, this machine has "),
        ("python", "2.9", "this bundle is for Python 2.9, /usr/bin/python3 of this machine is 3."),
        ("postgis", "postgresql-1-postgis-3", "do not fit those installed here"),
        ("end", "", "this folder is no whole bundle"),
    ],
)
def test_another_machine_is_refused(bundle, facts, fact, value, words):
    """Release, processor, Python, system packages, and a description that was cut off."""
    describe(bundle, {**facts, fact: value})
    shell(f"seal '{bundle}'")
    assert words in refused(bundle, DATABASE_URL="")


def test_a_damaged_file_is_named(bundle):
    """One byte more in a wheel."""
    shell(f"seal '{bundle}'")
    (bundle / "wheels/a-1-py3-none-any.whl").write_text("x")
    assert "the file wheels/a-1-py3-none-any.whl is damaged" in refused(bundle)


def test_a_missing_file_is_named(bundle):
    """An archive that was not unpacked whole."""
    shell(f"seal '{bundle}'")
    (bundle / "debs/Packages").unlink()
    assert "the file debs/Packages is missing" in refused(bundle)


def test_no_list_of_checksums_is_no_bundle(bundle):
    """The project alone, for example."""
    assert "this folder is no whole bundle" in refused(bundle)


@pytest.mark.parametrize("options", [("--to", "opt"), ("--nonsense",), ("--user", "nobody-here")])
def test_a_wrong_option_is_refused(bundle, options):
    """A relative folder, an unknown option, an unknown user."""
    shell(f"seal '{bundle}'")
    assert options[-1] in refused(bundle, *options, DATABASE_URL="postgresql://elsewhere")


def test_apts_list_has_what_apt_needs(tmp_path):
    """Fields of the package, its file under a name that an address can hold, size and checksum."""
    made = tmp_path / "made"
    (made / "DEBIAN").mkdir(parents=True)
    (made / "DEBIAN/control").write_text(
        "Package: a\nVersion: 1:2\nArchitecture: all\nMaintainer: x\nDescription: y\n"
    )
    folder = tmp_path / "apt"
    folder.mkdir()
    said("dpkg-deb", "--build", "--root-owner-group", str(made), f"{folder}/a_1%3a2_all.deb")
    (tmp_path / "debs").mkdir()
    text = shell(f"FOLDER={tmp_path}; index_packages {folder}")
    kept = tmp_path / "debs/a_1.2_all.deb"
    assert "Version: 1:2\n" in text
    assert f"Filename: ./{kept.name}\nSize: {kept.stat().st_size}\nSHA256: " in text


def test_packages_come_from_the_bundle_alone(tmp_path):
    """start.sh with MODELOPS_BUNDLE: apt and pip are given its folders and no other source."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/lib.sh", tmp_path / "scripts")
    code, text = said(
        "bash",
        "-c",
        'cd "$1"; . scripts/lib.sh; use_bundle; cat var/bundle-apt/sources.list; echo "${APT_FROM[*]}"; echo "${PIP_FROM[*]}"',
        "start.sh",
        str(tmp_path),
        MODELOPS_BUNDLE="/media/my disk",
    )
    source, apt, pip = text.splitlines()
    assert code == 0
    assert source == "deb [trusted=yes] file:/media/my%20disk/debs ./"
    assert "Dir::Etc::SourceParts=/dev/null" in apt
    assert pip == "--isolated --no-index --find-links /media/my disk/wheels"
