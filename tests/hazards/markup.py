"""KML from phones and web maps, DXF from survey programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.kml import (
    HEAD,
    coordinates,
    data,
    document,
    geometry,
    kml,
    kmz,
    placemark,
    polygon,
)
from tests.hazards.land import (
    GAS,
    HOLED,
    JIAOLONG,
    MICANG,
    PARTED,
    PLOTS,
    moved,
    swapped,
)
from tests.hazards.mars import gcj02
from tests.hazards.writing import zipped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import shapely

    from tests.hazards.expectation import Outcome
    from tests.hazards.land import Plot

CORPUS = Corpus("markup")


def _marks(
    name: str, what: str, mark: Callable[[Plot], str], *due: Outcome, plots: Sequence[Plot] = PLOTS
) -> None:
    CORPUS.add(
        name, f"KML {what}", lambda folder: kml(folder / "plots.kml", plots, mark=mark), *due
    )


def _wraps(name: str, what: str, wrap: Callable[[str], str], *due: Outcome) -> None:
    CORPUS.add(name, f"KML {what}", lambda folder: kml(folder / "plots.kml", wrap=wrap), *due)


def degrees(plot: Plot) -> shapely.Geometry:
    """Return the shape of a plot in degrees."""
    return moved(plot.shape, 4326)


_marks(
    "kml_holes_parts",
    "with holes and parts",
    placemark,
    reads(plots=(HOLED, PARTED), clean=True),
    plots=(HOLED, PARTED),
)
_marks(
    "kml_no_height",
    "without heights",
    lambda p: placemark(p, polygon(degrees(p), height="")),
    CLEAN,
)
_marks(
    "kml_lines_between",
    "with line breaks and tabs among the coordinates",
    lambda p: placemark(p, polygon(degrees(p)).replace(" ", "\n\t\t")),
    CLEAN,
)
_marks(
    "kml_spaces_in_tuples",
    "with blanks behind the commas",
    lambda p: placemark(p, polygon(degrees(p)).replace(",", ", ")),
    reads(),
    reads(note("geometry_unread", severity="error"), plots=()),
    refuses(),
)
_marks(
    "kml_simple_data",
    "with SchemaData under Chinese keys",
    lambda p: placemark(
        p,
        extra=simple_data(p),
    ),
    reads(values={"所在镇": ("圣堂镇",) * 3}),
)
_marks(
    "kml_own_keys",
    "with a Chinese key nobody knows: others write ______",
    lambda p: placemark(
        p,
        extra=data(p).replace(
            "</ExtendedData>", '<Data name="土地等别"><value>八</value></Data></ExtendedData>'
        ),
    ),
    reads(values={"土地等别": ("八",) * 3}),
)
_marks(
    "kml_html_description",
    "with a table of HTML for a description",
    lambda p: placemark(
        p,
        extra=data(p)
        + "<description><![CDATA[<table><tr><td>权利人</td></tr></table>]]></description>",
    ),
    CLEAN,
)
_marks(
    "kml_folders",
    "with nested folders",
    lambda p: f"<Folder><name>甲</name><Folder><name>乙</name>{placemark(p)}</Folder></Folder>",
    CLEAN,
)
_marks(
    "kml_multi_nested",
    "with a MultiGeometry in a MultiGeometry",
    lambda p: placemark(p, f"<MultiGeometry>{geometry(degrees(p))}</MultiGeometry>"),
    CLEAN,
)
_marks(
    "kml_closed_line",
    "whose plots are closed lines",
    lambda p: placemark(
        p, f"<LineString><coordinates>{coordinates(degrees(p).exterior)}</coordinates></LineString>"
    ),
    reads(),
)
_marks(
    "kml_linear_ring",
    "whose plots are LinearRing alone",
    lambda p: placemark(
        p, f"<LinearRing><coordinates>{coordinates(degrees(p).exterior)}</coordinates></LinearRing>"
    ),
    reads(),
)
_marks(
    "kml_unclosed",
    "whose rings do not close",
    lambda p: placemark(
        p, polygon(degrees(p)).replace(" " + coordinates(degrees(p).exterior).split()[-1], "")
    ),
    reads(),
)


def simple_data(plot: Plot) -> str:
    """Return code and town as data of a schema."""
    cells = {"地块编号": plot.code, "所在镇": "圣堂镇"}
    fields = "".join(f'<SimpleData name="{key}">{cell}</SimpleData>' for key, cell in cells.items())
    return f'<ExtendedData><SchemaData schemaUrl="#s">{fields}</SchemaData></ExtendedData>'


def _second(shape: str) -> Callable[[Plot], str]:
    return lambda plot: placemark(plot, shape if plot is MICANG else "")


ASIDE = reads(
    note("geometry_kind|geometry_missing|geometry_unread", row=2, severity="error"),
    plots=(GAS, JIAOLONG),
)
_marks(
    "kml_open_line",
    "with an open line among the plots",
    _second(
        "<LineString><coordinates>112.3,22.2,0 112.301,22.2,0 112.301,22.21,0"
        "</coordinates></LineString>"
    ),
    ASIDE,
)
_marks(
    "kml_point",
    "with a point among the plots",
    _second("<Point><coordinates>112.3,22.2,0</coordinates></Point>"),
    ASIDE,
)
_marks("kml_no_shape", "with a placemark without a shape", _second("<Style/>"), ASIDE)
_marks(
    "kml_letters",
    "with letters among the coordinates",
    _second(polygon(degrees(MICANG)).replace("22.", "2z.", 1)),
    ASIDE,
)
_marks(
    "kml_no_coordinates",
    "with empty coordinates",
    _second(
        "<Polygon><outerBoundaryIs><LinearRing><coordinates> </coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon>"
    ),
    ASIDE,
)
_marks(
    "kml_latitude_first",
    "with latitude before longitude",
    lambda p: placemark(p, polygon(swapped(degrees(p)))),
    reads(note("axes_swapped")),
)
_wraps("kml_no_namespace", "without a namespace", lambda text: document(text, root=""), CLEAN)
_wraps(
    "kml_google",
    "with the old namespace of Google Earth",
    lambda text: document(text, root='xmlns="http://earth.google.com/kml/2.1"'),
    CLEAN,
)
_wraps(
    "kml_prefixed",
    "whose elements carry a prefix",
    lambda text: (
        document(text, root='xmlns:k="http://www.opengis.net/kml/2.2"')
        .replace("</", "\0")
        .replace("<", "<k:")
        .replace("\0", "</k:")
        .replace("<k:?xml", "<?xml")
    ),
    reads(),
)
_wraps("kml_no_head", "without the XML line", lambda text: document(text, head=""), CLEAN)
_wraps(
    "kml_network_link",
    "with a link to the network, which is not followed",
    lambda text: document(
        text + "<NetworkLink><Link><href>http://127.0.0.1:9/more.kml</href></Link></NetworkLink>"
    ),
    reads(note("link_not_followed")),
)
_wraps(
    "kml_link_only",
    "of nothing but a link",
    lambda _: document(
        "<NetworkLink><Link><href>http://127.0.0.1:9/more.kml</href></Link></NetworkLink>"
    ),
    refuses(),
    reads(note("link_not_followed"), plots=()),
)
_wraps(
    "kml_overlay_only",
    "of a picture only",
    lambda _: document("<GroundOverlay><Icon><href>a.png</href></Icon></GroundOverlay>"),
    refuses(),
    reads(note("no_rows"), plots=()),
)
_wraps(
    "kml_doctype",
    "with a DOCTYPE",
    lambda text: document(text, head=HEAD + '<!DOCTYPE kml [<!ENTITY a "b">]>\n'),
    refuses(),
)
_wraps(
    "kml_foreign_entity",
    "with an entity that reads a file",
    lambda text: document(
        text.replace("燃气地块", "&leak;"),
        head=HEAD + '<!DOCTYPE kml [<!ENTITY leak SYSTEM "file:///etc/hostname">]>\n',
    ),
    refuses(),
)
_BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
_wraps(
    "kml_entity_bomb",
    "with entities that grow a billion times",
    lambda text: document(
        text.replace("燃气地块", "&e9;"), head=HEAD + f'<!DOCTYPE kml [<!ENTITY e0 "ha">{_BOMB}]>\n'
    ),
    refuses(),
)
_wraps(
    "kml_not_well_formed",
    "with an element that does not close",
    lambda text: document(text).replace("</Placemark>", "", 1),
    refuses(),
)
_wraps(
    "kml_deep",
    "nested 50,000 deep",
    lambda text: document("<Folder>" * 50_000 + text + "</Folder>" * 50_000),
    CLEAN,
    refuses(),
)
GCJ = note("shift_removed")


def mars_mark(plot: Plot) -> str:
    """Return a placemark in GCJ-02, as the map app Ovital writes it."""
    return placemark(plot, polygon(gcj02(plot.shape)))


@CORPUS.entry("ovkml, which is in GCJ-02: others put it 500 m off", reads(GCJ))
def ovkml(folder: Path) -> Path:
    return kml(folder / "plots.ovkml", mark=mars_mark)


@CORPUS.entry("ovkmz, which is in GCJ-02", reads(GCJ))
def ovkmz(folder: Path) -> Path:
    path = kml(folder / "doc.kml", mark=mars_mark)
    return zipped(folder / "plots.ovkmz", {"doc.kml": path})


@CORPUS.entry("KMZ whose KML is not called doc.kml", CLEAN)
def kmz_other_name(folder: Path) -> Path:
    return kmz(folder / "plots.kmz", member="files/地块.kml")


@CORPUS.entry("KMZ with pictures beside", CLEAN)
def kmz_pictures(folder: Path) -> Path:
    path = kml(folder / "doc.kml")
    return zipped(folder / "plots.kmz", {"images/a.png": b"\x89PNG\r\n\x1a\n", "doc.kml": path})


@CORPUS.entry("KMZ without a KML", refuses())
def kmz_no_kml(folder: Path) -> Path:
    return zipped(folder / "plots.kmz", {"images/a.png": b"\x89PNG\r\n\x1a\n"})


@CORPUS.entry("KML renamed .kmz", CLEAN, refuses())
def kml_named_kmz(folder: Path) -> Path:
    return kml(folder / "plots.kmz")


@CORPUS.entry("KMZ renamed .kml", CLEAN, refuses())
def kmz_named_kml(folder: Path) -> Path:
    return kmz(folder / "plots.kml")
