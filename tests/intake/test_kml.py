"""KML from phones and from Ovital: plots, attributes, the datum that is meant; links stay links."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.errors import EnpingError, SourceError
from enping_gis.intake.drawings.kml import layers_of, rows_of
from enping_gis.intake.raw import ROW

if TYPE_CHECKING:
    from pathlib import Path

    from enping_gis.intake.raw import RawRows

RING = "112.30,22.10,0 112.31,22.10,0 112.31,22.11,0 112.30,22.11,0 112.30,22.10,0"
HOLE = "112.302,22.102 112.304,22.102 112.304,22.104 112.302,22.104 112.302,22.102"
SHELL = (
    f"<outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs>"
)
INNER = (
    f"<innerBoundaryIs><LinearRing><coordinates>{HOLE}</coordinates></LinearRing></innerBoundaryIs>"
)
PLOT = f"<Polygon>{SHELL}</Polygon>"


def document(*placemarks: str, head: str = "", encoding: str = "UTF-8") -> str:
    body = "".join(f"<Placemark>{each}</Placemark>" for each in placemarks)
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>图</name>{head}<Folder><name>大槐</name>{body}</Folder></Document></kml>"
    )


def read(path: Path) -> RawRows:
    (batch,) = rows_of(path, layers_of(path)[0].name)
    for finding in batch.findings:
        assert finding.message("zh")
        assert finding.cure("en")
    return batch


def kml(folder: Path, text: str, name: str = "a.kml", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_placemark_with_everything(tmp_path: Path) -> None:
    extended = (
        '<ExtendedData><Data name="状态"><displayName>x</displayName><value>待整治</value></Data>'
        '<SchemaData schemaUrl="#s"><SimpleData name="编号">4407851080000000001</SimpleData>'
        "</SchemaData></ExtendedData>"
    )
    named = "<name>一号地</name><description><![CDATA[a<b>]]></description>"
    batch = read(kml(tmp_path, document(f"{named}{extended}<Polygon>{SHELL}{INNER}</Polygon>")))
    assert batch.frame.to_dict("records") == [
        {"name": "一号地", "folder": "大槐", "description": "a<b>", "状态": "待整治",
         "编号": "4407851080000000001", ROW: 1},
    ]  # fmt: skip
    assert batch.shapes is not None
    assert batch.shapes[0].area == pytest.approx(0.01**2 - 0.002**2)
    assert not batch.shapes[0].has_z
    assert batch.declared is not None
    assert batch.declared.to_epsg() == 4326
    assert batch.hints.datum == ""
    assert not batch.findings


@pytest.mark.parametrize(
    ("geometry", "kind", "rule"),
    [
        (f"<MultiGeometry>{PLOT}{PLOT}</MultiGeometry>", "MultiPolygon", None),
        (f"<MultiGeometry><Point><coordinates>1,2</coordinates></Point>{PLOT}</MultiGeometry>",
         "Polygon", "parts_left"),
        (f"<LinearRing><coordinates>{RING}</coordinates></LinearRing>", "Polygon", None),
        (f"<LineString><coordinates>{RING}</coordinates></LineString>", "Polygon", "line_as_ring"),
        ("<LineString><coordinates>1,2 3,4</coordinates></LineString>", "LineString", None),
        ("<Point><coordinates>112.3,22.1,0</coordinates></Point>", "Point", None),
        (PLOT.replace(",", " , "), "Polygon", None),
        (PLOT.replace(" 112.30,22.10,0<", "<"), "Polygon", "ring_closed"),
        (PLOT.replace("112.31,22.10,0", "112.31,x"), None, "geometry_unread"),
        (PLOT.replace(RING, "112.3,22.1"), None, "geometry_unread"),
        ("<Polygon/>", None, None), ("", None, None),
    ],
)  # fmt: skip
def test_shapes(tmp_path: Path, geometry: str, kind: str | None, rule: str | None) -> None:
    batch = read(kml(tmp_path, document(f"<name>a</name>{geometry}")))
    assert batch.shapes is not None
    shape = batch.shapes[0]
    assert (None if shape is None else shape.geom_type) == kind
    assert [(f.rule, f.row) for f in batch.findings] == ([(rule, 1)] if rule else [])


@pytest.mark.parametrize(
    ("name", "head", "datum"),
    [
        ("a.kml", "", ""), ("a.ovkml", "", "gcj02"), ("a.kml", "<OvAttr>1</OvAttr>", "gcj02"),
        ("a.kml", "<description>GCJ-02</description>", "gcj02"),
        ("a.kml", "<description>坐标系 BD09</description>", "bd09"),
        ("a.ovkml", "<description>WGS84</description>", "wgs84"),
        ("a.kml", "<description>CGCS2000</description>", "cgcs2000"),
    ],
)  # fmt: skip
def test_the_datum(tmp_path: Path, name: str, head: str, datum: str) -> None:
    batch = read(kml(tmp_path, document(PLOT, head=head), name))
    assert batch.hints.datum == datum
    assert bool(batch.hints.said) == bool(datum)


@pytest.mark.parametrize("written", ["gbk", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("declared", ["GBK", "UTF-8", "gb2312"])
def test_encodings(tmp_path: Path, written: str, declared: str) -> None:
    text = document(f"<name>恩平地块</name>{PLOT}", encoding=declared)
    assert read(kml(tmp_path, text, encoding=written)).frame["name"].tolist() == ["恩平地块"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:1/a.kml</href></Link></NetworkLink>"
    batch = read(kml(tmp_path, document(PLOT, head=link)))
    assert [f.rule for f in batch.findings] == ["link_not_followed"]
    assert len(batch.frame) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml>&a;</kml>', "xml_doctype"),
        (" " * 70_000 + "<kml><!DOCTYPE x></kml>", "not_its_kind"),
        (document(PLOT)[:-20], "xml_broken"), ("<kml><a>&b;</a></kml>", "xml_broken"),
        ("<html><body/></html>", "not_its_kind"),
        ("<kml>" + "<Folder>" * 1000, "xml_doctype"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = kml(tmp_path, text)
    with pytest.raises(SourceError) as caught:
        list(rows_of(path, "a"))
    assert caught.value.code == f"error.{code}"
    assert str(path) in caught.value.text("zh")


def test_no_placemark_at_all(tmp_path: Path) -> None:
    assert read(kml(tmp_path, "<kml/>")).rows_in == 0


@given(text=st.text(max_size=100), cut=st.integers(0, 500))
def test_any_text_ends_in_the_packages_own_error(
    tmp_path_factory: pytest.TempPathFactory, text: str, cut: int
) -> None:
    whole = document(f"<name>{text}</name>{PLOT}")
    path = tmp_path_factory.mktemp("any") / "a.kml"
    path.write_bytes((whole[:cut] + text + whole[cut:]).encode("utf-8", "replace"))
    with suppress(EnpingError):
        for rows in rows_of(path, layers_of(path)[0].name):
            assert rows.shapes is None or isinstance(rows.shapes[0], shapely.Geometry | None)
