"""Paint a drawing as a PNG picture, for papers that cannot hold SVG."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFont

from enping_gis._resources import shipped_json
from enping_gis.reports.marks import Dot, Words, dashes

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

    from enping_gis.reports.marks import Drawing, Mark, Point, Shape

MM_PER_INCH = 25.4
# Edges are smoothed by painting twice as large.
_FINER = 2
_COLOURS = 128
_ANCHORS = {"start": "l", "middle": "m", "end": "r"}


def png(drawing: Drawing, *, dpi: int = 200) -> bytes:
    """
    Paint a drawing.

    Letters are of the first Chinese typeface that the machine has; where there is none,
    lines of Chinese are replaced by what they say in plain letters.

    Parameters
    ----------
    drawing : Drawing
        What to paint.
    dpi : int
        Dots per inch.

    Returns
    -------
    bytes
        A PNG file that knows its size on paper.

    Examples
    --------
    >>> from enping_gis.reports.marks import Drawing
    >>> png(Drawing(1.0, 1.0, ()))[1:4]
    b'PNG'
    """
    per_mm = dpi / MM_PER_INCH
    size = (round(drawing.width_mm * per_mm), round(drawing.height_mm * per_mm))
    large = Image.new("RGB", (size[0] * _FINER, size[1] * _FINER), "#FFFFFF")
    brush = ImageDraw.Draw(large)
    for mark in drawing.marks:
        _paint(large, brush, mark, per_mm * _FINER)
    picture = large.resize(size, Image.Resampling.BOX).quantize(_COLOURS, Image.Quantize.FASTOCTREE)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()


def _paint(large: Image.Image, brush: ImageDraw.ImageDraw, mark: Mark, per_mm: float) -> None:
    if isinstance(mark, Words):
        _write(large, brush, mark, per_mm)
    elif isinstance(mark, Dot):
        x, y, radius = mark.x * per_mm, mark.y * per_mm, mark.radius_mm * per_mm
        box = (x - radius, y - radius, x + radius, y + radius)
        width = max(1, round(mark.width_mm * per_mm))
        brush.ellipse(box, mark.fill or None, mark.stroke or None, width)
    else:
        _draw(large, brush, mark, per_mm)


def _draw(large: Image.Image, brush: ImageDraw.ImageDraw, mark: Shape, per_mm: float) -> None:
    rings = [[(x * per_mm, y * per_mm) for x, y in ring] for ring in mark.rings]
    if mark.fill and len(rings) == 1:
        brush.polygon(rings[0], mark.fill)
    elif mark.fill and rings:
        _fill_with_holes(large, rings, mark.fill)
    if not mark.stroke:
        return
    width = max(1, round(mark.width_mm * per_mm))
    dash = tuple(mm * per_mm for mm in mark.dash_mm)
    for ring in rings:
        line = [*ring, ring[0]] if mark.closed else ring
        for piece in dashes(line, dash):
            brush.line(piece, mark.stroke, width, "curve")


def _fill_with_holes(large: Image.Image, rings: list[list[Point]], fill: str) -> None:
    """Paint through a mask in which each ring turns over what it encloses (even-odd)."""
    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    left, top = max(0, int(min(xs))), max(0, int(min(ys)))
    right, bottom = min(large.width, int(max(xs)) + 1), min(large.height, int(max(ys)) + 1)
    if right <= left or bottom <= top:
        return
    size = (right - left, bottom - top)
    mask = Image.new("1", size)
    for ring in rings:
        own = Image.new("1", size)
        ImageDraw.Draw(own).polygon([(x - left, y - top) for x, y in ring], 1)
        mask = ImageChops.logical_xor(mask, own)
    large.paste(fill, (left, top), mask)


def _write(large: Image.Image, brush: ImageDraw.ImageDraw, mark: Words, per_mm: float) -> None:
    size = max(1, round(mark.size_mm * per_mm))
    face = _face("bold" if mark.bold else "regular", size)
    words = mark.text
    if face is None:
        words = mark.text if mark.text.isascii() else mark.plain
        face = _plain_face(size)
    if not words:
        return
    place = (mark.x * per_mm, mark.y * per_mm)
    anchor = f"{_ANCHORS[mark.anchor]}m"
    if not mark.turned_deg and mark.opacity == 1:
        rim = round(mark.halo_mm * per_mm)
        brush.text(place, words, mark.colour, face, anchor, stroke_width=rim, stroke_fill="#FFFFFF")
        return
    # Letters that are turned or thin are painted on a sheet of their own first.
    left, top, right, bottom = face.getbbox(words, anchor="lm")
    half = (int(max(abs(left), abs(right), 1)), int(max(abs(top), abs(bottom), 1)) + 1)
    sheet = Image.new("L", (2 * half[0], 2 * half[1]))
    start = {"start": half[0], "middle": half[0] - right / 2, "end": half[0] - right}[mark.anchor]
    ink = round(255 * mark.opacity)
    ImageDraw.Draw(sheet).text((start, half[1]), words, ink, face, "lm")
    # The turn goes about the middle of the sheet, which is where the line is anchored.
    turned = sheet.rotate(mark.turned_deg, Image.Resampling.BILINEAR, expand=True)
    corner = (round(place[0] - turned.width / 2), round(place[1] - turned.height / 2))
    large.paste(mark.colour, corner, turned)


@cache
def _face(weight: str, size: int) -> FreeTypeFont | None:
    """Return the first typeface with Chinese signs that the machine has."""
    found = _chosen(weight)
    return None if found is None else ImageFont.truetype(found[0], size, found[1])


@cache
def _chosen(weight: str) -> tuple[str, int] | None:
    faces = shipped_json("reports/faces.json")
    for name, number in (*faces[weight], *faces["regular"]):
        try:
            ImageFont.truetype(name, 10, number)
        except OSError:
            continue
        return name, number
    return None


@cache
def _plain_face(size: int) -> FreeTypeFont:
    return ImageFont.load_default(size)  # type: ignore[return-value]  # with a size it is a TrueType one
