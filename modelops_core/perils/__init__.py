"""
The perils. One file each: adding a file adds a peril.

``PERILS`` maps each key to its declaration, in the order of the screens.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module, util
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType

from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.errors import UnknownPeril


def discover(*folders: Path) -> Mapping[str, Peril]:
    """The shipped perils, then those of *folders*: any module that declares ``PERIL``."""
    shipped = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    added = (_load(path) for folder in folders for path in sorted(folder.glob("*.py")))
    return _register([*shipped, *added])


def folders(path: str) -> tuple[Path, ...]:
    """The folders of a search path such as MODELOPS_PERILS."""
    return tuple(map(Path, filter(None, path.split(os.pathsep))))


def source(key: str) -> Path:
    """The file that declares the peril *key*, shipped or added; raises UnknownPeril."""
    module = sys.modules.get(f"{__name__}.{key}")
    if module is None or module.__file__ is None:
        raise UnknownPeril("peril_without_file", peril=key)
    return Path(module.__file__)


def _load(path: Path) -> ModuleType:
    name = f"{__name__}.{path.stem}"  # as if shipped, so that other processes find it too
    spec = util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UnknownPeril("peril_file", file=path)
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _register(modules: Iterable[ModuleType]) -> Mapping[str, Peril]:
    found: dict[str, Peril] = {}
    for module in modules:
        peril: Peril = module.PERIL
        name = module.__name__.rpartition(".")[2]
        if peril.key != name:
            raise UnknownPeril("peril_name", file=f"{name}.py", peril=peril.key)
        found[peril.key] = peril
    return MappingProxyType(
        dict(sorted(found.items(), key=lambda item: (item[1].kind, item[1].order)))
    )


PERILS = discover()


def get(key: str, perils: Mapping[str, Peril] = PERILS) -> Peril:
    """The peril registered under *key*."""
    try:
        return perils[key]
    except KeyError:
        raise UnknownPeril("not_one_of", field="peril", value=key, known=list(perils)) from None


def numbers(file: ParameterFile, perils: Mapping[str, Peril] = PERILS) -> ParameterFile:
    """*file* with the sections of those *perils* that bring their own."""
    for peril in perils.values():
        if peril.parameters is not None:
            file = file.with_section(peril.key, peril.parameters)
    return file
