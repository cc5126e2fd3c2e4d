"""Parts add up to their groups and groups to the total, in one nesting and where two cross."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import scipy.optimize
from hypothesis import example, given, settings
from hypothesis import strategies as st

import enping_gis
from enping_gis.errors import InputError, SchemaError
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from enping_gis.measure.balancing import balance
from enping_gis.measure.crossing import crossed
from enping_gis.measure.standing import status_on
from enping_gis.units import AREA_UNITS, MU, AreaUnit, area_unit, dealt, nearest_whole, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from enping_gis.measure.crossing import Cell

    Controls = Mapping[Any, str | float] | float


def table(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return plots of (id, town, category, area in m2)."""
    return pd.DataFrame(rows, columns=["parcel_id", "town", "category", "area_m2"])


def finals(result: pd.DataFrame, level: str, unit: str) -> list[str]:
    return [str(figure) for figure in result.loc[result["level"] == level, f"final_{unit}"]]


# By hand.


def test_rounded_parts_would_miss_their_total() -> None:
    """Three times 0.004 m2 is 0.012 m2: each alone is 0.00, together they are 0.01."""
    plots = table(*[(name, "t", "c", 0.004) for name in "abc"])
    result = balance(plots, "m2", within="town")
    assert finals(result, "parcel_id", "m2") == ["0.01", "0.00", "0.00"]
    assert finals(result, "town", "m2") == finals(result, "total", "m2") == ["0.01"]
    assert result["adjustment_m2"].tolist() == [
        Decimal("0.01"), Decimal("0.00"), Decimal("0.00"), Decimal("0.00"), Decimal("0.00"),
    ]  # fmt: skip


def test_levels_go_from_the_total_inwards() -> None:
    """
    County 0.030: 3 units. West 0.0168, east 0.0132: the one unit missing goes to west.

    Within west 0.0056 each: 2 units to deal, ties by id.
    """
    plots = table(
        ("w3", "west", "c", 0.0056), ("w1", "west", "c", 0.0056), ("w2", "west", "c", 0.0056),
        ("e1", "east", "c", 0.0132),
    )  # fmt: skip
    result = balance(plots, "m2", within=["category", "town"])
    assert finals(result, "parcel_id", "m2") == ["0.00", "0.01", "0.01", "0.01"]
    assert finals(result, "town", "m2") == ["0.01", "0.02"]
    assert finals(result, "category", "m2") == finals(result, "total", "m2") == ["0.03"]
    assert result.columns.tolist() == [
        "level", "category", "town", "parcel_id",
        "raw_m2", "share_m2", "rounded_m2", "adjustment_m2", "final_m2",
    ]  # fmt: skip
    groups = result[["level", "category", "town", "parcel_id"]].to_numpy().tolist()[4:]
    assert groups == [
        ["town", "c", "east", None], ["town", "c", "west", None],
        ["category", "c", None, None], ["total", None, None, None],
    ]  # fmt: skip


def test_a_control_is_spread_in_proportion() -> None:
    """1000 and 3000 m2 are 1.5 and 4.5 mu; a control of 6.4 mu adds 0.1 and 0.3 to them."""
    plots = table(("a", "t", "c", 1000.0), ("b", "t", "c", 3000.0))
    result = balance(plots, "mu", within="town", control="6.4")
    assert result["raw_mu"].tolist() == [1.5, 4.5, 6.0, 6.0]
    assert result["share_mu"].tolist() == pytest.approx([0.1, 0.3, 0.4, 0.4])
    assert finals(result, "parcel_id", "mu") == ["1.60", "4.80"]
    assert finals(result, "total", "mu") == ["6.40"]
    typings: list[Any] = [6.4, Decimal("6.4"), Fraction(32, 5), {(): 6.4}]
    for typed in typings:
        pd.testing.assert_frame_equal(balance(plots, "mu", within="town", control=typed), result)


def test_an_inner_control_does_not_move_for_an_outer_one() -> None:
    plots = table(("a", "x", "c", 0.5), ("b", "x", "c", 0.5), ("c", "y", "c", 2.0))
    controls: dict[Any, str | float] = {(): 4, "x": "1.2", ("x", "b"): "0.5"}
    result = balance(plots, "m2", within="town", control=controls)
    assert finals(result, "parcel_id", "m2") == ["0.70", "0.50", "2.80"]
    assert finals(result, "town", "m2") == ["1.20", "2.80"]
    assert finals(result, "total", "m2") == ["4.00"]


