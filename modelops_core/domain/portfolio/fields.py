"""
The columns of our own template: sites, loans, insurance, holdings; Korean and English headers.

A block is found by its key column. Money is in KRW, areas in m², lengths in m, shares and LTV in
percent only where the name says so. A number that stands for unknown (0 storeys, the year 0) is
unknown and said; words for it (미상, unknown) are in every column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelops_core.domain.site import RANGES
from modelops_core.domain.source import Field

#: what people write in a column of numbers or days where they do not know
WORDS = ("미상", "불명", "모름", "미확인", "없음", "해당없음", "unknown", "Unknown", "UNKNOWN", "?")
#: most KRW of one site, loan or policy
MOST = RANGES["asset_value"][1]
DAYS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y.%m.%d",
    "%Y/%m/%d",
    "%Y%m%d",
    "%Y. %m. %d.",
    "%Y년 %m월 %d일",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFields:
    """One block of the template: its key, its columns, and what its sheet is called."""

    name: str
    key: str
    fields: tuple[Field, ...]
    sheet_ko: str
    sheet_en: str

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


def _text(name: str, *headers: str) -> Field:
    return Field(name=name, headers=headers, kind="text")


def _krw(name: str, *headers: str, low: float = 0.0, missing: tuple[float, ...] = ()) -> Field:
    return Field(
        name=name, headers=headers, unit="KRW", low=low, high=MOST, missing=(*missing, *WORDS)
    )


def _number(name: str, *headers: str, like: str = "", **facts: Any) -> Field:
    """A number; its range is that of the site's attribute *like*."""
    if like:
        low, high, unit = RANGES[like]
        facts = {"low": low, "high": high, "unit": unit, **facts}
    facts["missing"] = (*facts.get("missing", ()), -999.0, -9999.0, *WORDS)
    return Field(name=name, headers=headers, **facts)


def _day(name: str, *headers: str) -> Field:
    return Field(name=name, headers=headers, kind="time", formats=DAYS, missing=WORDS)


