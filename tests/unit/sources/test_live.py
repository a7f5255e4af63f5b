"""Services of providers by recorded answers: no request of a test leaves this process."""

from __future__ import annotations

import json

import httpx
import pytest

from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.sources import live
from modelops_core.sources.live.service import ATTEMPTS, Service

KEY = "secret-key"
FLOWS = {
    "2001": {"result": {"code": "success"}, "list": [{"ymd": "20010101", "fw": "12.5"}]},
    "2002": {"result": {"code": "success"}, "list": []},
}
TRACKS = """#START7777
# GRADE TCID YEAR MONTH DAY HOUR LON LAT MAX_WS PS
TS 1501 2015 1 13 0 128.4 33.6 18 1000 -999 -999 - -999 -999 - MEKKHALA
TY 1501 2015 1 13 6 129.0 34.1 - 985 -999 -999 - -999 -999 - MEKKHALA
#7777END
"""
ITEMS = [
    {"mgmBldrgstPk": 1111000001, "strctCdNm": "철근콘크리트구조", "totArea": 5489.43},
    {"mgmBldrgstPk": 1111000002, "strctCdNm": "벽돌구조", "totArea": 80},
]
PARCEL = {
    "sigungu": "11110",
    "bjdong": "10100",
    "bun": "1",
    "latitude": "37.58",
    "longitude": "126.97",
}


def register(items, total):
    body = {"items": {"item": items} if items else "", "totalCount": str(total)}
    return {"response": {"header": {"resultCode": "00"}, "body": body}}


class Recorded:
    """Gives answers one after another and keeps the requests; time passes by sleeping."""

    def __init__(self, *answers):
        self.answers, self.requests, self.slept = list(answers), [], []
        self.now = 0.0

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer)
        content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        return httpx.Response(200, content=content)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def service(self, kind, key=KEY):
        transport = httpx.MockTransport(self)
        return Service(live.get(kind), key, transport, self.sleep, lambda: self.now)

    def params(self):
        return [dict(request.url.params) for request in self.requests]


def fetched(recorded, kind, key=KEY, **wanted):
    client = live.get(kind)
    return client.fetch(recorded.service(kind, key), client.checked(wanted))


def test_flows_come_year_by_year():
    """One request a year, with a pause between them; each day has its gauge's code."""
    recorded = Recorded(FLOWS["2001"], FLOWS["2002"])
    files = fetched(recorded, "wamis", "", **{"station": "1018683", "from": "2001", "to": "2002"})
    assert json.loads(files["wamis-flow-1018683-2001-2002.json"]) == {
        "list": [{"obscd": "1018683", "ymd": "20010101", "fw": "12.5"}]
    }
    assert [one["year"] for one in recorded.params()] == ["2001", "2002"]
    assert all("serviceKey" not in one for one in recorded.params())
    assert recorded.slept == [1.0]
    assert str(recorded.requests[0].url).startswith("http://www.wamis.go.kr:8080/wamis/openapi/wkw")


def test_without_a_station_the_gauges_are_listed():
    """And what the service says of a refusal is passed on."""
    recorded = Recorded({"result": {"code": "success"}, "list": [{"obscd": "1", "obsnm": "한강"}]})
    [found] = json.loads(fetched(recorded, "wamis")["wamis-gauges.json"])["list"]
    assert found == {"obscd": "1", "obsnm": "한강", "gauge_type": "flow"}
    refusal = Recorded({"result": {"code": "error", "msg": "인증키 오류"}})
    with pytest.raises(SourceUnreadable, match="인증키 오류"):
        fetched(refusal, "wamis")


def test_best_tracks_become_a_table():
    """Unknown winds are blank, ids those of no other catalogue, the zone of the hours is said."""
    recorded = Recorded(TRACKS)
    files = fetched(recorded, "typhoon", **{"from": "2015", "to": "2015", "timezone": "utc"})
    assert files["kma-besttrack-2015-2015.csv"].decode().splitlines() == [
        "연도,태풍번호,태풍명,일시(UTC),위도,경도,중심기압(hPa),최대풍속(m/s)",
        "2015,KMA201501,MEKKHALA,2015-01-13 00:00,33.6,128.4,1000,18",
        "2015,KMA201501,MEKKHALA,2015-01-13 06:00,34.1,129.0,985,",
    ]
    assert recorded.params() == [{"year": "2015", "help": "0", "authKey": KEY}]


