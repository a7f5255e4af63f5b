"""What a flag says to a reader, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """One reason why a number is weak, assumed or missing."""

    code: str
    en: str
    ko: str


#: the baseline is the series' own beginning
MODEL_START = "baseline_model_start"

_ALL = (
    Flag(
        "horizon_not_covered",
        "The data do not cover this horizon.",
        "자료 기간이 이 전망 시점을 포함하지 않습니다.",
    ),
    Flag(
        MODEL_START,
        "No observed history is loaded: the baseline is the first 20 years of the series.",
        "관측 이력이 없어 시계열의 첫 20년을 기준기간으로 썼습니다.",
    ),
    Flag(
        "detrended",
        "The yearly maxima have a significant trend, which was taken out.",
        "연최댓값에 유의한 추세가 있어 제거했습니다.",
    ),
    Flag(
        "response_assumed",
        "No response to warming can be estimated from the data: a published one stands in.",
        "자료에서 온난화 반응을 추정할 수 없어 공표값을 썼습니다.",
    ),
    Flag(
        "observed_spread",
        "The data set is an average, or has no history: how much single years vary is taken from"
        " stations.",
        "평균 자료이거나 과거 자료가 없어 연간 변동은 관측소 통계를 썼습니다.",
    ),
    Flag(
        "rain_smoothed",
        "Single years of this rain vary less than at any station: it looks like an average.",
        "연최대강수의 변동이 어느 관측소보다도 작아 평균 자료로 보입니다.",
    ),
    Flag(
        "no_drought_signal",
        "The data show no significant response of drought to warming.",
        "자료에서 가뭄의 유의한 온난화 반응이 보이지 않습니다.",
    ),
    Flag(
        "province_unknown",
        "The place lies in no known province: the country's share of burned forest stands in.",
        "시·도를 알 수 없어 산불 피해율은 전국 평균을 썼습니다.",
    ),
    Flag(
        "baseline_short",
        "Fewer than 20 years fix the protection level.",
        "방어수준을 정한 기준기간이 20년에 못 미칩니다.",
    ),
    Flag(
        "protection_runoff_small",
        "The protection level brings next to no run-off: check the unit of the rain.",
        "방어수준 강우에서 유출이 거의 없습니다. 강우 단위를 확인하십시오.",
    ),
    Flag(
        "hazard_input_missing",
        "Input of the hazard score is missing; the loss does not need it.",
        "위험도 점수에 필요한 입력이 없습니다(손실 계산에는 필요 없음).",
    ),
    Flag(
        "rain_beyond_record",
        "A day brings more than was ever measured in Korea (870.5 mm): check unit and codes.",
        "국내 일강수 기록(870.5 mm)을 넘는 값이 있습니다. 단위와 결측 코드를 확인하십시오.",
    ),
    Flag(
        "no_spread",
        "The years are alike: no record of weather is.",
        "연도별 값이 모두 같습니다. 관측 기록으로 볼 수 없습니다.",
    ),
    Flag(
        "radiation_monthly_total",
        "Radiation was read as monthly totals [MJ/m²], by its size.",
        "일사량을 크기로 보아 월합계[MJ/m²]로 해석했습니다.",
    ),
    Flag(
        "radiation_watts",
        "Radiation was read as W/m², by its size.",
        "일사량을 크기로 보아 W/m²로 해석했습니다.",
    ),
    Flag(
        "hot_days_unknown",
        "The months' temperature is unknown: warm spells of any season count.",
        "월기온을 알 수 없어 계절과 무관하게 온난일을 모두 집계했습니다.",
    ),
    Flag(
        "not_computable",
        "The input gives no usable distribution.",
        "입력값으로는 분포를 구할 수 없습니다.",
    ),
    Flag(
        "free_shape",
        "The window or the baseline has too few years for a free GEV shape.",
        "기간이나 기준기간의 연수가 부족하여 GEV 형상을 자유롭게 추정할 수 없습니다.",
    ),
    Flag(
        "spei_calibration",
        "SPEI-12 is not standard normal in the baseline: it was calibrated on another period.",
        "기준기간 SPEI-12가 표준정규에서 벗어납니다(보정기간 상이).",
    ),
    Flag(
        "no_withdrawal_figures",
        "No withdrawal figures are published for this basin.",
        "이 권역은 공표된 취수량이 없습니다.",
    ),
    Flag(
        "supply_gauged",
        "The measured volume at the basin's lowest gauge sets the supply.",
        "유역 말단 관측소의 실측 유출량으로 가용 수자원을 정했습니다.",
    ),
    Flag(
        "supply_gauge_synthetic",
        "The basin's lowest gauge holds synthetic demo data (or data of unregistered origin): the"
        " supply is the Budyko balance's.",
        "유역 말단 관측소 자료가 합성 예시(또는 출처 미등록)여서 가용 수자원은 부디코 수지로"
        " 구했습니다.",
    ),
    Flag(
        "supply_gauge_short",
        "The basin's lowest gauge has too few whole years: the supply is the Budyko balance's.",
        "유역 말단 관측소의 유효 관측 연수가 부족하여 가용 수자원은 부디코 수지로 구했습니다.",
    ),
    Flag(
        "supply_gauge_implausible",
        "The basin's lowest gauge has maxima that no river has: the supply is the Budyko balance's."
        " Check its codes for missing values.",
        "유역 말단 관측소의 연최대 유량이 하천의 값으로 볼 수 없어 가용 수자원은 부디코 수지로"
        " 구했습니다. 결측 코드를 확인하십시오.",
    ),
    Flag(
        "slr_component_suspect",
        "The sea-level series seems to hold the dynamic part only.",
        "해수면 자료가 역학 성분만 담은 것으로 보입니다.",
    ),
    Flag(
        "urban_share_assumed",
        "Urban share unknown: 0.5 assumed.",
        "도시화율 미상: 0.5로 가정했습니다.",
    ),
    Flag(
        "forest_distance_assumed",
        "Distance to forest unknown: P = 0.30 assumed.",
        "산림 거리 미상: P=0.30으로 가정했습니다.",
    ),
    Flag(
        "impervious_assumed",
        "Impervious share unknown: taken by kind of district.",
        "불투수율 미상: 행정구역 유형값을 썼습니다.",
    ),
    Flag(
        "river_distance_unknown",
        "Distance to the river unknown: the cell's value holds for a site on the bank.",
        "하천 거리 미상: 격자값은 강변일 때의 값입니다.",
    ),
    Flag(
        "river_class_assumed",
        "Class of the river unknown: local river assumed.",
        "하천 등급 미상: 지방하천으로 가정했습니다.",
    ),
    Flag(
        "hand_assumed",
        "Height above the bank unknown: 0 m taken.",
        "제방 대비 높이 미상: 0 m로 보았습니다.",
    ),
    Flag(
        "river_gauged",
        "The river's own gauge drives the flood: yearly maxima of its flow.",
        "하천 관측소의 연최대 유량으로 홍수를 계산했습니다.",
    ),
    Flag(
        "gauge_none_near",
        "No flow gauge of the river named lies near: rain drives the river.",
        "입력한 하천의 유량관측소가 가까이에 없어 강우로 계산했습니다.",
    ),
    Flag(
        "gauge_too_short",
        "The gauges of the river named have too few whole years: rain drives the river.",
        "입력한 하천의 관측소는 유효 관측 연수가 부족하여 강우로 계산했습니다.",
    ),
    Flag(
        "gauge_synthetic",
        "The gauge of the river named is synthetic demo data (or of unregistered origin): rain"
        " drives the river.",
        "입력한 하천의 관측소는 합성 예시 자료(또는 출처 미등록)라 강우로 계산했습니다.",
    ),
    Flag(
        "gauge_implausible",
        "The gauge of the river named has maxima that no river has (alike, or thousands of times"
        " its usual flow): rain drives the river. Check its codes for missing values.",
        "입력한 하천의 관측소 연최대 유량이 모두 같거나 평시 유량의 수천 배라 쓰지 않고 강우로"
        " 계산했습니다. 결측 코드를 확인하십시오.",
    ),
    Flag(
        "elevation_unknown",
        "Ground elevation unknown: the coast cannot be assessed here.",
        "지반고 미상: 해안침수를 평가할 수 없습니다.",
    ),
    Flag(
        "bathtub_inland",
        "More than 1 km from the coast: still-water depth is unreliable.",
        "해안에서 1 km 이상: 정수위 침수심의 신뢰도가 낮습니다.",
    ),
    Flag(
        "asset_value_unknown",
        "Asset value unknown: losses are per ₩100 million sum insured.",
        "자산가액 미상: 손실은 보험가액 1억원당 값입니다.",
    ),
    Flag(
        "asset_value_estimated",
        "Asset value estimated from floor area, structure and use.",
        "자산가액은 연면적·구조·용도로 추정했습니다.",
    ),
    Flag(
        "asset_value_implausible",
        "The asset value given is more than 100 times, or less than a hundredth of, what its floor"
        " area costs to build: check its unit (KRW).",
        "입력한 자산가액이 연면적 재조달원가의 100배를 넘거나 100분의 1보다 작습니다. 단위(원)를"
        " 확인하십시오.",
    ),
    Flag(
        "value_depreciated",
        "The estimated value is depreciated: cost of building anew × what is left at its age.",
        "추정 자산가액은 감가 기준입니다(재조달원가 × 경과연수별 잔가율).",
    ),
    Flag(
        "value_standard_price",
        "The estimated value is the tax office's standard price: a lower bound, contents excluded.",
        "추정 자산가액은 국세청 기준시가입니다(하한, 내용물 제외).",
    ),
    Flag(
        "structure_assumed_rc",
        "Structure unknown: valued as reinforced concrete.",
        "구조 미상: 철근콘크리트로 가정해 가액을 추정했습니다.",
    ),
    Flag(
        "use_assumed_other",
        "Use unknown: valued as other use.",
        "용도 미상: 기타 용도로 가정해 가액을 추정했습니다.",
    ),
    Flag(
        "floors_unknown",
        "Storeys unknown: the whole value counts as within reach of water.",
        "층수 미상: 가액 전체가 침수 범위에 있다고 보았습니다.",
    ),
    Flag(
        "building_mostly_unknown",
        "Less than half of the vulnerability's weight is known.",
        "취약성 요인의 절반 이상이 미상입니다.",
    ),
    Flag(
        "position_coarse",
        "The position is only known by street, postcode or town, and a depth of water differs from"
        " house to house: its result is weak, and not assessed from the postcode on.",
        "위치가 도로·우편번호·읍면동 단위로만 알려져 있어 건물마다 다른 침수심은 신뢰도가 낮으며,"
        " 우편번호 단위부터는 평가하지 않습니다.",
    ),
    Flag(
        "position_unknown",
        "The site has no position: nothing is assessed.",
        "사업장의 위치를 알 수 없어 평가하지 못합니다.",
    ),
    Flag(
        "cell_loss_zero",
        "The cell has no loss, so that no site factor can be given.",
        "격자 손실이 0이라 입지계수를 낼 수 없습니다.",
    ),
    Flag(
        "reference_quay",
        "Map value for a reference quay 1.5 m above the highest tide.",
        "지도 값은 약최고고조위+1.5 m 기준 안벽의 값입니다.",
    ),
    Flag(
        "if_on_bank",
        "Map value for a site on the bank of a local river.",
        "지도 값은 지방하천 제방에 접한 지점의 값입니다.",
    ),
    Flag(
        "no_sampling_interval",
        "The distribution is prescribed, not sampled: see the low and high sets.",
        "표본이 아닌 규정 분포라 신뢰구간이 없습니다(저·고 세트 참조).",
    ),
    Flag(
        "short_window",
        "Fewer years of data than full confidence asks (20 in a window).",
        "자료 연수가 정상 신뢰도에 필요한 연수(기간당 20년)에 못 미칩니다.",
    ),
    Flag(
        "parameters_outdated",
        "The last nightly run used other parameters: this cell was calculated anew with today's,"
        " and perils of basins are not assessed until the next run.",
        "마지막 야간 배치는 다른 매개변수를 썼습니다. 이 격자는 지금의 값으로 다시 계산했고, 권역"
        " 단위 위험은 다음 야간 배치까지 평가하지 않습니다.",
    ),
    Flag(
        "inputs_replaced",
        "Data that this result comes from were replaced after it was calculated: the next nightly"
        " run calculates with the new ones, then assess the site again.",
        "이 결과의 입력 자료가 계산 뒤에 바뀌었습니다. 다음 야간 배치가 새 자료로 계산한 다음 다시"
        " 평가하세요.",
    ),
    Flag(
        "building_unknown",
        "No building lies within 500 m of the point: its attributes are unknown.",
        "지점에서 500 m 안에 건물이 없어 속성을 알 수 없습니다.",
    ),
    Flag(
        "building_distant",
        "The nearest building of the register is more than 100 m from the point: it may be another"
        " one than the site's. Check its attributes.",
        "가장 가까운 대장 건물이 지점에서 100 m 넘게 떨어져 있어 다른 건물일 수 있습니다. 속성을"
        " 확인하십시오.",
    ),
    Flag(
        "building_synthetic",
        "The building is synthetic demo data, not a register entry.",
        "건물은 대장의 자료가 아닌 합성 예시입니다.",
    ),
    Flag(
        "not_calculated",
        "The last nightly run did not calculate this peril.",
        "마지막 야간 배치가 이 위험을 계산하지 않았습니다.",
    ),
    Flag(
        "not_assessed",
        "Not assessed, and in no sum.",
        "평가하지 못해 합계에서 제외됩니다.",
    ),
    Flag(
        "input_missing",
        "Too few years of input data for this cell.",
        "이 격자의 입력 자료 연수가 부족합니다.",
    ),
)
FLAGS = {flag.code: flag for flag in _ALL}
#: what can be given by hand
GIVEN_BY_HAND = ("river_distance_unknown", "elevation_unknown")
#: flags that explain a missing number, the nearest reason first
WHY_MISSING = (
    "horizon_not_covered",
    *GIVEN_BY_HAND,
    "no_withdrawal_figures",
    "slr_component_suspect",
    "free_shape",
    "protection_runoff_small",
    "input_missing",
    "not_computable",
)
