"""State what is demanded of a set of plots, and refuse what makes no sense."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypedDict

from enping_gis.errors import InputError, ParcelError
from enping_gis.units import M2_PER_MU, MU, as_typed

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Self

# Areas are added as whole cm2 and lengths as whole tenths of a millimetre, so that a sum does
# not depend on the order of its parts.
CM2_PER_M2 = 10_000
TENTHS_PER_M = 10_000
FEN_PER_YUAN = 100
# A printed area stands for everything that rounds to it.
_HALF_DIGIT_MU = Fraction(MU.last_digit) / 2
_LENGTHS = ("within_m", "tolerance_m", "min_shared_m", "min_width_m", "near_m")
_LISTS = ("status", "category", "town", "must_contain", "must_not")


class Wishes(TypedDict, total=False):
    """Further demands by keyword, see `Demands`."""

    within_m: float
    tolerance_m: float
    min_shared_m: float
    min_compactness: float
    min_width_m: float
    budget_yuan: float | None
    max_holders: int | None
    status: str | Collection[str]
    category: str | Collection[str]
    town: str | Collection[str]
    must_contain: str | Collection[str]
    must_not: str | Collection[str]
    near: str | None
    near_m: float
    unblocked: bool
    cost: str | None
    score: str | None


@dataclass(frozen=True)
class Demands:
    """
    What a set of plots has to be.

    Parameters
    ----------
    low_mu, high_mu : float
        Window of the area, in mu; what counts is the area as it is printed, two decimals.
    max_plots : int, optional
        Most plots of a set; None is no limit.
    within_m : float
        Widest road, in metres, that a set may lie across (隔路); 0 is none.
    tolerance_m, min_shared_m : float
        What counts as a shared boundary, in metres, see `enping_gis.contacts`.
    min_compactness : float
        Least Polsby-Popper score, 4 pi area / perimeter^2, from 0 to 1.
    min_width_m : float
        Least width in metres: the diameter of the largest disk that fits in.
    budget_yuan : float, optional
        Most that the plots may cost together; needs `cost`.
    max_holders : int, optional
        Most different holders; a plot without a known holder counts as one of its own.
    status, category, town : tuple of str
        Codes that each plot must have one of; empty is any.
    must_contain, must_not : tuple of str
        Ids that a set has to contain, or may not.
    near : str, optional
        Id of a plot that the set contains, or comes near to.
    near_m : float
        How near at least one plot of the set lies to `near`, in metres; 0: the set contains it.
    unblocked : bool
        Whether plots with blockers (抵押、纠纷、拍卖 and so on) are left out.
    cost, score : str, optional
        Columns of the plots with a cost in yuan, and with a score of any unit; both add up.

    Examples
    --------
    >>> Demands.of((160, 180), max_plots=4, near="EP005").low_mu
    160.0
    >>> Demands.of((0, 10)).must_contain
    ()
    """

    low_mu: float
    high_mu: float
    max_plots: int | None = None
    within_m: float = 0.0
    tolerance_m: float = 0.2
    min_shared_m: float = 1.0
    min_compactness: float = 0.0
    min_width_m: float = 0.0
    budget_yuan: float | None = None
    max_holders: int | None = None
    status: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    town: tuple[str, ...] = ()
    must_contain: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    near: str | None = None
    near_m: float = 0.0
    unblocked: bool = False
    cost: str | None = None
    score: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no set of plots could mean."""
        if not (0 <= self.low_mu <= self.high_mu and 0 < self.high_mu < math.inf):
            raise InputError("error.area_window", low=self.low_mu, high=self.high_mu)
        for name in _LENGTHS:
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise InputError("error.length", name=name, value=value)
        if not 0 <= self.min_compactness <= 1:
            raise InputError("error.min_compactness", value=self.min_compactness)
        for name in ("max_plots", "max_holders"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError("error.at_least_one", name=name, value=value)
        if self.budget_yuan is not None and (self.cost is None or not self.budget_yuan >= 0):
            raise InputError("error.budget", value=self.budget_yuan)
        both = {*self.required} & set(self.must_not)
        if both:
            raise ParcelError("error.must_and_must_not", value=min(both))

    @classmethod
    def of(cls, area_mu: tuple[float, float], *, max_plots: int | None = None,
           **wishes: Any) -> Self:  # noqa: ANN401 - the fields of this class  # fmt: skip
        """
        Make demands of an area window and keywords.

        Parameters
        ----------
        area_mu : tuple of float
            Least and most area in mu.
        max_plots : int, optional
            Most plots of a set.
        **wishes : Any
            The other fields; a single text stands for a list of one.

        Returns
        -------
        Demands
            Checked.

        Raises
        ------
        InputError
            There is no such demand, or a value makes no sense.
        """
        known = {field.name for field in fields(cls)}
        for name in wishes:
            if name not in known:
                raise InputError("error.no_such_demand", value=name, known=", ".join(sorted(known)))
        given = dict(wishes)
        for name in _LISTS:
            value = given.get(name, ())
            listed = (value,) if isinstance(value, str) else tuple(value or ())
            given[name] = tuple(sorted(dict.fromkeys(listed)))
        low, high = (float(edge) for edge in area_mu)
        return cls(low, high, max_plots, **given)

    @property
    def required(self) -> tuple[str, ...]:
        """
        The plots that every set contains.

        Returns
        -------
        tuple of str
            Ids, in order.
        """
        near = () if self.near is None or self.near_m > 0 else (self.near,)
        return tuple(sorted({*self.must_contain, *near}))

    @property
    def low_cm2(self) -> int:
        """
        Least area in cm2 that is printed as inside the window.

        Returns
        -------
        int
            Not negative.
        """
        edge = (as_typed(self.low_mu) - _HALF_DIGIT_MU) * M2_PER_MU * CM2_PER_M2
        return max(math.ceil(edge), 0)

    @property
    def high_cm2(self) -> int:
        """
        Most area in cm2 that is printed as inside the window.

        Returns
        -------
        int
            Half up: the next printed figure begins one cm2 above.
        """
        edge = (as_typed(self.high_mu) + _HALF_DIGIT_MU) * M2_PER_MU * CM2_PER_M2
        return math.ceil(edge) - 1

    @property
    def budget_fen(self) -> int | None:
        """
        The budget in fen.

        Returns
        -------
        int or None
            None where there is no limit.
        """
        return None if self.budget_yuan is None else round(self.budget_yuan * FEN_PER_YUAN)
