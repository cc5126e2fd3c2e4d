"""Projects on sets of plots: by hand, beside trying everything, and on the demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.crooked import crooked_layer
from enping_gis import Inventory, area, match_projects
from enping_gis.errors import InputError, SchemaError
from enping_gis.schema import LIST_SEPARATOR
from tests.assembly.oracle import Layer
from tests.assembly.packed_by_hand import best_by_count, sets_of
from tests.plots import EAST_M, NORTH_M, square

if TYPE_CHECKING:
    from enping_gis.assembly.matching import Matching
    from enping_gis.assembly.worth import Direction

MOST, SUITE = 4, 20
ONE, TWO = (14.0, 16.0), (29.0, 31.0)


def row_of_plots(*sides_m: float, road_m: float = 0.0) -> gpd.GeoDataFrame:
    """Return rectangles from west to east, 100 m high, called a, b, c and so on."""
    shapes, west = [], EAST_M
    for side_m in sides_m:
        shapes.append(shapely.box(west, NORTH_M, west + side_m, NORTH_M + 100))
        west += side_m + road_m
    names = [chr(97 + number) for number in range(len(shapes))]
    return gpd.GeoDataFrame({"parcel_id": names}, geometry=shapes, crs=4546)


def wants(*windows: tuple[float, float], **columns: list[Any]) -> pd.DataFrame:
    """Return projects P, Q, R and so on."""
    return pd.DataFrame({
        "project_id": [chr(80 + number) for number in range(len(windows))],
        "need_mu_min": [low for low, _ in windows],
        "need_mu_max": [high for _, high in windows],
        **columns,
    })  # fmt: skip


def placed(found: Matching) -> dict[str, str]:
    return dict(zip(found.rows["project_id"], found.rows["parcel_ids"], strict=True))


def demo_projects(count: int, low_mu: float, high_mu: float) -> pd.DataFrame:
    random = np.random.default_rng(440785)
    low = np.round(np.exp(random.uniform(np.log(low_mu), np.log(high_mu), count)))
    return pd.DataFrame({
        "project_id": [f"P{number:02}" for number in range(count)],
        "need_mu_min": low,
        "need_mu_max": np.round(1.15 * low),
        "min_width_m": random.choice([0.0, 60.0, 100.0], count),
        "investment_yi": np.round(low * random.uniform(0.02, 0.08, count), 2),
    })  # fmt: skip


# By hand.


def test_greedy_walks_into_the_trap() -> None:
    # b is the smallest plot, so P takes it when its turn comes, and no two plots are left for Q.
    found = match_projects(row_of_plots(100, 98, 100), wants(ONE, TWO))
    assert (found.greedy.placed, found.greedy.value) == (1, 1.0)
    assert (found.status, found.value, found.bound, found.gap) == ("optimal", 2.0, 2.0, 0.0)
    assert placed(found) in ({"P": "a", "Q": "b;c"}, {"P": "c", "Q": "a;b"})
    assert found.unplaced.empty
    assert (found.unit, found.complete, found.offered) == ("projects", True, 3)


def test_investment_decides_where_all_state_it() -> None:
    plots = row_of_plots(100, 100)
    found = match_projects(plots, wants(ONE, ONE, ONE, investment_yi=[1.0, 3.0, 2.5]))
    assert {*placed(found)} == {"Q", "R"}
    assert (found.unit, found.value) == ("yi", 5.5)
    counted = match_projects(plots, wants(ONE, ONE, ONE, investment_yi=[1.0, None, 2.5]))
    assert (counted.unit, counted.value, len(counted.rows)) == ("projects", 2.0, 2)


def test_land_that_waits_is_used_up() -> None:
    plots = row_of_plots(100, 100, 100, 100)
    wishes = wants(ONE, (44.0, 46.0), (29.0, 31.0))
    by_land = match_projects(plots, wishes, direction="land")
    assert by_land.unit == "mu"
    assert by_land.value == pytest.approx(area(plots).sum() * 3 / 2000, abs=0.02)
    assert {*placed(by_land)} == {"P", "Q"}
    # The worth of plots may be a score instead.
    scored = plots.assign(merit=[1.0, 1.0, 5.0, 5.0])
    by_score = match_projects(scored, wants(TWO), direction="land", score="merit")
    assert (placed(by_score), by_score.value, by_score.unit) == ({"P": "c;d"}, 10.0, "score")


def test_a_road_keeps_plots_apart_unless_it_may_be_crossed() -> None:
    plots = row_of_plots(100, 100, road_m=12.0)
    apart = match_projects(plots, wants(TWO))
    assert (apart.status, apart.value, apart.bound, apart.gap) == ("infeasible", 0.0, 0.0, 0.0)
    over = match_projects(plots, wants(TWO), within_m=15.0)
    assert (over.status, placed(over)) == ("optimal", {"P": "a;b"})


def test_every_project_left_out_has_its_reason() -> None:
    plots = row_of_plots(100, 100, 40)
    wishes = wants(
        ONE, ONE, ONE, (400.0, 500.0), (1.0, 2.0), (5.0, 7.0), (float("nan"), 9.0),
        min_width_m=[None, None, None, None, None, 60.0, None],
    )  # fmt: skip
    found = match_projects(plots, wishes)
    assert {*placed(found)} == {"P", "Q"}
    left = found.unplaced.set_index("project_id")
    assert left["reason"].to_dict() == {
        "R": "taken", "S": "no_set", "T": "no_set", "U": "too_narrow", "V": "no_need"
    }  # fmt: skip
    assert left["rivals"]["R"] in {"P", "Q"}
    all_mu = round(float(area(plots).sum()) * 3 / 2000, 2)
    assert left["nearest_ids"]["S"] == "a;b;c"
    assert left["miss_mu"]["S"] == pytest.approx(all_mu - 400, abs=0.02)
    assert left["nearest_ids"]["T"] == "c"
    assert left["miss_mu"]["T"] == pytest.approx(left["nearest_mu"]["T"] - 2, abs=0.005)
    assert left["miss_m"]["U"] == pytest.approx(20, abs=0.1)
    assert left["why"].str.len().gt(5).all()


def test_projects_alike_are_placed_as_often_as_there_are_plots() -> None:
    found = match_projects(row_of_plots(*[100.0] * 5), wants(*[ONE] * 7))
    assert (found.value, found.status, len(found.unplaced)) == (5.0, "optimal", 2)


def test_a_need_without_an_upper_limit_takes_a_tenth_more() -> None:
    wishes = pd.DataFrame({"project_id": ["P"], "need_mu_min": [14.0]})
    assert match_projects(row_of_plots(100), wishes).rows["need_mu_max"].tolist() == [15.4]
    assert match_projects(row_of_plots(100), wishes, spare_share=0.0).rows.empty


def test_too_many_sets_are_cut_off_and_that_is_said() -> None:
    shapes = [square(column, line) for column in range(4) for line in range(4)]
    plots = gpd.GeoDataFrame(
        {"parcel_id": [f"{number:02}" for number in range(16)]}, geometry=shapes, crs=4546
    )
    wishes = wants(*[(44.0, 46.0)] * 6)
    whole = match_projects(plots, wishes)
    assert (whole.complete, whole.status, whole.value) == (True, "optimal", 5.0)
    some = match_projects(plots, wishes, max_sets=2)
    assert not some.complete
    assert some.considered == 2 * 6
    # The bound is that of all the land, which no set that was left out can break.
    assert some.value < some.bound == 5.0
    assert (some.status, some.gap) == ("feasible", (5.0 - some.value) / 5.0)


def test_plots_in_use_are_not_given_again() -> None:
    demo = Inventory.demo()
    used = {*demo.parcel_projects["parcel_id"]}
    wishes = pd.concat([
        demo_projects(12, 20, 60), pd.DataFrame({"project_id": ["PJ001"], "need_mu_min": [20.0]})
    ])  # fmt: skip
    found = match_projects(demo, wishes)
    given = {each for ids in found.rows["parcel_ids"] for each in ids.split(LIST_SEPARATOR)}
    assert len(found.rows) > 5
    assert not given & used
    assert found.offered <= len(demo.parcels) - len(used)
    assert found.unplaced.set_index("project_id")["reason"]["PJ001"] == "has_land"
    # Of the demonstration's own projects 36 have land, or state no need.
    own = match_projects(demo)
    assert (own.status, len(own.rows), len(own.unplaced)) == ("optimal", 14, 36)
    assert {*own.unplaced["reason"]} == {"has_land", "no_need"}


@pytest.mark.parametrize("direction", ["projects", "land"])
def test_nothing_to_match(direction: Direction) -> None:
    plots = row_of_plots(100, 100)
    for some, wishes in ((plots, wants()), (plots.iloc[:0], wants(ONE)), (plots.iloc[:0], wants())):
        found = match_projects(some, wishes, direction=direction)
        assert (found.status, found.value, found.bound, found.gap) == ("infeasible", 0.0, 0.0, 0.0)
        assert found.rows.empty
        assert {"project_id", "parcel_ids", "geometry"} <= {*found.rows.columns}
        assert len(found.unplaced) == len(wishes)
        assert {"project_id", "reason", "why"} <= {*found.unplaced.columns}


def test_what_is_given_stays_as_it_is() -> None:
    plots, wishes = row_of_plots(100, 98, 100), wants(ONE, TWO)
    plots_before, wishes_before = plots.copy(), wishes.copy()
    match_projects(plots, wishes.iloc[::-1])
    assert plots.equals(plots_before)
    assert wishes.equals(wishes_before)


def test_the_order_of_plots_and_projects_does_not_change_the_value() -> None:
    plots = row_of_plots(100, 98, 100, 60, 100)
    wishes = wants(ONE, TWO, (23.0, 25.0), investment_yi=[1.0, 2.0, 2.5])
    first = match_projects(plots, wishes)
    other = match_projects(plots.iloc[::-1], wishes.iloc[::-1])
    assert (first.value, first.status) == (other.value, other.status)
    assert other.rows["project_id"].tolist() == sorted(other.rows["project_id"], reverse=True)


# Bad input.


@pytest.mark.parametrize(
    ("columns", "error", "seen"),
    [
        ({"project_id": None}, SchemaError, "project_id"),
        ({"need_mu_min": None}, SchemaError, "need_mu_min"),
        ({"project_id": ["P", "P"]}, SchemaError, "P"),
        ({"project_id": ["P", ""]}, SchemaError, "project_id"),
        ({"need_mu_min": [50.0, 1.0], "need_mu_max": [40.0, 2.0]}, InputError, "50.0..40.0"),
        ({"need_mu_min": [-5.0, 1.0]}, InputError, "-5"),
        ({"min_width_m": [-1.0, 1.0]}, InputError, "min_width_m"),
        ({"investment_yi": [1.0, -1.0]}, InputError, "investment_yi"),
        ({"need_mu_min": ["五十", "1"]}, SchemaError, "五十"),
        ({"need_mu_max": [float("inf"), 20.0]}, SchemaError, "inf"),
    ],
)
def test_bad_projects_are_refused(
    columns: dict[str, Any], error: type[InputError], seen: str
) -> None:
    wishes = wants(ONE, ONE)
    for name, cells in columns.items():
        wishes = wishes.drop(columns=name) if cells is None else wishes.assign(**{name: cells})
    with pytest.raises(error, match=seen) as caught:
        match_projects(row_of_plots(100), wishes)
    assert len(str(caught.value).splitlines()) == 1


def test_bad_demands_are_refused() -> None:
    plots, wishes = row_of_plots(100), wants(ONE)
    calls: list[tuple[dict[str, Any], str]] = [
        ({"direction": "both"}, "both"), ({"max_sets": 0}, "max_sets"),
        ({"max_plots": 0}, "max_plots"), ({"spare_share": -0.1}, "-0.1"),
        ({"within_m": -1.0}, "within_m"), ({"colour": "red"}, "colour"),
    ]  # fmt: skip
    for keywords, seen in calls:
        with pytest.raises(InputError, match=seen):
            match_projects(plots, wishes, **keywords)
    with pytest.raises(InputError):
        match_projects(plots)


# Beside trying everything.


def compare(seed: int) -> tuple[int, int]:
    """Match a random layer, and return how many are placed, and how many by turns."""
    random = np.random.default_rng([seed, 31])
    plots = crooked_layer(int(random.integers(6, 9)), seed=seed, plots_per_road=4.0)
    within_m = float(random.choice([0.0, 15.0]))
    layer = Layer.of(plots, within_m)
    count = int(random.integers(2, 6))
    total_mu = float(area(plots).sum()) * 3 / 2000
    low = np.round(random.uniform(0.5, 1.5, count) * total_mu / count, 2)
    wishes = wants(
        *[(each, round(each * float(random.uniform(1.1, 1.6)), 2)) for each in low.tolist()],
        min_width_m=random.choice([0.0, 0.0, 110.0], count).tolist(),
    )
    if seed % 2:
        wishes["investment_yi"] = np.round(random.uniform(0.5, 8.0, count), 2)
    direction: Direction = "land" if seed % 3 == 0 else "projects"
    found = match_projects(plots, wishes, direction=direction, max_plots=MOST, within_m=within_m,
                           max_sets=100_000, time_limit_s=None)  # fmt: skip
    told = {each: float(layer.told[each]["area_m2"]) * 3 / 2000 for each in layer.plots.index}
    sets = [sets_of(layer, row, MOST) for row in wishes.to_dict("records")]
    counts = wishes.get("investment_yi", pd.Series([1.0] * count)).tolist()
    worth = [
        {each: sum(told[plot] for plot in each) if direction == "land" else counts[number]
         for each in suiting}
        for number, suiting in enumerate(sets)
    ]  # fmt: skip
    best = max([*best_by_count(sets, worth)[found.greedy.placed :], 0.0])
    assert found.complete, seed
    assert found.status == ("optimal" if any(sets) else "infeasible"), seed
    assert found.value == pytest.approx(best, abs=0.011), seed
    assert found.bound == found.value >= found.greedy.value - 0.011
    check_plan(found, wishes, sets)
    return len(found.rows), found.greedy.placed


def check_plan(found: Matching, wishes: pd.DataFrame, sets: list[list[frozenset[str]]]) -> None:
    """See that each project has a set that suits it, and no plot is given twice."""
    suiting = dict(zip(wishes["project_id"], sets, strict=True))
    used: set[str] = set()
    for project, ids in placed(found).items():
        given = frozenset(ids.split(LIST_SEPARATOR))
        assert given in suiting[project]
        assert not given & used
        used |= given
    assert len(found.rows) >= found.greedy.placed
    left = found.unplaced.set_index("project_id")
    assert sorted([*left.index, *placed(found)]) == sorted(wishes["project_id"])
    for project, reason in left["reason"].items():
        assert bool(suiting[project]) == (reason == "taken"), (project, reason)
        # Nobody who could still have land goes without.
        assert all(each & used for each in suiting[project])


def test_matchings_equal_trying_everything() -> None:
    counts = [compare(seed) for seed in range(SUITE)]
    assert sum(first for first, _ in counts) > 20
    assert any(first > turns for first, turns in counts)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_many_matchings_equal_trying_everything() -> None:
    counts = [compare(seed) for seed in range(SUITE, 420)]
    assert sum(first > turns for first, turns in counts) > 20


# The demonstration's plots, when land is scarce.


def check_scarce(found: Matching, asked: int) -> None:
    assert found.complete
    assert len(found.rows) + len(found.unplaced) == asked
    assert len(found.rows) >= found.greedy.placed
    assert found.value >= found.greedy.value
    assert found.bound >= found.value
    assert (found.status == "optimal") == (found.gap == 0.0)
    given = [each for ids in found.rows["parcel_ids"] for each in ids.split(LIST_SEPARATOR)]
    assert len(given) == len({*given})
    assert found.rows["area_mu"].ge(found.rows["need_mu_min"]).all()
    assert found.rows["area_mu"].le(found.rows["need_mu_max"]).all()
    assert found.rows["min_width_m"].ge(found.rows["need_width_m"] - 0.01).all()


def test_sixty_projects_on_scarce_land() -> None:
    plots, wishes = Inventory.demo().parcels, demo_projects(60, 60, 500)
    found = match_projects(plots, wishes.drop(columns="investment_yi"), time_limit_s=15)
    check_scarce(found, 60)
    assert len(found.rows) > found.greedy.placed
    assert found.gap < 0.01


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("within_m", [0.0, 20.0, 40.0])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("direction", ["projects", "land"])
def test_sixty_projects_across_roads(
    within_m: float, direction: Direction, *, weighted: bool
) -> None:
    plots, wishes = Inventory.demo().parcels, demo_projects(60, 60, 500)
    wishes = wishes if weighted else wishes.drop(columns="investment_yi")
    found = match_projects(plots, wishes, direction=direction, within_m=within_m,
                           max_sets=2000, time_limit_s=20)  # fmt: skip
    check_scarce(found, 60)
    assert found.value > found.greedy.value
    assert found.gap < 0.01
