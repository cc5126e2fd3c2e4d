"""Write a file for each plot: one page or two that an office keeps and passes on."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from enping_gis.errors import InputError
from enping_gis.messages import language, text
from enping_gis.reports.dossier_facts import facts_of, is_blank
from enping_gis.reports.dossier_sections import sections
from enping_gis.reports.dossier_words import PlotWords
from enping_gis.reports.model import Cell, Column, Paper, Row, Table
from enping_gis.reports.web import write_web
from enping_gis.reports.word import write_word
from enping_gis.units import MU, balance
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language
    from enping_gis.reports.dossier_facts import Facts

Form = Literal["html", "docx"]
FORMS: tuple[Form, ...] = get_args(Form)
INDEX = "index"
# Names that Windows keeps for devices, and signs that it or a shell takes for others.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [
        f"{port}{n}"
        for port in ("com", "lpt")
        for n in "0123456789\N{SUPERSCRIPT ONE}\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}"
    ]
)
_UNSAFE = frozenset('<>:"/\\|?*')
# Bytes: a number and a suffix still fit into the 255 that file systems allow.
_LONGEST = 160


def dossier(
    inventory: Inventory,
    parcel: str | None = None,
    *,
    folder: str | os.PathLike[str],
    forms: Sequence[Form] = FORMS,
    lang: Language | None = None,
    template: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """
    Write the file of one plot, or of all plots with an index.

    A file has what is known of the plot on the inventory's day: where it lies, its area by
    each method and in the ledger (m2, hectares, mu), its boundary points to the millimetre in
    the working CRS, the plots around it, what is planned and agreed, and its life. Synthetic,
    schematic and inferred values say so.

    Parameters
    ----------
    inventory : Inventory
        Plots and everything about them, on its own day.
    parcel : str, optional
        An id, a name or an alias; by default all plots, and ``index.html`` leads to them.
    folder : path-like
        Where to write; files are named by the id of the plot, and old ones are replaced.
    forms : sequence of {"html", "docx"}
        Which files to write.
    lang : {"zh", "en"}, optional
        Language; by default the one in force.
    template : path-like, optional
        A Word document whose styles hold, as for `enping_gis.report`.
    progress : callable, optional
        Called with the number of plots done and of all plots, after each.

    Returns
    -------
    list of pathlib.Path
        The files, plot after plot; the index comes first.

    Raises
    ------
    InputError
        There is no such form, or the template is no Word document.
    ParcelError
        No plot is called so, or several are.
    OutputError
        A file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from enping_gis.inventory import Inventory
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in dossier(Inventory.demo(), "gas plot", folder=folder)]
    ['EP005.html', 'EP005.docx']
    """
    unknown = [form for form in forms if form not in FORMS]
    if unknown or not forms:
        value = unknown[0] if unknown else ""
        raise InputError("error.dossier_form", value=value, known=", ".join(FORMS))
    wanted = list(inventory.parcels["parcel_id"]) if parcel is None else [inventory.parcel(parcel)]
    facts = facts_of(inventory, lang or language())
    names = file_names(facts.plots)
    target = Path(folder)
    links = {each: f"{name}.{forms[0]}" for each, name in names.items()} if parcel is None else {}
    paths: list[Path] = []
    for done, each in enumerate(wanted, start=1):
        paper = plot_paper(facts, each, links, painted="docx" in forms)
        own = {form: target / f"{names[each]}.{form}" for form in forms}
        # Word first: a template that is none is found before there is any file.
        if "docx" in own:
            write_word(paper, own["docx"], template=template)
        if "html" in own:
            write_web(paper, own["html"])
        paths += own.values()
        if progress is not None:
            progress(done, len(wanted))
    if parcel is None:
        # Last, so that it leads to nothing that is not there yet.
        paths.insert(0, target / f"{INDEX}.html")
        write_web(_index(facts, names, forms), paths[0])
    return paths


def plot_paper(
    facts: Facts, parcel_id: str, links: Mapping[str, str], *, painted: bool = True
) -> Paper:
    """
    Write the file of a plot as a paper.

    Parameters
    ----------
    facts : Facts
        What is known of all plots.
    parcel_id : str
        The plot.
    links : mapping of str to str
        Address of the files of other plots, where there are any.
    painted : bool
        Its drawing is wanted as a picture too, which Word needs and a browser does not.

    Returns
    -------
    Paper
        For `enping_gis.reports.web` and `enping_gis.reports.word`.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> plot_paper(facts_of(Inventory.demo(), "en"), "EP010", {}).tags
    ('Synthetic',)
    """
    words = PlotWords(facts, parcel_id, links, painted=painted)
    return Paper(
        title=words.say("dossier.title", parcel=parcel_id),
        blocks=tuple(sections(words)),
        lang=facts.lang,
        subtitle=str(words.plot.get("name", "")),
        basis=_basis(facts),
        notice=words.notice(),
        tags=words.tags(),
        card=True,
    )


def file_names(parcel_ids: Mapping[str, object] | Sequence[str]) -> dict[str, str]:
    r"""
    Name a file after each plot.

    Parameters
    ----------
    parcel_ids : mapping or sequence of str
        Ids of plots.

    Returns
    -------
    dict of str to str
        Id -> a name that every file system takes, without suffix; where two would differ by
        nothing but case, the later one gets a number.

    Examples
    --------
    >>> file_names(["EP001", "a/b", "A_B", "con", "index"])
    {'EP001': 'EP001', 'a/b': 'a_b', 'A_B': 'A_B-2', 'con': '_con', 'index': '_index'}
    >>> file_names([])
    {}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for parcel_id in parcel_ids:
        plain = unicodedata.normalize("NFC", parcel_id)
        signs = ("_" if sign in _UNSAFE or not sign.isprintable() else sign for sign in plain)
        stem = "".join(signs).encode()[:_LONGEST].decode(errors="ignore").strip(" .") or "_"
        if stem.split(".")[0].rstrip().casefold() in {*_DEVICES, INDEX}:
            stem = f"_{stem}"
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        names[parcel_id] = name
    return names


