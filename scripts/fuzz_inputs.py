"""
Inputs that nobody should send: the generators of scripts/fuzz.py.

Each generator makes one whole HTTP request as bytes, so that no library mends it on the way. All
of them draw from one random.Random: the same seed gives the same inputs. None of the texts holds
a word that an answer is searched for, since an answer may repeat what it refuses.
"""

from __future__ import annotations

import base64
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # the product is run from its folder

BASE = "/api/v1/risk-assessment"
CALCULATE, CURVES = f"{BASE}/calculate", f"{BASE}/hazard-curves"
PORTFOLIOS = "/api/v1/portfolios"
UNKNOWN_JOB = "550e8400-e29b-41d4-a716-446655440000"
TEXTS = (
    *("", " ", "\0", "a\0b", "'", '"', "\\", "%", "%s%n", "' or 1=1 --", "1); drop table x; --"),
    *("../../../../etc/passwd", "..\\..\\win.ini", "file:///etc/passwd", "//evil.example/x", "~"),
    *("<script>alert(1)</script>", "{{7*7}}", "${7*7}", "{0.__class__}", "#sys.inputs", "$x$"),
    *(
        "nan",
        "inf",
        "-0",
        "1e400",
        "-1",
        "0x10",
        "1_000",
        "9" * 400,
    ),
    *("٣٧", "３７.5", "½", "²"),
    *("\r\nX-Evil: 1", "\u202e\u200b\ufeff", "e\u0301" * 60, "가" * 700, "A" * 6000, "🌊" * 99),
    *("null", "true", "[]", "{}", "[object Object]", "undefined", "None", "*", "?", "#", "&a=b"),
    *("\ud800", "\udfff\ud800", "\uffff", "0001-01-01", "9999-12-31T23:59:59+14:00", "2024-02-30"),
    *("total", "extreme_heat", "river_flood", "ssp2", "2050s", "aal", UNKNOWN_JOB),
    *("한강", "서울역"),
    *("1" * 19, "04524", "서울 중구 세종대로 110", "1-1-1-1-" * 40),
    *("37°33'59\"" * 30, "-" * 1999),
    *("1, " * 600, "가가동 " * 60 + "1", "(" * 199, "http://x/?" + "q=1&" * 300),
    "산" * 190 + "1-",
)
#: what stands for a value in JSON, as it is written
LITERALS = (
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1" + "0" * 308, "9" * 5000, "-0", "0.0"),
    *(
        *("01", "0x10", "1_0", "+1", ".5", "1e-400", "true", "null", '""', '"37.5"', "[]", "{}"),
        "[[]]",
    ),
    *('"\\ud800"', '"\\u0000"', '"\\uD83C\\uDF0A"', '"' + "x" * 9000 + '"', "[" * 200 + "]" * 200),
    *("37.5665", "126.978", "-90", "90", "1e6", "2147483648", "9223372036854775808", '"a\tb"', "1"),
)
METHODS = (
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PURGE"),
    *("get", "M-SEARCH"),
)
HOSTS = (
    *("evil.example", "127.0.0.1:99999", "[::1", "localhost.", "127.0.0.1 ", "a" * 3000, "²"),
    *("127.0.0.1:²", "", "@"),
)
ORIGINS = (
    *("http://[", "null", "http://evil.example", "http://127.0.0.1:²", "://", "http://\xff"),
    "a" * 5000,
)
FORWARDED = (
    *("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"),
    *("X-Forwarded-Proto", "X-Original-URL"),
)
OWN_HEADERS = (
    *("Idempotency-Key", "X-Request-ID", "If-None-Match", "Cookie", "Accept", "Accept-Encoding"),
    *("Accept-Language", "Range", "Authorization", "X-API-Key", "Content-Encoding", "Expect"),
    *("User-Agent", "Referer", "Upgrade"),
)
COOKIES = (
    *("_streamlit_xsrf=2|zz|zz|zz", "_streamlit_xsrf=" + "2|" * 300, "_streamlit_user=a.b.c"),
    *("=;=;=", "a=\xff", '_xsrf="'),
)
KINDS = (
    *("application/json", "application/json; charset=utf-16", "text/plain"),
    *("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"),
    *("application/json;;;", "\xff", "", "application/problem+json", "a/b" * 900),
)
PAGES = (
    *("", "compare", "sites", "projections", "population", "data", "method", "jobs", "nowhere"),
    *("jobs/x", "한글", "portfolio", "portfolio"),
)
PAGE_NAMES = (
    *(
        "area",
        "around",
        "at",
        "axis",
        "beside",
        "class",
        "figures",
        "grade",
        "horizon",
        "id",
        "job",
    ),
    *("kind", "lang", "lat", "level", "limit", "lon", "measure", "metric", "months", "opacity"),
    *("by", "former", "key", "lens", "run", "threshold", "run", "threshold"),
    *("order", "part", "peril", "period", "provenance", "quantity", "q", "ssp", "section", "show"),
    *("sites", "status", "of", "table", "unit", "variable", "verdict", "view", "year", "pass", "x"),
)
PAGE_VALUES = (
    *("37.5665", "126.978", "en", "ko", "nights", "checks", "results", "total", "ssp5"),
    *("baseline", "1,2,3", "999999999", "1", "2", "sido", "zone", "0.2"),
)
FILES = (
    *("/static/{}", "/static/js/{}", "/assets/geo/{}.json", "/assets/{}", "/media/{}"),
    *("/component/{}", "/component/x/{}", "/_stcore/bidi-components/{}"),
    *("/_stcore/upload_file/{}/x", "/_stcore/{}", "/app/static/{}", "/{}", "/auth/{}"),
    *("/oauth2callback?code={}", "/auth/login?x={}", "/health/{}", "/metrics/{}", "/api/{}"),
    *("/api/docs/{}", "/tiles/{}"),
)
TRAVERSALS = (
    *("../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd"),
    *("..%5c..%5cx", "%00", "a%00.js", "%ff%fe", "//etc/passwd", "%2fetc%2fpasswd", ".", ".."),
    *("%c0%ae%c0%ae/x", "a" * 5000, "index.html%00.js", "%252e%252e/x", "sido", "abroad"),
    *("names", "index.js", "con", "%ED%A0%80", "C:%5cx", "%5c%5cevil.example%5cx", "x?y=%zz"),
    "%",
)
#: names of uploads, headers of their columns, and how files of other kinds begin
UPLOADED = (
    *("a.csv", "a.txt", "a.xlsx", "a.xlsm", "a.parquet", "a.geojson", "a.json", "a.gpkg", "a.fgb"),
    *("..%2fa.csv", "a.exe", ".csv", "a%00.csv", "%ea%b0%80.csv"),
)
COLUMNS = (
    *("site_id", "사업장번호", "위도", "lat", "lon", "경도", "주소", "pnu", "자산가액", "연면적"),
    *("LocNumber", "AccNumber", "PortNumber", "Latitude", "Longitude", "BuildingTIV", "loan_id"),
    *("value", "impf_TC", "asset_class", "위도", "", "x"),
)
MAGIC = (
    *(b"PK\x03\x04", b"PAR1", b"SQLite format 3\0", b"fgb\x03fgb\0", b"\x1f\x8b\x08", b"\xff\xfe"),
    *(b'{"items": [', b'{"items": [{"latitude": NaN}]}', b'{"type": "FeatureCollection", '),
    *(b'{"type":"FeatureCollection","features":[]}', b"\xd0\xcf\x11\xe0", b"<html>", b""),
)
MOMENTS = (
    *("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00+23:59"),
    *("2026-01-01T00:00:00-15:59:59.999999", "2026-01-01T00:00:00", "2026-13-01T00:00:00+00:00"),
    *("1999-12-31T23:59:59+00:00", "2200-12-31T23:59:59.999999-14:00", "now", "infinity", ""),
    *("2026-W01-1T00:00:00+00:00", "20260101T000000Z", "2026-01-01T24:00:00+09:00"),
    "2026-11-29T12:00:00+09:00",
)


