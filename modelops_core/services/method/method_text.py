"""What the method page says in words; numbers in braces are filled in from the parameter file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A heading and a text, each in both languages; an empty Korean text: English only."""

    title: str
    title_ko: str
    text: str
    text_ko: str = ""


#: the common frame, §1.1 to §1.10
FRAME = (
    Words(
        "1.1 Order of calculation",
        "계산 순서",
        "Inputs → yearly intensity X(t) → hazard score H (0 to 1) and classes with probability P "
        "and damage ratio DR → base AAL of the cell → at the site: site factor, exposure E, "
        "vulnerability V → final AAL, rate, expected loss, integrated risk. Every stored result "
        "carries its years, number of years, estimator, status, flags and the hash of this "
        "parameter file. Scenarios are never averaged and carry no probability.",
    ),
    Words(
        "1.2 Windows",
        "기간",
        "Baseline {baseline} where observed history is loaded, else the series' first "
        "{full_years} years (flagged). Horizons: {horizons}. A window needs {minimum_years} "
        "years; fewer are not assessed, fewer than {full_years} are low confidence. A year needs "
        "all its months. The climate is stationary inside a window. Rain's maxima and drought are "
        "not refitted to a window: their baseline distribution follows the window's warming, the "
        "mean temperature of the whole grid minus that of the baseline. Protection levels and "
        "buildings stay as in the baseline.",
    ),
    Words(
        "1.3 Statistics",
        "통계",
        "The year is the sample unit. Counted perils: P = years in a class ÷ years, with "
        "Jeffreys' interval; nothing is smoothed, so a class never seen has P = 0 and an upper "
        "bound. Rain: GEV of fixed shape κ = {rain_shape} (Hosking's sign) through the cell's "
        "mean and the region's L-CV (Gaussian mean, {kernel_spread} km, up to {kernel_reach} km), "
        "times exp(βW); β is the slope of ln(window mean) on the warming W over all windows and "
        "scenarios, pooled alike, its standard error by leaving out one horizon at a time. "
        "Drought: the residuals of the windows about the line of the yearly minimum of SPEI-12 on "
        "W, nothing beyond the cap. Averages over models, and data without history, take mean and "
        "spread from stations (flagged). Coast: a given Gumbel distribution. Typhoon: catalogue "
        "years × weighted shifts. Intervals of the AAL ({interval}) are of sampling only: "
        "{bootstrap_empirical} resamples of years; of rain and drought {bootstrap_fitted} draws "
        "of baseline and response together, the shape held.",
    ),
    Words(
        "1.4 Classes, damage ratio and base AAL",
        "구간·손상률·기본 AAL",
        "A value on an edge belongs to the class above. A class's DR is the probability-weighted "
        "mean of the damage curve inside it, so that Σ P·DR = E[DR(X)] whatever the edges. Base "
        "AAL = 100 · Σ P·DR, per cent of the exposed value a year. Fitted perils are integrated "
        "with {quadrature_nodes} Gauss–Legendre nodes a class; beyond a probability of "
        "{quadrature_tail} the damage of that level holds.",
    ),
    Words(
        "1.5 Base curves",
        "기본 손상곡선",
        "A published curve describes an average building, whose V is {reference_vulnerability}: "
        "base curve = published curve ÷ (1 + {reference_vulnerability}). Then V = 0 gives 0.67, V "
        "= 0.5 once and V = 1 1.33 times the published curve.",
    ),
    Words(
        "1.6 From AAL to money",
        "AAL과 금액",
        "vulnerability scale = 1 + V; site AAL = base AAL × site factor; final AAL = site AAL × "
        "scale [% a year]; insurance rate = final AAL ÷ 100, a pure premium; expected loss = rate "
        "× exposed value, where the exposed value is the asset value (₩{sum_insured} where "
        "unknown) × φ. Full precision inside; three significant figures outside.",
    ),
    Words(
        "1.7 Hazard score and levels",
        "위해 점수와 등급",
        "H is linear between anchors that score 0, .2, .4, .6, .8 and 1, clipped outside. Levels "
        "of any score, left-closed at {level_edges}: Very Low, Low, Medium, High, Very High. AAL "
        "grades at {aal_grade_edges} % a year.",
    ),
    Words(
        "1.8 Exposure and asset value",
        "노출과 자산가액",
        "E = P (floor + (1 − floor) A), floor {exposure_floor}; P is the peril's proximity, A = "
        "log10(v ÷ {asset_floor}) ÷ {asset_decades} in 0 to 1. v = floor area × {unit_cost} × "
        "(structure index ÷ 100) × (use index ÷ {unit_cost_use_index}) × (1 + contents): "
        "replacement, land never included. φ = min(1, ({exposed_storeys} + storeys below) ÷ all "
        "storeys) for the floods, else 1; unknown storeys: 1, flagged.",
    ),
    Words(
        "1.9 Vulnerability",
        "취약성",
        "V = Σ weight × factor, each factor 0 to 1. An unknown factor counts as {factor_unknown} "
        "and is named; where less than {known_weight_minimum} of the weight is known, the result "
        "is low confidence. Age counts against the service life of the structure.",
    ),
    Words(
        "1.10 Status",
        "상태",
        "Four states, explained beside the flags. Missing input never becomes a number.",
    ),
)

