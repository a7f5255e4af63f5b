"""Reports of failed nightly runs: to a command or an address of this machine or network, until they arrive."""

from __future__ import annotations

import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from modelops_core.errors import InvalidInput
from modelops_core.jobs import alerts

FAILURE = {"batch_id": "b", "error_message": "No room left."}


class Failures:
    """One failed nightly run, until it is reported."""

    def __init__(self):
        self.waiting = [FAILURE]

    def unreported_failures(self):
        found, self.waiting = self.waiting, []
        return found

    def unreported(self, batch_id):
        self.waiting.append({**FAILURE, "batch_id": batch_id})


def test_a_command_gets_the_report_on_its_input(tmp_path):
    """Once; one that fails gets it again at the next look."""
    written = tmp_path / "report.json"
    code = f"import sys, pathlib; pathlib.Path({str(written)!r}).write_text(sys.stdin.read())"
    failures = Failures()
    alerts.Alerts(failures, alerts.hook(f'{sys.executable} -c "raise SystemExit(1)"'))()
    assert failures.waiting
    report = alerts.Alerts(failures, alerts.hook(f"{sys.executable} -c {code!r}"))
    report(), report()
    assert json.loads(written.read_text()) == {"event": "nightly run failed", **FAILURE}
    assert failures.waiting == []
    assert alerts.hook("  ") is None


def test_an_address_gets_it_by_post_and_leads_nowhere_else():
    """A redirect is an error, not a way out."""
    got, answers = [], [200, 302]

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0))
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self):
            self.send_response(200)  # whoever follows would take it for delivered
            self.end_headers()

        def log_message(self, *_args):
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        send = alerts.hook(f"http://127.0.0.1:{server.server_port}/night")
        failures = Failures()
        alerts.Alerts(failures, send)()
        assert (got[0]["batch_id"], failures.waiting) == ("b", [])
        failures.unreported("c")
        alerts.Alerts(failures, send)()
        assert [one["batch_id"] for one in failures.waiting] == ["c"]
        server.shutdown()


def test_an_answer_that_is_no_http_is_no_delivery():
    """The report is given again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        send = alerts.hook(f"http://127.0.0.1:{listener.getsockname()[1]}/")

        def answer():
            one, _ = listener.accept()
            with one:
                one.recv(65_536)
                one.sendall(b"who is there?\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        failures = Failures()
        alerts.Alerts(failures, send)()
        thread.join()
    assert failures.waiting == [FAILURE]


@pytest.mark.parametrize("url", ["http://1.1.1.1/hook", "https://[2606:4700::1111]/"])
def test_an_address_of_others_is_refused(url):
    """At the start, with a sentence."""
    with pytest.raises(InvalidInput, match="only this machine and private networks"):
        alerts.hook(url)