@dataclass(frozen=True)
class Input:
    """
    One request. *broken*: it is no HTTP, so that a connection closed in silence is an answer.

    After what is *cut* nothing more comes: the sender closes its side.
    """

    route: str
    raw: bytes
    broken: bool = False
    cut: bool = False


@dataclass(frozen=True)
class Visit:
    """One session of a page: its query, or the bytes of a first message that nobody sends."""

    page: str
    query: str
    first: bytes | str | None = None


@dataclass(frozen=True)
class Draw:
    """
    Draws inputs: *operations* of the API's description, *keys* that callers may have.

    *job* is an assessment that is completed.
    """

    random: random.Random
    operations: Sequence[tuple[str, str, Sequence[Mapping[str, Any]]]]
    keys: Sequence[str]
    port: int
    job: str = UNKNOWN_JOB

    def one(self, pool: Sequence[str]) -> str:
        """One of *pool*."""
        return self.random.choice(pool)

    def text(self) -> str:
        """A hostile text, now and then one of random characters or of two parts."""
        kind = self.random.random()
        if kind < 0.1:
            return "".join(
                chr(self.random.randrange(0xD7FF)) for _ in range(self.random.randrange(1, 30))
            )
        return self.one(TEXTS) + self.one(TEXTS) if kind < 0.2 else self.one(TEXTS)

    def quoted(self) -> str:
        """The same in an address; some as bytes that are no UTF-8."""
        if self.random.random() < 0.05:
            return quote(self.random.randbytes(8), safe="")
        return quote(self.text().encode("utf-8", "surrogatepass"), safe="")

    def request(
        self, method: str, target: str, body: bytes = b"", *headers: tuple[str, str]
    ) -> bytes:
        """A whole request; *headers* replace those that it would have."""
        own = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"}
        if self.keys and (key := self.one(self.keys)):
            own["Authorization"] = f"Bearer {key}"
        if body or method in ("POST", "PUT", "PATCH"):
            own |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        given = {name.lower() for name, _ in headers}
        lines = [(n, v) for n, v in own.items() if n.lower() not in given] + list(headers)
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + body


