"""
KMA's best tracks by year, as a table with Korean headers.

The service's rows are separated by blanks: grade, number, year, month, day, hour, longitude,
latitude, wind [m/s], pressure [hPa], six figures of radii, name. Whether its hours are UTC or KST
is said by whoever asks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from modelops_core.errors import InvalidInput
from modelops_core.sources.live.service import Client, Service, years

PATH = "/api/typ01/url/typ_besttrack.php"
ZONES = ("UTC", "KST")
#: places of the row's parts
NUMBER, DATE, LONGITUDE, LATITUDE, WIND, PRESSURE, NAME = 1, slice(2, 6), 6, 7, 8, 9, 16
#: of the table, whose times stand behind the first three with their zone
HEADERS = ("연도", "태풍번호", "태풍명", "위도", "경도", "중심기압(hPa)", "최대풍속(m/s)")
#: before the number, so that no id is one of another catalogue
MARK = "KMA"


def _fetch(service: Service, wanted: Mapping[str, str]) -> Mapping[str, bytes]:
    """One table of all years."""
    zone = wanted["timezone"].upper()
    if zone not in ZONES:
        raise InvalidInput("not_one_of", field="timezone", value=zone, known=list(ZONES))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*HEADERS[:3], f"일시({zone})", *HEADERS[3:]))
    for year in years(wanted):
        body = service.get(PATH, {"year": str(year), "help": "0", "authKey": service.key})
        writer.writerows(_rows(service, body))
    name = f"kma-besttrack-{wanted['from']}-{wanted['to']}.csv"
    return {name: text.getvalue().encode()}


def _rows(service: Service, body: bytes) -> Iterator[tuple[str, ...]]:
    """Rows of the table; raises where the answer, or a row of it, is something else."""
    text = body.decode("utf-8") if _is_utf8(body) else body.decode("cp949", "replace")
    if text.lstrip().startswith(("{", "<")):
        raise service.refused(" ".join(text.split())[:200])
    for line in text.splitlines():
        parts = line.split()
        if not parts or line.startswith("#"):
            continue
        if len(parts) <= PRESSURE or not all(part.isdecimal() for part in parts[DATE]):
            raise service.refused(line[:200])
        year, month, day, hour = parts[DATE]
        at = f"{year}-{int(month):02}-{int(day):02} {int(hour):02}:00"
        name = parts[NAME] if len(parts) > NAME else ""
        number = f"{MARK}{year}{parts[NUMBER][-2:]}"
        values = (parts[LATITUDE], parts[LONGITUDE], parts[PRESSURE], parts[WIND])
        yield (year, number, name, at, *("" if v == "-" else v for v in values))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


CLIENT = Client(
    kind="typhoon",
    provider="Korea Meteorological Administration",
    licence="KOGL type 1 (attribution)",
    host="apihub.kma.go.kr",
    key="kma_key",
    wants={"from": "first season", "to": "last season", "timezone": "of its hours: UTC or KST"},
    fetch=_fetch,
)
