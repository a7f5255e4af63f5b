"""Logs hold no secrets."""

from __future__ import annotations

import io

import orjson
import pytest
import structlog

from modelops_core.jobs import logs

KEY = "mo_0123abcd_Wm9vLWJhcg"


@pytest.fixture
def written():
    """What is logged inside a test, a dictionary a line."""
    before, stream = structlog.get_config(), io.StringIO()
    logs.configure(stream)
    yield lambda: [orjson.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)


SECRETS = ("key", "api_key", "authorization", "password", "token", "cookie", "secret")


@pytest.mark.parametrize("name", [*SECRETS, *map(str.upper, SECRETS), "Password", "Api_Key"])
def test_a_secret_field_is_hidden_however_it_is_written(written, name):
    """The name counts, in small and in capital letters."""
    structlog.get_logger().info("asked", **{name: "hunter2"}, address="127.0.0.1")
    [line] = written()
    assert line[name] == logs.MASK
    assert line["address"] == "127.0.0.1"


def test_a_secret_in_a_text_is_hidden(written):
    """A key of ours, and the password of a database address; the rest of the text stays."""
    structlog.get_logger().warning(
        "refused", reason=f"key {KEY} at postgresql://worker:hunter2@localhost:5432/modelops"
    )
    [line] = written()
    assert line["reason"] == "key *** at postgresql://worker:***@localhost:5432/modelops"


def test_a_secret_in_a_trace_is_hidden(written):
    """Errors quote what they were given; a moment and the job's id stay."""
    with structlog.contextvars.bound_contextvars(batch_id="b1"):
        try:
            raise ValueError(f"no such key {KEY} at postgresql://me:hunter2@localhost/modelops")
        except ValueError:
            structlog.get_logger().exception("broken")
    [line] = written()
    assert (line["batch_id"], line["level"], line["event"]) == ("b1", "error", "broken")
    assert "no such key *** at postgresql://me:***@localhost/modelops" in line["exception"]
    assert not {KEY, "hunter2"} & set(line["exception"].split())
    assert line["timestamp"].endswith("Z")