def test_entries_of_a_parcel_get_its_position():
    """All pages, codes with their zeros; one entry is a list of one."""
    recorded = Recorded(register(ITEMS[:1], 2), register(ITEMS[1], 2))
    files = fetched(recorded, "buildings", **PARCEL)
    found = json.loads(files["register-11110-10100-0001-0000.json"])["list"]
    assert [(one["mgmBldrgstPk"], one["lat"], one["lon"]) for one in found] == [
        (1111000001, "37.58", "126.97"),
        (1111000002, "37.58", "126.97"),
    ]
    assert [(p["bun"], p["ji"], p["pageNo"]) for p in recorded.params()] == [
        ("0001", "0000", "1"),
        ("0001", "0000", "2"),
    ]


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("buildings", register([], 0), "11110-10100-0001-0000: 0"),
        (
            "buildings",
            f"<OpenAPI_ServiceResponse><returnAuthMsg>BAD {KEY}</returnAuthMsg>",
            "BAD …",
        ),
        ("buildings", "no json", "no json"),
        ("buildings", 403, "HTTP 403"),
        ("typhoon", '{"result": {"message": "유효하지 않은 인증키"}}', "유효하지 않은 인증키"),
        ("typhoon", "#START7777\n4 1 2015 1 13 0 128.4", "4 1 2015 1 13 0 128.4"),
        ("typhoon", "4 1 2015 Jan 13 0 128.4 33.6 18 1000", "2015 Jan 13"),
    ],
)
def test_a_refusal_is_said_and_never_shows_the_key(kind, answer, said):
    """Whatever form it has; it is not asked again."""
    recorded = Recorded(answer)
    wanted = PARCEL if kind == "buildings" else {"from": "2015", "to": "2015", "timezone": "KST"}
    with pytest.raises(SourceUnreadable) as refused:
        fetched(recorded, kind, **wanted)
    assert refused.value.code == "live_refused"
    assert said in str(refused.value)
    assert KEY not in str(refused.value)
    assert len(recorded.requests) == 1


def test_what_passes_by_itself_is_tried_again():
    """Too many requests, then a server's trouble, then the answer; pauses grow."""
    recorded = Recorded(429, 503, TRACKS)
    fetched(recorded, "typhoon", **{"from": "2015", "to": "2015", "timezone": "UTC"})
    assert len(recorded.requests) == 3
    assert sorted(recorded.slept) == recorded.slept


def test_no_way_out_is_one_clear_sentence():
    """With the host and what to do instead, not with the address that holds the key."""
    recorded = Recorded(*[httpx.ConnectError(f"no route {KEY}")] * ATTEMPTS)
    with pytest.raises(SourceUnreadable) as offline:
        fetched(recorded, "typhoon", **{"from": "2015", "to": "2015", "timezone": "UTC"})
    text = str(offline.value)
    assert "(apihub.kma.go.kr) does not answer: ConnectError." in text
    assert "load typhoon FILE" in text
    assert KEY not in text
    assert len(recorded.requests) == ATTEMPTS


@pytest.mark.parametrize(
    ("kind", "wanted", "code"),
    [
        ("typhoon", {"from": "2015", "to": "2016"}, "live_needs"),
        ("buildings", {**PARCEL, "dong": "1"}, "live_needs"),
        ("buildings", {**PARCEL, "bun": "12345"}, "live_code"),
        ("typhoon", {"from": "2016", "to": "2015", "timezone": "UTC"}, "live_years"),
        ("typhoon", {"from": "x", "to": "2015", "timezone": "UTC"}, "live_years"),
        ("typhoon", {"from": "2015", "to": "2015", "timezone": "JST"}, "not_one_of"),
    ],
)
def test_what_is_wanted_is_checked_before_anything_is_asked(kind, wanted, code):
    """Missing, unknown, too long, no year, no zone."""
    recorded = Recorded()
    with pytest.raises(InvalidInput) as refused:
        fetched(recorded, kind, **wanted)
    assert (refused.value.code, recorded.requests) == (code, [])
