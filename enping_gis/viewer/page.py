"""The map: a Folium map of all plots that is written to one file and loads nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import folium
import pandas as pd
from branca.element import Element, Figure
from folium.template import Template
from jinja2 import Environment

from enping_gis.atomic import replacing
from enping_gis.errors import OutputError
from enping_gis.messages import language, text
from enping_gis.viewer import offline
from enping_gis.viewer.assemblies import assembly_rows, read_assemblies
from enping_gis.viewer.basemaps import (
    NONE,
    BaseMap,
    base_record,
    base_sources,
    placed,
    shown_record,
)
from enping_gis.viewer.bilingual import OTHER, differences
from enping_gis.viewer.encoding import payload
from enping_gis.viewer.finding_files import read_findings
from enping_gis.viewer.findings import PagePlots, encoded
from enping_gis.viewer.gathering import page_data, page_facts
from enping_gis.viewer.layer import (
    AssemblyLayer,
    BaseMapLayer,
    FindingLayer,
    ParcelLayer,
    PlaceLayer,
)
from enping_gis.viewer.publishing import published
from enping_gis.viewer.wording import page_words

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import geopandas as gpd

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language
    from enping_gis.viewer.encoding import Payload
    from enping_gis.viewer.page_data import PageFacts

_FIRST = (
    "format.js", "dom.js", "rings.js", "codec.js", "windowed.js", "places.js", "days.js",
    "events.js", "filtering.js", "combine.js", "view.js", "basket.js", "speaking.js",
)  # fmt: skip
_LAST = (
    "furniture.js", "sheet.js", "life.js", "card.js", "basket_panel.js", "legend.js", "filters.js",
    "scoreboard.js", "timeline.js", "table.js", "measure.js", "hash.js", "printing.js", "tools.js",
    "panel.js", "interface.js", "page.js",
)  # fmt: skip
_TOWNS = ("town", "street")
_SUFFIXES = {".html", ".htm"}
_RANDOM_ID = re.compile(r"(?<=_)[0-9a-f]{32}")


class PageFigure(Figure):  # type: ignore[misc]  # branca has no types
    """
    The document around a map: everything inline, nothing loaded.

    Parameters
    ----------
    facts, other : PageFacts
        What the page says of itself, in its first language and in the other one.
    data : Payload
        What it carries, as `enping_gis.viewer.encoding.payload` returns it.
    """

    def __init__(self, facts: PageFacts, other: PageFacts, data: Payload) -> None:
        super().__init__()
        self._words = page_words(facts, data)
        self._data = data
        data.shown |= {"frame": self._words}
        data.shown["other"] |= {"frame": page_words(other, data)}

    def render(self, **kwargs: object) -> str:
        """
        Write the page.

        Parameters
        ----------
        **kwargs : object
            Passed on to the elements.

        Returns
        -------
        str
            HTML; the same bytes for the same content.

        Raises
        ------
        OutputError
            Something added to the map would load from the network.
        """
        parts = [Element(), Element(), Element()]
        self.header, self.html, self.script = parts
        for part in parts:
            part._parent = self  # noqa: SLF001 - branca has no other way to say so
        offline.refuse_remote(_elements(self))
        for child in self._children.values():
            child.render(**kwargs)
        header, body, script = _settled([part.render(**kwargs) for part in parts])
        scripts = [offline.script_safe(each) for each in (*self._scripts(), script)]
        styles = [offline.leaflet_style(), offline.asset("page.css")]
        data = offline.json_block(self._data.shown | {"icons": offline.marker_icons()})
        # Style sheets that come with added layers are known by their text like our own.
        sources = base_sources(self._data.shown.get("base"))
        policy = offline.security_policy(scripts, [*styles, *offline.styles_in(header)], sources)
        page = (
            Environment(autoescape=True)
            .from_string(offline.asset("page.html"))
            .render(
                policy=policy,
                styles=styles,
                scripts=scripts,
                header=header,
                body=body,
                data=data,
                packed=self._data.packer.packed(self._data.head),
                **self._words,
            )
        )
        offline.refuse_loading(page, scripts)
        return page

    def _scripts(self) -> Iterator[str]:
        layers = [each for each in _elements(self) if hasattr(each, "scripts")]
        own = dict.fromkeys(name for layer in layers for name in layer.scripts)
        yield offline.leaflet_script()
        for name in dict.fromkeys((*_FIRST, *own, *_LAST)):
            yield offline.asset(name)


class ParcelMap(folium.Map):  # type: ignore[misc]  # folium is typed in part
    """
    A map of all plots, coloured by status, that works without any network.

    Further Folium layers can be added; what would load from a server is refused by `save`.

    Parameters
    ----------
    inventory : Inventory
        What to show, on its own day.
    lang : {"zh", "en"}, optional
        Language in which the page opens; by default the one in force. It carries both.
    within_m : float
        How far apart two plots may lie to be shown as neighbours across a road, in metres.
    title : str, optional
        Title of the page.
    findings : pandas.DataFrame or path-like, optional
        What `enping_gis.check` found, or a file that ``check -o`` wrote; it is marked on the
        map, listed by rule, and told on the cards of the plots.
    public : bool
        Leave out what is not for the public, findings too: see
        `enping_gis.viewer.publishing.published`.
    basemap : str, path-like or BaseMap
        What lies under the plots: see `enping_gis.viewer.basemaps.BaseMap`. Only a base map of a
        provider makes the page load anything, and then its pictures alone.
    assemblies : geopandas.GeoDataFrame or path-like, optional
        Sets of plots to combine, or a layer that ``combine -o`` wrote: outlined and listed. A
        public page has none.

    Raises
    ------
    InputError
        The findings or sets cannot be read, or lack their column; the base map cannot be used.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> page = ParcelMap(Inventory.demo(), lang="en").get_root().render()
    >>> page.startswith("<!DOCTYPE html>"), len(page) < 1_000_000
    (True, True)
    >>> from enping_gis.check.faults import faults_frame
    >>> clean = ParcelMap(Inventory.demo(), lang="en", findings=faults_frame([], None))
    >>> "No faults were found" in clean.get_root().render()
    True
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                crs: L.CRS.EPSG3857,
                ...{{ this.options|tojavascript }}
            });
        {% endmacro %}
        """
    )

    def __init__(
        self,
        inventory: Inventory,
        *,
        lang: Language | None = None,
        within_m: float = 40.0,
        title: str | None = None,
        findings: pd.DataFrame | str | os.PathLike[str] | None = None,
        public: bool = False,
        basemap: str | os.PathLike[str] | BaseMap = NONE,
        assemblies: gpd.GeoDataFrame | str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__(
            location=(0, 0),
            zoom_start=2,
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            zoom_animation=False,
            fade_animation=False,
            marker_zoom_animation=False,
            inertia=False,
            zoom_snap=0.25,
            min_zoom=2,
            max_zoom=22,
        )
        # On the instance: the lists of the class belong to every Folium map of the process.
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []
        lang = lang or language()
        facts, other = (
            replace(page_facts(inventory, each, within_m, title), is_public=public)
            for each in (lang, OTHER[lang])
        )
        measured = page_data(inventory, lang, within_m)
        if public:
            measured, findings, assemblies = published(measured), None, None
        data = payload(measured, facts)
        if findings is not None:
            _add_findings(data, findings, measured.parcels, lang)
        if assemblies is not None:
            _add_assemblies(data, assemblies, measured.parcels)
        self._base = base_record(
            basemap if isinstance(basemap, BaseMap) else BaseMap(basemap), inventory.crs
        )
        if self._base is not None:
            data.shown["base"] = shown_record(self._base)
        self._shown = data.shown
        PageFigure(facts, other, data).add_child(self)
        if self._base is not None:
            self.add_child(BaseMapLayer(text("page.layer_base", lang)))
        if len(inventory.places):
            self.add_child(PlaceLayer(text("page.layer_places", lang), _TOWNS))
            self.add_child(PlaceLayer(text("page.layer_park", lang), ("park",)))
        self.parcel_layer = ParcelLayer(text("page.layer_parcels", lang))
        self.add_child(self.parcel_layer)
        if findings is not None:
            self.add_child(FindingLayer(text("page.layer_findings", lang)))
        if assemblies is not None:
            self.add_child(AssemblyLayer(text("page.layer_assemblies", lang)))

    def render(self, **kwargs: object) -> None:
        """
        Render the map into its page, with the layer control and the start of the page last.

        Parameters
        ----------
        **kwargs : object
            Passed on to the elements.
        """
        last = [name for name, child in self._children.items() if isinstance(child, _Start)]
        for name in last:
            del self._children[name]
        if not any(isinstance(each, folium.LayerControl) for each in self._children.values()):
            self.add_child(folium.LayerControl())
        self.add_child(_Start(self.parcel_layer))
        super().render(**kwargs)

    def save(self, outfile: str | os.PathLike[str], **kwargs: object) -> None:
        """
        Write the page to one file, whole or not at all.

        Parameters
        ----------
        outfile : str or path-like
            The HTML file.
        **kwargs : object
            Passed on to the elements.

        Raises
        ------
        OutputError
            The name does not end in .html or .htm, the file cannot be written, or something
            added to the map would load from the network.
        """
        # A slip of the keyboard must not replace the inventory by its page.
        if Path(outfile).suffix.lower() not in _SUFFIXES:
            raise OutputError("error.not_html", path=outfile)
        if self._base is not None:
            self._shown["base"] = shown_record(placed(self._base, Path(outfile)))
        page = self.get_root().render(**kwargs)
        with replacing(Path(outfile)) as temporary:
            temporary.write_text(page, encoding="utf-8", newline="\n")


class _Start(folium.MacroElement):  # type: ignore[misc]  # folium is typed in part
    """The last line of the page's script."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            Enping.start({{ this._parent.get_name() }}, {{ this.layer.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, layer: ParcelLayer) -> None:
        super().__init__()
        self._name = "Start"
        self.layer = layer


