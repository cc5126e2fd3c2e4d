"""The commands of both READMEs run as they stand, and their pictures are there."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from enping_gis.cli import main
from enping_gis.intake.coordinates.datum import DatumShift
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    from pathlib import Path

READMES = ("README.md", "README.zh-CN.md")
COMMANDS = ("map", "totals", "contacts", "neighbours", "read", "split", "new", "import",
            "check", "combine", "match", "repair", "audit", "record", "history", "adopt", "targets",
            "agreements", "changes", "report", "dossier", "doctor")  # fmt: skip


def _console_blocks(root: Path, name: str) -> list[list[str]]:
    text = (root / name).read_text("utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL)
    commands = [re.findall(r"^enping-gis (.+)$", block, flags=re.MULTILINE) for block in blocks]
    return [block for block in commands if block]


@pytest.mark.parametrize("name", READMES)
def test_the_commands_run_in_their_order(
    root: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plots = gpd.GeoDataFrame(
        {"地块编号": ["甲1"], "镇街": ["大槐镇"], "状态": ["已盘活"]},
        geometry=[shapely.box(629_000, 2_449_000, 629_100, 2_449_100)],
        crs=4546,
    )
    plots.to_file("plots.shp", encoding="GBK")
    blocks = _console_blocks(root, name)
    assert len(blocks) == 3
    for command in (line for block in blocks for line in block):
        assert main(shlex.split(command)) == 0, command


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_the_table(root: Path, name: str) -> None:
    text = (root / name).read_text("utf-8")
    for command in COMMANDS:
        assert f"| `enping-gis {command}" in text


def test_the_python_of_the_readme_runs(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text("utf-8"), re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - the project's own example
    assert "shared" in capsys.readouterr().out
    assert (tmp_path / "enping.html").stat().st_size > 100_000


@pytest.mark.parametrize("name", READMES)
def test_pictures_and_pages_that_it_points_to_are_there(root: Path, name: str) -> None:
    text = (root / name).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    assert targets
    assert [target for target in targets if not (root / target).is_file()] == []


def test_the_parameters_of_the_page_on_intake_are_read(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "intake.md").read_text("utf-8")
    (example,) = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    (tmp_path / "parameters.txt").write_text(example, "utf-8")
    shift = DatumShift.read(tmp_path / "parameters.txt")
    assert (shift.source, shift.values["dy_m"]) == ("xian80", 20.25)


def test_the_page_on_intake_names_every_way_of_decoding(root: Path) -> None:
    page = (root / "docs" / "intake.md").read_text("utf-8")
    assert [each.code for each in terms("decoder") if f"`{each.code}`" not in page] == []
