"""Stated areas against the map (A1), hectares against mu (A2), totals against parts (A3)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.check.checking import check
from enping_gis.check.records.pairs import pair_verdict
from enping_gis.check.records.stated import pairs_of_plots, written
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from enping_gis.units import HA, MU, printed
from tests.check.faulty import COUNTY, EAST, PARK, WEST, at, drawn, inventory, rectangle

if TYPE_CHECKING:
    import geopandas as gpd


def plots(count: int = 1) -> gpd.GeoDataFrame:
    """Return plots of one hectare, with their areas as measured in the ledger."""
    return drawn({f"p{n}": at(200.0 * n, 0, rectangle()) for n in range(count)})


def found(rules: str, frame: gpd.GeoDataFrame, **tables: pd.DataFrame) -> pd.DataFrame:
    return check(inventory(frame, **tables), rules=rules)


# A1


def test_a_plot_as_it_measures_is_no_fault() -> None:
    (area_m2,) = area(plots())
    assert plots()["stated_mu"].tolist() == [float(printed(area_m2, MU))]
    assert found("A1,A2", plots(3)).empty


@pytest.mark.parametrize(("percent", "faults"), [(0.4, 0), (-0.4, 0), (0.6, 1), (-0.6, 1), (50, 1)])
def test_half_a_percent_is_allowed(percent: float, faults: int) -> None:
    area_m2 = area(plots()).iloc[0] * (1 + percent / 100)
    frame = plots().assign(stated_mu=float(printed(area_m2, MU)), stated_ha=None)
    rows = found("A1", frame)
    assert rows["case"].tolist() == ["area_differs"] * faults
    assert rows["size"].round(1).tolist() == [percent] * faults
    assert set(rows["unit"]) <= {"%"}


def test_the_rounding_of_a_rough_figure_is_allowed() -> None:
    """15 mu on a plot of 14.99 mu is the same; on one of 15.3 mu it is what was rounded."""
    larger = drawn({"a": at(0, 0, rectangle(102))})
    rough = larger.assign(stated_mu=15.0, stated_ha=None)
    assert area(larger).iloc[0] / float(MU.m2) == pytest.approx(15.29, abs=0.01)
    assert found("A1", rough).empty
    assert len(found("A1", larger.assign(stated_mu=15.01, stated_ha=None))) == 1


@pytest.mark.parametrize(
    ("column", "value", "unit"),
    [
        ("stated_mu", 0.9996, "ha"),
        ("stated_mu", 9995.56, "m2"),
        ("stated_ha", 14.99, "mu"),
        ("stated_ha", 9995.56, "m2"),
    ],
)
def test_a_figure_in_another_unit_is_told_which(column: str, value: float, unit: str) -> None:
    frame = plots().assign(stated_mu=None, stated_ha=None)
    frame[column] = pd.Series([value], dtype=float)
    (row,) = found("A1", frame).to_dict("records")
    assert (row["case"], row["field"]) == ("area_unit", column)
    assert row["message_en"].split(": ")[0].endswith(f"{written(value)} {unit}")
    assert ("14.99 亩" if column == "stated_mu" else "0.9996 公顷") in row["cure_zh"]


def test_a_schematic_plot_only_warns() -> None:
    frame = plots().assign(stated_mu=20.0, stated_ha=None)
    assert found("A1", frame)["severity"].tolist() == ["error"]
    assert found("A1", frame.assign(schematic=True))["severity"].tolist() == ["warning"]


def test_what_states_nothing_or_measures_nothing_is_left_alone() -> None:
    assert found("A1", plots().assign(stated_mu=None, stated_ha=None)).empty
    assert found("A1", plots().assign(stated_mu=0.0, stated_ha=None)).empty
    frame = plots(2)
    frame.loc[0, "geometry"] = None
    assert found("A1", frame).empty


def test_an_invalid_outline_is_not_measured() -> None:
    """Its loops cancel out; the outline is the fault, and rule G1 has it."""
    frame = plots()
    frame.loc[0, "geometry"] = at(0, 0, rectangle()).symmetric_difference(at(0, 0, rectangle(0)))
    tie = at(0, 0, rectangle())
    frame.loc[0, "geometry"] = type(tie)([tie.exterior.coords[n] for n in (0, 2, 1, 3)])
    assert set(found("G1,A1", frame)["rule"]) == {"G1"}


# A2


def test_the_figure_that_the_map_bears_out_is_not_blamed() -> None:
    frame = plots().assign(stated_ha=9.9956)
    rows = found("A1,A2", frame)
    assert rows["rule"].tolist() == ["A2"]
    assert "14.99 亩" in rows["message_zh"].iloc[0]
    assert "0.99" in rows["cure_en"].iloc[0]


def test_both_figures_beside_the_map() -> None:
    frame = plots().assign(stated_ha=5.0, stated_mu=20.0)
    assert found("A1,A2", frame)["rule"].tolist() == ["A1", "A2"]


figures = st.one_of(
    st.tuples(st.integers(1, 10**7), st.integers(0, 4)).map(lambda each: each[0] / 10 ** each[1]),
    st.sampled_from([537.72, 1.41, 20.6, 10.0, 573.72]),
)


@given(st.lists(st.tuples(figures, st.integers(-3, 3)), min_size=1, max_size=30))
def test_pairs_are_those_of_the_interval_rule(drawn_figures: list[tuple[float, int]]) -> None:
    """Arrays settle what is plain; nothing is decided otherwise than pair by pair."""
    pairs = []
    for ha, step in drawn_figures:
        mu = round(ha * 15 + step * 0.05, 2)
        pairs.append((ha, mu))
    frame = pd.DataFrame(pairs, columns=["stated_ha", "stated_mu"])
    frame = frame.assign(parcel_id=[f"p{n}" for n in frame.index], geometry=None)
    measured = pd.Series(float("nan"), index=frame.index)
    faults = list(pairs_of_plots(frame, measured))
    wrong = [
        f"p{n}"
        for n, (ha, mu) in enumerate(pairs)
        # What is below zero is a fault of its own.
        if mu >= 0 and (said := pair_verdict(written(ha), written(mu))) and said.verdict == "wrong"
    ]
    assert [parcel for fault in faults for parcel in fault.parcels] == wrong


@pytest.mark.parametrize("value", [0.1, 308.93, 1e-7, 150.0, 1e21, 8605.84])
def test_a_figure_is_read_as_it_was_typed(value: float) -> None:
    assert float(written(value)) == value
    assert "e" not in written(value)


# The published figures of the demonstration inventory.


def test_the_sum_of_the_article_is_found_and_nothing_else() -> None:
    rows = check(Inventory.demo(), rules="A1,A2,A3")
    (row,) = rows.to_dict("records")
    assert (row["rule"], row["case"], row["value"]) == ("A2", "statement_pair", "537.72 / 8605.84")
    assert "573.72" in row["cure_zh"]
    assert row["size"] == 540.04
    assert row["severity"] == "error"


def statement(indicator: str, value: float, subject: str = COUNTY, **cells: str) -> pd.DataFrame:
    row = {"subject": subject, "indicator": indicator, "value_min": value, "value_max": value}
    return pd.DataFrame([{**row, "quote": "合计", **cells}])


def total_mu(frame: gpd.GeoDataFrame) -> float:
    return float(sum(Fraction(written(each)) for each in frame["stated_mu"]))


def test_a_total_is_held_against_its_plots() -> None:
    frame = plots(7)
    whole = total_mu(frame)
    assert found("A3", frame, statements=statement("land_mu", whole)).empty
    rows = found("A3", frame, statements=statement("land_mu", round(whole + 0.01, 2)))
    assert rows[["case", "size", "unit"]].to_numpy().tolist() == [["total_differs", 0.01, "mu"]]
    assert found("A3", frame, statements=statement("parcels", 7)).empty
    rows = found("A3", frame, statements=statement("parcels", 8))
    assert "全县公布 8 宗，图上有 7 宗" in rows["message_zh"].iloc[0]


def test_a_rough_total_is_the_rounded_sum() -> None:
    frame = plots(7)  # 104.93 mu
    for value, good in ((104.9, True), (105.0, True), (104.8, False), (106.0, False)):
        rows = found("A3", frame, statements=statement("land_mu", value))
        assert rows.empty is good, value


def test_words_widen_a_total() -> None:
    frame = plots(7)
    for word, value, good in (("约", 105, True), ("近", 105, True), ("超过", 104, True),
                              ("超过", 110, False), ("近", 100, False)):  # fmt: skip
        rows = found("A3", frame, statements=statement("land_mu", value, qualifier=word))
        assert rows.empty is good, (word, value)


def test_totals_of_towns_parks_and_categories() -> None:
    frame = plots(4)
    frame["town"] = [WEST, WEST, WEST, EAST]
    frame["responsible"] = [WEST, PARK, PARK, EAST]
    frame["category"] = ["underused", "underused", None, "idle_closed"]
    for subject, count in ((WEST, 3), ("大槐镇", 3), (EAST, 1), (PARK, 2), ("underused", 2),
                           ("未充分利用产业用地", 2), (COUNTY, 4)):  # fmt: skip
        assert found("A3", frame, statements=statement("parcels", count, subject)).empty, subject
        assert len(found("A3", frame, statements=statement("parcels", 9, subject))) == 1, subject
    for subject in ("p0", "PJ001", "somebody", ""):
        assert found("A3", frame, statements=statement("parcels", 9, subject)).empty, subject


def test_of_a_pair_the_mu_count_and_a_missing_area_says_nothing() -> None:
    frame = plots(7)
    both = pd.concat([statement("land_mu", total_mu(frame)), statement("land_ha", 99.0)])
    assert found("A3", frame, statements=both).empty
    assert found("A2", frame, statements=both)["case"].tolist() == ["statement_pair"]
    assert len(found("A3", frame, statements=statement("land_ha", 99.0))) == 1
    frame.loc[0, "stated_mu"] = None
    assert found("A3", frame, statements=statement("land_mu", 1.0)).empty


def test_figures_of_other_quotes_are_no_pair() -> None:
    apart = pd.concat(
        [statement("land_mu", 15.0), statement("land_ha", 2.0).assign(quote="another")]
    )
    assert found("A2", plots(), statements=apart).empty


def test_commitments_below_that_of_the_county() -> None:
    rows = [("2023", None, 20.0), ("2023", WEST, 12.0), ("2023", EAST, 8.0), ("2022", None, 9.0)]
    targets = pd.DataFrame(rows, columns=["period", "place", "area_mu"])
    assert found("A3", plots(), targets=targets).empty
    targets.loc[2, "area_mu"] = 7.99
    (row,) = found("A3", plots(), targets=targets).to_dict("records")
    assert (row["case"], row["size"], row["unit"]) == ("targets_below", 0.01, "mu")
    targets.loc[2, "area_mu"] = 30.0
    assert found("A3", plots(), targets=targets).empty


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=40))
def test_sums_are_exact(hundredths: list[int]) -> None:
    """Floats add up to something else; figures as they are printed do not."""
    frame = pd.DataFrame({"stated_mu": [each / 100 for each in hundredths]})
    exact = Decimal(sum(hundredths)) / 100
    assert sum(Fraction(written(each)) for each in frame["stated_mu"]) == Fraction(exact)
    assert printed(Fraction(exact) * MU.m2, MU) == exact
    assert printed(Fraction(exact) * HA.m2, HA) == exact