def described(draw: Draw) -> Input:
    """An operation of the description with parameters that are right, wrong, double or unknown."""
    method, path, parameters = draw.random.choice(draw.operations)
    target, query = path, []
    for one in parameters:
        hostile = draw.random.random() < (0.2 if one["name"] == "request_id" else 0.5)
        value = draw.quoted() if hostile else quote(str(_example(one, draw)), safe="")
        if one["in"] == "path":
            target = target.replace(f"{{{one['name']}}}", value or "%20")
        elif one["in"] == "query" and draw.random.random() < 0.7:
            query += [f"{one['name']}={value}"] * draw.random.choice((1, 1, 1, 2, 40))
    if draw.random.random() < 0.2:
        query.append(f"{draw.quoted()}={draw.quoted()}")
    body = _site(draw) if method == "POST" and draw.random.random() < 0.5 else b""
    full = target + ("?" + "&".join(query) if query else "")
    return Input(f"{method} {path}", draw.request(method, full, body))


def _example(parameter: Mapping[str, Any], draw: Draw) -> Any:
    if parameter["name"] == "request_id":
        return draw.random.choice((draw.job, draw.job, draw.job.upper(), UNKNOWN_JOB))
    schema = parameter.get("schema", {})
    for known in (schema, *schema.get("anyOf", ())):
        if "enum" in known:
            return draw.random.choice(known["enum"])
        if known.get("examples"):
            return draw.random.choice(known["examples"])
    extremes = [schema.get(name) for name in ("minimum", "maximum") if name in schema]
    return draw.random.choice([schema.get("default", 1), 0, *extremes])


