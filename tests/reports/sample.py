"""A small paper with everything in it that a writer can get wrong."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from PIL import Image

from enping_gis.reports.model import (
    Break,
    Cell,
    Column,
    Grid,
    Heading,
    Paper,
    Picture,
    PlotLine,
    Row,
    Table,
    Text,
)

NOTICE = "【演示数据：3宗中2宗为程序合成，不得作为工作依据】"
HOSTILE = ("=1+1", "+1", "@SUM(1)", "-2", "<script>alert(1)</script>", "a & b", "\x0b\ud800甲\t")


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "#DDEEFF").save(buffer, "PNG")
    return buffer.getvalue()


def table(*, wide: bool = False) -> Table:
    columns = (
        Column("序号", "whole"), Column("编号", "id"), Column("单位", weight=1),
        Column("面积", "mu"), Column("公顷", "ha"), Column("完成率", "percent"),
        Column("差额", "signed"), Column("期限", "date"),
    )  # fmt: skip
    rows = (
        Row(("推进（2）",), "group"),
        Row((1, "001", Cell("大槐镇", colour="#3FA87F"),
             Cell(Decimal("8605.84"), ("EP1", "EP2"), parts_mu=(Decimal(8000), Decimal("605.84"))),
             Decimal("573.7227"), Decimal("39.65"), Decimal("-3.2"), date(2023, 3, 30))),
        Row((2, "002", None, Decimal("0.00"), None, None, Decimal(0), None)),
        Row((None, None, "合计", Decimal("8605.84"), Decimal("573.7227"), Decimal("39.65"),
             Decimal("-3.20"), None), "total"),
    )  # fmt: skip
    return Table(columns, rows, "各单位", "单位：亩", wide)


def paper(**changed: object) -> Paper:
    lines = [Text(words) for words in HOSTILE]
    parts = {
        "title": "周调度材料",
        "subtitle": "（2023年第13期）",
        "basis": "数据截至2023年3月30日",
        "notice": NOTICE,
        "tags": ("示意",),
        "plots": {"EP1": PlotLine("<甲>", "大槐镇", Decimal("9000.00"))},
        "blocks": (
            Heading("一、总体进展"), Text("截至3月30日，〔待补充〕"), table(),
            Heading("（一）其他", 2), *lines,
            Grid(((("名称", "甲"), ("片区", "乙")), (("权利人", None),))),
            Picture('<svg xmlns="http://www.w3.org/2000/svg" width="10mm" height="8mm"/>', png(),
                    "分布 <图>", "附图", 90.0),
            Break(), Heading("1. 小节", 3), table(wide=True), Text("落款", "sign"),
            Text("制表：＿＿＿　审核：＿＿＿", "last"),
        ),
    }  # fmt: skip
    return Paper(**(parts | changed))  # type: ignore[arg-type]  # by name
