"""A ledger against the map: what is missing on either side, areas, towns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from enping_gis.check.checking import check
from enping_gis.errors import SourceError
from tests.check.faulty import WEST, at, drawn, inventory, rectangle, towns

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from enping_gis.inventory import Inventory

HEAD = ["宗地编号", "宗地名称", "所在镇街", "面积（亩）"]


@pytest.fixture
def office() -> Inventory:
    """Return a map of four plots that states nothing itself."""
    shapes = {f"p{n}": at(200.0 * n, 0, rectangle()) for n in range(4)}
    plots = drawn(shapes).assign(stated_mu=None, stated_ha=None, town=None)
    plots["name"] = [f"地块{n}" for n in range(4)]
    return inventory(plots)


def ledger(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in [HEAD, *rows]:
        book.active.append(row)
    book.save(path)
    return path


def good_rows() -> list[list[Any]]:
    return [[f"p{n}", f"地块{n}", "大槐镇", 14.99] for n in range(4)]


def held(office: Inventory, path: Path) -> pd.DataFrame:
    rows = check(office, ledger=path)
    return rows[["rule", "case", "severity", "parcel_ids"]]


def test_a_ledger_that_agrees(office: Inventory, tmp_path: Path) -> None:
    assert held(office, ledger(tmp_path / "台账.xlsx", *good_rows())).empty
    turned = ledger(tmp_path / "turned.xlsx", *good_rows()[::-1])
    assert held(office, turned).empty


def test_what_is_missing_on_either_side(office: Inventory, tmp_path: Path) -> None:
    rows = [*good_rows()[:3], ["p9", "另一宗", "大槐镇", 12.0]]
    found = held(office, ledger(tmp_path / "台账.xlsx", *rows)).to_numpy().tolist()
    assert sorted(found) == [
        ["L1", "ledger_unmatched", "warning", "p9"],
        ["L1", "parcel_unmatched", "warning", "p3"],
    ]


def test_areas_and_towns_of_the_ledger_are_held_against_the_map(
    office: Inventory, tmp_path: Path
) -> None:
    rows = good_rows()
    rows[1][3] = 15.99
    rows[2][2] = "沙湖镇"
    found = held(office, ledger(tmp_path / "台账.xlsx", *rows)).to_numpy().tolist()
    assert found == [["T6", "town_other", "error", "p2"], ["A1", "area_differs", "error", "p1"]]


def test_a_schematic_boundary_only_warns(office: Inventory, tmp_path: Path) -> None:
    rows = good_rows()
    rows[2][2] = "沙湖镇"
    sketched = inventory(office.tables["parcels"], places=towns(schematic=True))
    found = held(sketched, ledger(tmp_path / "台账.xlsx", *rows)).to_numpy().tolist()
    assert found == [["T6", "town_other", "warning", "p2"]]


def test_a_plot_listed_twice(office: Inventory, tmp_path: Path) -> None:
    rows = [*good_rows(), ["p0", "地块0", "大槐镇", 14.99]]
    found = held(office, ledger(tmp_path / "台账.xlsx", *rows))
    assert set(found["rule"]) == {"L1"}
    assert set(found["case"]) <= {"ledger_repeated", "id_repeated"}
    assert len(found) >= 1


def test_plots_are_found_by_name_where_the_ledger_has_no_codes(
    office: Inventory, tmp_path: Path
) -> None:
    path = tmp_path / "台账.csv"
    lines = [
        "地块名称,镇街,面积（亩）",
        *(f"地块{n},大槐,14.99" for n in range(3)),
        "地块3,大槐,1.0",
    ]
    path.write_text("\n".join(lines), encoding="gb18030")
    found = check(office, ledger=path)
    assert found["rule"].tolist() == ["A1"]
    assert found["case"].tolist() == ["area_unit"]
    assert found["parcel_ids"].tolist() == ["p3"]


def test_the_map_keeps_what_it_states(office: Inventory, tmp_path: Path) -> None:
    check(office, ledger=ledger(tmp_path / "台账.xlsx", *good_rows()))
    assert office.parcels["stated_mu"].isna().all()
    assert WEST not in set(office.parcels["town"])


def test_a_ledger_that_is_not_there(office: Inventory, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        check(office, ledger=tmp_path / "missing.xlsx")
