"""
Entry points start from here: ``App`` wires the program, ``app()`` returns the one of this process.

``wiring`` chooses implementations and nothing else; each use case that a user or a worker
asks for has a file of its own and gets its collaborators handed in.
"""

from modelops_core.bootstrap.assessments import korean_year
from modelops_core.bootstrap.wiring import App, app

__all__ = ["App", "app", "korean_year"]
