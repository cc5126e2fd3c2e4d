"""What the papers of the five meetings say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from enping_gis.inventory import Inventory
from enping_gis.lifecycle.periods import CADENCES
from enping_gis.reports.facts import facts_of
from enping_gis.reports.model import Cell, Heading, Table, Text, as_cell
from enping_gis.reports.overall import overall, units_table
from enping_gis.reports.papers import paper_of
from enping_gis.reports.sheets import sheets_of
from tests.lifecycle.offices import ENCHENG, done, office
from tests.reports.papers_read import (
    demo_book,
    demo_facts,
    demo_paper,
    tables_of,
    totals_checked,
    wrong_totals,
)

if TYPE_CHECKING:
    from enping_gis.messages import Language
    from enping_gis.reports.model import Paper


@pytest.fixture(scope="module")
def demo() -> Inventory:
    return Inventory.demo()


def words_of(paper: Paper) -> list[str]:
    return [block.words for block in paper.blocks if isinstance(block, Heading | Text)]


def test_the_week_in_one_paragraph() -> None:
    paper = demo_paper("weekly")
    assert paper.title == "恩平市低效产业用地整治提升工作周调度材料"
    assert paper.subtitle == "（2023年第13期，3月24日—3月30日）"
    assert paper.basis == "数据截至2023年3月30日 · 面积为图斑椭球面积 · 内部资料"
    assert paper.notice == "【演示数据：119宗中110宗为程序合成，不得作为工作依据】"
    assert paper.blocks[1] == Text(
        "截至3月30日，全市在册低效产业用地119宗8605.84亩。今年以来盘活9宗793.00亩，完成年度任务2000亩的"
        "39.65%，完成一季度任务500亩的158.60%；按时间进度应完成487.67亩，超出305.33亩。"
        "本周盘活0宗0.00亩，0宗状态推进，0宗后退，5个单位滞后。"
    )


def test_the_week_has_its_seven_sections_in_order() -> None:
    paper = demo_paper("weekly")
    headings = [block.words for block in paper.blocks if isinstance(block, Heading)]
    assert headings == [
        "一、总体进展", "二、各单位对照承诺", "三、本周变动", "四、逾期与临期",
        "五、上次议定事项落实", "六、需协调的问题", "七、下周节点",
    ]  # fmt: skip
    assert "本期无。" in words_of(paper)  # nothing changed that week
    assert words_of(paper)[-1] == (
        "制表：＿＿＿　审核：＿＿＿　编制：市低效产业用地整治提升工作领导小组办公室　2023年3月30日"
    )


def test_units_are_sorted_by_what_they_are_behind() -> None:
    table = units_table(demo_facts("weekly"))[0]
    assert isinstance(table, Table)
    assert [column.heading for column in table.columns] == [
        "序号", "单位", "年度承诺", "本周新增", "累计盘活", "完成率", "应完成", "差额", "评价",
    ]  # fmt: skip
    gaps = [as_cell(row.cells[7]).value for row in table.rows[:-1]]
    assert gaps == sorted(gaps)  # type: ignore[type-var]  # decimals
    first, total = table.rows[0], table.rows[-1]
    assert (first.cells[1], first.cells[7], first.cells[8]) == (
        "横陂镇",
        Decimal("-43.97"),
        "▲滞后",
    )
    assert [as_cell(cell).value for cell in total.cells[1:8]] == [
        "合计", Decimal("2000.00"), Decimal("0.00"), Decimal("793.00"), Decimal("39.65"),
        Decimal("487.67"), Decimal("305.33"),
    ]  # fmt: skip


def test_a_county_that_promised_less_than_its_units_has_its_own_row(demo: Inventory) -> None:
    targets = demo.targets.copy()
    whole = (targets["period"] == "2023") & targets["place"].isna() | (
        (targets["period"] == "2023") & (targets["place"] == "")
    )
    assert whole.sum() == 1
    targets.loc[whole, "area_mu"] = 1900.0
    other = replace(demo, tables=demo.tables | {"targets": targets})
    facts = facts_of(other, "weekly", "zh")
    table = units_table(facts)[0]
    assert isinstance(table, Table)
    parts, county = table.rows[-2:]
    assert (parts.cells[1], parts.cells[2]) == ("合计", Decimal("2000.00"))
    assert (county.cells[1], county.cells[2]) == ("全市", Decimal("1900.00"))
    assert not list(wrong_totals(table))
    units = sheets_of(facts).sheets[1].table
    assert [row.cells[0] for row in units.rows[-2:]] == ["合计", "全市"]
    assert not list(wrong_totals(units))


def test_the_quarter_is_a_draft_of_a_circular() -> None:
    paper = demo_paper("quarterly")
    assert paper.title == "关于2023年第一季度低效产业用地整治提升工作进展情况的通报（代拟稿）"
    words = words_of(paper)
    assert words[0] == "各镇人民政府、街道办事处，恩平工业园，各有关单位："
    assert words[1] == "现将2023年第一季度全市低效产业用地整治提升工作进展情况通报如下："
    headings = [block.words for block in paper.blocks if isinstance(block, Heading)]
    assert headings == [
        "一、总体情况", "（一）任务完成", "（二）状态结构", "（三）项目落地",
        "二、各单位完成情况", "三、存在问题", "（一）进度滞后的单位", "（二）逾期地块",
        "（三）司法处置", "（四）协议履约与闲置", "四、下一步工作",
    ]  # fmt: skip
    assert "横陂镇：按时间进度应完成43.97亩，实际完成0.00亩，相差43.97亩。" in words
    assert {"〔待补充：原因分析〕", "〔待补充：工作要求〕", "抄送："} <= set(words)
    assert "恩平市低效产业用地整治提升工作领导小组办公室" in words


def test_units_are_ranked_by_the_quarter() -> None:
    paper = demo_paper("quarterly")
    ranking = next(each for each in tables_of(paper) if each.columns[0].heading == "名次")
    plain = [row for row in ranking.rows if row.kind == "plain"]
    assert [row.cells[0] for row in plain] == list(range(1, 13))
    assert (plain[0].cells[1], plain[0].cells[4]) == ("东成镇", Decimal("801.78"))
    # Those with nothing done follow by their codes.
    assert [row.cells[1] for row in plain[-5:]] == [
        "横陂镇",
        "圣堂镇",
        "良西镇",
        "君堂镇",
        "那吉镇",
    ]


def test_units_without_a_commitment_are_not_ranked(demo: Inventory) -> None:
    targets = demo.targets[demo.targets["place"] != "440785108"]
    other = replace(demo, tables=demo.tables | {"targets": targets})
    paper = paper_of(facts_of(other, "quarterly", "zh"))
    ranking = next(each for each in tables_of(paper) if each.columns[0].heading == "名次")
    assert ranking.rows[-2].cells[:2] == (None, "大槐镇")
    assert not list(wrong_totals(ranking))


@pytest.mark.parametrize(
    ("cadence", "day"),
    [*((each, "2023-03-30") for each in CADENCES),
        ("quarterly", "2022-06-30")],
)  # fmt: skip
def test_printed_parts_add_up_to_printed_totals(cadence: str, day: str) -> None:
    tables = tables_of(demo_paper(cadence, "zh", day))
    tables += [sheet.table for sheet in demo_book(cadence, "zh", day).sheets]
    for table in tables:
        assert not list(wrong_totals(table)), table.columns[0].heading
    assert sum(totals_checked(table) for table in tables) > 10


@pytest.mark.parametrize(("cadence", "lang"), [("daily", "zh"), ("weekly", "en")])
def test_every_paper_says_what_is_synthetic(cadence: str, lang: Language) -> None:
    notice = demo_paper(cadence, lang).notice
    assert "119" in notice
    assert "110" in notice
    assert demo_book(cadence, lang).notice == notice


def test_what_is_not_synthetic_has_no_notice(demo: Inventory) -> None:
    own = demo.tables["parcels"].copy()
    bases = [name for name in own.columns if name.endswith("_basis")]
    own[bases] = "stated"
    other = replace(demo, tables=demo.tables | {"parcels": own})
    assert int(other.synthetic.sum()) == 0
    assert paper_of(facts_of(other, "daily", "zh")).notice == ""


def test_an_english_paper_has_no_chinese_but_names() -> None:
    paper = demo_paper("weekly", "en")
    said = [paper.title, paper.subtitle, paper.basis, *words_of(paper)]
    said += [column.heading for table in tables_of(paper) for column in table.columns]
    assert not [words for words in said if any("\u4e00" <= sign <= "\u9fff" for sign in words)]


def test_figures_are_traced_to_their_plots() -> None:
    """What the plots behind a figure add is the figure."""
    facts = demo_facts("quarterly")
    seen = 0
    for table in tables_of(demo_paper("quarterly")):
        for row in table.rows:
            for column, own in zip(table.columns, row.cells, strict=False):
                cell = as_cell(own)
                if not cell.plots:
                    continue
                assert set(cell.plots) <= set(facts.plots)
                if column.form == "mu":
                    parts = cell.parts_mu or [facts.printed_mu[plot] for plot in cell.plots]
                    assert sum(parts) == cell.value
                    seen += 1
                if column.form == "whole" and not cell.parts_mu:
                    assert len(cell.plots) == cell.value
    assert seen > 50


def test_a_part_done_adds_what_was_done_to_the_quarter_too() -> None:
    """The list behind a figure would add up to more than it with the areas of whole plots."""
    inventory = office(
        {"a": {"mu": 30}, "b": {"mu": 15}},
        [done("a", "2022-12-01", 5), done("a", "2023-02-01", 10), done("b", "2023-03-01")],
        targets=[{"period": "2023", "area_mu": 100.0, "place": ENCHENG},
                 {"period": "2023Q1", "area_mu": 50.0, "place": ENCHENG}],
    )  # fmt: skip
    facts = facts_of(inventory, "quarterly", "zh")
    table = next(each for each in tables_of(paper_of(facts)) if each.columns[0].heading == "名次")
    cells = [as_cell(row.cells[3]) for row in table.rows]
    assert [cell.value for cell in cells if cell.plots] == [Decimal("25.00")] * 2
    for cell in cells:
        if cell.plots:
            assert cell.plots == ("a", "b")
            assert cell.parts_mu == (Decimal("10.00"), Decimal("15.00"))


def test_without_commitments_the_paper_says_so(demo: Inventory) -> None:
    other = replace(demo, tables=demo.tables | {"targets": demo.targets.iloc[:0]})
    facts = facts_of(other, "weekly", "zh")
    first = overall(facts)[0]
    assert isinstance(first, Text)
    assert "今年以来盘活9宗793.00亩，未录入年度任务。" in first.words
    assert units_table(facts) == [Text("未录入承诺任务；用 import 导入 targets 表后显示进度。")]
    quarterly = facts_of(other, "quarterly", "zh")
    assert all(not list(wrong_totals(table)) for table in tables_of(paper_of(quarterly)))
    assert sheets_of(quarterly).sheets[1].chart is None


def test_a_meeting_of_the_period_is_listed_with_room_for_what_became_of_it(
    demo: Inventory,
) -> None:  # fmt: skip
    view = demo.on("2022-02-25")
    table = next(each for each in tables_of(paper_of(facts_of(view, "weekly", "zh")))
                 if each.columns[-1].heading == "是否办结")  # fmt: skip
    assert len(table.rows) == 1
    assert "誓师大会" in str(table.rows[0].cells[1])
    empty = next(each for each in tables_of(demo_paper("weekly"))
                 if each.columns[-1].heading == "是否办结")  # fmt: skip
    assert [row.cells[0] for row in empty.rows] == [1, 2, 3, 4]


def test_an_inventory_without_plots_has_papers_too(demo: Inventory) -> None:
    names = ("parcels", "events", "projects", "parcel_projects", "agreements", "targets")
    bare = {name: demo.tables[name].iloc[:0] for name in names}
    none = replace(demo, tables=demo.tables | bare)
    for cadence in ("weekly", "monthly", "quarterly"):
        facts = facts_of(none, cadence, "zh")
        assert "本期无。" in words_of(paper_of(facts))
        assert sheets_of(facts).sheets


def test_a_change_shows_before_and_after_in_their_colours() -> None:
    paper = demo_paper("monthly")
    assert paper.title.endswith("月研讨材料")
    weekly = demo_paper("weekly", "zh", "2023-03-19")
    table = next(each for each in tables_of(weekly) if each.columns[3].heading == "变动前")
    group, row = table.rows
    assert group.cells == ("推进（1）",)
    before, after = as_cell(row.cells[3]), as_cell(row.cells[4])
    assert (before.value, after.value) == ("已供地", "在建")
    assert before.colour != after.colour
    assert pd.Timestamp(str(row.cells[5])) == pd.Timestamp("2023-03-19")
    assert isinstance(row.cells[0], Cell)
