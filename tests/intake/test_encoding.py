"""In which encoding a Shapefile's texts are, whatever its .cpg says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enping_gis.intake.files.encoding import shapefile_encoding
from enping_gis.intake.stream import layers
from tests.plots import layer, shapefile

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["恩平市一号地", "君堂纺织", "plain"]


@pytest.mark.parametrize(
    ("written", "cpg", "found", "how"),
    [
        ("GBK", "GBK", "GB18030", "declared"),
        ("GBK", "936", "GB18030", "declared"),
        ("GBK", "OEM", "GB18030", "declared"),
        ("GBK", None, "GB18030", "detected"),
        ("GBK", "UTF-8", "GB18030", "detected"),
        ("GBK", "ISO-8859-1", "GB18030", "detected"),
        ("GBK", "hex", "GB18030", "detected"),
        ("GBK", "no such codec", "GB18030", "detected"),
        ("GBK", "", "GB18030", "detected"),
        ("GB18030", "GB18030", "GB18030", "declared"),
        ("UTF-8", "UTF-8", "UTF-8", "declared"),
        ("UTF-8", "65001", "UTF-8", "declared"),
        ("UTF-8", None, "UTF-8", "detected"),
        ("UTF-8", "GBK", "UTF-8", "detected"),
    ],
)
def test_texts_are_read_whatever_the_cpg_says(
    tmp_path: Path, written: str, cpg: str | None, found: str, how: str
) -> None:
    path = shapefile(
        tmp_path / "地块 清单" / "现状.shp", layer(名称=NAMES), encoding=written, cpg=cpg
    )
    encoding = shapefile_encoding(path)
    assert (encoding.name, encoding.how) == (found, how)
    raw = next(layers(path))
    assert raw.frame["名称"].tolist() == NAMES
    assert ("encoding_detected" in {f.rule for f in raw.findings}) == (how == "detected")


def test_plain_ascii_needs_no_detection(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(name=["a", "b", "c"]), cpg=None)
    assert shapefile_encoding(path).how == "declared"
    assert not next(layers(path)).findings


def test_parts_in_capitals_are_found(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(名称=NAMES), cpg="GBK")
    for suffix in (".dbf", ".cpg", ".prj", ".shx"):
        path.with_suffix(suffix).rename(path.with_suffix(suffix.upper()))
    assert shapefile_encoding(path).how == "declared"
    assert next(layers(path)).frame["名称"].tolist() == NAMES


def test_without_a_dbf_the_attributes_are_said_to_be_missing(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(名称=NAMES))
    path.with_suffix(".dbf").unlink()
    raw = next(layers(path))
    assert len(raw.frame) == 3
    assert [(f.rule, f.severity) for f in raw.findings] == [("attributes_missing", "error")]