def _object(pairs: Sequence[tuple[str, str]]) -> str:
    """JSON as it is written: names may stand twice, values need not be any."""
    return "{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}"


def _json_text(draw: Draw) -> str:
    """A hostile text as JSON; a lone surrogate by its escape."""
    plain = draw.text()
    escaped = plain.encode("unicode_escape") if draw.random.random() < 0.1 else b""
    if escaped:
        return '"' + escaped.decode().replace('"', "").replace("\\x", "\\u00") + '"'
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 else "?" for c in plain) + '"'


def _value(draw: Draw) -> str:
    return draw.one(LITERALS) if draw.random.random() < 0.6 else _json_text(draw)


CORRECTIONS = (
    *("asset_value", "structure", "purpose", "built_year", "floors_above", "floors_below"),
    *("total_area", "value_basis", "location_index", "elevation_m", "coast_distance_m"),
    *("river_distance_m", "river_class", "river_name", "hand_m", "forest_distance_m"),
    *("urban_share", "impervious", "depression"),
)


def _site(draw: Draw) -> bytes:
    """A site to assess, with one or more things wrong."""
    r = draw.random
    pairs = [("latitude", "37.5665"), ("longitude", "126.978")]
    for name in r.sample(
        (*("latitude", "longitude", "risk_types", "corrections", "parameter_set", "as_of", "x"),),
        r.randrange(3),
    ):
        pairs.append((name, _value(draw)))
    if r.random() < 0.4:
        facts = [(name, _value(draw)) for name in r.choices(CORRECTIONS, k=r.randrange(1, 4))]
        pairs.append(("corrections", _object(facts)))
    if r.random() < 0.2:
        pairs.append(
            ("risk_types", "[" + ",".join(_value(draw) for _ in range(r.choice((1, 3, 60)))) + "]")
        )
    r.shuffle(pairs)
    return _object(pairs).encode("utf-8", "surrogatepass")


def sites(draw: Draw) -> Input:
    """Bodies of calculate."""
    return Input(f"POST {CALCULATE}", draw.request("POST", CALCULATE, _site(draw)))


def curves(draw: Draw) -> Input:
    """Bodies of hazard-curves: lengths that differ, numbers that are none, many sites."""
    r = draw.random

    def numbers(most: int) -> str:
        good = [str(round(r.uniform(-5, 100), 2)) for _ in range(r.randrange(most))]
        return "[" + ",".join(good if r.random() < 0.6 else [*good, draw.one(LITERALS)]) + "]"

    def site() -> str:
        return _object(
            [
                ("intensity", numbers(5)),
                *([("asset_value", _value(draw))] if r.random() < 0.4 else []),
            ]
        )

    many = r.choice((0, 1, 1, 2, 300))
    pairs = [
        (
            "risk_type",
            _json_text(draw)
            if r.random() < 0.3
            else f'"{r.choice(("river_flood", "typhoon", "drought"))}"',
        ),
        ("return_periods", numbers(5)),
        ("sites", "[" + ",".join(site() for _ in range(many)) + "]"),
    ]
    if r.random() < 0.4:
        pairs.append(("damage_curve", _object([("intensity", numbers(6)), ("ratio", numbers(6))])))
    if r.random() < 0.3:
        pairs.append(("building", _object([(draw.one(CORRECTIONS), _value(draw))])))
    if r.random() < 0.2:
        pairs.append((r.choice(("parameter_set", "x", "sites")), _value(draw)))
    return Input(
        f"POST {CURVES}",
        draw.request("POST", CURVES, _object(pairs).encode("utf-8", "surrogatepass")),
    )