SITES = BlockFields(
    name="site",
    key="site_id",
    sheet_ko="사업장",
    sheet_en="sites",
    fields=(
        _text("site_id", "사업장번호", "사업장ID", "담보번호", "물건번호", "자산번호", "관리번호"),
        _text("name", "사업장명", "자산명", "물건명", "담보명", "명칭", "이름", "site_name"),
        _number("lat", "위도", "latitude", low=-1e8, high=1e8, unit="°"),
        _number("lon", "경도", "longitude", "lng", "long", low=-1e8, high=1e8, unit="°"),
        _text("road_address", "도로명주소", "주소", "소재지", "소재지도로명주소", "address"),
        _text("jibun_address", "지번주소", "소재지지번", "소재지지번주소", "lot_address"),
        _text("pnu", "필지고유번호", "토지고유번호"),
        _text("sigungu", "시군구", "시군구명", "시군구코드", "sigungu_code", "district"),
        Field(
            name="address_match",
            headers=("AddressMatch", "주소정확도", "좌표정확도"),
            kind="whole",
            low=0,
            high=20,
            missing=WORDS,
        ),
        _text("use", "용도", "주용도", "건물용도", "주용도코드명", "purpose"),
        _text("structure", "구조", "주구조", "건물구조", "구조코드명"),
        _number(
            "year_built",
            "준공연도",
            "건축연도",
            "사용승인연도",
            "built_year",
            like="built_year",
            kind="whole",
            missing=(0.0,),
        ),
        _number(
            "floors_above",
            "지상층수",
            "지상층",
            "number_of_storeys",
            like="floors_above",
            kind="whole",
            missing=(0.0,),
        ),
        _number("floors_below", "지하층수", "지하층", like="floors_below", kind="whole"),
        _number(
            "floor_area_m2",
            "연면적",
            "연면적㎡",
            "total_area",
            "floor_area",
            like="total_area",
            missing=(0.0,),
        ),
        _krw("asset_value_krw", "자산가액", "건물가액", "장부가액", "asset_value", missing=(0.0,)),
        _krw("contents_value_krw", "동산가액", "집기비품가액", "내용물가액", "contents_value"),
        _krw("revenue_krw", "매출액", "연매출액", "revenue"),
        _text("owner_occupied", "자가사용", "자가여부", "자가사용여부"),
        _number("first_floor_height_m", "1층바닥높이", "일층바닥높이", low=-5, high=20, unit="m"),
        _number("flood_barrier_m", "차수판높이", "차수벽높이", low=0, high=10, unit="m"),
        _text("service_equipment_raised", "설비고상설치", "전기설비고상", "설비고상화"),
        _number("elevation_m", "지반고", "표고", "해발고도", "elevation", like="elevation_m"),
        _text("site_ksic", "사업장업종코드", "업종"),
        _text("group", "구분", "그룹", "포트폴리오", "loc_group"),
        Field(name="currency", headers=("통화",), kind="text"),
    ),
)
LOANS = BlockFields(
    name="loan",
    key="loan_id",
    sheet_ko="여신",
    sheet_en="loans",
    fields=(
        _text("loan_id", "여신번호", "대출번호", "계좌번호", "여신ID"),
        _text("site_id", *SITES["site_id"].headers),
        _text("borrower_id", "차주번호", "고객번호", "차주ID"),
        _text("ksic_code", "업종코드", "표준산업분류", "표준산업분류코드", "KSIC"),
        _text("product", "상품", "여신종류", "대출종류", "상품구분"),
        _krw("exposure_krw", "총장부금액", "여신잔액", "대출잔액", "익스포저", "exposure"),
        _krw("loan_collateral_krw", "담보가액", "담보평가액", "collateral_value_krw"),
        _number("ltv", "담보인정비율", "LTV비율", low=0, high=1000, unit="%"),
        _day("origination", "취급일", "대출일", "실행일", "origination_date"),
        _day("maturity_date", "만기일", "만기", "maturity"),
        _number("ifrs9_stage", "IFRS9단계", "손상단계", "stage", kind="whole", low=1, high=3),
        _text("npl", "고정이하", "부실여부", "고정이하여부", "무수익여부"),
        _krw("provision_krw", "대손충당금", "충당금"),
        _text("insured", "보험가입", "보험가입여부"),
        _krw("insurance_limit_krw", "보험가입금액", "부보금액"),
        _text("region_of_activity", "사업장시군구", "영업지역", "활동지역"),
    ),
)
POLICIES = BlockFields(
    name="policy",
    key="policy_id",
    sheet_ko="보험",
    sheet_en="insurance",
    fields=(
        _text("policy_id", "증권번호", "계약번호"),
        _text("site_id", *SITES["site_id"].headers),
        _text("line", "보종", "보험종목", "종목"),
        _krw("gross_limit_krw", "가입금액", "보상한도", "gross_limit"),
        _krw("deductible_krw", "자기부담금", "공제금액", "deductible"),
        _krw("retention_krw", "보유금액", "보유액", "retention"),
        Field(
            name="reinsurance_share", headers=("출재율", "재보험비율"), low=0, high=1, missing=WORDS
        ),
    ),
)
HOLDINGS = BlockFields(
    name="holding",
    key="isin",
    sheet_ko="투자",
    sheet_en="holdings",
    fields=(
        _text("isin", "종목코드", "표준코드"),
        Field(name="weight", headers=("비중", "편입비중"), low=0, high=1, missing=WORDS),
        _text("site_id", "sites", *SITES["site_id"].headers),
    ),
)
BLOCKS = (SITES, LOANS, POLICIES, HOLDINGS)
#: columns of yes and no, and what may stand in them
FLAGS = ("owner_occupied", "service_equipment_raised", "npl", "insured")
YES = frozenset({"y", "yes", "예", "네", "o", "true", "1", "유", "있음", "여", "해당", "가입"})
NO = frozenset(
    {"n", "no", "아니오", "아니요", "x", "false", "0", "무", "없음", "부", "미해당", "미가입"}
)
#: kinds of loans: as the supervisors call them → other words
PRODUCTS: Mapping[str, frozenset[str]] = {
    "주담대": frozenset({"주담대", "주택담보대출", "주택담보", "mortgage"}),
    "기업담보": frozenset(
        {"기업담보", "기업담보대출", "상업용담보", "corporate secured", "secured"}
    ),
    "PF": frozenset({"pf", "프로젝트파이낸싱", "부동산pf", "project finance"}),
    "신용": frozenset({"신용", "신용대출", "unsecured"}),
}
