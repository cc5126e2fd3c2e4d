"""The check as a whole: every rule finds its own fault, and nothing is found where all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

import enping_gis
from enping_gis._resources import shipped_json
from enping_gis.check.checking import check, chosen_rules
from enping_gis.check.faults import COLUMNS, Fault, faults_frame
from enping_gis.check.rules import rules
from enping_gis.errors import InputError
from enping_gis.findings import Finding
from enping_gis.inventory import Inventory
from enping_gis.messages import LANGUAGES, choose_language, codes, text
from tests.check.faulty import at, clean_inventory, faulty_inventory, inventory
from tests.plots import EAST_M, NORTH_M, geojson, square

if TYPE_CHECKING:
    from pathlib import Path

CODES = ["G1", "G2", "G3", "G4", "G5", "G6", "T1", "T2", "T3", "T4", "T5", "T6", "C1", "C2",
         "A1", "A2", "A3", "L1", "L2"]  # fmt: skip
RECORDS = shipped_json("check/rules.json")["rules"]


# The rules are data.


def test_the_rules_are_those_of_the_table() -> None:
    assert list(rules()) == CODES
    for rule in rules().values():
        assert rule.zh != rule.en
        assert rule.severity in {"info", "warning", "error"}


@pytest.mark.parametrize(
    "record", shipped_json("check/rules.json")["rules"], ids=lambda r: r["code"]
)
def test_a_threshold_has_a_source_and_a_date(record: dict[str, dict[str, dict[str, str]]]) -> None:
    for name, limit in record["limits"].items():
        assert set(limit) == {"value", "source", "date"}, name
        assert limit["source"].strip()
        assert pd.Timestamp(limit["date"]).year > 2000
        assert "_" in name or name in {"percent", "compactness", "difference"}, "the unit ends it"


def test_what_is_noticed_on_reading_has_a_rule_once() -> None:
    named = [
        finding
        for record in shipped_json("check/rules.json")["rules"]
        for key in ("reading", "found_again")
        for finding in record.get(key, ())
    ]
    assert len(set(named)) == len(named)
    assert {f"finding.{each}" for each in named} <= set(codes())


def test_a_fault_has_its_message_and_its_cure() -> None:
    cases = {kind: {code.split(".", 1)[1] for code in codes() if code.startswith(f"{kind}.")}
             for kind in ("fault", "fault_cure")}  # fmt: skip
    assert cases["fault"] == cases["fault_cure"]


# One fault of each rule.


@pytest.fixture(scope="module")
def faulty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "faulty.gpkg"
    faulty_inventory().inventory.save(path)
    return path


def test_each_fault_is_found_once_and_none_else(faulty_file: Path) -> None:
    found = check(Inventory.open(faulty_file))
    expected = {rule: ";".join(ids) for rule, ids in faulty_inventory().expected.items()}
    assert list(expected) == CODES
    assert dict(zip(found["rule"], found["parcel_ids"], strict=True)) == expected
    assert found["rule"].tolist() == CODES, "each once, in the order of the rules"


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_the_same_alone(code: str) -> None:
    made = faulty_inventory()
    found = check(made.inventory, rules=code)
    assert found["parcel_ids"].tolist() == [";".join(made.expected[code])]


def test_a_finding_says_all_there_is_to_say(faulty_file: Path) -> None:
    found = check(Inventory.open(faulty_file))
    assert list(found.columns) == [*COLUMNS, "geometry"]
    assert found.crs.to_epsg() == 4546
    for column in ("message_zh", "message_en", "cure_zh", "cure_en"):
        assert found[column].str.len().min() > 5
        assert not found[column].str.contains(r"[{}]|nan|None").any()
    assert not found["message_zh"].eq(found["message_en"]).any()
    # Ledger rules are about rows; all others have a place.
    placed = found["rule"].isin(["A3", "L1", "L2"])
    assert found.loc[~placed, "geometry"].notna().all()
    x_m, y_m = (found.loc[~placed, name].astype(float) for name in ("x", "y"))
    there = shapely.distance(found.loc[~placed].geometry.to_numpy(), shapely.points(x_m, y_m))
    assert there.max() < 1e-6


def test_the_cure_is_in_the_language_in_force() -> None:
    made = faulty_inventory().inventory
    assert check(made, rules="G1")["cure"].equals(check(made, rules="G1")["cure_zh"])
    choose_language("en")
    english = check(made, rules="G1")
    assert english["cure"].equals(english["cure_en"])


def test_nothing_given_is_changed() -> None:
    made = faulty_inventory().inventory
    before = {name: rows.copy() for name, rows in made.tables.items()}
    check(made)
    for name, rows in before.items():
        pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(made.tables[name]))


def test_the_order_of_rows_changes_nothing() -> None:
    made = faulty_inventory().inventory
    turned = made.tables["parcels"].iloc[::-1].reset_index(drop=True)
    other = Inventory(made.tables | {"parcels": turned}, made.meta)
    columns = ["rule", "case", "severity", "parcel_ids"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(check(made)[columns]), pd.DataFrame(check(other)[columns])
    )


# Nothing is found where all is well.


def assert_clean(seed: int) -> None:
    found = check(clean_inventory(np.random.default_rng(seed)))
    assert found.empty, (
        seed,
        found[["rule", "case", "parcel_ids", "message_en"]].to_dict("records"),
    )


@pytest.mark.parametrize("block", range(6))
def test_a_clean_layer_gives_nothing(block: int) -> None:
    for seed in range(10 * block, 10 * block + 10):
        assert_clean(seed)


@pytest.mark.campaign
def test_a_thousand_clean_layers_give_nothing() -> None:
    for seed in range(1_000):
        assert_clean(seed)


def test_a_thin_spike_of_an_inventory_is_looked_at() -> None:
    """Inventories hold multipolygons, also where a plot has one part."""
    needle = shapely.Polygon([(0, 0), (300, 4), (300, 8), (0, 6), (-80, 3)])
    made = inventory({"a": at(0, 0, shapely.MultiPolygon([needle]))})
    assert set(check(made)["rule"]) <= {"G3", "T3"}


def test_no_plots_give_nothing() -> None:
    empty = faulty_inventory().inventory.tables["parcels"].iloc[:0]
    found = check(inventory(empty))
    assert found.empty
    assert list(found.columns) == [*COLUMNS, "geometry"]


# Choosing rules.


def test_rules_may_be_written_in_several_ways() -> None:
    made = faulty_inventory().inventory
    for wish in ("T1, g1", "G1，T1", ["t1", "G1"], ("G1", "T1", "T1"), {"G1": 1, "T1": 2}):
        assert check(made, rules=wish)["rule"].tolist() == ["G1", "T1"]
    assert check(made, rules="").empty
    assert chosen_rules(None) == tuple(CODES)


@pytest.mark.parametrize("wish", ["G9", "G1,X", ["overlap"]])
def test_a_rule_that_is_not_there_is_refused(wish: str | list[str]) -> None:
    with pytest.raises(InputError) as caught:
        check(faulty_inventory().inventory, rules=wish)
    assert "G1, G2" in caught.value.text("en")


# What reading has noticed.


def test_what_reading_noticed_belongs_to_the_result(tmp_path: Path) -> None:
    """A code that comes twice gets a number on reading, a row without a shape stays away."""
    rows = [{"id": "7", "n": "a"}, {"id": "7", "n": "b"}, {"id": "8", "n": "c"}]
    path = geojson(tmp_path / "p.geojson", [square(0), square(2), None], rows, crs="EPSG:4546")
    found = check(Inventory.open(path))
    assert found[["rule", "case"]].to_numpy().tolist() == [
        ["G1", "geometry_missing"],
        ["L1", "id_repeated"],
    ]
    assert found["message_zh"].iloc[1].startswith("第 2 行")
    assert check(Inventory.open(path), rules="T1").empty


def test_a_system_that_reading_has_corrected_is_told(tmp_path: Path) -> None:
    """The numbers are those of 111E and the file says 114E; reading goes by the county."""
    rows = [{"id": "1"}, {"id": "2"}]
    path = geojson(tmp_path / "p.geojson", [square(0), square(2)], rows, crs="EPSG:4547")
    found = check(Inventory.open(path))
    assert found[["rule", "case"]].to_numpy().tolist() == [["C2", "crs_corrected"]]
    assert "EPSG:4547" in found["message_en"].iloc[0]


def test_findings_of_reading_speak_both_languages() -> None:
    made = faulty_inventory().inventory
    noticed = (Finding("crs_corrected", "warning", file="p.shp", value="EPSG:4546",
                       values={"declared": "EPSG:4547", "distance_km": "300"}),)  # fmt: skip
    found = check(Inventory(made.tables, made.meta, noticed), rules="C2")
    assert found["case"].tolist() == ["crs_corrected", "system_mixed"]
    assert "EPSG:4547" in found["message_en"].iloc[0]
    assert found["cure_zh"].iloc[0] == noticed[0].cure("zh")


# The pieces.


def test_a_fault_speaks_each_language_to_its_end() -> None:
    fault = Fault("G5", "multipart", "info", ("a", "b"), size=2.0)
    for lang in LANGUAGES:
        assert text("list_mark", lang).join(["a", "b"]) in fault.message(lang)
    named = Fault("T6", "town_none_partly", "info", ("a",), size=3.5, values={"own": str})
    assert "3.5" in named.message("en")


def test_faults_without_a_place_and_with_an_empty_one() -> None:
    shapes = [None, shapely.Polygon(), shapely.Point(EAST_M, NORTH_M)]
    faults = [Fault("G5", "multipart", "info", ("a",), size=2.0, shape=shape) for shape in shapes]
    frame = faults_frame(faults, None)
    assert frame["x"].isna().tolist() == [True, True, False]


def test_the_package_offers_it() -> None:
    assert enping_gis.check is check
