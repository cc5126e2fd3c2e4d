"""The county at a glance: every figure can be traced to its plots."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from enping_gis import leading, totals
from enping_gis.errors import InputError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.leading import COLUMNS, PLOT_COLUMNS, STATUSES, Leading
from tests.lifecycle.offices import ENCHENG, HENGPI, done, event, office


@pytest.fixture(scope="module")
def view() -> Leading:
    return leading(Inventory.demo(), lang="zh")


def test_the_figures_are_those_of_the_totals(view: Leading) -> None:
    assert tuple(view.rows.columns) == COLUMNS
    county = view.rows.iloc[-1]
    demo = Inventory.demo()
    by_place = totals(demo, "responsible").rows.set_index("key")["area_mu"]
    own = view.rows.iloc[:-1].set_index("place")["area_mu"]
    assert own.to_dict() == by_place.to_dict()
    by_status = totals(demo, "status").rows.set_index("key")["area_mu"]
    for status in STATUSES:
        assert county[f"{status}_mu"] == by_status.get(status, Decimal("0.00"))
    assert (county["parcels"], county["area_mu"]) == (119, Decimal("8605.84"))
    assert (county["done_mu"], county["percent"]) == (Decimal("793.00"), Decimal("39.65"))


def test_the_parts_add_up_both_ways(view: Leading) -> None:
    county, places = view.rows.iloc[-1], view.rows.iloc[:-1]
    for name in ("parcels", "area_mu", "done_mu", *(f"{status}_mu" for status in STATUSES)):
        assert sum(places[name]) == county[name], name
    for row in view.rows.to_dict("records"):
        assert sum(row[f"{status}_mu"] for status in STATUSES) == row["area_mu"]


def test_every_figure_has_its_plots(view: Leading) -> None:
    assert tuple(view.plots.columns) == PLOT_COLUMNS
    groups = dict(iter(view.plots.groupby(["place", "figure"])))
    for row in view.rows.iloc[:-1].to_dict("records"):
        for name in ("area_mu", "done_mu", *(f"{status}_mu" for status in STATUSES)):
            behind = groups.get((row["place"], name))
            value = Decimal(0) if behind is None else sum(behind["value_mu"])
            assert value == row[name], (row["place"], name)
            assert behind is None or behind["parcel_id"].is_unique
        behind = groups.get((row["place"], "parcels"))
        assert (0 if behind is None else len(behind)) == row["parcels"]
    assert view.plots["name"].notna().all()


def test_who_answers(view: Leading) -> None:
    rows = view.rows.set_index("place")
    assert rows.loc["440785400", ["label", "kind", "team"]].tolist() == [
        "恩平工业园", "park", "恩平工业园工作专班",
    ]  # fmt: skip
    assert rows.loc["", "team"] == "整治工作攻坚专班、土地收储及处置专班、金融财政支持专班"
    assert rows.loc["unknown", "label"] == "未载明"


def test_late_plots_and_parts_done_by_hand() -> None:
    plots: dict[str, dict[str, Any]] = {
        "a": {"mu": 30}, "b": {"mu": 12}, "c": {"responsible": HENGPI},
    }  # fmt: skip
    inventory = office(
        plots, [event("a", "2023-01-01", "agreed"), done("a", "2023-02-01", 12)],
        targets=[{"period": "2023", "area_mu": 100}],
        agreements=[{"parcel_id": "b", "indicator": "start_by", "agreed": 20230101}],
    )  # fmt: skip
    view = leading(inventory)
    row = view.rows.set_index("place").loc[ENCHENG]
    assert (row["parcels"], row["area_mu"]) == (2, Decimal("42.00"))
    said = [str(row[f"{status}_mu"]) for status in ("remediating", "revitalised", "unknown")]
    assert said == ["18.00", "12.00", "12.00"]
    assert (row["late_parcels"], row["mark"]) == (1, "notset")
    late = view.plots[view.plots["figure"] == "late_parcels"]
    assert late[["place", "parcel_id", "name"]].to_numpy().tolist() == [[ENCHENG, "b", "plot b"]]
    whole = view.plots[(view.plots["figure"] == "area_mu") & (view.plots["parcel_id"] == "a")]
    assert whole["value_mu"].tolist() == [Decimal("30.00")]


def test_another_period_and_none() -> None:
    demo = Inventory.demo()
    quarter = leading(demo, period="2023Q1").rows.iloc[-1]
    assert (quarter["period"], str(quarter["percent"])) == ("2023Q1", "158.60")
    with pytest.raises(InputError):
        leading(demo, period="soon")
    nothing = leading(demo.on("1990-01-01"))
    assert nothing.rows["mark"].unique().tolist() == ["notset"]
    assert pd.isna(nothing.rows.iloc[-1]["percent"])