def bodies(draw: Draw) -> Input:
    """Bodies that are no JSON, or JSON that nobody writes, under kinds that do not fit."""
    r, path = (
        draw.random,
        draw.random.choice((CALCULATE, CURVES, f"{BASE}/jobs/{UNKNOWN_JOB}/retry")),
    )
    whole = _site(draw)
    made: tuple[Callable[[], bytes], ...] = (
        lambda: whole[: r.randrange(len(whole))],
        lambda: b"[" * r.choice((100, 2000, 60_000)),
        lambda: b'{"a":' * r.choice((100, 2000, 12_000)),
        lambda: b"\xef\xbb\xbf" + whole,
        lambda: whole.decode("utf-8", "replace").encode("utf-16"),
        lambda: whole.replace(b"latitude", b"latitude\xff"),
        lambda: r.randbytes(r.randrange(300)),
        lambda: b"\x1f\x8b" + r.randbytes(60),
        lambda: b'--x\r\nContent-Disposition: form-data; name="latitude"\r\n\r\n37.5\r\n--x--\r\n',
        lambda: b'{"latitude":' + b"9" * r.choice((5000, 60_000)) + b"}",
        lambda: b" " * r.choice((0, 1, 65_536, 65_537, 200_000)),
        lambda: b"null" if r.random() < 0.5 else b'"latitude"',
    )
    body = r.choice(made)()
    headers = [("Content-Type", draw.one(KINDS))] if r.random() < 0.5 else []
    if r.random() < 0.3:
        headers += [("Transfer-Encoding", "chunked"), ("X-None", "1")]
        chunk = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
        plain = draw.request("POST", path, b"", *headers)
        kept = b"\r\n".join(
            x for x in plain.split(b"\r\n") if not x.lower().startswith(b"content-length")
        )
        return Input(f"POST {path}", kept + (chunk if body else b"0\r\n\r\n"))
    return Input(f"POST {path}", draw.request("POST", path, body, *headers))


def headers(draw: Draw) -> Input:
    """Headers that are too long, double, of another machine or of no kind at all."""
    r = draw.random
    path = r.choice(
        (
            *("/", "/health", "/health/ready", "/health/db", "/metrics", f"{BASE}/jobs", CALCULATE),
            *("/api/openapi.json", "/tiles/grid/6/54/24.mvt", "/assets/geo/sido.json"),
            *("/_stcore/health", "/_stcore/host-config"),
        )
    )
    method = "POST" if path == CALCULATE or r.random() < 0.1 else "GET"
    pool: tuple[Callable[[], tuple[str, str]], ...] = (
        lambda: ("Host", draw.one(HOSTS)),
        lambda: ("Origin", draw.one(ORIGINS)),
        lambda: (draw.one(FORWARDED), _header_text(draw)),
        lambda: (draw.one(OWN_HEADERS), _header_text(draw)),
        lambda: ("Cookie", draw.one(COOKIES)),
        lambda: (
            "Content-Length",
            draw.one((*("-1", "1e3", "²", "99999999999999999999", " 5", "0x5", ""),)),
        ),
        lambda: (
            "Authorization",
            draw.one(
                (
                    "Bearer",
                    "Bearer ",
                    "Basic a:b",
                    "bearer mo_00000000_x",
                    "Bearer mo_" + "a" * 4000,
                )
            ),
        ),
    )
    chosen = [r.choice(pool)() for _ in range(r.randrange(1, 4))]
    return Input(f"{method} {path}", draw.request(method, path, b"", *chosen), broken=True)


def uploads(draw: Draw) -> Input:
    """Files of portfolios: tables of hostile cells, other formats cut short, and noise."""
    r = draw.random
    path = draw.one((f"{PORTFOLIOS}/check", f"{PORTFOLIOS}/check", PORTFOLIOS))
    name = draw.one(UPLOADED) if r.random() < 0.8 else draw.quoted()
    query = f"?name={name}" + draw.one(("", "&currency=KRW", "&crs=EPSG:5179", "&encoding=cp949"))
    if r.random() < 0.15:
        query += f"&{draw.one(('as_of', 'crs', 'encoding', 'most', 'name', 'x'))}={draw.quoted()}"
    if r.random() < 0.6:
        width = r.randrange(1, 9)
        rows = [[draw.one(COLUMNS) for _ in range(width)]]
        rows += [[draw.text() for _ in range(width)] for _ in range(r.randrange(6))]
        body = "\n".join(draw.one((",", ";", "\t")).join(row) for row in rows).encode(
            draw.one(("utf-8", "utf-16", "cp949")), "replace"
        )
    else:
        body = draw.random.choice(MAGIC) + r.randbytes(r.choice((0, 1, 30, 400)))
    kind = ("Content-Type", "application/octet-stream")
    return Input(f"POST {path}", draw.request("POST", path + query, body, kind))


