"""
The catalogue of what perils read: each name once, with unit and cadence.

A climate variable's name is its table's name without ``_data``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: "signal": what the nightly run finds of a cell's response to warming
Cadence = Literal["month", "year", "static", "catalogue", "signal"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One input: name, unit, cadence, labels and the range a value may take."""

    name: str
    unit: str
    cadence: Cadence
    label: str
    label_ko: str
    low: float = float("-inf")
    high: float = float("inf")


_ALL = (
    Variable("ta", "°C", "month", "mean temperature", "월평균 기온", -60, 60),
    Variable("rn", "mm", "month", "precipitation", "월강수량", 0, 3000),
    Variable("ws", "m/s", "month", "mean wind speed", "월평균 풍속", 0, 60),
    Variable("rhm", "%", "month", "mean relative humidity", "월평균 상대습도", 0, 100),
    Variable("si", "MJ/m²/d", "month", "solar radiation", "일사량", 0, 1500),
    Variable("spei12", "1", "month", "SPEI-12 drought index", "가뭄지수 SPEI-12", -10, 10),
    Variable("wsdi", "d", "year", "warm spell duration index", "온난일 지속지수 WSDI", 0, 366),
    Variable("csdi", "d", "year", "cold spell duration index", "한랭일 지속지수 CSDI", 0, 366),
    Variable("rx1day", "mm", "year", "maximum one-day precipitation", "1일 최다강수량", 0, 2000),
    Variable("rx5day", "mm", "year", "maximum five-day precipitation", "5일 최다강수량", 0, 4000),
    Variable("cdd", "d", "year", "consecutive dry days", "최대 연속 무강수일수", 0, 366),
    Variable("rain80", "d", "year", "days of at least 80 mm", "호우일수", 0, 366),
    Variable("sdii", "mm/d", "year", "simple daily intensity index", "강수강도", 0, 300),
    Variable("sea_level", "cm", "year", "sea-level rise", "해수면 상승", -100, 500),
    Variable("wind", "m/s", "year", "strongest 1-minute wind", "최대 1분 풍속", 0, 120),
    Variable("latitude", "°N", "static", "latitude", "위도", 32, 44),
    Variable("longitude", "°E", "static", "longitude", "경도", 123, 133),
    Variable("elevation_m", "m", "static", "ground elevation", "표고", -20, 2000),
    Variable("coast_distance_m", "m", "static", "distance to the coast", "해안 거리", 0, 200_000),
    Variable("basin_code", "", "static", "major river basin", "대권역"),
    Variable("province_code", "", "static", "province", "시도"),
    Variable("warming", "K", "catalogue", "warming of the data set's windows", "자료의 온난화"),
    Variable(
        "rx1day_signal",
        "1/K",
        "signal",
        "response of extreme rain to warming",
        "극한강수의 온난화 반응",
    ),
    Variable(
        "spei12_signal", "1/K", "signal", "response of drought to warming", "가뭄의 온난화 반응"
    ),
    Variable("storm_tracks", "", "catalogue", "typhoon best tracks", "태풍 경로"),
    Variable(
        "regional_precipitation", "mm", "year", "basin mean precipitation", "유역 강수량", 0, 9000
    ),
    Variable(
        "regional_reference_et",
        "mm",
        "year",
        "basin mean reference evapotranspiration",
        "유역 기준증발산",
        0,
        4000,
    ),
    Variable(
        "domestic_demand", "1", "year", "population of the basin against 2020", "유역 인구비", 0, 10
    ),
    Variable(
        "outlet_volume",
        "m³",
        "catalogue",
        "yearly volume at the basin's lowest gauge",
        "유역 말단 관측소 연유출량",
        0,
    ),
    Variable(
        "outlet_known",
        "1",
        "catalogue",
        "share of the year's days with a flow",
        "유량 관측일 비율",
        0,
        1,
    ),
    Variable(
        "outlet_maximum",
        "m³/s",
        "catalogue",
        "yearly maximum flow at the basin's lowest gauge",
        "유역 말단 관측소 연최대 유량",
        0,
    ),
    Variable(
        "outlet_median",
        "m³/s",
        "catalogue",
        "yearly median flow at the basin's lowest gauge",
        "유역 말단 관측소 연중앙 유량",
        0,
    ),
    Variable("outlet_kind", "", "catalogue", "kind of the gauges' data set", "관측소 자료 구분"),
    Variable("outlet_station", "", "catalogue", "the basin's lowest gauge", "유역 말단 관측소"),
)
VARIABLES = {v.name: v for v in _ALL}
MONTHLY = ("ta", "rn", "ws", "rhm", "si", "spei12")
YEARLY = ("wsdi", "csdi", "rx1day", "rx5day", "cdd", "rain80", "sdii")
