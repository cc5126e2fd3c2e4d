"""Turn the table of plots into columns of the page: words by number, figures as whole numbers."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.messages import text
from enping_gis.schema import LIST_SEPARATOR, synthetic_rows
from enping_gis.units import HA, M2, MU, half_up, printed
from enping_gis.viewer.bilingual import OTHER
from enping_gis.vocabulary import UNKNOWN, label, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    import numpy.typing as npt

    from enping_gis.messages import Language
    from enping_gis.units import AreaUnit
    from enping_gis.viewer.packing import Packer
    from enping_gis.viewer.page_data import PageData, PageFacts

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Record = dict[str, Any]

# What is not stated is shown with a mark.
_DOUBTFUL = ("inferred", "synthetic")
_BASES = {part: f"{part}_basis" for part in ("area", "town", "responsible", "geometry")}
_LISTS = {
    "category": "category",
    "disposal": "disposal",
    "mechanism": "mechanism",
    "blockers": "blocker",
}
# Nearer to the middle between two figures than this share of a unit of the last digit, floats
# cannot tell which is nearer; exact arithmetic does.
_TIE = 1e-4


def add_plots(packer: Packer, data: PageData, facts: PageFacts) -> dict[str, int]:
    """
    Add what is known of each plot, except its shape.

    Parameters
    ----------
    packer : Packer
        Takes the columns.
    data : PageData
        Plots and what was measured of them.
    facts : PageFacts
        What the page says of itself.

    Returns
    -------
    dict of str to int
        How many plots are ``synthetic``, and how many from the ``article``.
    """
    parcels = data.parcels
    standing = data.standing
    _add_words(packer, data, facts)
    packer.add("status", _ranked(standing["status"]))
    _coded(packer, "since", standing["since"], lambda day: str(day)[:10])
    basis = standing["since_basis"].where(standing["since"].notna())
    _coded(packer, "sinceBasis", basis, lambda one: one if one in _DOUBTFUL else None)
    _add_areas(packer, parcels, standing)
    _add_projects(packer, data)
    return _add_honesty(packer, parcels, facts, (data.lives["valid_to"] == "").to_numpy())


def _ranked(statuses: pd.Series[Any]) -> Ints:
    """Return the place of each status in the vocabulary; there are few, however many plots."""
    rank = {term.code: number for number, term in enumerate(terms("status"))}
    codes, different = pd.factorize(statuses.to_numpy(dtype=object))
    return np.array([*(rank.get(code, 0) for code in different), 0])[codes]


def add_steps(packer: Packer, data: PageData) -> None:
    """
    Add the days on which the standing of plots changed.

    Parameters
    ----------
    packer : Packer
        Takes the columns.
    data : PageData
        Plots and their steps.
    """
    found = data.steps
    days = _since_1970(found["day"])
    since = _since_1970(found["since"].where(found["since"].notna(), found["day"]))
    packer.add("steps", np.bincount(found["row"].astype(int), minlength=len(data.parcels)))
    packer.add("stepDay", days, "steps")
    packer.add("stepStatus", _ranked(found["status"]))
    packer.add("stepSince", np.where(found["since"].isna(), 0, days - since + 1))
    packer.add("stepPartly", found["partly"].astype(bool), "bits")
    done_m2 = np.where(found["partly"].astype(bool), found["done_m2"].astype(float), 0.0)
    packer.add("stepM2", in_units(done_m2, M2))
    packer.add("stepMu", in_units(done_m2, MU))


def add_lives(packer: Packer, data: PageData) -> None:
    """
    Add from when to when plots stand, where that is not always: days since 1970, plus one.

    Parameters
    ----------
    packer : Packer
        Takes the columns.
    data : PageData
        Plots and their lives.
    """
    if not (data.lives != "").to_numpy().any():
        return
    for name, column in (("validFrom", "valid_from"), ("validTo", "valid_to")):
        cells = data.lives[column]
        days = _since_1970(cells.where(cells != "", "1970-01-01"))
        packer.add(name, np.where(cells != "", days + 1, 0))


def _since_1970(days: pd.Series[Any]) -> Ints:
    return days.to_numpy(dtype="M8[D]").astype(np.int64)


def _add_words(packer: Packer, data: PageData, facts: PageFacts) -> None:
    parcels = data.parcels
    names = dict(zip(data.places["place"], data.places["name"], strict=True))
    other = OTHER[facts.lang]

    def place(code: str, lang: Language) -> str:
        return place_name(code, names.get(code, code), lang)

    def words(kind: str, cell: str, lang: Language) -> str:
        codes = (code.strip() for code in cell.split(LIST_SEPARATOR))
        return text("page.list_mark", lang).join(label(kind, each, lang) for each in codes if each)

    def spoken(name: str, say: Callable[[str, Language], str]) -> None:
        cells = _column(parcels, name).astype("object")
        _coded(
            packer, name, cells, lambda cell: say(cell, facts.lang), lambda cell: say(cell, other)
        )

    for name in ("parcel_id", "name", "holder", "site"):
        _coded(packer, "id" if name == "parcel_id" else name, _column(parcels, name), str)
    for name in ("town", "responsible"):
        spoken(name, place)
    unit = _column(parcels, data.grouping)
    _coded(packer, "unit", unit.where(~_blank(unit), UNKNOWN), str)
    spoken("source", partial(label, "basis"))
    for column, kind in _LISTS.items():
        spoken(column, partial(words, kind))
    _coded(packer, "floorM2", _column(parcels, "floor_area_m2"), short)


def place_name(code: str, name: str, lang: Language) -> str:
    """
    Translate the name of a known place, unless the office gave it a name of its own.

    Parameters
    ----------
    code : str
        Code of the place.
    name : str
        Its name in the inventory.
    lang : {"zh", "en"}
        Language of the page.

    Returns
    -------
    str
        What the page calls it.
    """
    return label("place", code, lang) if name in {code, label("place", code, "zh")} else name


def _column(parcels: pd.DataFrame, name: str) -> pd.Series[Any]:
    return parcels[name] if name in parcels else pd.Series(None, index=parcels.index, dtype=object)


def _blank(cells: pd.Series[Any]) -> pd.Series[bool]:
    return cells.isna() | (cells == "")


def _coded(
    packer: Packer, name: str, cells: pd.Series[Any], *said: Callable[[Any], object]
) -> None:
    """Add what is said of each different cell, in the second language too where there is one."""
    codes, different = pd.factorize(cells.to_numpy(dtype=object))
    stated = np.array([each != "" for each in different.tolist()], dtype=bool)
    if not stated.all():
        codes = np.append(np.where(stated, np.cumsum(stated) - 1, -1), -1)[codes]
        different = different[stated]
    _add_said(packer, name, codes, *([say(each) for each in different.tolist()] for say in said))


def _add_said(
    packer: Packer, name: str, codes: Ints, said: Sequence[object], other: Sequence[object] = ()
) -> None:
    """Give each different thing that is said a number; cells that read alike share one."""
    # Ids, and most names, never come again.
    if not other and len({each for each in said if isinstance(each, str) and each}) == len(said):
        packer.add_coded(name, codes, said)
        return
    numbers: dict[str, int] = {}
    values: list[tuple[object, object]] = []
    renumbered = np.full(len(said) + 1, -1, dtype=np.int64)
    for at, pair in enumerate(zip(said, other or said, strict=True)):
        value = pair[0]
        if value is None or value in ("", []):
            continue
        key = value if isinstance(value, str) and pair[1] is value else json.dumps(pair)
        renumbered[at] = numbers.setdefault(key, len(numbers))
        if len(numbers) > len(values):
            values.append(pair)
    packer.add_coded(name, renumbered[codes], [one for one, _ in values])
    if any(one != two for one, two in values):
        packer.add_json(f"{name}.other", [two for _, two in values])


def _add_areas(packer: Packer, parcels: pd.DataFrame, standing: pd.DataFrame) -> None:
    area_m2 = standing["area_m2"].to_numpy(dtype=float)
    area_m2 = np.where(np.isnan(area_m2), 0.0, area_m2)
    m2, ha, mu = (in_units(area_m2, unit) for unit in (M2, HA, MU))
    packer.add("m2", m2)
    # The other units are what the square metres give; where the exact area rounds otherwise, they
    # are off by one.
    packer.add("ha", ha - _half(m2, 100), "signed")
    packer.add("mu", mu - _half(3 * m2, 2000), "signed")
    stated = _column(parcels, "stated_mu").astype(float).to_numpy(copy=True)
    by_ha = np.isnan(stated)
    stated[by_ha] = _column(parcels, "stated_ha").astype(float).to_numpy()[by_ha] * 15
    there = ~np.isnan(stated)
    if there.any():
        difference = in_decimals(np.where(there, stated, 0.0), 2) - mu
        packer.add("stated", there, "bits")
        packer.add("statedLess", np.where(there, difference, 0), "signed")
    partly = standing["partly"].to_numpy(dtype=bool)
    if partly.any():
        done_m2 = np.where(partly, standing["done_m2"].to_numpy(dtype=float), 0.0)
        packer.add("partly", partly, "bits")
        packer.add("doneM2", in_units(done_m2, M2))
        packer.add("doneMu", in_units(done_m2, MU))


def _half(numbers: Ints, divisor: int) -> Ints:
    """Divide whole numbers, half up."""
    return (2 * numbers + divisor) // (2 * divisor)


def in_units(area_m2: Floats, unit: AreaUnit) -> Ints:
    """
    Print areas as `enping_gis.units.printed` does, many at a time.

    Parameters
    ----------
    area_m2 : numpy.ndarray of float
        Areas in m2.
    unit : AreaUnit
        In which to print.

    Returns
    -------
    numpy.ndarray of int
        Units of the last printed digit.

    Examples
    --------
    >>> in_units(np.array([0.005, 14146.67]), M2).tolist()
    [1, 1414667]
    >>> in_units(np.array([]), MU).size
    0
    """
    size = 10.0**unit.decimals / float(unit.m2)
    return _nearest(area_m2, size, lambda each: printed(each, unit).scaleb(unit.decimals))


def in_decimals(values: Floats, decimals: int) -> Ints:
    """
    Round measured figures as `enping_gis.units.half_up` does, many at a time.

    Parameters
    ----------
    values : numpy.ndarray of float
        The figures.
    decimals : int
        Digits after the point.

    Returns
    -------
    numpy.ndarray of int
        Units of the last digit.

    Examples
    --------
    >>> in_decimals(np.array([0.125, 1.005, -0.125]), 2).tolist()
    [13, 101, -13]
    """
    return _nearest(values, 10.0**decimals, lambda each: half_up(each, decimals).scaleb(decimals))


def _nearest(values: Floats, size: float, exactly: Callable[[float], Decimal]) -> Ints:
    scaled = np.abs(values) * size
    whole = np.floor(scaled + 0.5)
    # A large figure has few bits left behind the point.
    tie = np.abs(scaled - np.floor(scaled) - 0.5) < np.maximum(_TIE, scaled * 1e-14)
    found = (np.sign(values) * whole).astype(np.int64)
    for row in np.flatnonzero(tie):
        found[row] = int(exactly(float(values[row])))
    return found


def short(value: float) -> str:
    """
    Print a figure that somebody gave, with no more digits than it has.

    Parameters
    ----------
    value : float
        The figure.

    Returns
    -------
    str
        Ten digits that count, at most.

    Examples
    --------
    >>> short(12.50), short(0)
    ('12.5', '0')
    """
    return f"{value:.10g}"


def _add_projects(packer: Packer, data: PageData) -> None:
    known = {row["project_id"]: row for row in data.projects.to_dict("records")}
    found: dict[str, list[Record]] = {}
    links = data.parcel_projects
    for parcel_id, project_id in zip(links["parcel_id"], links["project_id"], strict=True):
        row = known.get(project_id)
        if row is None:
            continue
        record = {key: row.get(key) for key in ("name", "investor", "industry")}
        yi = row.get("investment_yi")
        record["yi"] = None if yi is None or pd.isna(yi) else short(yi)
        kept = {
            key: value for key, value in record.items()
            if not (value is None or value == "" or pd.isna(value))
        }  # fmt: skip
        found.setdefault(parcel_id, []).append(kept)
    ids = pd.Index(list(found), dtype=object)
    codes = ids.get_indexer(pd.Index(data.parcels["parcel_id"], dtype=object))
    _add_said(packer, "projects", codes, list(found.values()))


def _add_honesty(
    packer: Packer, parcels: pd.DataFrame, facts: PageFacts, there: Flags
) -> dict[str, int]:
    """Add what a plot's data is worth; plots with the same bases are looked at once."""
    columns = {part: _column(parcels, column) for part, column in _BASES.items()}
    schematic = _column(parcels, "schematic")
    columns["schematic"] = schematic.fillna(value=False).astype(bool)
    columns["synthetic"] = synthetic_rows(parcels)
    # A cell that is missing is a word of its own.
    frame = pd.DataFrame({name: np.asarray(cells) for name, cells in columns.items()})
    codes = frame.groupby(list(frame.columns), dropna=False, sort=False).ngroup().to_numpy()
    firsts = np.unique(codes, return_index=True)[1].tolist()
    rows = [_worth(dict(zip(frame.columns, frame.iloc[at], strict=True)), facts) for at in firsts]
    for name in ("tags", "line", "inferred", "generated", "article"):
        _add_said(packer, name, codes, [row.get(name) for row in rows])
    numbers = np.bincount(codes[there], minlength=len(rows))
    return {
        "synthetic": sum(int(n) for n, row in zip(numbers, rows, strict=True)
                         if "synthetic" in row["tags"]),
        "article": sum(int(n) for n, row in zip(numbers, rows, strict=True) if row["article"]),
    }  # fmt: skip


def _worth(row: Mapping[str, Any], facts: PageFacts) -> Record:
    synthetic = bool(row["synthetic"])
    generated = [part for part in _BASES if row[part] == "synthetic"]
    inferred = [part for part in _BASES if row[part] == "inferred"]
    sketched = bool(row["schematic"]) or row["geometry"] in _DOUBTFUL
    tags = ["synthetic"] if synthetic else ["schematic"] if sketched else []
    return {
        "tags": [*tags, "inferred"] if inferred else tags,
        "line": tags[0] if tags else None,
        "inferred": inferred,
        "generated": None if synthetic else generated,
        "article": True if facts.is_demo and not synthetic else None,
    }