TOTALS = (
    Words(
        "Integrated risk",
        "통합위험",
        "IR = H·E·V, level by its cube root: an ordering aid, neither probability nor money.",
    ),
    Words(
        "What may be added",
        "합산",
        "Expected losses add, whatever the dependence; a portfolio's AAL is 100 · Σ expected loss "
        "÷ Σ exposed value. Scores, class probabilities, unweighted AALs, return-period losses "
        "and results of different scenarios or windows are never added. Perils that were not "
        "assessed are listed, not counted as zero. The interval and the standard deviation of a "
        "sum are those of the loss of which they are known; the rest is said. The loss of a rare "
        "year at many sites is given by two bounds: all of them together, and none depending on "
        "another.",
    ),
    Words(
        "Overlaps",
        "중복",
        "Perils that overlap (floods of the same rain, typhoon losses that contain rain and "
        "surge) count by the largest of their group. Physical subtotal: the sum, an upper bound; "
        "without overlap: {physical}. Operating subtotal: {operating}. The grand total stands "
        "only next to both.",
    ),
)

UNCERTAINTY = (
    Words(
        "Three layers, never mixed",
        "세 층위",
        "(1) Sampling: the intervals. (2) Parameters: the whole calculation with the low and the "
        "high set, columns low and high of the tables. (3) Scenario and horizon: shown side by "
        "side as least and most, without weights. Spread between climate models is hidden in a "
        "single model or a mean: the data set is named.",
    ),
    Words(
        "Named sensitivities",
        "이름 있는 민감도",
        "window: each window refitted to its own years (method 1). own_lcv: the cell's own L-CV. "
        "kma_rain: KMA's published change of the 100-year rain. wet_everywhere: no wet share. "
        "csdi: cold by the cold spell index. gumbel_pwm: Gumbel by L-moments instead of κ = "
        "{rain_shape}, as in Korean design practice. gev_free: the shape fitted to each cell's "
        "own maxima, only from {free_shape_years} years on. dr_table: one damage ratio a class, "
        "from an earlier public system, where its intensity is ours; for comparison only. Each "
        "changes one choice and leaves all other numbers central.",
    ),
)

