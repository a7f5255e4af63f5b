"""Reads a served dashboard's pages over its websocket without a browser, and times the answers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from measure import ROOT
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

RECEIVE_TIMEOUT = 120
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass(frozen=True)
class Answer:
    """One run of a page: seconds to the last message, bytes of all messages, plain and packed."""

    seconds: float
    sent: int
    packed: int


@dataclass
class Reader:
    """One session; what it was sent it keeps, as a browser does."""

    connection: ClientConnection
    known: set[str] = field(default_factory=set)
    #: id of each component of our own, and of the fragment that it stands in, by its key
    components: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: the address as the server changed it
    query: Mapping[str, str] = field(default_factory=dict)
    #: the page that the session is on, as the server calls it
    script: str = ""

    def open(self, page: str, query: Mapping[str, str]) -> Answer:
        """Run *page* with the URL's parameters; raises RuntimeError where it shows an error."""
        began = time.perf_counter()
        bodies = self._bodies(page, query)
        seconds = time.perf_counter() - began
        for body in bodies:
            self._look(page, ForwardMsg.FromString(body))
        return Answer(seconds, sum(map(len, bodies)), len(zlib.compress(b"".join(bodies), 6)))

    def run(self, page: str, query: Mapping[str, str], fragment: str = "") -> list[ForwardMsg]:
        """All messages of a run of *page*, or of one *fragment* of it; errors as ``open``."""
        messages = [ForwardMsg.FromString(body) for body in self._bodies(page, query, fragment)]
        for message in messages:
            self._look(page, message)
        return messages

    def report(
        self, page: str, query: Mapping[str, str], key: str, event: str, value: object
    ) -> list[ForwardMsg]:
        """All messages of the run that an *event* of the component *key* causes, as ``run``."""
        component, fragment = self.components[key]
        state = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{component}__events")
        state.json_trigger_value = json.dumps([{"event": event, "value": value}])
        bodies = self._bodies(page, query, fragment, state)
        messages = [ForwardMsg.FromString(body) for body in bodies]
        for message in messages:
            self._look(page, message)
        return messages

    def _bodies(
        self, page: str, query: Mapping[str, str], fragment: str = "", *states: WidgetState
    ) -> list[bytes]:
        request = BackMsg()
        request.rerun_script.query_string = urlencode({"lang": "en", **query})
        request.rerun_script.page_name = page
        if fragment:
            request.rerun_script.fragment_id = fragment
            request.rerun_script.page_script_hash = self.script
        request.rerun_script.widget_states.widgets.extend(states)
        request.rerun_script.cached_message_hashes.extend(self.known)
        self.connection.send(request.SerializeToString())
        return list(self._until_finished())

    def _until_finished(self) -> Iterator[bytes]:
        while True:
            body = self.connection.recv(RECEIVE_TIMEOUT)
            assert isinstance(body, bytes)
            yield body
            if len(body) < 1000:
                message = ForwardMsg.FromString(body)
                if (
                    message.WhichOneof("type") == "script_finished"
                    and message.script_finished in FINISHED
                ):
                    return

    def _look(self, page: str, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "page_info_changed":
            self.query = dict(parse_qsl(message.page_info_changed.query_string))
        if message.WhichOneof("type") == "navigation":
            self.script = message.navigation.page_script_hash
        if message.metadata.cacheable and message.hash:
            self.known.add(message.hash)
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "bidi_component":
            found = element.bidi_component.id
            self.components[found.rpartition("-")[2]] = found, message.delta.fragment_id
        if kind == "exception" or (kind == "alert" and element.alert.format == Alert.ERROR):
            raise RuntimeError(f"{page}: {element.exception.message or element.alert.body}")


@contextmanager
def reader(url: str) -> Iterator[Reader]:
    """A session with the dashboard at *url*."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], origin=url, max_size=None) as connection:  # type: ignore[arg-type]
        yield Reader(connection)


@contextmanager
def served(var: Path) -> Iterator[tuple[str, int]]:
    """A dashboard over the private cluster in *var*: its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MODELOPS_VAR": str(var), "MODELOPS_NIGHT_SCHEDULE": "false"}
    command = [sys.executable, "-m", "modelops_core", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(30)
