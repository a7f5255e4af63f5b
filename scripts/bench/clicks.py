"""
Does a job that a click starts take longer than one that the API starts?

    python scripts/bench/clicks.py [--sessions 10] [--rounds 6]

Serves the dashboard over the cluster in MODELOPS_VAR. First jobs are asked for by the API, one
after the other, with nobody on the pages. Then SESSIONS readers click at once, a new place every
PAUSE seconds each, as a browser would by its websocket: the page's run, then its bar twice a
second until the card is there; the API goes on asking beside them. Prints one JSON line: seconds
from queued to completed by the database's clock, of the API alone, of the clicks and of the API
beside the clicks, and from a click to its card.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
import urllib.request
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=6)
    given = parser.parse_args()
    a, salt = app(), str(time.time())
    many = given.sessions * given.rounds
    places = sites(a, 2 * ALONE + many, salt)
    alone, beside, clicked = places[:ALONE], places[ALONE : 2 * ALONE], places[2 * ALONE :]
    since = datetime.now(UTC)
    with served(Path(a.settings.var)) as (url, _):
        asked(url, alone)
        cards = clicks(url, clicked, given.sessions, beside)
    found = {
        "api_alone": seconds(a, alone, since),
        "api_beside": seconds(a, beside, since),
        "clicked": seconds(a, clicked, since),
        "click_to_card": cards,
    }
    medians = {name: percentile(values, 0.5) for name, values in found.items()}
    report(
        "clicks",
        sessions=given.sessions,
        clicks=many,
        p50_s=medians,
        p95_s={name: percentile(values, 0.95) for name, values in found.items()},
        lost=len(places) - sum(len(found[name]) for name in found if name != "click_to_card"),
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


def clicks(url: str, places: list[Place], sessions: int, beside: list[Place]) -> list[float]:
    """Seconds from each click to its card; the API asks for *beside* meanwhile."""
    cards: list[float] = []
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


def click(one: Reader, place: Place) -> float:
    """Open a place as a click does and follow its bar; seconds until a card is shown."""
    began = time.perf_counter()
    query = {"lat": str(place[0]), "lon": str(place[1])}
    messages = one.run("", query)
    while not any(_is_card(message) for message in messages):
        rerun = [m.auto_rerun for m in messages if m.WhichOneof("type") == "auto_rerun"]
        if rerun:
            time.sleep(rerun[-1].interval)
        messages = one.run("", query, rerun[-1].fragment_id if rerun else "")
    return time.perf_counter() - began


def _is_card(message: ForwardMsg) -> bool:
    return message.delta.new_element.WhichOneof("type") == "metric"


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
