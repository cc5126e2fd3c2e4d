"""Write files byte by byte where the usual writers are too polite to write bad ones."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pyogrio
import shapely

from tests.hazards.land import PLOTS, frame, moved
from tests.plots import shapefile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.hazards.land import Plot

Ring = "Sequence[tuple[float, float]]"


def shp(
    folder: Path,
    plots: Sequence[Plot] = PLOTS,
    *,
    stem: str = "plots",
    cpg: str | None = "GBK",
    encoding: str = "GBK",
    crs: object = 4546,
) -> Path:
    """Write a Shapefile as office programs do."""
    return shapefile(folder / f"{stem}.shp", frame(plots, crs=crs), encoding=encoding, cpg=cpg)


def vector(
    path: Path, plots: Sequence[Plot] = PLOTS, *, crs: object = 4546, **options: Any
) -> Path:
    """Write a file with the driver that its suffix stands for."""
    frame(plots, crs=crs).to_file(path, engine="pyogrio", **options)
    return path


def gpkg(
    path: Path, plots: Sequence[Plot] = PLOTS, *, layer: str = "parcels", **options: Any
) -> Path:
    """Write a GeoPackage, or a further layer of one."""
    return vector(path, plots, layer=layer, driver="GPKG", **options)


def gdb(path: Path, plots: Sequence[Plot] = PLOTS, *, layer: str = "DK", **options: Any) -> Path:
    """Write a FileGDB, or a further layer of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return vector(path, plots, layer=layer, driver="OpenFileGDB", promote_to_multi=True, **options)


def features(
    plots: Sequence[Plot] = PLOTS, *, crs: object = 4490, **columns: Any
) -> list[dict[str, Any]]:
    """Return plots as the features of a GeoJSON, in the system given."""
    rows = []
    for number, plot in enumerate(plots):
        own: dict[str, object] = {"地块编号": plot.code, "地块名称": plot.name}
        own |= {name: cells[number] for name, cells in columns.items()}
        shape = (
            None if plot.shape is None else json.loads(shapely.to_geojson(moved(plot.shape, crs)))
        )
        rows.append({"type": "Feature", "properties": own, "geometry": shape})
    return rows


def geojson(
    path: Path, rows: Sequence[Mapping[str, Any]], *, encoding: str = "utf-8", **more: Any
) -> Path:
    """Write features as a collection, with further members."""
    document = {"type": "FeatureCollection", **more, "features": rows}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding=encoding)
    return path


def crs_member(name: str) -> dict[str, Any]:
    """Return the ``crs`` member of older GeoJSON."""
    return {"type": "name", "properties": {"name": name}}


def dbf(
    path: Path,
    fields: Sequence[tuple[bytes, bytes, int, int]],
    records: Sequence[Sequence[bytes]],
    *,
    language: int = 0,
    deleted: Sequence[int] = (),
) -> Path:
    """Write a dBase table: (name, kind, width, decimals) of fields, cells as bytes."""
    size = 1 + sum(width for _, _, width, _ in fields)
    head = struct.pack(
        "<BBBBIHH17xBxx", 3, 123, 3, 30, len(records), 33 + 32 * len(fields), size, language
    )
    content = bytearray(head)
    for name, kind, width, decimals in fields:
        content += struct.pack("<11sc4xBB14x", name[:11], kind, width, decimals)
    content += b"\x0d"
    for number, record in enumerate(records):
        content += b"*" if number in deleted else b" "
        for (_, kind, width, _), cell in zip(fields, record, strict=True):
            fitted = cell[:width]
            content += fitted.rjust(width) if kind in b"NF" else fitted.ljust(width)
    path.write_bytes(bytes(content) + b"\x1a")
    return path


def cells(plots: Sequence[Plot] = PLOTS, encoding: str = "gbk") -> list[list[bytes]]:
    """Return code and name of plots as bytes."""
    return [[(plot.code or "").encode(), (plot.name or "").encode(encoding)] for plot in plots]


TEXTS = [(b"DKBH", b"C", 19, 0), (b"DKMC", b"C", 60, 0)]


def gpkg_geometry(path: Path, wkb: bytes, *, row: int, layer: str = "parcels") -> Path:
    """Replace the geometry of a row of a GeoPackage by bytes of one's own."""
    blob = b"GP\x00\x01" + struct.pack("<i", 4546) + wkb
    return sql(path, f"UPDATE {layer} SET geom = ? WHERE fid = ?", (blob, row), layer=layer)  # noqa: S608 - a layer of ours


def sql(
    path: Path, statement: str, values: Sequence[object] = (), *, layer: str = "parcels"
) -> Path:
    """Change a GeoPackage behind the back of its triggers."""
    with sqlite3.connect(path) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("DELETE FROM gpkg_extensions")
        database.execute(f"DROP TABLE IF EXISTS rtree_{layer}_geom")
        database.execute(statement, tuple(values))
    database.close()
    return path


def ring_wkb(*rings: Sequence[tuple[float, float]]) -> bytes:
    """Return a polygon as bytes, its rings exactly as given, closed or not."""
    parts = [struct.pack("<BII", 1, 3, len(rings))]
    for ring in rings:
        parts.append(struct.pack("<I", len(ring)))
        parts += [struct.pack("<dd", *point) for point in ring]
    return b"".join(parts)


def zipped(path: Path, members: Mapping[str, bytes | Path], **options: Any) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content if isinstance(content, bytes) else content.read_bytes())
    return path


def parts(shapefile: Path) -> dict[str, bytes]:
    """Return the parts of a Shapefile as members of an archive."""
    return {
        each.name: each.read_bytes()
        for each in sorted(shapefile.parent.glob(f"{shapefile.stem}.*"))
    }


def workbook(path: Path, rows: Sequence[Sequence[object]], *, sheet: str = "台账") -> Path:
    """Write a sheet, cell by cell."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def layers(path: Path) -> list[str]:
    """Return the layers of a file."""
    return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