def _add_assemblies(
    data: Payload,
    assemblies: gpd.GeoDataFrame | str | os.PathLike[str],
    parcels: gpd.GeoDataFrame,
) -> None:
    is_table = isinstance(assemblies, pd.DataFrame)
    sets = assemblies if is_table else read_assemblies(assemblies)
    rows = {parcel_id: row for row, parcel_id in enumerate(parcels["parcel_id"])}
    data.head["assemblies"] = assembly_rows(sets, rows)


def _add_findings(
    data: Payload,
    findings: pd.DataFrame | str | os.PathLike[str],
    parcels: gpd.GeoDataFrame,
    lang: Language,
) -> None:
    found = findings if isinstance(findings, pd.DataFrame) else read_findings(findings)
    rows = {parcel_id: row for row, parcel_id in enumerate(parcels["parcel_id"])}
    said, other = (
        encoded(found, PagePlots(rows, parcels.crs, each)) for each in (lang, OTHER[lang])
    )
    data.head["findings"] = said
    data.head["inOther"] += differences(said, other, "findings")


def _elements(root: Element) -> Iterator[Element]:
    for child in root._children.values():  # noqa: SLF001 - branca offers no other way down
        yield child
        yield from _elements(child)


def _settled(rendered: list[str]) -> list[str]:
    """Replace the ids that Folium draws by lot with numbers, in the order they appear in."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found.group(), str(len(numbers) + 1))

    return [_RANDOM_ID.sub(number, each) for each in rendered]