#: what the screens must say, §13
STATEMENTS = (
    Words(
        "scope",
        "범위",
        "A screening estimate from climate data on a grid of about 10 km and published damage "
        "curves. Not for engineering design, underwriting or appraisal.",
        "본 결과는 약 10 km 격자 기후자료와 공개 손상함수에 근거한 스크리닝 수준 추정입니다. "
        "공학적 설계·보험 인수·감정평가 용도가 아닙니다.",
    ),
    Words(
        "data",
        "자료",
        "Data years, scenario, number of years and interval stand next to each number.",
        "자료 연도, 시나리오, 표본 연수와 구간을 수치 옆에 적습니다.",
    ),
    Words(
        "protection",
        "방재시설",
        "Protection as in the baseline; no adaptation.",
        "현재 방재시설 수준 유지, 적응 없음.",
    ),
    Words(
        "premium",
        "순보험료",
        "Pure premium: no loading, deductible or limit.",
        "순보험료이며 부가보험료·공제·한도를 반영하지 않습니다.",
    ),
    Words(
        "kinds",
        "손실 구분",
        "Operating cost and physical damage are different quantities.",
        "운영비용과 물리적 손상은 서로 다른 값입니다.",
    ),
    Words(
        "coverage",
        "기간",
        "A horizon that the data do not cover has no number.",
        "자료가 포함하지 않는 시기는 수치를 내지 않습니다.",
    ),
    Words(
        "grid",
        "해상도",
        "Cells of 10 km do not see terrain, micro-drainage or heat islands.",
        "10 km 격자는 지형·미세 배수·열섬을 구분하지 못합니다.",
    ),
    Words(
        "grade",
        "근거 등급",
        "The letter is the evidence behind the damage curve, A best.",
        "등급 문자는 손상곡선의 근거 수준입니다(A가 가장 높음).",
    ),
    Words(
        "value",
        "자산가액",
        "The asset value is estimated from the building register.",
        "자산가액은 건축물대장에 근거한 추정값입니다.",
    ),
    Words(
        "date",
        "기준일",
        "Reference date and method version are part of the result.",
        "기준일과 방법론 버전을 결과에 함께 적습니다.",
    ),
)

#: what no number holds, §13 (f)
NOT_MODELLED = Words(
    "Not modelled",
    "다루지 않는 위험",
    "Hail, snow load (a real Korean loss: ₩1.4 tn in 2004–2013), landslide and debris flow, "
    "lightning, gales other than typhoons, wave overtopping, levee or dam failure, sewer "
    "blockage, groundwater, subsidence, business interruption beyond the stated costs, supply "
    "chains, casualties, transition risk, land value, tenants' contents, heat damage to "
    "structures, compound events.",
    "우박, 적설하중(2004–2013년 1.4조 원 피해), 산사태·토석류, 낙뢰, 비태풍 강풍, 월파, 제방·댐 "
    "붕괴, 관거 막힘, 지하수, 지반침하, 명시한 비용 외의 영업중단, 공급망, 인명피해, 전환위험, "
    "토지가치, 임차인 자산, 구조물의 열 손상, 복합재해.",
)

STATUSES = (
    Words(
        "ok",
        "정상",
        "The number may be used within the limits of its grade.",
        "등급의 한계 안에서 쓸 수 있는 값입니다.",
    ),
    Words(
        "low_confidence",
        "신뢰도 낮음",
        "A number with a mark: short record, assumed inputs or a doubt about the data. The flags "
        "say which.",
        "표본이 짧거나 가정·의심이 있는 값으로, 사유를 함께 표시합니다.",
    ),
    Words(
        "not_assessed",
        "평가 불가",
        "Input or coverage is missing: no number at all, left out of the sums and listed.",
        "입력자료나 기간이 없어 수치를 내지 않으며 합계에서 빼고 목록에 적습니다.",
    ),
    Words(
        "not_applicable",
        "해당 없음",
        "The physics excludes the peril here: H and AAL are 0.",
        "물리적으로 해당하지 않아 H와 AAL이 0입니다.",
    ),
)

#: how P(H) is found, by the kind of frequency that a peril declares
FREQUENCIES = {
    "Counted": "Years are counted in the classes below; no distribution is assumed.",
    "Ensemble": (
        "Every year of the catalogue counts once, spread over its weighted shifts; "
        "scenario and horizon scale intensity and frequency."
    ),
    "Fitted": (
        "GEV of fixed shape on the window's yearly maxima; the protection level is a "
        "return level of the baseline's."
    ),
    "Prescribed": (
        "A given Gumbel distribution of the yearly maximum, moved by the change between "
        "baseline and window."
    ),
}
SITE_FACTORS = {
    "one": "1: the cell's loss holds at the site.",
    "proximity": "P: the cell's loss is scaled by the proximity.",
    "inundation": (
        "The loss is recomputed with the site's own depth and the damage curve of its "
        "use; factor = site's ÷ cell's."
    ),
}
EXPOSED = {
    True: "φ of §1.8: water reaches the lower storeys and the basements.",
    False: "The whole value.",
}
FACTORS_KO = {
    "age": "경과연수",
    "structure": "구조",
    "use": "용도",
    "height": "층수",
    "basement": "지하층",
}
