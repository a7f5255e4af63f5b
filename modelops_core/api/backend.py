"""What the routes need of the program; ``bootstrap.App`` has it all."""

from __future__ import annotations

from typing import Protocol

from modelops_core.settings import Settings


class Crew(Protocol):
    """The workers of this process."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Backend(Protocol):
    """The program behind the routes."""

    @property
    def settings(self) -> Settings: ...

    def crew(self) -> Crew: ...
