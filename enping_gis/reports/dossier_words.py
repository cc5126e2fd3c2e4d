"""Put the facts of one plot into words: fields, status, tags, what is generated."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from enping_gis.messages import text
from enping_gis.reports.fills import look_of
from enping_gis.reports.model import Cell
from enping_gis.schema import LIST_SEPARATOR, table
from enping_gis.units import MU, ha_to_m2, mu_to_m2, printed
from enping_gis.vocabulary import UNKNOWN, label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from enping_gis.messages import Language
    from enping_gis.reports.dossier_facts import Facts

    Pair = tuple[str, Cell | str]

# What a plot's sources may say of its parts, and what each is called.
_BASES = {
    "area_basis": "dossier.of_area",
    "town_basis": "dossier.of_town",
    "geometry_basis": "dossier.of_shape",
}


class PlotWords:
    """
    One plot, as its file says it.

    Parameters
    ----------
    facts : Facts
        What is known of all plots.
    parcel_id : str
        The plot.
    links : mapping of str to str
        Address of the files of other plots, where there are any.
    painted : bool
        Its drawing is wanted as a picture too, which takes longer than all the rest.
    """

    def __init__(
        self, facts: Facts, parcel_id: str, links: Mapping[str, str], *, painted: bool = True
    ) -> None:
        self.painted = painted
        self.facts = facts
        self.parcel_id = parcel_id
        self.links = links
        self.plot = facts.plots[parcel_id]
        self.shape: Any = facts.ground.shapes[facts.ground.ids.index(parcel_id)]
        # A plot of the article keeps empty what the article does not say.
        self.article = facts.inventory.meta.is_demo and parcel_id not in facts.synthetic

    @property
    def lang(self) -> Language:
        """
        Language of the file.

        Returns
        -------
        {"zh", "en"}
            That of the facts.
        """
        return self.facts.lang

    def say(self, code: str, **values: object) -> str:
        """
        Return a message in the language of the file.

        Parameters
        ----------
        code : str
            Its code.
        **values : object
            What its placeholders name.

        Returns
        -------
        str
            One line.
        """
        return text(code, self.lang, **values)

    def join(self, words: Iterable[str]) -> str:
        """
        List words.

        Parameters
        ----------
        words : iterable of str
            The words.

        Returns
        -------
        str
            With the mark of the language between them.
        """
        return self.say("page.list_mark").join(words)

    @property
    def missing(self) -> str:
        """
        What stands in an empty field.

        Returns
        -------
        str
            Another word where the article is silent than where the office is to fill it in.
        """
        return self.say("page.blank_article" if self.article else "page.blank")

    def field(self, column: str, words: str | None) -> Pair:
        """
        Return a field of a form.

        Parameters
        ----------
        column : str
            Column of table ``parcels``; its heading is the label.
        words : str or None
            What stands in it, None for nothing.

        Returns
        -------
        tuple of str
            Label and content; how it is known is added where it is inferred.
        """
        heading = next(each for each in table("parcels").columns if each.name == column)
        if words and self.plot.get(f"{column}_basis") == "inferred":
            basis = label("basis", "inferred", self.lang)
            words = self.say("dossier.with_basis", words=words, basis=basis)
        return heading.heading(self.lang), words or self.missing

    def named(self, column: str) -> Pair:
        """
        Return a field whose cell holds a text, a code, or a list of codes.

        Parameters
        ----------
        column : str
            Column of table ``parcels``.

        Returns
        -------
        tuple of str
            Label and content.
        """
        kind = next(each for each in table("parcels").columns if each.name == column)
        listed = str(self.plot.get(column, "")).split(LIST_SEPARATOR)
        words = [each.strip() for each in listed if each.strip()]
        if kind.vocabulary:
            words = [label(kind.vocabulary, each, self.lang) for each in words]
        return self.field(column, self.join(words))

    def place(self, column: str) -> Pair:
        """
        Return a field whose cell holds the code of a place.

        Parameters
        ----------
        column : {"town", "responsible"}
            Column of table ``parcels``.

        Returns
        -------
        tuple of str
            Label and content.
        """
        code = self.plot.get(column)
        name = None if code is None else self.facts.inventory.place_name(code, self.lang)
        return self.field(column, name)

    def source(self) -> str | None:
        """
        Return where the plot's facts are from.

        Returns
        -------
        str or None
            The source as it is stored, a basis in words.
        """
        source = self.plot.get("source")
        return None if source is None else label("basis", source, self.lang)

    def swatch(self, status: str, words: str | None = None) -> Cell:
        """
        Return a status with its colour.

        Parameters
        ----------
        status : str
            Its code.
        words : str, optional
            What to print; by default its name.

        Returns
        -------
        Cell
            One that is not stated has no colour.
        """
        colour = "" if status == UNKNOWN else look_of(status).fill
        return Cell(words or label("status", status, self.lang), colour=colour)

    def status(self, parcel_id: str | None = None) -> Cell:
        """
        Return the status of a plot with what is done of it.

        Parameters
        ----------
        parcel_id : str, optional
            The plot; by default this one.

        Returns
        -------
        Cell
            Its name, and for a plot done in part the printed areas.
        """
        standing = self.facts.standing[parcel_id or self.parcel_id]
        words = label("status", standing["status"], self.lang)
        if standing["partly"]:
            done = printed(standing["done_m2"], MU)
            # What is left is what the two printed figures leave.
            rest = printed(standing["area_m2"], MU) - done
            words = self.say("dossier.partly", status=words, done=f"{done:,}", rest=f"{rest:,}")
        return self.swatch(standing["status"], words)

    def since(self) -> Pair:
        """
        Return since when the plot has its status.

        Returns
        -------
        tuple of str
            Label and content: the day, how many days ago, and how that is known.
        """
        name = self.say("dossier.since")
        standing = self.facts.standing[self.parcel_id]
        if "since" not in standing:
            return name, self.missing
        days = (self.facts.inventory.as_of - date.fromisoformat(standing["since"])).days
        words = self.say("dossier.since_days", day=standing["since"], n=days)
        basis = standing.get("since_basis")
        if basis in {"inferred", "synthetic"}:
            known = label("basis", basis, self.lang)
            words = self.say("dossier.with_basis", words=words, basis=known)
        return name, words

    def next_duty(self) -> str | None:
        """
        Return what is due next, or longest overdue.

        Returns
        -------
        str or None
            The matter with its day; None where nothing was promised.
        """
        duties = self.facts.duties.get(self.parcel_id, [])
        if not duties:
            return None
        duty = min(duties, key=lambda row: row["due"])
        words = self.say("dossier.duty", matter=duty["matter"], day=duty["due"])
        if duty["days"] < 0:
            words = self.say("dossier.overdue", duty=words, n=-duty["days"])
        return words

    @property
    def stated_m2(self) -> Fraction | None:
        """
        Area in the ledger.

        Returns
        -------
        fractions.Fraction or None
            In m2: from the mu, the primary figure, else from the hectares.
        """
        if "stated_mu" in self.plot:
            return mu_to_m2(self.plot["stated_mu"])
        return ha_to_m2(self.plot["stated_ha"]) if "stated_ha" in self.plot else None

    def plot_name(self, parcel_id: str) -> str:
        """
        Return how another plot is named.

        Parameters
        ----------
        parcel_id : str
            The plot.

        Returns
        -------
        str
            Id and name, and a tag where it stands for no real plot.
        """
        words = [parcel_id, str(self.facts.plots[parcel_id].get("name", ""))]
        if parcel_id in self.facts.synthetic:
            words.append(f"[{self.say('page.tag_synthetic')}]")
        return " ".join(each for each in words if each)

    def document(self, code: str | None) -> str | None:
        """
        Return the paper that an event cites.

        Parameters
        ----------
        code : str or None
            As the event has it.

        Returns
        -------
        str or None
            Its title, where table ``documents`` has one.
        """
        return None if code is None else self.facts.documents.get(code, code)

    def tags(self) -> tuple[str, ...]:
        """
        Return the short words that stand behind the title.

        Returns
        -------
        tuple of str
            Synthetic, schematic, inferred, as on the map page.
        """
        bases = {self.plot.get(column) for column in _BASES}
        sketched = self.plot.get("schematic") or self.plot.get("geometry_basis") in {
            "synthetic",
            "inferred",
        }
        codes = {
            "page.tag_synthetic": self.parcel_id in self.facts.synthetic,
            "page.tag_schematic": bool(sketched) and self.parcel_id not in self.facts.synthetic,
            "page.tag_inferred": "inferred" in bases,
        }
        return tuple(self.say(code) for code, holds in codes.items() if holds)

    def notice(self) -> str:
        """
        Say what of the plot is made up.

        Returns
        -------
        str
            Empty where nothing is.
        """
        if self.parcel_id in self.facts.synthetic:
            return self.say("dossier.notice_all")
        made = [code for column, code in _BASES.items() if self.plot.get(column) == "synthetic"]
        if made:
            return self.say("dossier.notice_parts", parts=self.join(map(self.say, made)))
        return ""
