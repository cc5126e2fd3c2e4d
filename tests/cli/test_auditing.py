"""The command audit: what planners and programs read, and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

WRONG = "2022年，摸排出119宗537.72公顷(8605.84亩)低效用地。新招引项目25个，完成数量任务的144%。\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_a_planner_reads_place_computation_and_suggestion(
    run: Callable[..., Said], article: Path
) -> None:
    said = run("audit", article, "--lang", "zh")
    assert said.code == 1
    assert "8605.84 / 15 = 573.7227" in said.out
    assert "573.72公顷" in said.out
    assert said.out.splitlines()[-1] == "核对 2 处：相符 0，不符 1，不可能 1"
    assert "颠倒" in said.err


def test_a_program_reads_rows_findings_and_counts(run: Callable[..., Said], article: Path) -> None:
    said = run("audit", article, "--format", "json", "--lang", "en")
    document = said.json()
    assert said.code == 1
    assert document["meta"]["command"] == "audit"
    assert document["meta"]["verdicts"] == {"ok": 0, "wrong": 1, "impossible": 1}
    assert [row["verdict"] for row in document["rows"]] == ["wrong", "impossible"]
    assert list(document["rows"][0])[:5] == ["kind", "text", "values", "verdict", "suggestion"]
    assert [each["severity"] for each in document["findings"]] == ["error", "error"]
    assert "exchanged" in document["findings"][0]["cure_en"]


def test_rows_are_printed_as_csv(run: Callable[..., Said], article: Path) -> None:
    lines = run("audit", article, "--format", "csv").out.splitlines()
    assert lines[0].startswith("kind,text,values,verdict,suggestion")
    assert len(lines) == 3


def test_clean_figures_end_well(run: Callable[..., Said], tmp_path: Path) -> None:
    path = tmp_path / "clean.txt"
    path.write_text("近53公顷(793亩)", encoding="utf-8")
    said = run("audit", path, "--lang", "en")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1] == "1 claims checked: 1 agree, 0 wrong, 0 impossible"


def test_no_figures_are_said_to_be_none(run: Callable[..., Said], tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_text("", encoding="utf-8")
    said = run("audit", path, "--lang", "en")
    assert (said.code, said.out) == (0, "No figures that could be checked\n")


def test_of_many_claims_only_those_at_fault_are_listed(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    path = tmp_path / "long.txt"
    path.write_text("10公顷(150亩)。" * 100 + "10公顷(510亩)。", encoding="utf-8")
    said = run("audit", path, "--lang", "en")
    assert said.out.count("公顷") == 1
    assert said.out.splitlines()[-1].startswith("101 claims checked: 100 agree")


def test_a_file_of_another_kind_is_refused_in_one_line(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF")
    said = run("audit", path, "--lang", "en")
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
