"""
Does any input break the server, or make it tell what it is made of?

    MODELOPS_VAR=… python scripts/fuzz.py [--inputs 6000] [--visits 300] [--seed 1]

Serves the dashboard over the cluster in MODELOPS_VAR twice, first as this machine uses it
(MODELOPS_ACCESS=auto), then with keys (on), and sends INPUTS hostile requests in all to the API,
pages, files and sockets, and opens VISITS sessions of pages with hostile addresses. Prints one
JSON document: answers by route and status, the slowest of each, and the faults; the exit code is
1 where there is one. A fault is an answer 5xx but 503, an answer with a word of the machine (SQL,
driver, paths, a trace), none at all, one that takes longer than SLOW, an error in the server's
log, and a server that is dead, is another process or is not ready afterwards. Jobs that were
accepted stay in the database.

Requests that follow the API's description are schemathesis' matter (tests/api/test_contract.py);
here are bytes that no library would send.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import fuzz_inputs
from fuzz_inputs import ROOT, Draw, Input, Visit
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from modelops_core.bootstrap import App
from modelops_core.db.access.keys import Keys
from modelops_core.settings import Settings

#: words of the machine: no answer has them
INTERNALS = re.compile(
    rb"postgresql|psycopg|sqlalchemy|\.s\.PGSQL|SELECT |INSERT INTO|Traceback|site-packages"
    rb"|File \"|[\w/]\.py\b|/(?:home|work|usr|root|tmp|opt|var|dev|proc)/\w|root:x:0"
)
#: the documented name of a field of /health/db
DOCUMENTED = re.compile(rb'"postgresql":|"postgresql"')
#: files that come with Streamlit and Redoc as they are
SHIPPED = re.compile(r"/static/|/component/|/api/docs|bidi-components|/assets/deck")
#: what the server's log says of an answer that it could not make; that a first message of a page is
#: no message, Streamlit says there and to nobody else
LOGGED = re.compile(
    r"^.*\"(?:request crashed|page failed|request failed)\".*$|^Traceback[^\0]*?^\w[^\n]*$", re.M
)
#: seconds that an answer may take, and after which nobody waits for it
SLOW, TIMEOUT = 10.0, 45.0
CLIENTS, READERS = 4, 2
#: faults of one kind and route that are printed whole
SHOWN = 3
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Found:
    """What became of the inputs."""

    answers: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    faults: list[dict[str, str]] = field(default_factory=list)

    def note(self, route: str, status: str, seconds: float) -> None:
        """Count an answer."""
        self.answers[route][status] += 1
        self.slowest[route] = max(self.slowest[route], seconds)

    def fault(self, why: str, route: str, sent: bytes, answer: bytes) -> None:
        """Keep what was sent and what came."""
        shown = {"sent": repr(sent[:600]), "answer": repr(answer[:600])}
        self.faults.append({"why": why, "route": route, **shown})


# --- requests ----------------------------------------------------------------------------------


def exchange(port: int, one: Input) -> tuple[bytes, float]:
    """Send a request and read its answer until it is whole; empty where there is none."""
    began, answer = time.monotonic(), b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
            try:
                connection.sendall(one.raw)
                if one.cut:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # answered before all of it was read
            while not whole(answer) and (more := connection.recv(65_536)):
                answer += more
    except TimeoutError:
        return b"TIMEOUT " + answer, time.monotonic() - began
    except OSError:
        pass
    return answer, time.monotonic() - began


def whole(answer: bytes) -> bool:
    """Whether all of an answer has come."""
    head, parted, body = answer.partition(b"\r\n\r\n")
    if not parted:
        return False
    if head.startswith(b"HTTP/1.1 101"):
        return True
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    if length:
        return len(body) >= int(length[1])
    return b"chunked" in head.lower() and body.endswith(b"0\r\n\r\n")


def judge(found: Found, one: Input, answer: bytes, seconds: float) -> None:
    """Count the answer and look for faults."""
    first = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    status = first[1].decode() if first else "none"
    found.note(one.route, status, seconds)
    if answer.startswith(b"TIMEOUT") or (first is None and not one.broken):
        found.fault("no answer", one.route, one.raw, answer)
    if status.startswith("5") and status not in ("503", "505", "501"):
        found.fault(f"answered {status}", one.route, one.raw, answer)
    if seconds > SLOW and status != "408":
        found.fault(f"took {seconds:.1f} s", one.route, one.raw, answer)
    target = one.raw.split(b" ", 2)[1:2]
    if target and SHIPPED.search(target[0].decode("latin-1")) and status == "200":
        return
    if word := INTERNALS.search(DOCUMENTED.sub(b"", answer)):
        at = max(0, word.start() - 200)
        found.fault(f"tells {word[0]!r}", one.route, one.raw, answer[at : word.end() + 200])


# --- sessions of pages -------------------------------------------------------------------------


def look(found: Found, port: int, one: Visit) -> None:
    """Open a session, ask for the page, and read what it draws until it is done."""
    route = f"session of page {one.page or 'assess'}" if one.first is None else "first message"
    began, kept = time.monotonic(), b""
    try:
        kept = drawn(port, one)
        status = "drawn"
    except ConnectionClosed as error:
        status = f"closed {error.rcvd.code if error.rcvd else ''}".strip()
    except (TimeoutError, InvalidHandshake, OSError) as error:
        status = type(error).__name__
    seconds = time.monotonic() - began
    found.note(route, status, seconds)
    sent = f"{one.page}?{one.query}".encode() if one.first is None else repr(one.first).encode()
    if one.first is None and status != "drawn":
        found.fault(f"page {status}", route, sent, kept)
    if b"failed unexpectedly" in kept or b"\x00EXCEPTION" in kept:
        at = max(0, kept.find(b"\x00EXCEPTION"))
        found.fault("page failed", route, sent, kept[at : at + 500])
    if word := INTERNALS.search(kept):
        found.fault(f"tells {word[0]!r}", route, sent, kept[max(0, word.start() - 200) :][:500])


def drawn(port: int, one: Visit) -> bytes:
    """All messages of a run; an exception that is drawn is marked."""
    kept = b""
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
        max_size=None,
    ) as connection:
        connection.send(asked(one) if one.first is None else one.first)
        deadline = time.monotonic() + (TIMEOUT if one.first is None else 2.0)
        while (left := deadline - time.monotonic()) > 0:
            try:
                body = connection.recv(left)
            except TimeoutError:
                break
            assert isinstance(body, bytes)
            message = ForwardMsg.FromString(body)
            if message.delta.new_element.WhichOneof("type") == "exception":
                kept += b"\x00EXCEPTION"
            kept += body if len(body) < 200_000 else b""
            if (
                message.WhichOneof("type") == "script_finished"
                and message.script_finished in FINISHED
            ):
                return kept
    if one.first is None:
        raise TimeoutError
    return kept


def asked(one: Visit) -> bytes:
    """The first message of a browser."""
    request = BackMsg()
    request.rerun_script.query_string = f"lang=en&{one.query}"
    request.rerun_script.page_name = one.page
    return bytes(request.SerializeToString())


# --- the server --------------------------------------------------------------------------------


@contextmanager
def served(app: App, access: str, log: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The dashboard on a free port: the port and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"MODELOPS_VAR": str(app.settings.var), "MODELOPS_ACCESS": access}
    own |= {"MODELOPS_NIGHT_SCHEDULE": "false", "MODELOPS_RATE_PER_MINUTE": "1000000"}
    command = [sys.executable, "-m", "modelops_core", "serve", "--port", str(port)]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **own}, stdout=out, stderr=out
        )
    try:
        while not ready(port):
            if process.poll() is not None:
                raise SystemExit(f"the server ended: {log.read_text()[-2000:]}")
            time.sleep(0.3)
        yield port, process
    finally:
        process.terminate()
        process.wait(60)


def ready(port: int) -> bool:
    """Whether the server says that it can be used."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def operations(port: int, key: str) -> list[tuple[str, str, Sequence[dict[str, object]]]]:
    """Method, path and parameters of all operations that the server describes."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/openapi.json", headers={"X-API-Key": key}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        paths = json.load(answer)["paths"]
    return [
        (method.upper(), path, one.get("parameters", []))
        for path, methods in paths.items()
        for method, one in methods.items()
    ]


def assessed(port: int, key: str) -> str:
    """A completed assessment of Seoul; waits until it is."""
    body = json.dumps({"latitude": 37.5665, "longitude": 126.978}).encode()
    headers = {"X-API-Key": key, "Content-Type": "application/json"}

    def ask(path: str, sent: bytes | None = None) -> dict[str, str]:
        url = f"http://127.0.0.1:{port}{fuzz_inputs.BASE}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, sent, headers)) as answer:
            return dict(json.load(answer))

    job = ask("/calculate", body)["request_id"]
    while ask(f"/status/{job}")["status"] != "completed":
        time.sleep(0.5)
    return job


def round_of(app: App, access: str, chance: random.Random, inputs: int, visits: int) -> Found:
    """Serve with *access*, send everything, and look whether the server is the same afterwards."""
    found = Found()
    with tempfile.TemporaryDirectory() as folder, Made(app) as keys:
        log = Path(folder) / "log"
        with served(app, access, log) as (port, process):
            named = keys if access == "on" else ["", "", "", keys[0], "mo_wrong"]
            draw = Draw(chance, operations(port, keys[-2]), named, port, assessed(port, keys[-2]))
            sent = fuzz_inputs.requests(draw, inputs)
            opened = [fuzz_inputs.visit(draw) for _ in range(visits)]
            with ThreadPoolExecutor(CLIENTS) as clients:
                answers = clients.map(lambda one: exchange(port, one), sent)
                for one, (answer, seconds) in zip(sent, answers, strict=True):
                    judge(found, one, answer, seconds)
            with ThreadPoolExecutor(READERS) as readers:
                list(readers.map(lambda one: look(found, port, one), opened))
            if process.poll() is not None or not ready(port):
                found.fault("not ready afterwards", "server", b"", log.read_bytes()[-600:])
        for one in LOGGED.findall(log.read_text(errors="replace")):
            if "DecodeError" in one:
                continue
            found.fault("the log has an error", one.splitlines()[-1][:80], b"", one.encode()[-900:])
    return found


class Made:
    """API keys for the time of a round: none, of each scope, and a wrong one."""

    def __init__(self, app: App) -> None:
        self._keys, self._made = Keys(app.owner), list[str]()

    def __enter__(self) -> list[str]:
        self._made = [self._keys.add("fuzz", (scope,), 1) for scope in ("read", "run", "admin")]
        return ["", *self._made, "mo_00000000_wrong"]

    def __exit__(self, *_: object) -> None:
        for key in self._made:
            self._keys.revoke(key.split("_")[1])


def main() -> None:
    """Fuzz and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=6000)
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    app, chance, began = App(Settings()), random.Random(given.seed), time.monotonic()
    if app.cluster is not None:
        app.cluster.ensure()
    rounds = {
        access: round_of(app, access, chance, given.inputs // 2, given.visits // 2)
        for access in ("auto", "on")
    }
    report = {
        "fuzz": {"seed": given.seed, "inputs": given.inputs, "visits": given.visits},
        "seconds": round(time.monotonic() - began, 1),
        **{access: described(found) for access, found in rounds.items()},
    }
    sys.stdout.write(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    raise SystemExit(any(found.faults for found in rounds.values()))


def described(found: Found) -> dict[str, object]:
    """The counts by route, and the faults: all their kinds, some of them whole."""
    return {
        "answers": {route: dict(sorted(c.items())) for route, c in sorted(found.answers.items())},
        "slowest_s": {
            route: round(seconds, 2)
            for route, seconds in sorted(found.slowest.items(), key=lambda x: -x[1])[:8]
        },
        "kinds": dict(Counter(f"{one['why']} · {one['route']}" for one in found.faults)),
        "faults": some(found.faults),
    }


def some(faults: list[dict[str, str]]) -> list[dict[str, str]]:
    """The first of each kind and route."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for one in faults:
        seen[one["why"], one["route"]] += 1
        if seen[one["why"], one["route"]] <= SHOWN:
            kept.append(one)
    return kept


if __name__ == "__main__":
    main()