@pytest.mark.parametrize(
    ("controls", "code"),
    [
        ({(): 3, "x": 1, "y": 1}, "error.balance_control"),
        ({(): 1, "x": 2}, "error.balance_control"),
        ({("z", "d"): 1}, "error.balance_control"),
        ({"nowhere": 1}, "error.balance_control_unknown"),
        ({("x", "a", "b"): 1}, "error.balance_control_unknown"),
        ({"x": -1}, "error.balance_control_value"),
        ({"x": "one"}, "error.balance_control_value"),
        (float("nan"), "error.balance_control_value"),
        (float("inf"), "error.balance_control_value"),
    ],
)
def test_controls_that_cannot_be_met_are_refused(controls: Controls, code: str) -> None:
    plots = table(("a", "x", "c", 0.5), ("c", "y", "c", 2.0), ("d", "z", "c", 0.0))
    with pytest.raises(InputError) as caught:
        balance(plots, "m2", within="town", control=controls)
    assert caught.value.code == code
    for lang in ("zh", "en"):
        assert caught.value.text(lang)


def test_controls_that_hold_already_move_nothing() -> None:
    plots = table(("a", "x", "c", 30.5), ("b", "y", "c", 70.25), ("d", "z", "c", 0.0))
    controls: dict[Any, float] = {(): 100.75, "x": 30.5, "y": 70.25, "z": 0}
    result = balance(plots, "m2", within="town", control=controls)
    assert result["share_m2"].tolist() == [0.0] * 7


def test_a_table_adds_up_both_ways() -> None:
    """Rows, columns and cells of halves: two cells go up, in a diagonal."""
    plots = table(*[(t + c, t, c, 0.005) for t, c in product("ab", "xy")])
    result = balance(plots, "m2", within="town", across="category")
    assert finals(result, "total", "m2") == ["0.02"]
    assert finals(result, "town", "m2") == finals(result, "category", "m2") == ["0.01", "0.01"]
    assert finals(result, "town*category", "m2") == ["0.01", "0.00", "0.00", "0.01"]
    assert result["level"].tolist() == [
        *["parcel_id"] * 4, "town", "town", "category", "category", *["town*category"] * 4, "total",
    ]  # fmt: skip


def test_what_has_no_group_is_a_group() -> None:
    plots = table(("a", None, "c", 10.0), ("b", " ", "c", 10.0))
    result = balance(plots, "m2", within="town")
    assert result.loc[result["level"] == "town", "town"].tolist() == ["unknown"]


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"area_m2": [1.0, math.nan]}, InputError),
        ({"area_m2": [1.0, None]}, InputError),
        ({"area_m2": [1.0, -1.0]}, InputError),
        ({"area_m2": [1.0, math.inf]}, InputError),
        ({"parcel_id": ["a", None]}, SchemaError),
        ({"parcel_id": ["a", "a"]}, SchemaError),
    ],
)
def test_bad_parts_are_refused_by_their_row(
    change: dict[str, list[Any]], kinds: type[Exception]
) -> None:
    plots = table(("a", "x", "c", 1.0), ("b", "x", "c", 1.0)).assign(**change)
    with pytest.raises(kinds, match=r"2"):
        balance(plots, within="town")


def test_columns_are_there_and_used_once() -> None:
    plots = table(("a", "x", "c", 1.0))
    with pytest.raises(SchemaError, match="village"):
        balance(plots, within="village")
    with pytest.raises(SchemaError, match="town"):
        balance(plots, within="town", across="town")
    with pytest.raises(ValueError, match="acre"):
        balance(plots, "acre")


def test_the_mapping_form_stays() -> None:
    assert enping_gis.balance is balance
    assert balance({"a": 1000.0}, "mu") == {"a": Decimal("1.50")}


def test_nothing_is_changed_that_came_in() -> None:
    plots = table(("a", "x", "c", 1.004), ("b", "x", "c", 1.004))
    before = plots.copy(deep=True)
    balance(plots, within="town", across="category", control=1)
    pd.testing.assert_frame_equal(plots, before)


def test_the_demonstration_adds_up_by_town_and_category() -> None:
    demo = Inventory.demo().parcels
    demo["area_m2"] = area(demo)
    for unit in ("m2", "ha", "mu"):
        result = balance(demo, unit, within="town", across="category")
        assert_sound(result, unit, ("town",), ("category",))
    standing = demo.assign(area_m2=status_on(Inventory.demo())["area_m2"].to_numpy())
    result = balance(standing, "mu", within="town", control="8605.84")
    assert finals(result, "total", "mu") == ["8605.84"]
    assert (result["adjustment_mu"] == 0).all(), "a stated figure never moves"


# In general.


