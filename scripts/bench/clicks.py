"""
Does a job that a click starts take longer than one that the API starts?

    python scripts/bench/clicks.py [--sessions 10] [--rounds 6]

Serves the dashboard over the cluster in MODELOPS_VAR. First jobs are asked for by the API, one
after the other, with nobody on the pages. Then SESSIONS readers click at once, a new place every
PAUSE seconds each, as a browser does by its websocket: what the map reports, then the next looks
at a job that takes longer, until the card is there; the API goes on asking beside them. Prints one
JSON line: seconds from queued to completed by the database's clock, of the API alone, of the
clicks and of the API beside the clicks, and from a click to its card; and what a click costs in
messages of the server and runs of the page, with the messages by kind of a first click alone.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from measure import percentile, report
from ondemand import sites
from reader import Reader, reader, served
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from modelops_core.bootstrap import App, app

PAUSE = 1.0
ALONE = 20
PATH = "/api/v1/risk-assessment"
SECONDS = """
    SELECT extract(epoch FROM completed_at - created_at)::float8
      FROM modelops.batch_jobs
     WHERE job_type = 'ondemand_risk_calculation' AND completed_at IS NOT NULL
       AND (input_params->>'latitude', input_params->>'longitude')
           IN (SELECT * FROM unnest(CAST(:latitudes AS text[]), CAST(:longitudes AS text[])))
       AND created_at > :since"""
Place = tuple[float, float]


@dataclass(frozen=True)
class Click:
    """One click: seconds to its card, and the messages that it took by kind."""

    seconds: float
    kinds: Counter[str]

    @property
    def messages(self) -> int:
        """All messages of the server."""
        return self.kinds.total()

    @property
    def runs(self) -> int:
        """Runs of the page or of a fragment of it."""
        return self.kinds["new_session"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=6)
    given = parser.parse_args()
    a, salt = app(), str(time.time())
    many = given.sessions * given.rounds
    places = sites(a, 2 * ALONE + many + 2, salt)
    alone, beside, clicked = places[:ALONE], places[ALONE : 2 * ALONE], places[2 * ALONE : -2]
    since = datetime.now(UTC)
    with served(Path(a.settings.var)) as (url, _):
        asked(url, alone)
        with reader(url) as one:
            one.open("", {})
            first, second = (click(one, place) for place in places[-2:])
        made = clicks(url, clicked, given.sessions, beside)
    found = {
        "api_alone": seconds(a, alone, since),
        "api_beside": seconds(a, beside, since),
        "clicked": seconds(a, clicked, since),
        "click_to_card": [one.seconds for one in made],
    }
    medians = {name: percentile(values, 0.5) for name, values in found.items()}
    report(
        "clicks",
        sessions=given.sessions,
        clicks=many,
        p50_s=medians,
        p95_s={name: percentile(values, 0.95) for name, values in found.items()},
        lost=len(places) - 2 - sum(len(found[name]) for name in found if name != "click_to_card"),
        messages={
            "alone": [first.messages, second.messages],
            "p50": percentile([one.messages for one in made], 0.5),
            "most": max(one.messages for one in made),
        },
        runs={"alone": [first.runs, second.runs], "most": max(one.runs for one in made)},
        kinds=dict(second.kinds),
        ratio=medians["clicked"] / medians["api_alone"],
    )


def asked(url: str, places: list[Place], over: threading.Event | None = None) -> None:
    """Ask for places by the API, one after the other."""
    for latitude, longitude in places:
        body = json.dumps({"latitude": latitude, "longitude": longitude}).encode()
        request = urllib.request.Request(
            f"{url}{PATH}/calculate", body, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            job = json.load(answer)["request_id"]
        while _status(url, job) in ("queued", "running"):
            time.sleep(0.05)


def _status(url: str, job: str) -> str:
    with urllib.request.urlopen(f"{url}{PATH}/status/{job}") as answer:
        return str(json.load(answer)["status"])


def clicks(url: str, places: list[Place], sessions: int, beside: list[Place]) -> list[Click]:
    """What each click took; the API asks for *beside* meanwhile."""
    cards: list[Click] = []
    lock = threading.Lock()

    def session(number: int) -> None:
        with reader(url) as one:
            one.open("", {})
            for place in places[number::sessions]:
                time.sleep(PAUSE)
                taken = click(one, place)
                with lock:
                    cards.append(taken)

    threads = [threading.Thread(target=session, args=(n,)) for n in range(sessions)]
    for thread in [*threads, other := threading.Thread(target=asked, args=(url, beside))]:
        thread.start()
    for thread in [*threads, other]:
        thread.join()
    return cards


def click(one: Reader, place: Place) -> Click:
    """Report a click on the map and follow its bar until a card is shown."""
    began, kinds = time.perf_counter(), Counter[str]()
    event = {"lat": place[0], "lon": place[1]}
    messages = one.report("", one.query, "assess.arrival", "click", event)
    kinds.update(map(_kind, messages))
    while not kinds["plotly_chart"]:  # as arrival.js: a job that a run did not wait for
        time.sleep(0.05)
        messages = one.report("", one.query, "assess.arrival", "look", 1)
        kinds.update(map(_kind, messages))
    return Click(time.perf_counter() - began, kinds)


def _kind(message: ForwardMsg) -> str:
    """The element of a message, ``block`` of a container, else the message's own kind."""
    delta = message.delta
    if delta.WhichOneof("type") == "add_block":
        return f"block {delta.add_block.WhichOneof('type')}"
    return delta.new_element.WhichOneof("type") or str(message.WhichOneof("type"))


def seconds(a: App, places: list[Place], since: datetime) -> list[float]:
    """Seconds of the jobs of *places* that were asked for after *since*."""
    from sqlalchemy import text

    with a.reader.connect() as connection:
        latitudes, longitudes = (
            [str(one) for one in column] for column in zip(*places, strict=True)
        )
        given = {"latitudes": latitudes, "longitudes": longitudes, "since": since}
        return [row[0] for row in connection.execute(text(SECONDS), given)]


if __name__ == "__main__":
    main()
