"""The documentation's client runs as it is printed, and every call it lists exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_core.settings import Settings
from tests.api.conftest import serving
from tests.world import SEOUL

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT = (DOCS / "api.md").read_text(encoding="utf-8")
ACCESS = (DOCS / "access.md").read_text(encoding="utf-8")


@pytest.fixture
def client(tmp_path):
    """The client of docs/api.md as a file."""
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    assert len(code.splitlines()) <= 31  # its own docstring and thirty lines
    path = tmp_path / "client.py"
    path.write_text(code, encoding="utf-8")
    return lambda *args: subprocess.run(
        [sys.executable, str(path), *map(str, args)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_client_of_the_documentation(client, site_app):
    """Progress to 100 %, then a line for each peril."""
    with serving(site_app) as url:
        done = client(url, *SEOUL)
        at_sea = client(url, 36.0, 125.0)
    lines = done.stdout.splitlines()

    assert done.returncode == 0, done.stderr
    assert lines[-len(site_app.perils) - 1].startswith("100 %")
    assert {line.split()[0] for line in lines[-len(site_app.perils) :]} == set(site_app.perils)
    assert at_sea.returncode == 1
    assert at_sea.stderr.startswith("422: Latitude 36, longitude 125 lies in the sea")


def test_the_client_with_a_key(client, site_app, key):
    """Refused without, answered with one."""
    site_app.__dict__["settings"] = site_app.settings.model_copy(update={"access": "on"})
    with serving(site_app) as url:
        assert client(url, *SEOUL).stderr.startswith("401: An API key is needed")
        assert client(url, *SEOUL, key("run")).returncode == 0


def test_every_setting_it_names_exists():
    """And every path is served."""
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    named = set(re.findall(r"MODELOPS_[A-Z_]+", DOCUMENT + ACCESS))
    assert named <= known
    assert {"MODELOPS_ACCESS", "MODELOPS_HOSTS", "MODELOPS_QUEUE_LIMIT"} <= named