def assert_sound(
    result: pd.DataFrame, unit: str, within: tuple[str, ...], across: tuple[str, ...]
) -> None:
    """All groups add up as printed, and nothing is a whole last digit from its exact value."""
    final = result[f"final_{unit}"]
    last_digit = Fraction(area_unit(unit).last_digit)
    exact = result[f"raw_{unit}"] + result[f"share_{unit}"]
    off = [abs(Fraction(f) - Fraction(e)) for f, e in zip(final, exact, strict=True)]
    slack = Fraction(1, 10**9) * max(1, int(max(exact, default=0)))
    assert all(each < last_digit + slack for each in off)
    parts = result[result["level"] == "parcel_id"]
    total = result.loc[result["level"] == "total", f"final_{unit}"].item()
    assert parts[f"final_{unit}"].sum() == total
    for nesting in (within, across):
        for depth in range(1, len(nesting) + 1):
            keys = list(nesting[:depth])
            groups = result[result["level"] == nesting[depth - 1]]
            assert groups[f"final_{unit}"].sum() == total
            sums = parts.groupby(keys)[f"final_{unit}"].sum()
            told = groups.set_index(keys)[f"final_{unit}"]
            assert sums.to_dict() == told.to_dict()
    assert (result[f"rounded_{unit}"] + result[f"adjustment_{unit}"] == final).all()


names = st.sampled_from(["a", "b", "c", "d"])
areas_m2 = st.one_of(
    st.floats(0, 1e6),
    st.decimals(0, 10**5, places=2).map(lambda mu: Fraction(mu) * MU.m2),
    st.integers(0, 40).map(lambda thousandths: thousandths / 1000),
)


@st.composite
def groupings(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.lists(st.tuples(names, names, names, names, areas_m2), max_size=20))
    columns = ["county", "town", "branch", "category", "area_m2"]
    plots = pd.DataFrame(rows, columns=columns).astype({"area_m2": object})
    return plots.assign(parcel_id=[f"p{number:02}" for number in range(len(rows))])


NESTINGS: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    ((), ()),
    (("town",), ()),
    (("county", "town"), ()),
    ((), ("category",)),
    (("town",), ("category",)),
    (("county", "town"), ("branch", "category")),
]


@settings(max_examples=200)
@given(groupings(), st.sampled_from(AREA_UNITS), st.sampled_from(NESTINGS), st.data())
def test_any_grouping_adds_up_whatever_the_order_of_rows(
    plots: pd.DataFrame,
    unit: AreaUnit,
    nesting: tuple[tuple[str, ...], tuple[str, ...]],
    data: st.DataObject,
) -> None:
    within, across = nesting
    whole = sum(map(Fraction, plots["area_m2"]), Fraction(0))
    control = None
    if whole and data.draw(st.booleans()):
        control = printed(whole * data.draw(st.fractions(Fraction(1, 2), 2)), unit)
    options: dict[str, Any] = {"within": within, "across": across, "control": control}
    result: pd.DataFrame = balance(plots, unit, **options)
    assert_sound(result, unit.code, within, across)
    total = result[f"final_{unit.code}"].iloc[-1]
    assert total == (printed(whole, unit) if control is None else control)
    order = data.draw(st.permutations(range(len(plots))))
    other: pd.DataFrame = balance(plots.iloc[list(order)], unit, **options)
    both = [
        each.sort_values("parcel_id")[f"final_{unit.code}"].tolist() for each in (result, other)
    ]
    assert both[0] == both[1]


@pytest.mark.campaign
@settings(max_examples=20_000)
@given(groupings(), st.sampled_from(AREA_UNITS), st.sampled_from(NESTINGS), st.data())
def test_twenty_thousand_groupings_add_up(
    plots: pd.DataFrame,
    unit: AreaUnit,
    nesting: tuple[tuple[str, ...], tuple[str, ...]],
    data: st.DataObject,
) -> None:
    checks = test_any_grouping_adds_up_whatever_the_order_of_rows
    checks.hypothesis.inner_test(plots, unit, nesting, data)  # type: ignore[attr-defined]  # set by hypothesis


def inner_controls(plots: pd.DataFrame, data: st.DataObject) -> dict[tuple[str, ...], Decimal]:
    """Draw controls near what the groups measure, the inner ones first."""
    kept: dict[tuple[str, ...], Decimal] = {}
    for (county, town), rows in plots.groupby(["county", "town"]):
        measured = sum(map(Fraction, rows["area_m2"]), Fraction(0))
        if measured and data.draw(st.booleans()):
            factor = data.draw(st.fractions(Fraction(9, 10), Fraction(11, 10)))
            kept[county, town] = printed(measured * factor, MU)
    return kept


