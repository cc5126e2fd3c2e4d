"""Say what combine found: the sets of a list, the best one with its proof, or a front."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from enping_gis.assembly.best import best_assembly
from enping_gis.assembly.feasible import feasible_assemblies
from enping_gis.assembly.pareto import pareto_assemblies
from enping_gis.messages import text
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from enping_gis.assembly.best import Assembly
    from enping_gis.assembly.branching import Progress
    from enping_gis.assembly.feasible import Assemblies
    from enping_gis.assembly.figures import Best
    from enping_gis.assembly.pareto import Criterion
    from enping_gis.assembly.relaxing import Relaxation
    from enping_gis.inventory import Inventory

# What to relax is looked for so long, unless another limit is given.
_RELAX_S = 20.0
_VALUES = {"fewest": "plots", "compact": "compactness", "cost": "cost_yuan", "score": "score"}


@dataclass(frozen=True)
class Answer:
    """
    What was found.

    Parameters
    ----------
    rows : geopandas.GeoDataFrame
        The sets.
    meta : dict of str to Any
        What is proved of them.
    lines : list of str
        What to tell in words.
    without_area : tuple of str
        Ids of plots left out because they have no area.
    over : tuple of str
        The criteria of a front.
    """

    rows: gpd.GeoDataFrame
    meta: dict[str, Any]
    lines: list[str] = field(default_factory=list)
    without_area: tuple[str, ...] = ()
    over: tuple[str, ...] = ()


def listed(
    inventory: Inventory, best: Best, limit: int, shapes: int, asked: dict[str, Any]
) -> Answer:
    """
    List the sets.

    Parameters
    ----------
    inventory : Inventory
        With the plots.
    best : str
        What comes first.
    limit, shapes : int
        How many sets to keep, and how many of them to measure.
    asked : dict of str to Any
        The demands, and `time_limit_s`.

    Returns
    -------
    Answer
        Where every set was looked at, the first is the best there is.
    """
    found = feasible_assemblies(inventory, best=best, limit=limit, shapes=shapes, **asked)
    value = float(found.rows[_VALUES[best]].iloc[0]) if len(found.rows) else None
    is_proved = found.complete and value is not None
    meta = {
        "best": best, **_counted(found), "value": value, "bound": value if is_proved else None,
        "gap": 0.0 if is_proved else None,
    }  # fmt: skip
    lines = [_summary(found, asked["max_plots"])]
    if found.complete and not found.count:
        limit_s = asked["time_limit_s"] or _RELAX_S
        none = best_assembly(inventory, objective="fewest", **asked | {"time_limit_s": limit_s})
        meta["relax"] = [_as_record(each) for each in none.relax]
        lines += relaxed_lines(none, inventory)
    return Answer(found.rows, meta, lines, found.without_area)


def weighed(
    inventory: Inventory, over: list[Criterion], shapes: int, asked: dict[str, Any]
) -> Answer:
    """
    List the sets that no other beats.

    Parameters
    ----------
    inventory : Inventory
        With the plots.
    over : list of str
        The criteria.
    shapes : int
        How many sets to measure.
    asked : dict of str to Any
        The demands, and `time_limit_s`.

    Returns
    -------
    Answer
        The front.
    """
    found = pareto_assemblies(inventory, over=over, shapes=shapes, **asked)
    code = "combine.front" if found.complete else "combine.front_some"
    line = text(code, n=found.count, shown=len(found.rows))
    meta = {"pareto": over, **_counted(found)}
    return Answer(found.rows, meta, [line], found.without_area, tuple(over))


def proved(
    inventory: Inventory, objective: str, asked: dict[str, Any], show: Callable[[str], None]
) -> Answer:
    """
    Find the best set, and what is proved of it.

    Parameters
    ----------
    inventory : Inventory
        With the plots.
    objective : str
        What is sought.
    asked : dict of str to Any
        The demands, and `time_limit_s`.
    show : callable
        Takes a line that says how far the search is.

    Returns
    -------
    Answer
        One set, or what to relax.
    """

    def _tell(news: Progress) -> None:
        value, bound = (_number(each) for each in (news.value, news.bound))
        show(text("combine.searching", steps=news.steps, value=value, bound=bound))

    best = best_assembly(inventory, objective=objective, progress=_tell, **asked)
    meta: dict[str, Any] = {
        "best": objective, "status": best.status, "value": best.value, "bound": best.bound,
        "gap": best.gap, "steps": best.steps,
    }  # fmt: skip
    told = {"value": _number(best.value), "bound": _number(best.bound)}
    lines = [text(f"combine.{best.status}", **told, gap=f"{100 * best.gap:.2f}")]
    if best.status == "infeasible":
        meta["relax"] = [_as_record(each) for each in best.relax]
        lines += relaxed_lines(best, inventory)
    return Answer(best.rows, meta, lines)


def relaxed_lines(best: Assembly, inventory: Inventory) -> list[str]:
    """
    Say in words which demand to relax.

    Parameters
    ----------
    best : Assembly
        Without a set.
    inventory : Inventory
        With the names of the places.

    Returns
    -------
    list of str
        One line for each demand that would do.
    """
    if not best.relax:
        return [text("combine.no_relaxing")]
    mark = text("list_mark")
    lines = []
    for each in best.relax:
        asked = _number(each.asked)
        if isinstance(each.asked, tuple):
            asked = mark.join(_named(each.demand, code, inventory) for code in each.asked)
        plots = each.parcel_ids.replace(";", mark)
        line = text(f"relax.{each.demand}", asked=asked, needed=_number(each.needed), plots=plots)
        lines.append(line if each.proven else line + text("combine.maybe_less"))
    return lines


def _counted(found: Assemblies) -> dict[str, Any]:
    if len(found.rows):
        status = "optimal" if found.complete else "feasible"
    else:
        status = "infeasible" if found.complete else "unknown"
    return {"count": found.count, "complete": found.complete, "status": status}


def _summary(found: Assemblies, most: int) -> str:
    if not found.count:
        code = "combine.none" if found.complete else "combine.none_yet"
    else:
        code = "combine.found" if found.complete else "combine.found_some"
    return text(code, n=found.count, shown=len(found.rows), most=most)


def _as_record(relaxation: Relaxation) -> dict[str, Any]:
    told = relaxation._asdict()
    if isinstance(relaxation.asked, tuple):
        told["asked"] = list(relaxation.asked)
    return told


def _named(demand: str, code: str, inventory: Inventory) -> str:
    """Name what a filter lets through."""
    if demand in {"status", "category"}:
        return label(demand, code)
    places = inventory.places.set_index("place")["name"]
    return str(places.get(code, code)) if demand == "town" else code


def _number(value: object) -> str:
    """Write a figure without zeros that say nothing."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return "" if value is None else str(value)
    return f"{value:.4f}".rstrip("0").rstrip(".")
