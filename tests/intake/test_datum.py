"""Local parameters from Xi'an 80 and Beijing 54: the file, and the figures they give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from pyproj import CRS

from enping_gis.crs import CGCS2000, transformed
from enping_gis.errors import CRSError, SourceError
from enping_gis.intake.coordinates.datum import DatumShift, datum_named, on_cgcs2000
from enping_gis.intake.coordinates.zones import zone_of
from tests.plots import square

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

CM_111E = CRS.from_epsg(4546)
SEVEN = {"dx": -10.5, "dy": 20, "dz": 5.25, "rx": 1.2, "ry": -0.8, "rz": 2.5, "scale": 3.1}
FOUR = {"dx": -50, "dy": 60, "rotation": 0.5, "scale": 2, "meridian": 111}
NOTHING = dict.fromkeys(SEVEN, 0)


def written(path: Path, values: Mapping[str, float], **more: str) -> Path:
    entries = {"source": "xian80", **values, **more}
    path.write_text("\n".join(f"{key} = {value}" for key, value in entries.items()))
    return path


def earth_centred(
    lon: float, lat: float, axis_m: float, flattening: float
) -> npt.NDArray[np.float64]:
    """Return X, Y, Z of a place of height 0 by the textbook."""
    lam, phi = np.radians([lon, lat])
    eccentric = flattening * (2 - flattening)
    across_m = axis_m / np.sqrt(1 - eccentric * np.sin(phi) ** 2)
    flat = [np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), (1 - eccentric) * np.sin(phi)]
    return across_m * np.array(flat)


@pytest.mark.parametrize(
    ("source", "axis_m", "inverse_flattening"),
    [("xian80", 6_378_140, 298.257), ("beijing54", 6_378_245, 298.3)],
)
@pytest.mark.parametrize(("convention", "sign"), [("position_vector", 1), ("coordinate_frame", -1)])
def test_seven_parameters_by_the_matrix(  # noqa: PLR0917 - a table of cases
    tmp_path: Path,
    source: str,
    axis_m: float,
    inverse_flattening: float,
    convention: str,
    sign: int,
) -> None:
    path = written(tmp_path / "p.txt", SEVEN, source=source, convention=convention)
    given = np.array([shapely.Point(112.3, 22.2)])
    found = DatumShift.read(path).moved(given, CGCS2000)[0]
    rx, ry, rz = sign * np.radians(np.array([1.2, -0.8, 2.5]) / 3600)
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    old = earth_centred(112.3, 22.2, axis_m, 1 / inverse_flattening)
    expected = np.array([-10.5, 20, 5.25]) + (1 + 3.1e-6) * turn @ old
    there = earth_centred(found.x, found.y, 6_378_137, 1 / 298.257222101)
    # What is left is height, which stands upright on the ellipsoid.
    lam, phi = np.radians([found.x, found.y])
    upright = np.array([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    assert np.linalg.norm(np.cross(expected - there, upright)) < 1e-4
    assert np.linalg.norm(expected - old) > 20


def test_four_parameters_by_hand(tmp_path: Path) -> None:
    shift = DatumShift.read(written(tmp_path / "p.txt", FOUR | {"rotation": 0, "scale": 10}))
    before = square()
    after = shift.moved(np.array([before]), CM_111E)[0]
    west, south = before.bounds[:2]
    assert after.bounds[:2] == pytest.approx((60 + west * 1.00001, -50 + south * 1.00001))
    assert after.area == pytest.approx(10_000 * 1.00001**2)
    # A positive rotation takes the northing into the easting.
    turned = DatumShift.read(written(tmp_path / "q.txt", FOUR | {"dx": 0, "dy": 0, "scale": 0}))
    after = turned.moved(np.array([before]), CM_111E)[0]
    assert after.bounds[0] - west == pytest.approx(south * np.radians(0.5 / 3600), abs=1e-3)


@pytest.mark.parametrize("epsg", [4547, 4525, 4497, 4490])
def test_parameters_of_one_zone_serve_the_others(tmp_path: Path, epsg: int) -> None:
    """The same place comes out, in whichever zone it was written."""
    shift = DatumShift.read(written(tmp_path / "p.txt", FOUR))
    old = {4546: 2382, 4547: 2383, 4525: 2361, 4497: 2333, 4490: 4610}
    given = np.array([square()])
    expected = shift.moved(given, CM_111E)
    elsewhere = transformed(given, CRS.from_epsg(old[4546]), CRS.from_epsg(old[epsg]))
    found = transformed(shift.moved(elsewhere, CRS.from_epsg(epsg)), CRS.from_epsg(epsg), CM_111E)
    assert shapely.hausdorff_distance(found[0], expected[0]) < 1e-6


def test_a_file_in_chinese_with_units(tmp_path: Path) -> None:
    lines = [
        "# 恩平 西安80 转 2000",
        "源坐标系：西安80",
        "旋转约定 = 坐标框架",
        "Ｘ平移＝－10.5 米",
        "Y平移 = 20",
        "Z平移 = 5.25",
        "X旋转 = 1.2″",
        "Y旋转 = -0.8 秒",
        "Z旋转 = 2.5",
        "尺度 = 3.1 ppm  # 百万分之一",
        "",
    ]
    path = tmp_path / "参数.txt"
    path.write_text("\n".join(lines), encoding="gb18030")
    shift = DatumShift.read(path)
    assert (shift.source, shift.convention) == ("xian80", "coordinate_frame")
    assert list(shift.values.values()) == list(map(float, SEVEN.values()))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("dx = zwölf", "error.datum_line"),
        ("dx = 1 km", "error.datum_line"),
        ("rx = 1 rad", "error.datum_line"),
        ("dx", "error.datum_line"),
        ("dx = ", "error.datum_line"),
        ("dq = 1", "error.datum_line"),
        ("dy = 21", "error.datum_line"),  # a second time
        ("source = cgcs2000", "error.datum_line"),
        ("rotation = 1", "error.datum_incomplete"),
        ("convention = left", "error.datum_line"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path, line: str, code: str) -> None:
    path = written(tmp_path / "p.txt", SEVEN, convention="position_vector")
    path.write_text(path.read_text() + "\n" + line)
    with pytest.raises(SourceError) as caught:
        DatumShift.read(path)
    assert caught.value.code == code
    assert "p.txt" in str(caught.value)
    assert code != "error.datum_line" or "10" in str(caught.value)


@pytest.mark.parametrize("lacking", ["source", "dx", "rz", "scale", "convention"])
def test_nothing_is_taken_for_granted(tmp_path: Path, lacking: str) -> None:
    path = written(tmp_path / "p.txt", SEVEN, convention="position_vector")
    lines = [line for line in path.read_text().splitlines() if not line.startswith(lacking)]
    path.write_text("\n".join(lines))
    with pytest.raises(SourceError, match=f"{lacking}"):
        DatumShift.read(path)


def test_without_rotations_there_is_no_convention_to_state(tmp_path: Path) -> None:
    path = written(tmp_path / "p.txt", NOTHING | {"dx": 1})
    assert DatumShift.read(path).convention == "position_vector"


@pytest.mark.parametrize("meridian", [112, 0, 111.5])
def test_the_meridian_is_one_of_china(tmp_path: Path, meridian: float) -> None:
    with pytest.raises(SourceError, match="meridian"):
        DatumShift.read(written(tmp_path / "p.txt", FOUR | {"meridian": meridian}))


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"\xff\xfe\xff", b"x" * 70_000])
def test_what_is_no_parameter_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.txt"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"p\.txt"):
        DatumShift.read(path)


def test_what_is_no_text_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    path.write_bytes(b"SQLite format 3\0")
    with pytest.raises(SourceError) as caught:
        DatumShift.read(path)
    assert caught.value.code == "error.not_text"


@pytest.mark.parametrize("name", ["missing.txt", "", "a\0b"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError):
        DatumShift.read(f"{tmp_path}/{name}")


def test_a_shift_of_a_kilometre_is_a_mistake(tmp_path: Path) -> None:
    shift = DatumShift.read(written(tmp_path / "p.txt", FOUR | {"dx": 1_000}))
    with pytest.raises(CRSError) as caught:
        shift.moved(np.array([square()]), CM_111E)
    assert caught.value.code == "error.datum_far"


@pytest.mark.parametrize(
    ("wording", "datum"),
    [
        ("2000国家大地坐标系", "cgcs2000"),
        ("CGCS2000_3_Degree_GK_CM_111E", "cgcs2000"),
        ("1980西安坐标系", "xian80"),
        ("Xian_1980_3_Degree_GK_CM_111E", "xian80"),
        ("１９５４年北京坐标系", "beijing54"),
        ("WGS 84", "wgs84"),
        ("GCJ-02", "gcj02"),
        ("百度坐标", "bd09"),
        ("地方坐标系", ""),
    ],
)
def test_datums_by_name(wording: str, datum: str) -> None:
    assert datum_named(wording) == datum


@pytest.mark.parametrize(
    ("local", "epsg"),
    [(2382, 4546), (2361, 4525), (2415, 4527), (2333, 4497), (4214, 4490), (4546, 4546)],
)
def test_the_twin_on_cgcs2000(local: int, epsg: int) -> None:
    assert on_cgcs2000(CRS.from_epsg(local)) == CRS.from_epsg(epsg)


def test_a_meridian_of_its_own_keeps_it() -> None:
    site = CRS.from_user_input("+proj=tmerc +lon_0=111.9 +x_0=500000 +ellps=krass +units=m")
    twin = on_cgcs2000(site)
    assert twin.geodetic_crs == CGCS2000
    assert zone_of(twin) is None
    assert "111.9" in twin.to_wkt()
