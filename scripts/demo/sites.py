"""Say where the plots of the demonstration lie and how large each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np

SEED = 20230330
TOTAL_MU = Decimal("8605.84")
QUARTER_MU = Decimal("793.00")
PARK = "440785400"

# What the article prints (EP002, EP004-EP007, EP009), and invented figures for the three
# named plots whose area it does not give.
NAMED_MU = {
    "EP001": Decimal("63.50"),
    "EP002": Decimal("308.93"),
    "EP003": Decimal("85.40"),
    "EP004": Decimal("150.00"),
    "EP005": Decimal("21.22"),
    "EP006": Decimal("50.00"),
    "EP007": Decimal("162.49"),
    "EP008": Decimal("96.15"),
    "EP009": Decimal("158.00"),
}
# Synthetic plots around the gas plot, sized so that the two rows of its block are in step.
FIXED_MU = {"EP010": Decimal("78.36"), "EP011": Decimal("33.07"), "EP012": Decimal("40.58")}
# The nine plots put back to use in the first quarter of 2023.
QUARTER_PLOTS = (
    "EP023", "EP039", "EP045", "EP059", "EP080", "EP093", "EP105", "EP113", "EP116",
)  # fmt: skip
TWO_PART_PLOT = "EP048"
COURTYARD_PLOT = "EP068"
LEAST_MU = 8.5
SPREAD_MU = 170.0
SPREAD_POWER = 1.5


@dataclass(frozen=True)
class Row:
    """
    Plots side by side along one street.

    Parameters
    ----------
    plots : tuple of str
        Their ids from one end to the other.
    length_m : float
        Length of the frontage.
    """

    plots: tuple[str, ...]
    length_m: float


@dataclass(frozen=True)
class Site:
    """
    A cluster of plots on either side of one main road.

    Parameters
    ----------
    town, responsible : str
        Place codes.
    centre_m : tuple of float
        Easting and northing in EPSG:4546, m.
    bearing_deg : float
        Direction of the main road, anticlockwise from east.
    synthetic : int
        How many synthetic plots it has.
    named : tuple of str
        Ids of the article's plots in it.
    fixed : tuple of Row
        Rows of its first block that are given instead of drawn.
    """

    town: str
    responsible: str
    centre_m: tuple[float, float]
    bearing_deg: float
    synthetic: int
    named: tuple[str, ...] = ()
    fixed: tuple[Row, ...] = ()


# The gas plot lies back to back with the plot it is combined with.
_GAS_BLOCK = (Row(("EP004", "EP010"), 520.0), Row(("EP011", "EP005", "EP012"), 520.0))

SITES = (
    Site("440785108", PARK, (629250.0, 2448650.0), 37.0, 12, ("EP003", "EP004", "EP005"),
         _GAS_BLOCK),
    Site("440785108", PARK, (630720.0, 2449520.0), 30.0, 7),
    Site("440785101", PARK, (643050.0, 2465850.0), -18.0, 7, ("EP006",)),
    Site("440785109", PARK, (641300.0, 2461000.0), 64.0, 7),
    Site("440785106", PARK, (627600.0, 2462500.0), 12.0, 6),
    Site("440785001", "440785001", (636500.0, 2456700.0), 25.0, 5, ("EP002",)),
    Site("440785001", "440785001", (632700.0, 2457300.0), -35.0, 5, ("EP001",)),
    Site("440785001", "440785001", (636100.0, 2452600.0), 80.0, 3),
    Site("440785100", "440785100", (637300.0, 2439600.0), -8.0, 4, ("EP009",)),
    Site("440785100", "440785100", (635000.0, 2437000.0), 48.0, 4),
    Site("440785101", "440785101", (640900.0, 2467500.0), 33.0, 4),
    Site("440785102", "440785102", (638300.0, 2469100.0), -52.0, 3),
    Site("440785102", "440785102", (636100.0, 2471400.0), 15.0, 2),
    Site("440785103", "440785103", (649900.0, 2476300.0), 20.0, 7, ("EP007",)),
    Site("440785103", "440785103", (646600.0, 2478700.0), -40.0, 5),
    Site("440785104", "440785104", (643000.0, 2477000.0), 58.0, 4),
    Site("440785104", "440785104", (640700.0, 2475100.0), -12.0, 3),
    Site("440785105", "440785105", (648100.0, 2470700.0), 8.0, 4, ("EP008",)),
    Site("440785105", "440785105", (646000.0, 2468300.0), -28.0, 3),
    Site("440785106", "440785106", (624800.0, 2464400.0), 41.0, 4),
    Site("440785107", "440785107", (620700.0, 2448400.0), -22.0, 3),
    Site("440785108", "440785108", (625500.0, 2444100.0), 70.0, 4),
    Site("440785109", "440785109", (643500.0, 2462900.0), -60.0, 4),
)  # fmt: skip


@cache
def plots_of_sites() -> tuple[tuple[str, ...], ...]:
    """
    Return the ids of the plots of each site.

    Returns
    -------
    tuple of tuple of str
        Named plots first, then EP010 to EP119 in the order of the sites.
    """
    number = len(NAMED_MU) + 1
    found = []
    for site in SITES:
        numbers = range(number, number + site.synthetic)
        found.append((*site.named, *(f"EP{each:03d}" for each in numbers)))
        number += site.synthetic
    return tuple(found)


@cache
def area_mu() -> dict[str, Decimal]:
    """
    Return the area of every plot, to add up to what the article prints.

    Sizes are drawn with many small and few large ones, then scaled so that the nine plots
    of the first quarter make 793.00 mu and all plots 8605.84 mu.

    Returns
    -------
    dict of str to decimal.Decimal
        Plot id -> mu with two decimals, in the order of the ids.
    """
    drawing = np.random.Generator(np.random.PCG64([SEED, 0]))
    ids = sorted(each for site in plots_of_sites() for each in site)
    drawn = {
        each: LEAST_MU + SPREAD_MU * float(drawing.uniform()) ** SPREAD_POWER
        for each in ids
        if each not in NAMED_MU
    }
    sizes = NAMED_MU | FIXED_MU
    quarter = {each: drawn[each] for each in QUARTER_PLOTS}
    sizes = sizes | _scaled(quarter, QUARTER_MU)
    rest = {each: size for each, size in drawn.items() if each not in sizes}
    sizes = sizes | _scaled(rest, TOTAL_MU - sum(sizes.values(), Decimal(0)))
    return {each: sizes[each] for each in ids}


def _scaled(sizes: dict[str, float], total: Decimal) -> dict[str, Decimal]:
    # Only what exceeds the least size is scaled; the largest plot takes what rounding leaves.
    room = float(total) - LEAST_MU * len(sizes)
    factor = room / sum(size - LEAST_MU for size in sizes.values())
    scaled = {
        each: Decimal(f"{LEAST_MU + (size - LEAST_MU) * factor:.2f}")
        for each, size in sizes.items()
    }
    largest = max(scaled, key=lambda each: scaled[each])
    scaled[largest] += total - sum(scaled.values(), Decimal(0))
    return scaled
