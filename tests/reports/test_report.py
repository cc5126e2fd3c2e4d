"""The papers of a meeting as files, from Python and from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import docx
import openpyxl
import pytest

from enping_gis.cli import main
from enping_gis.errors import InputError, OutputError
from enping_gis.inventory import Inventory
from enping_gis.reports.report import report

if TYPE_CHECKING:
    from pathlib import Path


def test_all_forms_show_the_same_figures_and_keep_texts_texts(tmp_path: Path) -> None:
    demo = Inventory.demo()
    parcels = demo.tables["parcels"].copy()
    parcels["name"] = "=1+1"
    parcels["holder"] = "<script>alert(1)</script>"
    hostile = replace(demo, tables=demo.tables | {"parcels": parcels})
    files = [tmp_path / f"周 {kind}" for kind in ("a.docx", "a.html", "a.xlsx")]
    assert report(hostile, files, cadence="quarterly", lang="zh") == files
    document = docx.Document(str(files[0]))
    words = [cell.text for table in document.tables for cell in table._cells]
    page = files[1].read_text(encoding="utf-8")
    book = openpyxl.load_workbook(files[2])
    assert "−793.00" in words
    assert "−793.00" in page
    assert -43.97 in [row[10].value for row in book["单位对照"].iter_rows()]
    sentence = "今年以来盘活9宗793.00亩，完成年度任务2000亩的39.65%，完成一季度任务500亩的158.60%"
    assert any(sentence in each.text for each in document.paragraphs)
    assert sentence in page
    assert "=1+1" in words
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    name = book["地块台账"]["B4"]
    assert (name.value, name.data_type) == ("=1+1", "s")


def test_one_file_may_be_named_by_a_text(tmp_path: Path) -> None:
    assert report(Inventory.demo(), str(tmp_path / "a.html"), cadence="daily") == [
        tmp_path / "a.html"
    ]


def test_what_cannot_be_written_is_refused_before_anything_is(tmp_path: Path) -> None:
    demo = Inventory.demo()
    with pytest.raises(OutputError, match="pdf"):
        report(demo, [tmp_path / "a.html", tmp_path / "a.pdf"])
    with pytest.raises(InputError, match="hourly"):
        report(demo, tmp_path / "a.html", cadence="hourly")
    with pytest.raises(InputError):
        report(demo, [])
    assert not list(tmp_path.iterdir())


def test_the_command_writes_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    out = tmp_path / "日 报.html"
    words = ["report", "--cadence", "daily", "-o", str(out), "--lang", "en", "--format", "json"]
    assert main(words) == 0
    meta = json.loads(capsys.readouterr().out)["meta"]
    assert meta["paths"] == [str(out)]
    assert (meta["begin"], meta["end"], meta["synthetic"]) == ("2023-03-30", "2023-03-30", 110)
    assert '<html lang="en">' in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [["-o", "a.pdf"], [], ["-o", "a.html", "--cadence", "hourly"],
     ["-o", "a.docx", "--template", "missing.docx"], ["--save-template", "a.dot"]],
)  # fmt: skip
def test_bad_usage_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["report", *words, "--lang", "en"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_the_input_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    ledger = tmp_path / "ledger.xlsx"
    openpyxl.Workbook().save(ledger)
    before = ledger.read_bytes()
    assert main(["report", str(ledger), "-o", str(ledger), "--lang", "en"]) == 2
    assert "is not overwritten" in capsys.readouterr().err
    assert ledger.read_bytes() == before


def test_a_template_is_saved_for_the_office(tmp_path: Path) -> None:
    own = tmp_path / "own.docx"
    assert main(["report", "--save-template", str(own)]) == 0
    assert "材料标题" in {style.name for style in docx.Document(str(own)).styles}