def reports(draw: Draw) -> Input:
    """Versions of reports with hostile settings, their files, and signatures of any number."""
    r = draw.random
    run = f"{PORTFOLIOS}/runs/{draw.one(('1', '2', '3', '0', '2147483648'))}/reports"
    number = draw.one(("1", "1", "2", "0", "-1", "2147483648", "x", "1.5", "1.xlsx"))
    if r.random() < 0.3:
        kind = draw.one(("xlsx", "pdf", "docx", "zip", "XLSX", ""))
        return Input(
            f"GET {PORTFOLIOS}/reports/file", draw.request("GET", f"{run}/{number}.{kind}")
        )
    good = [
        ("scenario", '"ssp5"'),
        ("horizon", '"2090s"'),
        ("entity", '"=1+1"'),
        ("equity", "1e12"),
    ]
    good += [("lens", '"zone"'), ("threshold", "0"), ("note", '"@a"'), ("former_run_id", "1")]
    pairs = r.sample(good, r.randrange(len(good)))
    if r.random() < 0.6:
        hostile = ("reporting_date", "entity", "note", "equity", "threshold", "former_run_id", "x")
        pairs.append((draw.one(hostile), _value(draw)))
    path = run if r.random() < 0.6 else f"{run}/{number}/signature"
    body = _object(pairs).encode("utf-8", "surrogatepass")
    return Input(f"POST {PORTFOLIOS}/reports", draw.request("POST", path, body))


def _header_text(draw: Draw) -> str:
    """A header's value: one line of Latin-1."""
    text = draw.text().replace("\r", " ").replace("\n", " ").replace("\0", "\x01")
    return text.encode("latin-1", "replace").decode("latin-1")


def idempotency(draw: Draw) -> Input:
    """Keys of requests: the same ones again and again, with the same body and with another."""
    key = draw.one(("k1", "k2", "k3", "a b", "", "k" * 255, "k" * 256, "é", "'", "\x7f", "k1,k2"))
    body = _object(
        [
            ("latitude", draw.one(("37.5665", "35.1796", "90"))),
            ("longitude", draw.one(("126.978", "129.0756"))),
        ]
    )
    path = draw.one((CALCULATE, CALCULATE, f"{BASE}/jobs/{UNKNOWN_JOB}/retry"))
    twice = [("Idempotency-Key", draw.one(("k1", "k9")))] if draw.random.random() < 0.2 else []
    raw = draw.request("POST", path, body.encode(), ("Idempotency-Key", key), *twice)
    return Input(f"POST {path}", raw, broken=key in ("\x7f", ""))


def methods(draw: Draw) -> Input:
    """Methods that a route does not have."""
    _, path, _ = draw.random.choice(draw.operations)
    path = draw.random.choice(
        (*(path, "/", "/jobs", "/_stcore/health", "/static/x.js", "/_stcore/upload_file/a/b", "*"),)
    )
    method = draw.one(METHODS)
    return Input(
        f"any method {path}",
        draw.request(method, path.replace("{", "").replace("}", "")),
        broken=True,
    )


