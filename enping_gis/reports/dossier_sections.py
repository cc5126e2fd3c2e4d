"""Write the sections of a plot's file; where nothing is known, that it was looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis.reports.dossier_course import (
    agreements_section,
    basic_section,
    life_section,
    projects_section,
    remedy_section,
)
from enping_gis.reports.dossier_land import (
    BLANK,
    areas_section,
    corners_section,
    location_section,
    neighbours_section,
)
from enping_gis.reports.model import Grid, Heading, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.reports.dossier_words import PlotWords
    from enping_gis.reports.model import Block


def sections(file: PlotWords) -> Iterator[Block]:
    """
    Write all sections of a plot's file.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Heading, Grid, Picture, Table or Text
        Ten sections; one without content says that nothing is recorded.
    """
    for code, section in _SECTIONS.items():
        yield Heading(file.say(code), 4)
        blocks = list(section(file))
        yield from blocks or [Text(file.say("dossier.nothing"), "note")]
    yield Heading(file.say("dossier.signed"), 4)
    signs = ("dossier.made_by", "dossier.checked_by", "dossier.made_on")
    yield Grid((tuple((file.say(code), BLANK) for code in signs),))


_SECTIONS = {
    "dossier.basic": basic_section,
    "dossier.location": location_section,
    "dossier.areas": areas_section,
    "dossier.corners": corners_section,
    "dossier.neighbours": neighbours_section,
    "dossier.remedy": remedy_section,
    "dossier.projects": projects_section,
    "dossier.agreements": agreements_section,
    "dossier.life": life_section,
}
