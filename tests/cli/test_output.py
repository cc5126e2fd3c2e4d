"""What is printed: tables, JSON, CSV; texts of files steer neither terminal nor spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.cli.output import FINDINGS_SHOWN
from tests.plots import geojson, square

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = [
    "=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1", " =1", "＝1+1",
    "[bold red]x[/]", "[/nonsense]", "\x1b[31mred\x1b[0m", "\x07bell", "a\nb", "\u202eexe",
    "\x9b31m", ":smile:", "<script>", "{0}",
]  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Return a file whose names, ids and towns are hostile; each plot touches the next."""
    rows = [{"id": f"{n}{text}", "name": text, "town": text} for n, text in enumerate(HOSTILE)]
    return geojson(tmp_path / "h.geojson", [square(n) for n in range(len(rows))], rows,
                   crs="EPSG:4546")  # fmt: skip


def steers(text: str) -> list[str]:
    return [sign for sign in text if (ord(sign) < 32 and sign != "\n") or 127 <= ord(sign) < 160
            or sign == "\u202e"]  # fmt: skip


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_terminal_is_not_steered(run: Callable[..., Any], hostile: Path, form: str) -> None:
    said = run("contacts", hostile, "--format", form)
    assert said.code == 0
    assert not steers(said.out)
    assert not steers(said.err)
    for text in ("[bold red]x[/]", "[/nonsense]", ":smile:", "<script>", "{0}"):
        assert text in said.out
    said = run("neighbours", "9\x1b[31mred\x1b[0m", hostile, "--format", form)
    assert said.code == 0
    assert not steers(said.out + said.err)
    assert not steers(run("neighbours", "\x1b[31m", hostile).err)


def test_json_keeps_texts_as_they_are(run: Callable[..., Any], hostile: Path) -> None:
    said = run("contacts", hostile, "--format", "json")
    assert not steers(said.out.replace("\x9b", "").replace("\u202e", ""))
    rows = said.json()["rows"]
    assert [row["left_name"] for row in rows] == [text.strip() for text in HOSTILE[:-1]]


def test_a_spreadsheet_runs_nothing(run: Callable[..., Any], hostile: Path) -> None:
    said = run("contacts", hostile, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert len(rows) == len(HOSTILE) - 1
    for row, text in zip(rows, HOSTILE, strict=False):
        begins = row["left_name"].lstrip()[:1]
        assert begins not in {"=", "+", "-", "@", "＝"}, text
    assert rows[0]["left_name"] == "'=cmd|' /C calc'!A0"
    assert float(rows[0]["shared_m"]) == pytest.approx(100, abs=0.01)


def test_numbers_of_csv_are_plain(run: Callable[..., Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("totals", "--format", "csv").out)))
    assert list(rows[0]) == ["key", "label", "parcels", "area_m2", "area_ha", "area_mu"]
    assert sum(float(row["area_mu"]) for row in rows) == pytest.approx(8605.84)
    assert len(rows) == 12


def test_a_table_ends_with_its_total(run: Callable[..., Any]) -> None:
    lines = run("totals", "--lang", "zh").out.splitlines()
    assert lines[-1].split() == ["合计", "119", "5,737,226.67", "573.7227", "8,605.84"]
    lines = run("totals", "--lang", "en").out.splitlines()
    assert lines[-1].split()[0] == "Total"


def test_stdout_is_the_result_alone(run: Callable[..., Any], hostile: Path) -> None:
    said = run("totals", hostile, "--format", "json")
    assert said.json()["meta"]["input"] == str(hostile)
    assert {finding["rule"] for finding in said.json()["findings"]} == {"place_unknown"}
    assert len(said.json()["findings"]) == len(HOSTILE)
    assert all({"message_zh", "message_en", "cure_zh", "cure_en", "severity", "row"} <= set(f)
               for f in said.json()["findings"])  # fmt: skip


def test_many_findings_are_counted(run: Callable[..., Any], hostile: Path) -> None:
    err = run("totals", hostile, "--lang", "en").err
    lines = [line for line in err.splitlines() if "place_unknown" in line or "known town" in line]
    assert len(lines) == FINDINGS_SHOWN + 1
    assert str(len(HOSTILE) - FINDINGS_SHOWN) in lines[-1]


def test_the_language_of_the_environment(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENPING_LANG", "en")
    assert "Total" in run("totals").out
    assert "合计" in run("totals", "--lang", "zh").out
    assert "合计" in run("totals", "--lang=zh").out
    monkeypatch.setenv("ENPING_LANG", "fr")
    assert "合计" in run("totals").out


def test_synthetic_plots_are_said_to_be(run: Callable[..., Any], hostile: Path) -> None:
    assert "110" in run("totals").err
    assert run("totals", hostile, "--format", "json").json()["meta"]["synthetic"] == 0


def test_doctor_tells_facts(run: Callable[..., Any]) -> None:
    rows = run("doctor", "--format", "json").json()["rows"]
    items = {row["item"]: row["value"] for row in rows}
    assert items["demo"] == "119"
    assert {"Python", "GDAL", "PROJ", "GEOS", "browser", "database"} <= set(items)


def test_help_is_in_both_languages(run: Callable[..., Any]) -> None:
    for command in ("map", "totals", "contacts", "neighbours", "new", "import", "doctor"):
        said = run(command, "--help")
        assert said.code == 0
        assert "--lang" in said.out
