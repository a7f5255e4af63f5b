"""
What the processes of a nightly run inherit from the server that they are forked from.

Importing this module imports the program, parses its sources for the version of the
calculation and makes the splines of the fire weather, once instead of in each process.
"""

from modelops_core.bootstrap import wiring
from modelops_core.indicators import fwi
from modelops_core.services.night.code_version import code_version

__all__ = ("SPLINES", "VERSION", "wiring")

#: of the shared sources; the perils' own are parsed by the processes
VERSION = code_version(())
SPLINES = fwi.splines()
