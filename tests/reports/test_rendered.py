"""Papers as an office program prints them: LibreOffice makes pages of them, and they are read."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from enping_gis.inventory import Inventory
from enping_gis.reports.dossier import dossier
from enping_gis.reports.report import report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOOLS = ("soffice", "pdftotext")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Path], str], Path]:
    """Return what converts files with LibreOffice; with CI=true it must be there."""
    missing = [each for each in TOOLS if shutil.which(each) is None]
    if missing:
        reason = f"no {' and no '.join(missing)} here: scripts/install_debian_packages.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    home, out = tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("out")

    def convert(files: list[Path], kind: str) -> Path:
        subprocess.run(
            ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to",
             kind, "--outdir", str(out), *map(str, files)],
            check=True, capture_output=True, timeout=240,
        )  # fmt: skip
        return out

    return convert


def pages_of(path: Path) -> list[str]:
    """Return what each page of a PDF says, without blanks."""
    said = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True)
    return ["".join(page.split()) for page in said.stdout.decode().split("\f")[:-1]]


def test_documents_become_pages_that_say_it_all(
    office: Callable[[list[Path], str], Path], tmp_path: Path
) -> None:
    demo = Inventory.demo()
    report(demo, tmp_path / "daily.docx", cadence="daily", lang="zh")
    report(demo, tmp_path / "weekly.docx", cadence="weekly", lang="zh")
    dossier(demo, "EP002", folder=tmp_path, forms=["docx"], lang="zh")
    files = [tmp_path / f"{each}.docx" for each in ("daily", "weekly", "EP002")]
    out = office(files, "pdf")
    daily, weekly, card = (pages_of(out / f"{each.stem}.pdf") for each in files)
    assert len(daily) == 1, "the paper of a stand-up meeting is a page"
    assert len(weekly) <= 4
    assert len(card) == 2
    assert "完成年度任务2000亩的39.65%，完成一季度任务500亩的158.60%" in weekly[0]
    for page in (*daily, *weekly):
        assert "119宗中110宗为程序合成" in page
    assert "308.93" in card[0]
    assert "八、合同履约无记录" in card[1]


def test_a_workbook_shows_the_figures_that_were_written(
    office: Callable[[list[Path], str], Path], tmp_path: Path
) -> None:
    """A link, a format or a formula that another program reads otherwise would show here."""
    path = tmp_path / "book.xlsx"
    report(Inventory.demo(), path, cadence="weekly", lang="zh")
    # The second sheet as texts, as they are shown: units against their commitments.
    office([path], "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2")
    (file,) = office([path], "pdf").glob("book-*.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream) if any(row)]
    head = next(row for row in rows if row[0] == "单位")
    body = rows[rows.index(head) + 1 :]
    (total,) = [row for row in body if row[0] == "合计"]
    units = body[: body.index(total)]
    for name in ("宗数", "面积（亩）", "年度承诺", "累计盘活", "季度任务", "季度完成"):
        at = head.index(name)
        parts = [Decimal(row[at].replace(",", "")) for row in units if row[at]]
        assert sum(parts) == Decimal(total[at].replace(",", "")), name
    assert total[head.index("完成率")] == "39.65%"
    book = pages_of(file.parent / "book.pdf")
    assert "合成" in book[0]
    assert not [page for page in book if "###" in page], "a figure too wide for its column"
