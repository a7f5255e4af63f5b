"""A property that an object calculates once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """
    As functools.cached_property, which up to Python 3.11 holds one lock for all objects.

    Perils and sites are calculated by several threads at once: that lock made them wait for each
    other. Two threads that ask the same object for the first time may both calculate.
    """

    def __init__(self, function: Callable[[Any], T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, one: Any, owner: type | None = None) -> T:
        found: T = self._function(one)
        one.__dict__[self._name] = found  # what is found there is not asked of this again
        return found
