"""Look up what an industry has to reach at least: data with source and date, no constants."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enping_gis._resources import shipped_json
from enping_gis.errors import SourceError
from enping_gis.units import as_typed
from enping_gis.vocabulary import normalised, terms

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from fractions import Fraction


@dataclass(frozen=True)
class Threshold:
    """
    What plots of an industry have to reach at least in one indicator.

    Parameters
    ----------
    indicator : str
        Code of the vocabulary, such as ``"far"``.
    industry, industry_en : str
        Name of the industry in either language; empty for all.
    words : tuple of str
        What tells a project of the industry by its description; none for all.
    value : fractions.Fraction
        The least figure, in the unit of the indicator.
    source, date : str
        Where the figure is from, and from when it holds (ISO).
    """

    indicator: str
    industry: str
    industry_en: str
    words: tuple[str, ...]
    value: Fraction
    source: str
    date: str


def thresholds(path: str | os.PathLike[str] | None = None) -> tuple[Threshold, ...]:
    """
    Return the thresholds that are shipped, or those of a file.

    Shipped are the least floor-area ratios of the national control indicators for industrial
    land of 2008. Investment by class of area, output and tax are set by each county: an office
    gives its own in a file of the same shape as ``lifecycle/thresholds.json``.

    Parameters
    ----------
    path : path-like, optional
        A JSON file with a list ``thresholds`` of records `indicator`, `value`, `source` and
        `date`, and `industry` and `words` where it is not for all.

    Returns
    -------
    tuple of Threshold
        In the order of the file.

    Raises
    ------
    SourceError
        The file cannot be read, or a record lacks something.

    Examples
    --------
    >>> least = least_of(thresholds(), "far", ["纺织服装"])
    >>> least.industry, float(least.value), least.date
    ('纺织服装、鞋、帽', 1.0, '2008-01-31')
    """
    if path is None:
        return tuple(map(_threshold, shipped_json("lifecycle/thresholds.json")["thresholds"]))
    try:
        records = json.loads(Path(path).read_text(encoding="utf-8"))["thresholds"]
        return tuple(map(_threshold, records))
    except OSError as error:
        raise SourceError("error.thresholds", path=path, reason=error.strerror) from error
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise SourceError("error.thresholds", path=path, reason=repr(error)) from error


def _threshold(record: dict[str, Any]) -> Threshold:
    indicator = record["indicator"]
    if indicator not in {term.code for term in terms("agreement_indicator")}:
        raise ValueError(indicator)
    return Threshold(
        indicator,
        str(record.get("industry", "")),
        str(record.get("industry_en") or record.get("industry", "")),
        tuple(normalised(word) for word in record.get("words", ())),
        as_typed(record["value"]),
        str(record["source"]),
        str(record["date"]),
    )


def least_of(
    known: Iterable[Threshold], indicator: str, industries: Iterable[str]
) -> Threshold | None:
    """
    Return the threshold that holds for the projects of a plot.

    Parameters
    ----------
    known : iterable of Threshold
        The thresholds there are.
    indicator : str
        Code of the indicator.
    industries : iterable of str
        How the projects describe their industries.

    Returns
    -------
    Threshold or None
        For each project that with the longest word its description has, for the plot the
        lowest of these; one for all industries where no word fits; None where there is none.

    Examples
    --------
    >>> least_of(thresholds(), "far", ["unheard of"]), least_of(thresholds(), "far", [])
    (None, None)
    """
    mine = [each for each in known if each.indicator == indicator]
    found = []
    for industry in map(normalised, industries):
        fits = [
            (len(word), -each.value, each)
            for each in mine
            for word in each.words
            if word and word in industry
        ]
        if fits:
            found.append(max(fits, key=lambda fit: fit[:2])[2])
    found = found or [each for each in mine if not each.words]
    return min(found, key=lambda each: each.value, default=None)
