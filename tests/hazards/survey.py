"""Write boundary-point TXT files, plain or odd."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

from tests.hazards.land import PLOTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.hazards.land import Plot

NORM = {
    "格式版本号": "1.01",
    "数据产生单位": "恩平市自然资源局",
    "数据产生日期": "2023-03-30",
    "坐标系": "2000国家大地坐标系",
    "几度分带": "3",
    "投影类型": "高斯克吕格",
    "计量单位": "米",
    "带号": "37",
    "精度": "0.001",
    "转换参数": ",,,,,,",
}
# A zone number that is not written before the easting is not stated either.
NO_ZONE = {**NORM, "带号": ""}


class Style(NamedTuple):
    """
    How plots are written.

    `offset_m` goes before the easting (37,000,000 of zone 37); `closing` is ``same`` point,
    ``none`` or ``new`` number; `counted` says whether the closing point is in the count;
    `running` lets the ring number run on over holes and parts, else it starts anew per plot.
    """

    offset_m: float = 37_000_000.0
    east_first: bool = False
    closing: str = "same"
    counted: bool = True
    prefix: str = "J"
    running: bool = True
    decimals: int = 3
    area: float = 1e-4
    sign: str = ","


def rings(shape: shapely.Geometry) -> list[list[tuple[float, float]]]:
    """Return the rings of a shape, shells before their holes, not closed."""
    lines = []
    for part in shapely.get_parts(shape):
        lines += [part.exterior, *part.interiors]
    return [[(float(east), float(north)) for east, north in line.coords[:-1]] for line in lines]


def headline(plot: Plot, count: int, style: Style) -> str:
    """Return the line of eight fields that opens a plot."""
    area = shapely.area(plot.shape) * style.area
    fields = (count, f"{area:.4f}", plot.code, plot.name, "面", "", "工业用地", "", "@")
    return style.sign.join(map(str, fields))


def points(plot: Plot, style: Style) -> list[str]:
    """Return the lines of points of a plot."""
    lines, number = [], 0
    for ring_number, ring in enumerate(rings(plot.shape), 1):
        first = number + 1
        numbered = [(number + place, point) for place, point in enumerate(ring, 1)]
        number += len(ring)
        if style.closing == "new":
            number += 1
        closer = {"none": [], "same": [(first, ring[0])], "new": [(number, ring[0])]}[style.closing]
        for label, (east, north) in [*numbered, *closer]:
            pair = [f"{north:.{style.decimals}f}", f"{east + style.offset_m:.{style.decimals}f}"]
            if style.east_first:
                pair.reverse()
            ring_label = str(ring_number if style.running else 1)
            lines.append(style.sign.join((f"{style.prefix}{label}", ring_label, *pair)))
    return lines


def body(plots: Sequence[Plot] = PLOTS, style: Style | None = None) -> list[str]:
    """Return headlines and points of plots."""
    style = style or Style()
    lines = []
    for plot in plots:
        own = points(plot, style)
        closers = len(rings(plot.shape)) if style.closing != "none" and not style.counted else 0
        lines += [headline(plot, len(own) - closers, style), *own]
    return lines


def document(header: Mapping[str, str] | None, lines: Sequence[str]) -> list[str]:
    """Return the whole file: the description, then the plots."""
    said = (
        []
        if header is None
        else ["[属性描述]", *(f"{key}={value}" for key, value in header.items())]
    )
    return [*said, "[地块坐标]", *lines]


def written(
    path: Path, lines: Sequence[str], *, encoding: str = "gbk", newline: str = "\r\n"
) -> Path:
    """Write lines as survey programs do: GBK, CRLF."""
    path.write_bytes((newline.join(lines) + newline).encode(encoding))
    return path


def txt(
    path: Path,
    plots: Sequence[Plot] = PLOTS,
    style: Style | None = None,
    *,
    header: Mapping[str, str] | None = NORM,
    encoding: str = "gbk",
    newline: str = "\r\n",
) -> Path:
    """Write plots as a boundary-point TXT."""
    return written(path, document(header, body(plots, style)), encoding=encoding, newline=newline)
