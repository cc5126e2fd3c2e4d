"""The command dossier: a file for each plot."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.inventory import Inventory
from tests.reports.dossiers_read import lines_of, plot_printed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said


def test_one_plot_by_its_name(run: Callable[..., Said], tmp_path: Path) -> None:
    folder = tmp_path / "档 案"
    said = run("dossier", "gas plot", "-o", folder, "--lang", "zh", "--format", "json")
    assert (said.code, said.err) == (0, "")
    meta = said.json()["meta"]
    assert meta["paths"] == [str(folder / f"EP005.{form}") for form in ("html", "docx")]
    assert (meta["parcels"], meta["files"], meta["synthetic"]) == (1, 2, 110)
    assert sorted(each.name for each in folder.iterdir()) == ["EP005.docx", "EP005.html"]
    said = run("dossier", "EP005", "-o", folder, "--lang", "en")
    assert said.out.splitlines()[-1] == str(folder / "EP005.html")
    assert any(line.startswith("File of an") for line in lines_of(folder / "EP005.docx"))


def test_all_plots_of_the_demonstration_inventory(run: Callable[..., Said], tmp_path: Path) -> None:
    words = ["dossier", "--all", "-o", tmp_path, "--only", "html", "--format", "json"]
    said = run(*words)
    assert said.code == 0
    assert said.err == "", "a pipe sees no progress bar"
    meta = said.json()["meta"]
    assert (meta["parcels"], meta["files"], len(meta["paths"])) == (119, 120, 120)
    assert len(list(tmp_path.glob("EP*.html"))) == 119
    assert (tmp_path / "index.html").is_file()


def test_with_all_the_first_word_is_the_input(run: Callable[..., Said], tmp_path: Path) -> None:
    source = tmp_path / "in.gpkg"
    demo = Inventory.demo()
    three = demo.parcels["parcel_id"].head(3)
    demo.of("440785102").save(source)
    several = len(demo.of("440785102").parcels)
    assert 0 < several < 30, three
    out = tmp_path / "out"
    said = run("dossier", "--all", source, "-o", out, "--only", "docx", "--format", "csv")
    assert said.code == 0
    assert len(list(out.glob("*.docx"))) == several
    assert not list(out.glob("EP*.html"))
    for parcel, shape in demo.of("440785102").parcels.set_index("parcel_id").geometry.items():
        assert plot_printed(out / f"{parcel}.docx").hausdorff_distance(shape) < 0.001


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["EP999"], "EP999"),
        ([], "--all"),
        (["EP005", "demo.gpkg", "--all"], "--all"),
        (["EP005", "--only", "pdf"], "pdf"),
        (["EP005", "nowhere.gpkg"], "nowhere.gpkg"),
        (["EP005", "--template", "missing.docx"], "missing.docx"),
        (["EP005", "-o", "file"], "file"),
        (["EP005", "-o", "x" * 300], "x" * 300),
        (["EP005", "--as-of", "soon"], "soon"),
    ],
)
def test_wrong_use_is_one_clear_line(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    words: list[str], hint: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("keep")
    said = run("dossier", *words, "--lang", "en")
    assert said.code == 2
    assert said.out == ""
    assert hint in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "keep"


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo-terminal on Windows")
def test_a_terminal_sees_how_far_it_is(tmp_path: Path, root: Path) -> None:
    # A terminal is a device of its own; only a process of its own takes it for its messages.
    import pty  # noqa: PLC0415 - not on Windows

    source = tmp_path / "in.gpkg"
    Inventory.demo().of("440785102").save(source)
    main_end, terminal = pty.openpty()
    command = [sys.executable, "-m", "enping_gis", "dossier", "--all", str(source), "-o",
               str(tmp_path / "out"), "--only", "html", "--format", "json"]  # fmt: skip
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "ENPING_LANG": "en"}
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=terminal
    ) as process:
        os.close(terminal)
        shown = _everything(main_end)
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0, shown
    count = len(list((tmp_path / "out").glob("EP*.html")))
    assert f"{count}/{count}" in shown
    assert said.lstrip().startswith(b"{"), "the bar is no part of the result"


def _everything(end: int) -> str:
    """Read a terminal until the program at its other end is gone."""
    told = b""
    while True:
        try:
            more: Any = os.read(end, 4096)
        except OSError:  # Linux says so at the end
            break
        if not more:
            break
        told += more
    os.close(end)
    return told.decode(errors="replace")
