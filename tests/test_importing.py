"""Every table takes files: rows are updated by what names them, never doubled, never lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from enping_gis.errors import SchemaError
from enping_gis.export.write import write
from enping_gis.inventory import Inventory
from enping_gis.measure.standing import status_on
from enping_gis.schema import tables
from tests.plots import geojson, layer, shapefile, square

if TYPE_CHECKING:
    from pathlib import Path

    from enping_gis.importing import Imported


@pytest.fixture
def stock(tmp_path: Path) -> Inventory:
    """Return an inventory of three plots."""
    frame = layer(3, 地块编号=["a", "b", "c"], 地块名称=["肯达", "鑫发", "道氏"])
    after, _ = Inventory.create(tmp_path / "i.gpkg").with_import(
        shapefile(tmp_path / "plots.shp", frame)
    )
    return after


def counts(done: Imported, table: str) -> dict[str, int]:
    mine = done.changes[done.changes["table"] == table]
    return {each.change: each.rows for each in mine.itertuples() if each.rows}


def csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def test_commitments_of_the_towns(stock: Inventory, tmp_path: Path) -> None:
    lines = ["2023,大槐镇,120亩,2023年12月31日,张三", "2023,,2000,,", ",君堂镇,1,,"]
    source = csv(tmp_path / "军令状.csv", "年度,镇街,任务（亩）,完成期限,责任人", *lines)
    after, done = stock.with_import(source, into="targets")
    assert counts(done, "targets") == {"added": 2, "kept_aside": 1}
    town, county = after.targets.to_dict("records")
    assert (town["place"], town["area_mu"], town["deadline"]) == ("440785108", 120, "2023-12-31")
    assert (county["place"], county["area_mu"]) == (None, 2000)
    left = [f for f in after.findings if f.severity == "error"]
    assert [(f.rule, f.row, f.field) for f in left] == [("cell_required", 4, "period")]
    again, done = after.with_import(source, into="targets")
    assert counts(done, "targets") == {"unchanged": 2, "kept_aside": 1}
    assert len(again.targets) == 2


def test_a_changed_cell_is_shown_before_and_after(stock: Inventory, tmp_path: Path) -> None:
    first, _ = stock.with_import(
        csv(tmp_path / "a.csv", "年度,镇街,任务（亩）", "2023,大槐,120"), into="targets"
    )
    _, done = first.with_import(
        csv(tmp_path / "b.csv", "年度,镇街,任务（亩）", "2023,大槐镇,150"), into="targets"
    )
    row = done.details.to_dict("records")
    assert [(each["change"], each["column"], each["before"], each["after"]) for each in row] == [
        ("updated", "area_mu", "120", "150"),
        ("updated", "镇街", "大槐", "大槐镇"),
        ("updated", "任务（亩）", "120", "150"),
    ]


def test_terms_of_contracts_find_their_plots(stock: Inventory, tmp_path: Path) -> None:
    source = csv(tmp_path / "协议.csv", "地块名称,指标,约定,实际", "肯达,容积率,1.5,1.2",
                 "无此地块,容积率,1.5,", "b,容积率,2,2", "鑫发,容积率,2.5,2")  # fmt: skip
    after, done = stock.with_import(source, into="agreements")
    rows = after.agreements[["parcel_id", "indicator", "agreed"]].to_numpy().tolist()
    assert rows == [["a", "far", 1.5], ["b", "far", 2.5]]
    assert [(f.rule, f.row) for f in after.findings if f.severity == "error"] == [
        ("parcel_not_found", 3),
        ("row_repeated", 4),
    ]
    assert counts(done, "agreements") == {"added": 2, "kept_aside": 2}


def test_events_of_a_file_join_the_chain_once(stock: Inventory, tmp_path: Path) -> None:
    source = csv(tmp_path / "进展.csv", "地块名称,日期,事项,备注",
                 "肯达,2022年3月1日,调查摸底,首次", "肯达,20220401,洽谈,")  # fmt: skip
    after, done = stock.with_import(source, into="events")
    assert counts(done, "events") == {"added": 2}
    assert after.events["parcel_id"].tolist() == ["a", "a"]
    assert after.events["date"].tolist() == ["2022-03-01", "2022-04-01"]
    assert after.events["hash"].notna().all()
    assert after.events["prev_hash"].iloc[1] == after.events["hash"].iloc[0]
    assert status_on(after)["status"]["a"] == "remediating"
    again, done = after.with_import(source, into="events")
    assert counts(done, "events") == {"unchanged": 2}
    assert len(again.events) == 2


def test_events_of_another_inventory_keep_their_chain(stock: Inventory, tmp_path: Path) -> None:
    demo = Inventory.create(tmp_path / "demo.gpkg", demo=True)
    plots, _ = stock.with_import(tmp_path / "demo.gpkg")
    after, done = plots.with_import(tmp_path / "demo.gpkg", into="events")
    assert counts(done, "events")["added"] == len(demo.events)
    assert set(after.events["hash"]) >= set(demo.events["hash"])
    _, done = after.with_import(tmp_path / "demo.gpkg", into="events")
    assert counts(done, "events") == {"unchanged": len(demo.events)}


def test_every_table_of_the_demonstration_comes_back(tmp_path: Path) -> None:
    demo = Inventory.create(tmp_path / "demo.gpkg", demo=True)
    after = Inventory.create(tmp_path / "i.gpkg")
    names = ["parcels", *(each for each in tables() if each != "parcels")]
    for name in names:
        after, _ = after.with_import(tmp_path / "demo.gpkg", into=name)
        errors = [each.message("en") for each in after.findings if each.severity == "error"]
        assert not errors, name
        assert len(getattr(after, name)) >= len(demo.tables[name]), name
        _, again = after.with_import(tmp_path / "demo.gpkg", into=name)
        mine = again.changes[(again.changes["table"] == name) & (again.changes["rows"] > 0)]
        assert set(mine["change"]) <= {"unchanged"}, name


def test_a_ledger_updates_the_plots_it_names(stock: Inventory, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["地块名称", "镇街", "面积（亩）", "整治状态"])
    book.active.append(["肯达", "大槐镇", "约20.5亩", "整治中"])
    book.active.append(["查无此地", "大槐镇", 3, ""])
    book.save(tmp_path / "台账.xlsx")
    after, done = stock.with_import(tmp_path / "台账.xlsx")
    assert counts(done, "parcels") == {"updated": 1, "kept_aside": 1}
    assert counts(done, "events") == {"added": 1}
    plot = after.parcels.set_index("parcel_id").loc["a"]
    assert (plot["town"], plot["stated_mu"], plot["name"]) == ("440785108", 20.5, "肯达")
    assert plot.geometry.equals_exact(stock.parcels.geometry.iloc[0])
    found = {finding.rule: finding for finding in after.findings}
    assert found["ledger_unmatched"].cell == "A3"
    assert "Sheet" in found["ledger_unmatched"].message("zh")
    assert {"parcel_unmatched", "figure_approximate"} <= set(found)
    _, again = after.with_import(tmp_path / "台账.xlsx", status_now=status_on(after)["status"])
    assert counts(again, "parcels") == {"unchanged": 1, "kept_aside": 1}
    assert counts(again, "events") == {}


def test_shifted_plots_are_set_right_by_those_that_are_known(
    stock: Inventory, tmp_path: Path
) -> None:
    from enping_gis.crs import CGCS2000, transformed  # noqa: PLC0415 - this test alone needs them
    from enping_gis.gcj02 import to_gcj02  # noqa: PLC0415 - see above

    degrees = transformed(stock.parcels.geometry.to_numpy(), stock.crs, CGCS2000)
    import numpy as np  # noqa: PLC0415 - see above
    import shapely  # noqa: PLC0415 - see above

    moved = shapely.transform(degrees, lambda xy: np.column_stack(to_gcj02(xy[:, 0], xy[:, 1])))
    source = geojson(tmp_path / "高德.geojson", list(moved), [{"id": each} for each in "abc"])
    after, _ = stock.with_import(source)
    assert shapely.hausdorff_distance(after.parcels.geometry.iloc[0], square()) < 1e-3
    assert len(after.parcels) == 3


def test_nothing_is_written_before_it_is_saved(stock: Inventory, tmp_path: Path) -> None:
    before = replace(stock).targets.copy()
    stock.with_import(csv(tmp_path / "a.csv", "年度,任务（亩）", "2023,1"), into="targets")
    assert stock.targets.equals(before)


def test_the_same_plots_in_other_formats_change_nothing(stock: Inventory, tmp_path: Path) -> None:
    plots = stock.parcels.assign(stated_mu=[46.98631499993748411, 0.1 + 0.2, None], 备注=None)
    write(plots, tmp_path / "first.gpkg")
    before, _ = stock.with_import(tmp_path / "first.gpkg")
    for name in ("a.shp", "a.geojson", "a.fgb", "a.parquet", "a.kml", "a.gdb"):
        write(plots, tmp_path / name)
        _, done = before.with_import(tmp_path / name)
        # A Shapefile brings its own names of the columns along.
        changed = set(done.details["column"]) - {"DKBH", "DKMC"}
        assert not changed, (name, done.details)


def test_events_are_not_taken_for_plots(stock: Inventory, tmp_path: Path) -> None:
    source = csv(
        tmp_path / "进展.csv", "地块名称,日期,事项,面积（m²）", "肯达,2022-03-01,调查摸底,10"
    )
    with pytest.raises(SchemaError, match="--table events"):
        stock.with_import(source)
