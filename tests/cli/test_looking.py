"""The commands that look: totals, contacts, neighbours, map."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.inventory import Inventory
from tests.plots import geojson, layer, square
from tests.viewer import unpacking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("by", ["town", "responsible", "status", "category", "year"])
def test_totals_of_the_demonstration(run: Callable[..., Any], by: str) -> None:
    said = run("totals", "--by", by, "--format", "json")
    assert said.code == 0
    document = said.json()
    meta, rows = document["meta"], document["rows"]
    assert list(document) == ["meta", "findings", "rows"]
    assert meta["command"] == "totals"
    assert meta["input"] == "demo"
    assert meta["crs"].startswith("EPSG:4546")
    assert (meta["method"], meta["as_of"], meta["by"]) == ("ellipsoidal", "2023-03-30", by)
    assert meta["synthetic"] == 110
    assert meta["total"] == {
        "parcels": 119, "area_m2": 5737226.67, "area_ha": 573.7227, "area_mu": 8605.84,
    }  # fmt: skip
    assert list(rows[0]) == ["key", "label", "parcels", "area_m2", "area_ha", "area_mu"]
    assert sum(Decimal(str(row["area_mu"])) for row in rows) == Decimal("8605.84")
    assert sum(row["parcels"] for row in rows) == 119


def test_totals_of_an_earlier_day_and_in_another_system(run: Callable[..., Any]) -> None:
    said = run("totals", "--by", "status", "--as-of", "2022-02-23", "--format", "json")
    assert [row["key"] for row in said.json()["rows"]] == ["unknown"]
    assert said.json()["meta"]["as_of"] == "2022-02-23"
    said = run("totals", "--crs", "EPSG:4525", "--format", "json")
    assert said.json()["meta"]["crs"].startswith("EPSG:4525")
    assert said.json()["meta"]["total"]["area_mu"] == 8605.84


@pytest.mark.parametrize("wording", ["珠江燃气", "恩大创客中心", "ep005"])
def test_neighbours_of_the_gas_plot(run: Callable[..., Any], wording: str) -> None:
    said = run("neighbours", wording, "--format", "json")
    document = said.json()
    mine = document["meta"]["parcel"]
    rows = {row["right"]: row for row in document["rows"]}
    assert {row["left"] for row in document["rows"]} == {mine}
    demo = Inventory.demo()
    named = rows[demo.parcel("恩大智造")]
    assert named["kind"] == "shared"
    assert "蛟龙" in named["right_name"]
    assert document["meta"]["tolerance_m"] == 0.2


def test_contacts_of_a_file(run: Callable[..., Any], tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [square(0), square(1), square(2, 1)],
                   [{"id": "a", "name": "A"}, {"id": "b", "name": None}, {"id": "c", "name": "C"}],
                   crs="EPSG:4546")  # fmt: skip
    rows = run("contacts", path, "--format", "json").json()["rows"]
    assert [(row["left"], row["right"], row["kind"]) for row in rows] == [
        ("a", "b", "shared"), ("b", "c", "corner"),
    ]  # fmt: skip
    assert rows[0]["shared_m"] == pytest.approx(100, abs=0.01)
    assert (rows[0]["left_name"], rows[0]["right_name"]) == ("A", None)


def test_the_map_ends_with_its_path(run: Callable[..., Any], tmp_path: Path) -> None:
    target = tmp_path / "新 文件夹" / "图.html"
    said = run("map", "-o", target)
    assert said.code == 0
    assert said.out.splitlines()[-1] == str(target)
    assert target.stat().st_size > 10_000
    document = run("map", "-o", target, "--format", "json").json()
    assert document["meta"]["path"] == str(target)
    assert document["meta"]["parcels"] == 119
    assert document["meta"]["bytes"] == target.stat().st_size


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "json", "csv", "xlsx"])
def test_the_map_takes_what_check_writes(
    run: Callable[..., Any], tmp_path: Path, kind: str
) -> None:
    path = geojson(tmp_path / "a.geojson", [square(0), square(0), square(5)],
                   [{"id": "a"}, {"id": "b"}, {"id": "c"}], crs="EPSG:4546")  # fmt: skip
    found = tmp_path / f"found.{kind}"
    rows = run("check", path, "-o", found, "--format", "json").json()["rows"]
    assert rows
    said = run("map", path, "-o", tmp_path / "m.html", "--findings", found, "--format", "json")
    assert said.code == 0
    assert said.json()["meta"]["findings"] == len(rows)
    assert said.json()["findings"] == run("map", path, "-o", tmp_path / "n.html", "--format",
                                          "json").json()["findings"]  # fmt: skip
    page = unpacking.data_of((tmp_path / "m.html").read_text("utf-8"))
    assert {row["message_zh"] for row in rows} <= set(unpacking.texts(page))
    assert "检查结果" in run("map", path, "-o", tmp_path / "m.html", "--findings", found).out


def test_findings_of_another_file_are_noticed(run: Callable[..., Any], tmp_path: Path) -> None:
    found = tmp_path / "found.csv"
    found.write_text("rule,parcel_ids,message_zh\nG1,EP001;Z1,坏\nG2,Z1,坏\nG3,,坏\n", "utf-8")
    said = run("map", "-o", tmp_path / "m.html", "--findings", found, "--format", "json")
    assert said.code == 0
    (note,) = said.json()["findings"]
    assert (note["rule"], note["value"]) == ("findings_elsewhere", "Z1")
    assert "1 宗" in note["message_zh"]


@pytest.mark.parametrize("content", ["", "id,name\n1,a\n"])
def test_what_holds_no_findings_is_refused(
    run: Callable[..., Any], tmp_path: Path, content: str
) -> None:
    (tmp_path / "ledger.csv").write_text(content)
    said = run("map", "-o", tmp_path / "m.html", "--findings", tmp_path / "ledger.csv")
    assert (said.code, said.out) == (2, "")
    assert "ledger.csv" in said.err.splitlines()[-1]
    assert not (tmp_path / "m.html").exists()


@pytest.mark.parametrize("command", ["totals", "contacts", "map"])
def test_a_file_without_plots(run: Callable[..., Any], tmp_path: Path, command: str) -> None:
    path = geojson(tmp_path / "none.geojson", [], crs="EPSG:4546")
    more = ["-o", tmp_path / "m.html"] if command == "map" else []
    for form in ("json", "table", "csv"):
        said = run(command, path, *more, "--format", form)
        assert said.code == 0
    if command == "totals":
        assert run(command, path, "--format", "json").json()["meta"]["total"]["parcels"] == 0


def test_a_layer_is_named(run: Callable[..., Any], tmp_path: Path) -> None:
    for name, count in (("east", 2), ("west", 3)):
        layer(count, id=list("abc")[:count]).to_file(tmp_path / "m.gpkg", layer=name)
    said = run("totals", tmp_path / "m.gpkg", "--layer", "west", "--format", "json")
    assert said.json()["meta"]["total"]["parcels"] == 3


def test_real_parcels_are_counted_and_said_to_be_elsewhere(
    run: Callable[..., Any], shared_data: Path
) -> None:
    said = run("totals", shared_data / "cambridge_fy2013.gpkg", "--lang", "en")
    assert said.code == 0
    assert "13159" in said.out
    assert "EPSG:26986" in said.err
    assert "outside Enping" in said.err
