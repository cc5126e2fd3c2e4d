"""Add up what partitions were measured to be: exactly, so that no sum depends on the cut."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.measure.sums import exact_sums
from enping_gis.units import AREA_UNITS, balance, printed
from enping_gis.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


@dataclass
class Sums:
    """
    Counts and exact sums by key.

    Parameters
    ----------
    counts : collections.Counter
        How many rows each key has.
    exact : dict of str to fractions.Fraction
        Their exact sum.
    """

    counts: Counter[str] = field(default_factory=Counter)
    exact: defaultdict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))

    @classmethod
    def of(cls, keys: pd.Series[Any], figures: Floats) -> Sums:
        """
        Add up the figures of each key.

        Parameters
        ----------
        keys : pandas.Series of str
            A key for each figure; what is missing or empty is not stated.
        figures : numpy.ndarray of float, shape (n,)
            The figures; NaN counts as 0.

        Returns
        -------
        Sums
            Counts and sums.
        """
        known = keys.astype("str").where(keys.notna() & (keys.astype("str") != ""), UNKNOWN)
        number, names = pd.factorize(known)
        sums = exact_sums(np.nan_to_num(figures), number.astype(np.int64), len(names))
        counts = np.bincount(number, minlength=len(names)).tolist()
        texts = [str(name) for name in names]
        return cls(
            Counter(dict(zip(texts, counts, strict=True))),
            defaultdict(Fraction, zip(texts, sums, strict=True)),
        )

    def add(self, other: Sums) -> None:
        """
        Add the figures of another partition.

        Parameters
        ----------
        other : Sums
            Its figures.
        """
        self.counts.update(other.counts)
        for key, exact in other.exact.items():
            self.exact[key] += exact

    def written(self) -> dict[str, list[Any]]:
        """
        Return what JSON can hold without rounding.

        Returns
        -------
        dict of str to list
            Count and sum, as a quotient of whole numbers, by key.
        """
        return {key: [count, str(self.exact[key])] for key, count in self.counts.items()}

    @classmethod
    def read(cls, written: dict[str, list[Any]]) -> Sums:
        """
        Return what `written` gave.

        Parameters
        ----------
        written : dict of str to list
            Counts and sums.

        Returns
        -------
        Sums
            The same.
        """
        return cls(
            Counter({key: count for key, (count, _) in written.items()}),
            defaultdict(Fraction, {key: Fraction(exact) for key, (_, exact) in written.items()}),
        )


def added(sums: Iterable[Sums]) -> Sums:
    """
    Add up figures of partitions.

    Parameters
    ----------
    sums : iterable of Sums
        Of any number of partitions.

    Returns
    -------
    Sums
        Of all of them.

    Examples
    --------
    >>> one = Sums.of(pd.Series(["a", None]), np.array([0.1, 0.2]))
    >>> sorted(added([one, one]).counts.items()), added([]).counts
    ([('a', 2), ('unknown', 2)], Counter())
    """
    total = Sums()
    for each in sums:
        total.add(each)
    return total


def area_table(areas: Sums) -> pd.DataFrame:
    """
    Print areas by key so that they add up to the printed total.

    Parameters
    ----------
    areas : Sums
        Exact areas in m2.

    Returns
    -------
    pandas.DataFrame
        ``key``, ``parcels``, ``area_m2``, ``area_ha`` and ``area_mu`` (decimals), in the order of
        the keys, what is not stated last; the row with the key ``total`` comes at the end.
    """
    keys = sorted(areas.counts, key=lambda key: (key == UNKNOWN, key))
    exact = {key: areas.exact[key] for key in keys}
    columns: dict[str, list[Any]] = {
        "key": [*keys, "total"],
        "parcels": [*(areas.counts[key] for key in keys), sum(areas.counts.values())],
    }
    for unit in AREA_UNITS:
        whole = printed(sum(exact.values(), Fraction(0)), unit)
        columns[f"area_{unit.code}"] = [*balance(exact, unit).values(), whole]
    return pd.DataFrame(columns)