def cursors(draw: Draw) -> Input:
    """Cursors that no page gave."""
    job = draw.one((UNKNOWN_JOB, "", "x", "{" + UNKNOWN_JOB + "}", draw.text()[:20]))
    inner = f"{draw.one(MOMENTS)}|{job}"
    if draw.random.random() < 0.2:
        inner = draw.text()[:120]
    packed = base64.urlsafe_b64encode(inner.encode("utf-8", "surrogatepass")).decode()
    cursor = (
        packed if draw.random.random() < 0.85 else packed[: draw.random.randrange(len(packed) + 1)]
    )
    rest = draw.one(
        (*("", "&limit=1", "&limit=500", "&limit=501", "&status=queued", "&status=x", "&cursor=x"),)
    )
    return Input(
        f"GET {BASE}/jobs",
        draw.request("GET", f"{BASE}/jobs?cursor={quote(cursor, safe='')}{rest}"),
    )


def tiles(draw: Draw) -> Input:
    """Tiles at and beyond the edges of the pyramid."""
    numbers = (
        *("0", "1", "-1", "20", "21", "1048575", "1048576", "1073741823", "1073741824", "9" * 30),
        *("1.0", "1e3", "٣", "+1", "%2B1", "0x1"),
    )
    z, x, y = (draw.one(numbers) for _ in range(3))
    layer = draw.one(("grid", "buildings", "admin", "x", "grid.mvt"))
    query = draw.one(
        (
            "",
            "?risk_type=total",
            "?risk_type=x",
            "?scenario=ssp5&horizon=2090s",
            f"?risk_type={draw.quoted()}",
        )
    )
    if draw.random.random() < 0.3:  # one that exists
        z, x, y = draw.one(
            ("6/54/24", "9/436/198", "12/3492/1587", "15/27940/12696", "20/894122/406285")
        ).split("/")
    at = "/".join(quote(one, safe="%+") for one in (z, x, y))
    target = f"/tiles/{layer}/{at}.mvt{query}"
    return Input("GET /tiles/{layer}/{z}/{x}/{y}.mvt", draw.request("GET", target))


def files(draw: Draw) -> Input:
    """Names of files: other folders, NULs, bytes that are no text."""
    form = draw.one(FILES)
    name = draw.one(TRAVERSALS) if draw.random.random() < 0.7 else draw.quoted()
    method = draw.random.choice(("GET", "GET", "GET", "HEAD", "PUT", "DELETE"))
    return Input(f"files {form}", draw.request(method, form.format(name)))


def pages(draw: Draw) -> Input:
    """Pages with parameters of the address that mean nothing."""
    target = f"/{quote(draw.one(PAGES))}?{_query(draw)}"
    return Input("GET pages", draw.request("GET", target))


def _query(draw: Draw) -> str:
    names = draw.random.choices(PAGE_NAMES, k=draw.random.randrange(1, 6))
    known = [("lat", "37.5665"), ("lon", "126.978")] if draw.random.random() < 0.3 else []
    given = [
        (name, quote(draw.one(PAGE_VALUES)) if draw.random.random() < 0.4 else draw.quoted())
        for name in names
    ]
    return "&".join(f"{name}={value}" for name, value in known + given)


