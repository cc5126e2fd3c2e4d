"""Write the papers of a meeting: as a Word document, a web page or a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from enping_gis.errors import InputError, OutputError
from enping_gis.messages import language
from enping_gis.reports.facts import facts_of
from enping_gis.reports.papers import paper_of
from enping_gis.reports.sheets import sheets_of
from enping_gis.reports.web import write_web
from enping_gis.reports.word import write_word
from enping_gis.reports.workbook import write_workbook

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language

KINDS = (".docx", ".html", ".xlsx")


def report(
    inventory: Inventory,
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    cadence: str = "weekly",
    lang: Language | None = None,
    template: str | os.PathLike[str] | None = None,
) -> list[Path]:
    """
    Write the papers of a meeting, on the inventory's day.

    Every figure is computed once and stands alike in all forms; printed parts add up to their
    printed totals. What the data cannot say is left open in brackets. Areas follow the
    inventory's area method; changes, dates and what is due are as `enping_gis.changes` and
    `enping_gis.progress` have them.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, commitments, agreements.
    path : path-like, or sequence of path-like
        The files; the suffix says what each is: ``.docx`` a Word document in the layout of GB/T
        9704, ``.html`` one page without scripts that needs no network, ``.xlsx`` a workbook
        with the figures and the plots behind them. Old ones are replaced.
    cadence : {"daily", "weekly", "fortnightly", "monthly", "quarterly"}
        Which meeting.
    lang : {"zh", "en"}, optional
        Language; by default the one in force.
    template : path-like, optional
        A Word document whose styles hold, see `enping_gis.reports.word.write_template`.

    Returns
    -------
    list of pathlib.Path
        The files, as given.

    Raises
    ------
    InputError
        `cadence` is another word, or the template is no Word document.
    OutputError
        A suffix is none of these, or a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from enping_gis.inventory import Inventory
    >>> folder = tempfile.TemporaryDirectory()
    >>> demo = Inventory.demo()
    >>> report(demo, Path(folder.name, "today.html"), cadence="daily")[0].name
    'today.html'
    >>> report(demo.on("2021-12-31"), Path(folder.name, "empty.html"), cadence="daily")[0].name
    'empty.html'
    >>> folder.cleanup()
    """
    several = [path] if isinstance(path, str) or hasattr(path, "__fspath__") else list(path)
    files = [Path(each) for each in several]
    if not files:
        raise InputError("error.no_output", known=", ".join(KINDS))
    for file in files:
        if file.suffix.casefold() not in KINDS:
            raise OutputError("error.output_kind", path=file, known=", ".join(KINDS))
    facts = facts_of(inventory, cadence, lang or language())
    kinds = {file.suffix.casefold() for file in files}
    paper = paper_of(facts) if kinds - {".xlsx"} else None
    for file in files:
        if file.suffix.casefold() == ".xlsx":
            write_workbook(sheets_of(facts), file)
        elif paper is not None and file.suffix.casefold() == ".docx":
            write_word(paper, file, template=template)
        elif paper is not None:
            write_web(paper, file)
    return files
