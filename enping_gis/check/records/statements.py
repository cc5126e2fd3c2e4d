"""Hold published figures against each other, and totals against their parts (A2, A3)."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.check.faults import Fault
from enping_gis.check.records.pairs import interval
from enping_gis.check.records.stated import pair_fault, written
from enping_gis.check.rules import rules
from enping_gis.intake.meaning.wording import place_codes
from enping_gis.intake.tables.figures import Figure, figure
from enping_gis.messages import text
from enping_gis.vocabulary import code_of, label, normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import geopandas as gpd

    from enping_gis.messages import Language

    PlaceName = Callable[[str, Language | None], str]

_HA, _MU, _COUNT = "ha", "mu", "parcels"
_QUOTED = 60
# What a total says of plots: statements `land_mu`, `land_ha` and `parcels`.
_LAND = {_MU: "stated_mu", _HA: "stated_ha"}


class Subjects:
    """
    What published figures are about: the county, its places, categories of land, or a plot.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id``, ``town``, ``responsible`` and ``category``.
    places : pandas.DataFrame
        Table ``places``.
    names : callable
        Name of a place in a language.
    """

    def __init__(self, plots: gpd.GeoDataFrame, places: pd.DataFrame, names: PlaceName) -> None:
        self._plots, self._names, self._codes = plots, names, place_codes(places)
        self._kinds = dict(zip(places["place"].astype(str), places["kind"], strict=True))
        self._ids = frozenset(plots["parcel_id"])

    def plots_of(self, subject: str) -> gpd.GeoDataFrame | None:
        """
        Return the plots that a total is made up of.

        Parameters
        ----------
        subject : str
            Code or name, as the statement has it.

        Returns
        -------
        geopandas.GeoDataFrame or None
            None where it is no group of plots. A park has the plots that it answers for.
        """
        code = None if subject in self._ids else self._codes.get(normalised(subject))
        if code is not None:
            column = "responsible" if self._kinds.get(code) == "park" else "town"
            return self._plots[self._plots[column] == code]
        if self._is_county(subject):
            return self._plots
        category = code_of("category", subject)
        return None if category is None else self._plots[self._plots["category"] == category]

    def named(self, subject: str) -> object:
        """
        Return what messages call a subject.

        Parameters
        ----------
        subject : str
            Code or name, as the statement has it.

        Returns
        -------
        object
            A text, or what gives it when called with a language.
        """
        code = None if subject in self._ids else self._codes.get(normalised(subject))
        if code is not None:
            return partial(self._names, code)
        category = code_of("category", subject)
        if category is not None:
            return partial(label, "category", category)
        return partial(text, "check.county") if self._is_county(subject) else subject

    def plot(self, subject: str) -> tuple[str, ...]:
        """
        Return the plot that a statement is about.

        Parameters
        ----------
        subject : str
            As the statement has it.

        Returns
        -------
        tuple of str
            Its id; empty for other subjects.
        """
        return (subject,) if subject in self._ids else ()

    def _is_county(self, subject: str) -> bool:
        """Tell whether a code is the one that the codes of all places begin with."""
        return bool(subject and self._kinds) and all(
            place.startswith(subject) for place in self._kinds
        )


def pairs_of_statements(statements: pd.DataFrame, subjects: Subjects) -> Iterator[Fault]:
    """
    Hold published hectares against the mu published with them (A2).

    Parameters
    ----------
    statements : pandas.DataFrame
        Table ``statements``; two figures are a pair where subject, quote and date are the
        same and their indicators differ by the ending ``_ha`` and ``_mu`` alone.
    subjects : Subjects
        What they are about.

    Yields
    ------
    Fault
        One for each pair that no area is printed as, with the figure that was probably meant.
    """
    stems: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in statements.to_dict("records"):
        stem, _, unit = str(row["indicator"]).rpartition("_")
        if unit in _LAND:
            where = (str(row["subject"]), stem, str(row["quote"]), str(row["date"]))
            stems.setdefault(where, {})[unit] = row
    for (subject, stem, quote, _), both in stems.items():
        if set(both) != set(_LAND):
            continue
        ha, mu = (_wording(both[unit]) for unit in (_HA, _MU))
        named, said = subjects.named(subject), _short(quote)
        fault = pair_fault("statement_pair", ha, mu, subject=named, indicator=stem, quote=said)
        if fault is not None:
            yield dataclasses.replace(fault, parcels=subjects.plot(subject))


def _wording(statement: Mapping[str, Any]) -> str:
    """Return a published figure with the words that widen it."""
    values = [statement["value_min"], statement["value_max"]]
    known = [value for value in values if pd.notna(value)]
    if not known or len({float(value) for value in known}) > 1:
        return ""
    qualifier = statement["qualifier"]
    return f"{'' if pd.isna(qualifier) else qualifier}{written(known[0])}"


def _short(quote: str) -> str:
    return quote if len(quote) <= _QUOTED else f"{quote[:_QUOTED]}\N{HORIZONTAL ELLIPSIS}"


def totals_of_statements(statements: pd.DataFrame, subjects: Subjects) -> Iterator[Fault]:
    """
    Hold published totals against the plots they are made up of (A3).

    Parameters
    ----------
    statements : pandas.DataFrame
        Table ``statements``: indicators ``parcels``, ``land_mu`` and ``land_ha``, whose
        subject is the county, a place or a category.
    subjects : Subjects
        What they are about, and the plots with ``stated_mu`` and ``stated_ha``.

    Yields
    ------
    Fault
        One for each total that its plots do not add up to, by the figures as stated. Of a
        pair in mu and hectares the mu count; where the area of a plot is not stated, nothing
        can be said of the sum.
    """
    for (subject, _), both in _totals(statements).items():
        mine = subjects.plots_of(subject)
        if mine is None:
            continue
        for unit in (_MU, _HA, _COUNT):
            if unit not in both or (unit == _HA and _MU in both):
                continue
            total = figure(_wording(both[unit]))
            parts = _sum(mine, unit)
            if total is not None and total.value is not None and parts is not None:
                yield from _compared(total, parts, unit, subjects.named(subject))


def _totals(statements: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the totals of land and plots, by subject and quote."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in statements.to_dict("records"):
        indicator = str(row["indicator"])
        unit = _COUNT if indicator == _COUNT else indicator.removeprefix("land_")
        if indicator == _COUNT or (indicator.startswith("land_") and unit in _LAND):
            found.setdefault((str(row["subject"]), str(row["quote"])), {})[unit] = row
    return found


def _sum(plots: pd.DataFrame, unit: str) -> Fraction | None:
    """Add up the figures of plots as they are stated."""
    if unit == _COUNT:
        return Fraction(len(plots))
    figures = plots[_LAND[unit]]
    if figures.isna().any():
        return None
    return sum((Fraction(written(each)) for each in figures), Fraction(0))


def _compared(total: Figure, parts: Fraction, unit: str, named: object) -> Iterator[Fault]:
    rule = rules()["A3"]
    low, high = interval(total)
    most = Fraction(rule.limits["difference"])
    if total.qualifier:
        fits = low - most <= parts <= high + most
    else:
        # A total as printed is the rounded sum: half up, so the upper end is no longer it.
        fits = low - most <= parts < high + most or parts == total.value
    if fits:
        return
    printed_total = f"{total.value:f}"
    difference = parts - Fraction(total.value or 0)
    yield Fault(
        "A3", "total_count" if unit == _COUNT else "total_differs", rule.severity,
        field="parcels" if unit == _COUNT else f"land_{unit}", value=printed_total,
        size=float(abs(difference)), unit="" if unit == _COUNT else unit,
        tolerance=f"difference <= {rule.limits['difference']:g}",
        values={
            "subject": named, "total": printed_total, "parts": _decimal(parts),
            "difference": _decimal(difference), "unit": partial(text, f"unit.{unit}"),
        },
    )  # fmt: skip


def _decimal(value: Fraction) -> str:
    """Return a sum of printed figures, which has finitely many decimals."""
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def totals_of_targets(targets: pd.DataFrame) -> Iterator[Fault]:
    """
    Hold the commitment of the county against those of its places (A3).

    Parameters
    ----------
    targets : pandas.DataFrame
        Table ``targets``.

    Yields
    ------
    Fault
        One for each period in which the places together have committed themselves to less
        than the county has; more is no fault.

    Examples
    --------
    >>> from enping_gis.schema import conformed
    >>> given = pd.DataFrame(
    ...     {"period": ["2023"] * 3, "place": [None, "a", "b"], "area_mu": [20.0, 12.0, 7.99]}
    ... )
    >>> [fault.size for fault in totals_of_targets(conformed(given, "targets"))]
    [0.01]
    >>> list(totals_of_targets(conformed(pd.DataFrame(), "targets")))
    []
    """
    rule = rules()["A3"]
    for period, rows in targets.groupby("period", sort=True):
        own = rows[rows["place"].isna() | (rows["place"] == "")]
        parts = rows.drop(own.index)["area_mu"].dropna()
        whole = own["area_mu"].dropna()
        if len(whole) != 1 or not len(parts):
            continue
        committed = sum((Fraction(written(each)) for each in parts), Fraction(0))
        missing = Fraction(written(whole.iloc[0])) - committed
        if missing <= Fraction(rule.limits["difference"]):
            continue
        yield Fault(
            "A3", "targets_below", rule.severity, field="area_mu",
            value=written(whole.iloc[0]), size=float(missing), unit="mu",
            tolerance=f"difference <= {rule.limits['difference']:g}",
            values={
                "period": str(period), "parts": _decimal(committed),
                "difference": _decimal(missing),
            },
        )  # fmt: skip