def framing(draw: Draw) -> Input:
    """What is hardly HTTP."""
    host, post = f"Host: 127.0.0.1:{draw.port}\r\n", f"POST {CALCULATE} HTTP/1.1\r\n"
    chunked = f"{post}{host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    made = (
        *("\r\n\r\n", "GET /\r\n\r\n", f"GET / HTTP/9.9\r\n{host}\r\n"),
        *(f"GET  / HTTP/1.1\r\n{host}\r\n", "GET / HTTP/1.1\r\n\r\n"),
        f"GET / HTTP/1.1\r\n{host}{host}\r\n",
        f"GET /health HTTP/1.1\r\n{host}X: " + "a" * 70_000 + "\r\n\r\n",
        f"GET /health HTTP/1.1\r\n{host}" + "".join(f"X-{n}: 1\r\n" for n in range(900)) + "\r\n",
        f"GET /{'a' * 70_000} HTTP/1.1\r\n{host}\r\n",
        f"{post}{host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        f"{post}{host}Content-Length: 50\r\n\r\n" + "{",
        f"{post}{host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        *(f"{chunked}zz\r\n", f"{chunked}-1\r\n\r\n", f"{chunked}ffffffffffffffff\r\nx"),
        *(f"{chunked}5;a=b\r\n12345\r\n0\r\nX-Trailer: 1\r\n\r\n", f"{chunked}1\r\n{{"),
        *(f"{chunked}5\r\nab\r\n0\r\n\r\n", f"GET /health HTTP/1.1\r\n{host}X y: 1\r\n\r\n"),
        f"GET /health HTTP/1.1\r\n{host} folded\r\n\r\n",
        f"GET http://evil.example/health HTTP/1.1\r\n{host}\r\n",
        *(f"GET /health HTTP/1.1\r\n{host}X: a\0b\r\n\r\n", f"OPTIONS * HTTP/1.1\r\n{host}\r\n"),
        *("GET /health HTTP/1.0\r\n\r\n", f"GET /he\0alth HTTP/1.1\r\n{host}\r\n"),
    )
    if draw.random.random() < 0.15:
        noise = draw.random.randbytes(draw.random.randrange(1, 400))
        return Input("framing", noise, broken=True, cut=True)
    return Input("framing", draw.one(made).encode("latin-1"), broken=True, cut=True)


def sockets(draw: Draw) -> Input:
    """Handshakes of the two sockets: jobs that are none, keys and versions that are none."""
    path = draw.random.choice(
        (
            f"{BASE}/ws/{UNKNOWN_JOB}",
            f"{BASE}/ws/{draw.job}",
            f"{BASE}/ws/{draw.quoted() or '%20'}",
            "/_stcore/stream",
            f"{BASE}/ws/",
        )
    )
    given = {
        "Upgrade": draw.one(("websocket", "websocket", "websocket", "h2c", "")),
        "Connection": draw.one(("Upgrade", "Upgrade", "close")),
        "Sec-WebSocket-Key": draw.one(
            ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==", "x", "")
        ),
        "Sec-WebSocket-Version": draw.one(("13", "13", "13", "99", "x")),
        "Sec-WebSocket-Protocol": draw.one(
            ("streamlit", "streamlit, a, b", "streamlit," + "a" * 3000, "\xff")
        ),
    }
    if draw.random.random() < 0.4:
        given["Origin"] = draw.one((*ORIGINS, f"http://127.0.0.1:{draw.port}"))
    if draw.random.random() < 0.1:
        given["Host"] = draw.one(HOSTS)
    route = "socket of pages" if path.startswith("/_st") else f"socket {BASE}/ws/{{request_id}}"
    return Input(route, draw.request("GET", path, b"", *given.items()), broken=True)


def visit(draw: Draw) -> Visit:
    """A session of a page with a hostile address; one in ten begins with bytes of no meaning."""
    if draw.random.random() < 0.1:
        garbage: tuple[bytes | str, ...] = (
            b"",
            b"\xff" * 40,
            draw.random.randbytes(200),
            "text",
            "{}",
            b"\x0a\xff\xff\xff\xff\x0f",
        )
        return Visit("", "", draw.random.choice(garbage))
    return Visit(draw.one(PAGES), _query(draw))


#: each with its share of the inputs
GENERATORS: Mapping[Callable[[Draw], Input], int] = {
    **{described: 30, sites: 10, curves: 7, bodies: 8, headers: 12, idempotency: 3, methods: 5},
    **{cursors: 5, tiles: 6, files: 7, pages: 5, framing: 4, sockets: 4, uploads: 6, reports: 4},
}


def requests(draw: Draw, count: int) -> list[Input]:
    """*count* requests of all kinds."""
    kinds = draw.random.choices(list(GENERATORS), list(GENERATORS.values()), k=count)
    return [kind(draw) for kind in kinds]
