"""
Asks one service politely: one request after another with a pause, again where it does not answer.

Keys stand in no error and in no log: what an HTTP library says of a request holds its address.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from modelops_core.errors import InvalidInput, SourceUnreadable

#: seconds that an answer may take, attempts, and the longest pause between two of them [s]
TIMEOUT, ATTEMPTS, LONGEST_PAUSE = 30.0, 4, 30.0
#: bytes that an answer may have
LARGEST = 64 << 20
#: answers that pass by themselves: too many requests, and the server's own trouble
PASSING = frozenset({429, 500, 502, 503, 504})


class _NoAnswer(Exception):
    """The service did not answer this time; its text is what happened, without the address."""


@dataclass(frozen=True, slots=True)
class Client:
    """
    One service: what it needs to know, and how it is asked.

    ``wants`` says what each value is for; ``optional`` ones may be left out. ``fetch`` gives files
    of the kind, name → content. ``key`` is the setting with the key, needed unless *open_to_all*.
    """

    kind: str
    provider: str
    licence: str
    #: name of the host, with its port where it has no encryption
    host: str
    key: str
    wants: Mapping[str, str]
    fetch: Callable[[Service, Mapping[str, str]], Mapping[str, bytes]]
    optional: frozenset[str] = frozenset()
    open_to_all: bool = False
    #: seconds between two requests
    pause: float = 1.0

    @property
    def address(self) -> str:
        """Where it answers; encrypted, except where only a port without encryption is offered."""
        scheme = "http" if ":" in self.host else "https"
        return f"{scheme}://{self.host}"

    def checked(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """*wanted*, where nothing is missing or unknown; raises InvalidInput."""
        missing = [name for name in self.wants if name not in {*wanted, *self.optional}]
        unknown = [name for name in wanted if name not in self.wants]
        if missing or unknown:
            known = [f"{name} ({text})" for name, text in self.wants.items()]
            raise InvalidInput("live_needs", kind=self.kind, names=missing or unknown, known=known)
        return dict(wanted)


@dataclass
class Service:
    """Requests to one host; *transport*, *sleep* and *clock* are others in tests."""

    client: Client
    key: str = ""
    transport: httpx.BaseTransport | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: float = field(default=-1e9, init=False)

    def get(self, path: str, params: Mapping[str, str]) -> bytes:
        """
        The body of one answer; raises SourceUnreadable where the service does not answer, or
        refuses.
        """
        again = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=2, max=LONGEST_PAUSE),
            retry=retry_if_exception_type(_NoAnswer),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return again(self._once, path, params)
        except _NoAnswer as error:
            raise SourceUnreadable(
                "live_unreachable",
                service=self.client.provider,
                host=self.client.host,
                why=str(error),
                kind=self.client.kind,
            ) from None

    def records(self, path: str, params: Mapping[str, str]) -> Any:
        """The JSON of one answer; raises SourceUnreadable for anything else."""
        return self.parsed(self.get(path, params))

    def parsed(self, body: bytes) -> Any:
        """An answer's body as JSON; raises SourceUnreadable for anything else."""
        try:
            return json.loads(body)
        except ValueError:
            said = body[:200].decode("utf-8", "replace")
            raise self.refused(" ".join(said.split())) from None

    def refused(self, said: object) -> SourceUnreadable:
        """The error of an answer that is a refusal; what it says never shows the key."""
        text = str(said).replace(self.key, "…") if self.key else str(said)
        return SourceUnreadable("live_refused", service=self.client.provider, said=text)

    def _once(self, path: str, params: Mapping[str, str]) -> bytes:
        self._wait()
        try:
            with (
                httpx.Client(
                    base_url=self.client.address, transport=self.transport, timeout=TIMEOUT
                ) as http,
                http.stream("GET", path, params=dict(params)) as answer,
            ):
                return self._body(answer)
        except httpx.HTTPError as error:
            raise _NoAnswer(type(error).__name__) from None

    def _body(self, answer: httpx.Response) -> bytes:
        if answer.status_code in PASSING:
            raise _NoAnswer(f"HTTP {answer.status_code}")
        if answer.status_code != httpx.codes.OK:
            raise self.refused(f"HTTP {answer.status_code}")
        body = bytearray()
        for block in answer.iter_bytes():
            body += block
            if len(body) > LARGEST:
                raise self.refused(f"> {LARGEST >> 20} MB")
        return bytes(body)

    def _wait(self) -> None:
        """Let the pause between two requests pass."""
        left = self._last + self.client.pause - self.clock()
        if left > 0:
            self.sleep(left)
        self._last = self.clock()


def years(wanted: Mapping[str, str]) -> Sequence[int]:
    """The years ``from`` … ``to``; raises InvalidInput where they are none."""
    try:
        first, last = int(wanted["from"]), int(wanted["to"])
    except ValueError:
        raise InvalidInput("live_years", first=wanted["from"], last=wanted["to"]) from None
    if not 1900 <= first <= last <= 2100:
        raise InvalidInput("live_years", first=first, last=last)
    return range(first, last + 1)


def json_file(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Records as a file that the loaders read."""
    return json.dumps({"list": list(records)}, ensure_ascii=False).encode()
