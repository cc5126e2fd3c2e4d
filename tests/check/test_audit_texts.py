"""Figures in running text: what is read, what is compared, and what is said of it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis import audit
from enping_gis.check.auditing.quantities import Reading
from enping_gis.check.auditing.words import half_width, number


def claims(text: str, kind: str) -> list[tuple[str, str]]:
    frame = audit(text)
    chosen = frame[frame["kind"] == kind]
    return list(zip(chosen["verdict"], chosen["suggestion"], strict=True))


@pytest.mark.parametrize(
    ("text", "value", "unit", "qualifier"),
    [
        ("约20.6公顷", "20.6", "ha", "about"),
        ("附近53公顷", "53", "ha", ""),
        ("近53公顷", "53", "ha", "nearly"),
        ("4万多平方米", "40000", "m2", "more"),
        ("3.3万平方米", "33000", "m2", ""),
        ("１，２３４．５亩", "1234.5", "mu", ""),
        ("8,605.84 亩", "8605.84", "mu", ""),
        ("一百五十亩", "150", "mu", ""),
        ("二十余亩", "20", "mu", "more"),
        ("百分之三十九点六五", "39.65", "%", ""),
        ("98.68亿元", "9868000000", "yuan", ""),
        ("119宗537.72公顷", "119", "宗", ""),
        ("集中签约35个", "35", "个", ""),
        ("1.5 hm²", "1.5", "ha", ""),
        ("任务数500亩", "500", "mu", ""),
        ("拾伍亩", "15", "mu", ""),
        ("廿亩", "20", "mu", ""),
        ("卅五亩", "35", "mu", ""),
        ("半亩", "0.5", "mu", ""),
        ("一亩半", "1.5", "mu", ""),
        ("五亩三分", "5.3", "mu", ""),
        ("5亩3分2厘", "5.32", "mu", ""),
        ("一亩三分之一", "1", "mu", ""),
        ("多于20亩", "20", "mu", "over"),
        ("20余亩", "20", "mu", "more"),
        ("1，200亩", "1200", "mu", ""),
        ("1，234，567.8亩", "1234567.8", "mu", ""),
        ("2022，200亩", "200", "mu", ""),
    ],
)
def test_a_quantity_is_read(text: str, value: str, unit: str, qualifier: str) -> None:
    found = Reading(text).quantities[0]
    assert (found.value, found.unit, found.figure.qualifier) == (Decimal(value), unit, qualifier)


@pytest.mark.parametrize(
    "text",
    [
        "", "数十亩", "几百亩", "上百亩", "数百亩", "成千上万亩", "十五六亩", "三五十亩",
        "10几公顷", "三分之一亩", "一" * 4400 + "亩", "1" * 4400 + "亩", "第3宗", "9个月",
        "2个多月", "一宗宗", "EP004亩", "财综〔2016〕4号", "三个工作组",
    ],
)  # fmt: skip
def test_what_is_no_quantity_is_left(text: str) -> None:
    assert Reading(text).quantities == ()


def test_a_range_has_two_ends() -> None:
    (found,) = Reading("年产值约15-20亿元").quantities
    assert found.upper is not None
    assert (found.value, found.upper.value) == (Decimal(15) * 10**8, Decimal(20) * 10**8)


@given(st.integers(min_value=0, max_value=99_999_999))
def test_a_spelt_number_is_read(value: int) -> None:
    assert number(_spelt(value)) == value


def _spelt(value: int) -> str:
    """Spell a number as documents do, section by section."""
    digits, marks = "零一二三四五六七八九", ["", "十", "百", "千"]

    def section(part: int) -> str:
        said, gap = "", False
        for place in range(3, -1, -1):
            digit = part // 10**place % 10
            gap = gap or (not digit and bool(said))
            if digit:
                said += ("零" if gap else "") + digits[digit] + marks[place]
                gap = False
        return said

    high, low = divmod(value, 10_000)
    link = "零" if high and 0 < low < 1000 else ""
    return (f"{section(high)}万" if high else "") + link + section(low) or digits[0]


@given(st.text(max_size=60))
def test_every_sign_stays_in_its_place(text: str) -> None:
    assert len(half_width(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "200公顷(3000亩)",
        "200公顷工业用地（3000亩）",
        "8605.84亩（573.72公顷）",
        "10公顷，折合150亩",
        "10公顷/150亩",
        "10-20公顷（150-300亩）",
        "1.2平方公里（1800亩）",
        "约10公顷（约152亩左右）",
    ],
)
def test_an_area_in_two_units_is_one_pair(text: str) -> None:
    assert claims(text, "pair") == [("ok", "")]


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("5737227平方米（573.72公顷，8605.84亩）", ["ok", "ok"]),
        ("5737227平方米（537.72公顷，8605.84亩）", ["wrong", "ok"]),
        ("分别为2公顷、1公顷（30亩、15亩）", ["ok", "ok"]),
        ("分别为2公顷、1公顷（30亩、51亩）", ["ok", "wrong"]),
        ("10-20公顷（150-350亩）", ["wrong"]),
        ("占地20余亩（1.6公顷）", ["ok"]),
        ("占地20余亩（2.1公顷）", ["wrong"]),
        ("10多公顷（180亩）", ["ok"]),
        ("10多公顷（310亩）", ["wrong"]),
        ("8600余亩（579公顷）", ["ok"]),
        ("8600余亩（587公顷）", ["wrong"]),
        ("1，200亩（80公顷）", ["ok"]),
        ("一亩半（1000平方米）", ["ok"]),
        ("五亩三分（3533平方米）", ["ok"]),
        ("五亩三分（3333平方米）", ["wrong"]),
        ("数十亩（3公顷）", []),
        ("10公顷，5亩", []),
        ("10公顷(其中5亩已盘活)", []),
        ("10公顷", []),
        ("", []),
    ],
)
def test_pairs_and_what_is_none(text: str, verdicts: list[str]) -> None:
    assert [verdict for verdict, _ in claims(text, "pair")] == verdicts


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("耕地18亿亩（1.3亿公顷）", "1.2亿公顷"),
        ("3.5万公顷（5.25万亩）", "0.35万公顷"),
        ("150亩，即1平方公里", "0.1平方公里"),
        ("20公顷（330亩）", "22公顷"),
        ("4万多平方米（90余亩）", "6万平方米"),
        ("1.2万亩（8000公顷）", "800公顷"),
        ("66349平方米（约95.5亩）", "99.5亩"),
        ("10.00公顷(149亩)", "9.93公顷"),
        ("15公顷（1亩）", "0.07公顷"),
        ("8605.84公顷（8605.84亩）", "573.72公顷"),
    ],
)
def test_a_suggestion_keeps_unit_and_decimals(text: str, suggestion: str) -> None:
    assert claims(text, "pair") == [("wrong", suggestion)]


def test_a_sum_of_money_is_written_as_it_was_printed() -> None:
    (row,) = audit("总投资225亿元，其中制造业150亿元，服务业85亿元。").to_dict("records")
    assert (row["suggestion"], row["values"]) == ("235亿元", "150 + 85 = 235 ≠ 225")
    assert "235亿元" in row["message_zh"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("恩城、沙湖、君堂分别盘活103.12亩、162.49亩和50亩，合计315.61亩。", [("ok", "")]),
        ("恩城、沙湖分别盘活103.12亩、162.49亩，合计256.61亩。", [("wrong", "265.61亩")]),
        ("恩城100亩、沙湖50亩、君堂20亩，合计120亩", [("wrong", "170亩")]),
        ("恩城10公顷、沙湖20公顷，合计450公顷", [("wrong", "30公顷")]),
        ("共119宗，其中已盘活9宗，待整治100宗。", [("ok", "")]),
        ("共8宗，其中已盘活9宗。", [("wrong", "9宗")]),
        ("共119宗，其中工业80宗、商业30宗，其余8宗为批而未供。", [("wrong", "118宗")]),
        ("合计119宗：恩城20宗、沙湖98宗。", [("wrong", "118宗")]),
        ("三宗地共60亩，分别为10亩、20亩、30亩", [("ok", "")]),
        ("恩城20宗(300亩)，沙湖30宗(450.5亩)，合计50宗(705.5亩)。",
         [("ok", ""), ("wrong", "750.5亩")]),
        ("恩城10宗（已盘活3宗）、沙湖20宗（已盘活5宗），合计30宗", [("ok", "")]),
        ("恩城约10公顷、沙湖20公顷，合计31公顷", [("ok", "")]),
        ("征收10.5公顷，其中农用地3.2公顷（其中耕地2.1公顷）、未利用地0.3公顷、建设用地7.0公顷。",
         [("ok", "")]),
        ("征收10.5公顷，其中农用地8.2公顷（其中耕地5.1公顷）、未利用地0.3公顷、建设用地3.0公顷。",
         [("wrong", "11.5公顷")]),
        ("征收10.5公顷，其中农用地8.2公顷（其中耕地5.1公顷、园地4.0公顷）、建设用地2.3公顷。",
         [("ok", ""), ("wrong", "9.1公顷")]),
        ("征收10.5公顷（其中：耕地5.1公顷、园地4.0公顷，其余2.4公顷）。", [("wrong", "11.5公顷")]),
        ("项目50个，其中亿元以上项目40个、5亿元以上项目15个、10亿元以上项目5个。", []),
        ("项目50个，其中亿元以上项目60个、5亿元以上项目15个。", [("wrong", "60个")]),
        ("恩城盘活10亩、沙湖盘活20亩，全市合计500亩", []),
        ("盘活9宗，合计793亩。", []),
        ("", []),
    ],
)  # fmt: skip
def test_parts_are_added_up(text: str, expected: list[tuple[str, str]]) -> None:
    assert claims(text, "sum") == expected


def test_a_list_complete_in_one_unit_is_complete_in_the_others() -> None:
    """80 + 39 is all 119 plots, so that 100.00 mu are missing from the areas."""
    said = "全市共119宗8605.84亩低效用地，其中工业80宗6000.00亩，商业39宗2505.84亩。"
    assert claims(said, "sum") == [("ok", ""), ("wrong", "8505.84亩")]
    assert claims(said.replace("39宗", "30宗"), "sum") == [("ok", ""), ("ok", "")]


def test_rounding_of_parts_is_a_warning_with_its_own_cure() -> None:
    said = "恩城33.33亩、沙湖33.33亩、君堂33.33亩，合计100.00亩。"
    (row,) = audit(said).to_dict("records")
    assert row["verdict"] == "wrong"
    assert "调平" in row["cure_zh"]


@given(st.lists(st.integers(min_value=1, max_value=10**6), min_size=2, max_size=6))
def test_sums_that_hold_are_ok_and_others_are_not(parts: list[int]) -> None:
    figures = [f"{Decimal(each).scaleb(-2)}亩" for each in parts]
    whole, more = (Decimal(sum(parts) + extra).scaleb(-2) for extra in (0, 100_000))
    listed = "、".join(figures)
    assert claims(f"分别为{listed}，合计{whole}亩。", "sum")[-1][0] == "ok"
    assert claims(f"分别为{listed}，合计{more}亩。", "sum")[-1][0] == "wrong"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新招引工业项目25个，完成江门市下达数量任务的144%", [("impossible", "147% / 139%")]),
        ("新招引工业项目26个，完成江门市下达数量任务的144%", [("ok", "")]),
        ("总投资98.68亿元，完成江门市下达投资额任务的182%", [("ok", "")]),
        ("计划盘活超过133公顷(2000亩)。盘活近53公顷(793亩)，完成一季度任务的158%", [("ok", "")]),
        ("计划盘活超过133公顷(2000亩)。盘活近53公顷(793亩)，完成一季度任务的185%",
         [("wrong", "159%")]),
        ("盘活793亩，完成全年任务2000亩的39.65%。", [("ok", "")]),
        ("盘活793亩，完成全年任务2000亩的36.95%。", [("wrong", "39.65%")]),
        ("盘活10公顷(150亩)，占全年任务2000亩的7.5%", [("ok", "")]),
        ("全市119宗地块中已盘活9宗，占7.6%。", [("ok", "")]),
        ("全市119宗地块中已盘活9宗，占8.6%。", [("wrong", "7.6%")]),
        ("盘活793亩，占全部的120%", [("impossible", "")]),
        ("任务数500亩，完成793亩，完成任务的185%。", [("wrong", "159%")]),
        ("任务数500亩，完成793亩，完成任务的158%。", [("ok", "")]),
        ("已盘活793亩，年度任务2000亩，完成任务的36.95%。", [("wrong", "39.65%")]),
        ("计划盘活793亩，完成任务的137%。", [("ok", "")]),
        ("完成年度计划任务，盘活793亩，完成任务的137%。", [("ok", "")]),
        ("完成投资5亿元，占年度计划10亿元的55%。", [("wrong", "50%")]),
        ("完成投资5亿元，完成年度计划10亿元的50%。", [("ok", "")]),
        ("全年计划2000亩。一季度完成500亩，完成全年计划的52%。", [("wrong", "25%")]),
        ("全年计划2000亩。一季度完成500亩，完成全年计划的25%。", [("ok", "")]),
        ("一季度任务500亩，完成793亩，完成一季度任务的185%。", [("wrong", "159%")]),
        ("上半年任务1000亩。盘活793亩，完成一季度任务的158%。", [("ok", "")]),
        ("计划盘活2000亩。盘活500亩，完成省下达任务的50%。", [("ok", "")]),
        ("年度任务2000亩，已完成793亩，完成率39.65%", [("ok", "")]),
        ("年度任务2000亩，已完成793亩，完成率36.95%", [("wrong", "39.65%")]),
        ("年度任务2000亩，已完成793亩，完成率达到36.95%", [("wrong", "39.65%")]),
        ("已完成793亩，年度任务2000亩，完成率为36.95%", [("wrong", "39.65%")]),
        ("任务数500亩，完成793亩，完成率158.6%", [("ok", "")]),
        ("119宗地块中已完成60宗，完成率50.4%", [("ok", "")]),
        ("119宗地块中已完成60宗，完成率54.0%", [("wrong", "50.4%")]),
        ("土地利用率达120%", [("impossible", "")]),
        ("土地利用率达95%", []),
        ("完成率达120%", []),
        ("利用率提高120%", []),
        ("工业用地占60%，商业用地占30%，其他占20%", [("wrong", "10%")]),
        ("工业用地占60%，商业用地占30%，其他占10%", [("ok", "")]),
        ("工业用地占60%，商业用地占30%，其余占5%", [("wrong", "10%")]),
        ("工业、商业、其他用地分别占60%、30%、20%", [("wrong", "")]),
        ("党员占60%，女性占55%", []),
        ("三类用地占比33.3%，商业占33.3%，其他占33.3%", [("ok", "")]),
        ("新增项目25个，同比增长144%", []),
        ("占地50亩，绿化率30%", []),
        ("完成率排名第一", []),
    ],
)  # fmt: skip
def test_percentages_are_tested_against_their_figures(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert claims(text, "percentage") == expected


@given(st.integers(min_value=1, max_value=300), st.integers(min_value=1, max_value=999))
def test_a_percentage_is_impossible_where_no_whole_target_prints_it(
    done: int, percent: int
) -> None:
    """Every target is tried one by one, rounded half up and cut."""
    possible = any(
        percent in {int(share), int(share + Fraction(1, 2))}
        for target in range(1, 100 * done // percent + 2 * done + 2)
        for share in [Fraction(100 * done, target)]
    )
    verdict = claims(f"引进项目{done}个，完成下达任务的{percent}%。", "percentage")[0][0]
    assert verdict == ("ok" if possible else "impossible")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022年2月8日", [("ok", "")]),
        ("2022年2月30日", [("impossible", "2022-02-28")]),
        ("2024年2月29日", [("ok", "")]),
        ("2023年2月29日", [("impossible", "2023-02-28")]),
        ("2月29日", [("ok", "")]),
        ("2023年召开大会，2月29日闭幕", [("impossible", "2023-02-28")]),
        ("2022年13月1日", [("impossible", "")]),
        ("2922年2月8日", [("impossible", "")]),
        ("２０２２年２月３０日", [("impossible", "2022-02-28")]),
        ("二〇二二年二月三十日", [("impossible", "2022-02-28")]),
        ("2022-02-30", [("impossible", "2022-02-28")]),
        ("2022年2月8日（星期二）", [("ok", "")]),
        ("2022年2月8日（星期三）", [("ok", ""), ("wrong", "星期二")]),
        ("2022-2024年", [("ok", "")]),
        ("2024-2022年", [("wrong", "2022-2024")]),
        ("2022年3月1日至2月1日", [("ok", ""), ("wrong", ""), ("ok", "")]),
        ("2022年3月开工，2021年12月投产", [("wrong", "")]),
        ("2021年12月开工，2022年3月投产", []),
        ("第五季度", [("impossible", "")]),
        ("2023年五季度", [("impossible", "")]),
        ("五季度滚动计划", []),
        ("建设周期6季度", []),
        ("档案编号2023-44-22，电话2023-88-12", []),
        ("文号粤府函2023.45.12", []),
        ("电话：2023-08-32", []),
        ("2023-13-01", [("impossible", "")]),
        ("2021年6月投产，2023年5月二期开工", []),
        ("一期2021年3月投产，二期2021年12月开工", []),
        ("一期2022年3月开工，2021年12月投产", [("wrong", "")]),
        ("甲项目2022年3月开工，乙项目2021年12月投产", []),
        ("该项目2022年3月开工，项目于2021年12月投产", [("wrong", "")]),
        ("一季度", []),
        ("一百五十年", []),
    ],
)
def test_dates_exist_and_are_in_order(text: str, expected: list[tuple[str, str]]) -> None:
    assert claims(text, "date") == expected


def test_rows_have_their_place_and_messages() -> None:
    frame = audit("第一段。\n\n摸排出537.72公顷(8605.84亩)。\n")
    (row,) = frame.to_dict("records")
    assert row["line"] == 3
    assert "573.72公顷" in row["cure_zh"]
    assert "573.72" in row["cure_en"]
    assert row["values"] == "8605.84 / 15 = 573.7227"


@pytest.mark.parametrize(
    "text",
    [
        "9" * 15 + "亿亩（" + "9" * 15 + "公顷）",
        "一" * 4400 + "亩（3公顷）",
        "1公顷（" + "折合" * 40 + "x15亩）",
        "1" + " " * 5000 + "x",
        "一" * 20_000,
    ],
)
def test_no_number_is_too_long_and_no_pattern_too_slow(text: str) -> None:
    """With repetitions that are given back, the last three would never end."""
    assert set(audit(f"{text}。537.72公顷(8605.84亩)")["suggestion"]) >= {"573.72公顷"}


def test_nothing_said_gives_an_empty_table() -> None:
    frame = audit("")
    assert frame.empty
    assert list(frame.columns[:5]) == ["kind", "text", "values", "verdict", "suggestion"]


@given(
    st.text(
        alphabet="0123456789.,%年月日亩公顷宗个万亿元（）()、，。合计其中完成任务的占约近-至",
        max_size=80,
    )
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    frame = audit(f"{text}\n")
    assert set(frame["verdict"]) <= {"ok", "wrong", "impossible"}
