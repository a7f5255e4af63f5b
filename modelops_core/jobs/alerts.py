"""Reports a failed nightly run to a command or to an address on this machine or network."""

from __future__ import annotations

import ipaddress
import shlex
import socket
import subprocess
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Protocol
from urllib.parse import urlsplit

import orjson
import structlog

from modelops_core.errors import InvalidInput
from modelops_core.ports import Row

log = structlog.get_logger()
#: seconds that a command or an answer may take
TIMEOUT = 30.0
#: what a report that does not arrive raises; HTTPException: an answer that is no HTTP
UNDELIVERED = (OSError, HTTPException, subprocess.SubprocessError, InvalidInput)
Send = Callable[[bytes], None]


class FailureStore(Protocol):
    """Where failed nightly runs are found."""

    def unreported_failures(self) -> list[Row]: ...

    def unreported(self, batch_id: str) -> None: ...


@dataclass(frozen=True)
class Alerts:
    """
    Reports each failed nightly run once, however many processes look.

    The log has it in any case. A report that does not arrive is tried again at the next look, for
    a day.
    """

    store: FailureStore
    send: Send | None

    def __call__(self) -> None:
        """Report what failed since the last look."""
        for failure in self.store.unreported_failures():
            log.error("nightly run failed", **failure)
            if self.send is None:
                continue
            try:
                self.send(orjson.dumps({"event": "nightly run failed", **failure}, default=str))
            except UNDELIVERED as error:
                self.store.unreported(failure["batch_id"])
                log.error("alert not delivered", batch_id=failure["batch_id"], reason=str(error))


def hook(target: str) -> Send | None:
    """
    What sends a report to *target*: an http address or a command line; None for an empty text.

    A command gets the JSON document on its standard input, an address by POST. Raises InvalidInput
    for an address outside of this machine and its private networks; a name is looked up each time.
    """
    if not target.strip():
        return None
    if urlsplit(target).scheme in ("http", "https"):
        with suppress(socket.gaierror):
            _require_own_network(target, socket.AI_NUMERICHOST)
        return lambda body: _post(target, body)
    words = shlex.split(target)
    return lambda body: _run(words, body)


def _require_own_network(url: str, flags: int = 0) -> None:
    host = urlsplit(url).hostname or ""
    found = {info[4][0] for info in socket.getaddrinfo(host, None, flags=flags)}
    outside = sorted(str(a) for a in found if not ipaddress.ip_address(a).is_private)
    if outside:
        raise InvalidInput("hook_elsewhere", address=url, found=outside)


def _post(url: str, body: bytes) -> None:
    _require_own_network(url)
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    # neither a proxy nor a redirect may carry it elsewhere
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    with opener.open(request, timeout=TIMEOUT):
        pass


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        """Follow no redirect: the answer is an error then."""


def _run(words: list[str], body: bytes) -> None:
    subprocess.run(words, input=body, check=True, timeout=TIMEOUT, stdout=subprocess.DEVNULL)