def _basis(facts: Facts) -> str:
    day = facts.inventory.as_of
    method = label("area_method", facts.inventory.meta.area_method, facts.lang)
    values = {"y": day.year, "m": day.month, "d": day.day, "method": method}
    return text("dossier.basis", facts.lang, **values)


def _index(facts: Facts, names: Mapping[str, str], forms: Sequence[Form]) -> Paper:
    lang = facts.lang
    place = facts.inventory.place_name
    heads = [
        Column(text("dossier.plot", lang), "id"),
        *(Column(text(f"dossier.index_{each}", lang)) for each in ("name", "unit")),
        Column(text("dossier.status", lang)),
        Column(text("dossier.mu", lang), "mu"),
        *(Column(form) for form in dict.fromkeys(forms)),
    ]
    areas_m2 = {
        each: 0.0 if is_blank(row.get("area_m2")) else float(row["area_m2"])
        for each, row in facts.standing.items()
    }
    printed_mu = balance(areas_m2, MU)
    rows = []
    for each, plot in facts.plots.items():
        words = PlotWords(facts, each, {})
        links = [
            Cell(text("dossier.open", lang), link=f"{names[each]}.{form}")
            for form in dict.fromkeys(forms)
        ]
        unit = place(plot.get("responsible"), lang)
        area = printed_mu[each] if "area_m2" in facts.standing[each] else None
        first = Cell(each, link=f"{names[each]}.{forms[0]}")
        rows.append(Row((first, plot.get("name"), unit, words.status(), area, *links)))
    whole = sum(printed_mu.values(), start=0 * MU.last_digit)
    blank = (None,) * len(dict.fromkeys(forms))
    rows.append(Row((text("total", lang), None, None, None, whole, *blank), "total"))
    values = {"n": len(facts.plots), "s": len(facts.synthetic)}
    return Paper(
        title=text("dossier.index", lang),
        blocks=(Table(tuple(heads), tuple(rows)),),
        lang=lang,
        subtitle=text("dossier.index_of", lang, **values),
        basis=_basis(facts),
        notice=text("dossier.index_notice", lang, **values) if facts.synthetic else "",
    )