@settings(max_examples=40)
@given(groupings(), st.data())
def test_a_group_is_its_own_control(plots: pd.DataFrame, data: st.DataObject) -> None:
    controls = inner_controls(plots, data)
    result = balance(plots, "mu", within=["county", "town"], control=controls)
    towns = result[result["level"] == "town"].set_index(["county", "town"])["final_mu"]
    assert {path: towns[path] for path in controls} == controls
    parts = result[result["level"] == "parcel_id"]
    free = [path not in controls for path in zip(parts["county"], parts["town"], strict=True)]
    assert (parts.loc[free, "share_mu"] == 0).all()


cells_of = st.dictionaries(
    st.tuples(names.map(lambda n: (n,)), st.sampled_from("wxyz").map(lambda n: (n,))),
    st.one_of(
        st.fractions(0, 5, max_denominator=8), st.floats(0, 100).map(Fraction)
    ),
    min_size=1,
)  # fmt: skip


@settings(max_examples=60)
@given(cells_of, st.sampled_from([math.floor, math.ceil]))
@example({(("a",), ("x",)): Fraction(1, 2), (("b",), ("y",)): Fraction(1, 2)}, math.floor)
def test_a_crossed_table_is_the_nearest(
    cells: dict[Cell, Fraction], to_whole: Callable[[Fraction], int]
) -> None:
    """An integer program of another library finds no rounding with nearer sums, then cells."""
    exact = sum(cells.values(), Fraction(0))
    total = to_whole(exact)
    got = crossed(cells, total)
    assert list(got) == list(cells)
    assert sum(got.values()) == total
    figures: dict[Any, list[Cell]] = {("cell", *key): [key] for key in cells}
    for side in (0, 1):
        for name in {key[side] for key in cells}:
            figures[("row", "column")[side], name] = [key for key in cells if key[side] == name]
    value = {name: sum((cells[key] for key in keys), Fraction(0)) for name, keys in figures.items()}
    for name, keys in figures.items():
        assert abs(sum(got[key] for key in keys) - value[name]) < 1
    margin, inner = _distances(
        value, {n: sum(got[key] for key in keys) for n, keys in figures.items()}
    )
    best_margin, best_inner = _oracle(cells, figures, value, total)
    assert (margin, inner) == pytest.approx((best_margin, best_inner), abs=1e-6)


def _distances(value: dict[Any, Fraction], whole: dict[Any, int]) -> tuple[float, float]:
    off = {name: abs(whole[name] - value[name]) for name in value}
    inner = sum(each for name, each in off.items() if name[0] == "cell")
    return float(sum(off.values()) - inner), float(inner)


def _oracle(
    cells: dict[Cell, Fraction],
    figures: dict[Any, list[Cell]],
    value: dict[Any, Fraction],
    total: int,
) -> tuple[float, float]:
    keys = list(cells)
    matrix = np.array([[float(key in members) for key in keys] for members in figures.values()])
    low = np.array([math.floor(each) for each in value.values()], dtype=float)
    high = np.array([math.ceil(each) for each in value.values()], dtype=float)
    is_cell = np.array([name[0] == "cell" for name in figures])
    # |whole - exact| is linear between the two whole numbers: 1 - 2 r more when it goes up.
    slope = np.array([float(1 - 2 * (each % 1)) if each.denominator > 1 else 0.0
                      for each in value.values()])  # fmt: skip
    start = sum(float(each - math.floor(each)) for each in value.values())
    weight = np.where(is_cell, 1.0, 1e4) * slope
    found = scipy.optimize.milp(
        weight @ matrix,
        integrality=np.ones(len(keys)),
        constraints=[
            scipy.optimize.LinearConstraint(matrix, low, high),
            scipy.optimize.LinearConstraint(np.ones((1, len(keys))), total, total),
        ],
        options={"mip_rel_gap": 0},
    )
    assert found.success, start
    chosen = np.rint(found.x)
    whole = {name: round(row @ chosen) for name, row in zip(figures, matrix, strict=True)}
    return _distances(value, whole)


@settings(max_examples=50)
@given(st.dictionaries(st.tuples(names), st.fractions(0, 9, max_denominator=6), min_size=1))
def test_one_column_is_dealt_by_largest_remainder(parts: dict[tuple[str], Fraction]) -> None:
    total = nearest_whole(sum(parts.values(), Fraction(0)))
    got = crossed({(name, ("x",)): figure for name, figure in parts.items()}, total)
    assert list(got.values()) == list(dealt(parts, total).values())
