"""DXF drawings: closed polylines are plots, rings inside them holes, texts inside them names."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.errors import EnpingError, SourceError
from enping_gis.intake.drawings.drawing import layers_of, rows_of
from enping_gis.intake.raw import ROW
from tests.plots import EAST_M, NORTH_M

if TYPE_CHECKING:
    from pathlib import Path

    from enping_gis.intake.raw import RawRows

Corners = list[tuple[float, float]]


def box(x: float, y: float, side: float) -> Corners:
    x, y = EAST_M + x, NORTH_M + y
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


def ring(
    corners: Corners, layer: str = "DK", *, closed: bool = True, bulges: tuple[float, ...] = ()
) -> list[str]:
    lines = ["0", "LWPOLYLINE", "5", "1A", "8", layer, "70", str(int(closed))]
    for number, (x, y) in enumerate(corners):
        lines += ["10", str(x), "20", str(y)]
        lines += ["42", str(bulges[number])] if bulges else []
    return lines


def old_ring(corners: Corners) -> list[str]:
    lines = ["0", "POLYLINE", "8", "DK", "66", "1", "70", "1", "10", "0", "20", "0"]
    for x, y in corners:
        lines += ["0", "VERTEX", "8", "DK", "10", str(x), "20", str(y)]
    return [*lines, "0", "SEQEND"]


def text(x: float, y: float, said: str, height: float = 5, kind: str = "TEXT") -> list[str]:
    where = ["10", str(EAST_M + x), "20", str(NORTH_M + y)]
    return ["0", kind, "8", "ZJ", *where, "40", str(height), "1", said]


def dxf(folder: Path, *entities: list[str], encoding: str = "gbk", page: str = "ANSI_936") -> Path:
    lines = ["0", "SECTION", "2", "HEADER", "9", "$DWGCODEPAGE", "3", page, "0", "ENDSEC"]
    lines += ["0", "SECTION", "2", "ENTITIES", *(line for each in entities for line in each)]
    path = folder / "a.dxf"
    path.write_bytes("\r\n".join([*lines, "0", "ENDSEC", "0", "EOF", ""]).encode(encoding))
    return path


def read(path: Path) -> RawRows:
    (batch,) = rows_of(path, layers_of(path)[0].name)
    for finding in batch.findings:
        assert finding.message("zh")
        assert finding.cure("en")
    return batch


def areas(batch: RawRows) -> list[float]:
    assert batch.shapes is not None
    return [round(float(shape.area), 2) for shape in batch.shapes]


@pytest.mark.parametrize(
    ("encoding", "page"),
    [("gbk", "ANSI_936"), ("utf-8", "ANSI_936"), ("gbk", "ANSI_1252"), ("utf-8-sig", "")],
)
def test_a_plot_its_name_and_its_layer(tmp_path: Path, encoding: str, page: str) -> None:
    texts = [text(50, 50, "恩平一号地"), text(50, 40, "12亩", 2), text(500, 0, "路")]
    path = dxf(tmp_path, ring(box(0, 0, 100), "宗地"), *texts, encoding=encoding, page=page)
    batch = read(path)
    assert batch.frame.to_dict("records") == [
        {"name": "恩平一号地", "layer": "宗地", "handle": "1A", "texts": "恩平一号地; 12亩", ROW: 1}
    ]
    assert areas(batch) == [10_000]
    assert batch.declared is None
    assert not batch.findings


def test_old_polylines_and_unicode_escapes(tmp_path: Path) -> None:
    path = dxf(tmp_path, old_ring(box(0, 0, 10)),
               text(5, 5, r"{\fSimSun|b0;\U+6069\U+5E73}\P2", kind="MTEXT"))  # fmt: skip
    batch = read(path)
    assert areas(batch) == [100]
    assert batch.frame["name"].tolist() == ["恩平 2"]


def test_a_ring_inside_is_a_hole_and_one_inside_that_a_plot(tmp_path: Path) -> None:
    path = dxf(tmp_path, ring(box(0, 0, 100)), ring(box(10, 10, 50)), ring(box(20, 20, 10)),
               ring(box(70, 70, 10), "other"))  # fmt: skip
    batch = read(path)
    assert areas(batch) == [7500, 100, 100]
    assert [(f.rule, f.row, f.value) for f in batch.findings] == [("ring_in_ring", 1, "2")]


def test_neighbours_are_no_holes(tmp_path: Path) -> None:
    batch = read(dxf(tmp_path, ring(box(0, 0, 100)), ring(box(0, 0, 50)), ring(box(100, 0, 100))))
    assert areas(batch) == [10_000, 2500, 10_000]


@pytest.mark.parametrize(("gap_m", "rule"), [(0.0009, None), (0.002, "line_open")])
def test_ends_that_meet_within_a_millimetre(tmp_path: Path, gap_m: float, rule: str | None) -> None:
    corners = box(0, 0, 100)
    corners.append((corners[0][0] + gap_m, corners[0][1]))
    batch = read(dxf(tmp_path, ring(corners, closed=False), ring(box(200, 0, 10))))
    assert areas(batch) == ([100] if rule else [10_000, 100])
    assert [f.rule for f in batch.findings] == ([rule] if rule else [])


def test_arcs(tmp_path: Path) -> None:
    circle = [(EAST_M, NORTH_M), (EAST_M + 200, NORTH_M)]
    whole = ["0", "CIRCLE", "8", "Y", "10", str(EAST_M + 900), "20", str(NORTH_M), "40", "100"]
    quarter = box(400, 0, 100)
    bend = math.tan(math.pi / 8)
    path = dxf(tmp_path, ring(circle, bulges=(1, 1)), whole, ring(quarter, bulges=(bend, 0, 0, 0)))
    batch = read(path)
    assert batch.shapes is not None
    # A quarter circle over a side of 100 m, whose radius is 50 * sqrt 2.
    segment = (math.pi / 2 - 1) / 2 * 5000
    expected = [math.pi * 1e4, math.pi * 1e4, 1e4 + segment]
    assert [shape.area for shape in batch.shapes] == pytest.approx(expected, abs=0.01)
    assert [f.rule for f in batch.findings] == ["arcs_straightened"]


def test_what_is_no_plot_is_named(tmp_path: Path) -> None:
    line = ["0", "LINE", "8", "0", "10", "1", "20", "1", "11", "2", "21", "2"]
    batch = read(dxf(tmp_path, ring(box(0, 0, 10)), line, line))
    assert [(f.rule, f.value) for f in batch.findings] == [("drawing_left", "LINE: 2")]
    alone = read(dxf(tmp_path, line))
    assert [(f.rule, f.severity) for f in alone.findings] == [("drawing_left", "error")]
    assert len(alone.frame) == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"AutoCAD Binary DXF\r\n\x1a\x00", "dxf_binary"), (b"0\nhello\n", "not_its_kind"),
        (b"0\nSECTION\n2\nENTITIES\n0\nLINE\nx\ny\n", "unreadable"),
        (b"0\nSECTION\n2\nENTITIES\n0\nLINE\n8\n", "unreadable"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.dxf"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        list(rows_of(path, "a"))
    assert caught.value.code == f"error.{code}"


PAIR = st.tuples(
    st.sampled_from(["0", "10", "20", "42", "70", "8", "1", "230"]),
    st.sampled_from(["LWPOLYLINE", "VERTEX", "SEQEND", "POLYLINE", "TEXT", "ENDSEC"])
    | st.floats().map(str)
    | st.text(max_size=5).filter(lambda text: len(text.splitlines()) < 2),
)


@given(found=st.lists(PAIR, max_size=30))
def test_any_entities_end_in_the_packages_own_error(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.dxf"
    lines = ["0", "SECTION", "2", "ENTITIES", *(line for pair in found for line in pair)]
    path.write_bytes("\n".join([*lines, "0", "ENDSEC", "0", "EOF", ""]).encode("utf-8", "replace"))
    with suppress(EnpingError):
        batch = next(iter(rows_of(path, "a")))
        assert batch.shapes is not None
        assert all(isinstance(shape, shapely.Polygon) for shape in batch.shapes)
