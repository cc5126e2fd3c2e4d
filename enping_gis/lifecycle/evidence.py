"""Put what is known of a term into sentences, in both languages; a proposal is no verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from enping_gis.messages import LANGUAGES, text
from enping_gis.units import half_up, nearest_whole
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from fractions import Fraction

    from enping_gis.messages import Language


@dataclass(frozen=True)
class Evidence:
    """
    Sentences, each a message with its values.

    Parameters
    ----------
    sentences : tuple
        Pairs of the code of a message and its values.
    """

    sentences: tuple[tuple[str, dict[str, Any]], ...] = field(default=())

    def said(self, code: str, **values: object) -> Evidence:
        """
        Return the evidence with one more sentence.

        Parameters
        ----------
        code : str
            Of the message, without ``evidence.``.
        **values : object
            What its placeholders name; `kind` is a code of the event kinds, `industry` a pair
            of its names.

        Returns
        -------
        Evidence
            The sentences and that one.
        """
        return Evidence((*self.sentences, (code, values)))

    def in_language(self, lang: Language) -> str:
        """
        Return the sentences in one language.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.

        Returns
        -------
        str
            One line.
        """
        told = []
        for code, values in self.sentences:
            own = dict(values)
            if "kind" in own:
                own["kind"] = label("event_kind", own["kind"], lang)
            if "industry" in own:
                name = own["industry"][LANGUAGES.index(lang)]
                own["industry"] = name or text("evidence.all_industries", lang)
            told.append(text(f"evidence.{code}", lang, **own))
        return ("" if lang == "zh" else " ").join(told)


def shown(figure: float) -> str:
    """
    Print a figure as it was typed.

    Parameters
    ----------
    figure : float
        The figure.

    Returns
    -------
    str
        Without zeros at the end.

    Examples
    --------
    >>> shown(248.0), shown(0.92), shown(0.0)
    ('248', '0.92', '0')
    """
    plain = format(half_up(figure, 6).normalize(), "f")
    return "0" if plain == "-0" else plain


def percent(share: Fraction) -> Decimal:
    """
    Print a share as a percentage.

    Parameters
    ----------
    share : fractions.Fraction
        The share, exact.

    Returns
    -------
    decimal.Decimal
        With two decimals, half up.

    Examples
    --------
    >>> from fractions import Fraction
    >>> percent(Fraction(1, 3)), percent(Fraction(0))
    (Decimal('33.33'), Decimal('0.00'))
    """
    return Decimal(nearest_whole(share * 10_000)).scaleb(-2)
