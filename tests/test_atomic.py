"""Files are replaced whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from enping_gis.atomic import replacing
from enping_gis.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_made_with_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "新 文件夹" / "a.txt"
    with replacing(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
        assert temporary.suffix == ".txt"
    assert target.read_text() == "new"
    assert [each.name for each in target.parent.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("failure", [ValueError("x"), OSError(28, "No space"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file(tmp_path: Path, failure: BaseException) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    expected = OutputError if isinstance(failure, OSError) else type(failure)
    with pytest.raises(expected), replacing(target) as temporary:  # noqa: PT012 - the block fails
        temporary.write_text("half")
        raise failure
    assert target.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError), replacing(tmp_path / "a.txt"):
        pass
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path, tmp_path / "file" / "a.txt", tmp_path / "file" / "deep" / "a.txt"):
        with pytest.raises(OutputError) as caught, replacing(target):
            pytest.fail("the block must not run")
        assert str(target) in caught.value.text("zh")


def test_an_error_of_our_own_keeps_its_words(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught, replacing(tmp_path / "a.txt"):
        raise OutputError("error.exists", path="b")
    assert caught.value.code == "error.exists"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real" / "a.txt"
    real.parent.mkdir()
    real.write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    with replacing(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_long_names_have_room(tmp_path: Path) -> None:
    target = tmp_path / ("地" * 80 + ".txt")
    with replacing(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"


def test_what_a_killed_run_left_is_swept_a_day_later(tmp_path: Path) -> None:
    old, young = tmp_path / ".enping-old", tmp_path / ".enping-young"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (0, 0))
    with replacing(tmp_path / "a.txt") as temporary:
        temporary.write_text("a")
    assert (old.exists(), young.exists()) == (False, True)
