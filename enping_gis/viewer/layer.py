"""
Draw plots and places as Folium layers.

`ParcelLayer` is the seam: it names the scripts that draw plots and the JavaScript class that
the page talks to. A layer for far more plots takes its place with another class, as long as
that offers ``plots``, ``units``, ``shown``, ``level``, ``at``, ``unitAt``, ``bounds``,
``outline``, ``highlight`` and ``redraw``, and tells when it has ``drawn``, as
``assets/parcels.js`` does. `FindingLayer` lies on top of it and talks to it alike.
"""

from __future__ import annotations

from typing import ClassVar

from folium.map import Layer
from folium.template import Template


class ParcelLayer(Layer):  # type: ignore[misc]  # folium is typed in part
    """
    All plots on one canvas, coloured by status.

    Parameters
    ----------
    name : str
        What the layer control calls it.

    Examples
    --------
    >>> ParcelLayer("Plots").layer_name
    'Plots'
    """

    scripts: ClassVar[tuple[str, ...]] = (
        "rings.js",
        "outlines.js",
        "plots.js",
        "boxtree.js",
        "slices.js",
        "canvas.js",
        "tiles.js",
        "brush.js",
        "symbols.js",
        "paint.js",
        "labels.js",
        "parcels.js",
    )

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = new Enping.ParcelLayer(Enping.page.data);
        {% endmacro %}
        """
    )

    def __init__(self, name: str) -> None:
        super().__init__(name=name, overlay=True, control=True, show=True)
        self._name = "ParcelLayer"


class PlaceLayer(Layer):  # type: ignore[misc]  # folium is typed in part
    """
    Lines and names of some kinds of places.

    Parameters
    ----------
    name : str
        What the layer control calls it.
    place_kinds : tuple of str
        Codes of the kinds it shows.

    Examples
    --------
    >>> PlaceLayer("Industrial park", ("park",)).place_kinds
    ('park',)
    """

    scripts: ClassVar[tuple[str, ...]] = ("places.js",)

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = new Enping.PlaceLayer(
                Enping.page.data, {{ this.place_kinds|tojson }}
            );
        {% endmacro %}
        """
    )

    def __init__(self, name: str, place_kinds: tuple[str, ...]) -> None:
        super().__init__(name=name, overlay=True, control=True, show=True)
        self._name = "PlaceLayer"
        self.place_kinds = place_kinds


class AssemblyLayer(Layer):  # type: ignore[misc]  # folium is typed in part
    """
    Sets of plots to combine, outlined over the plots.

    Parameters
    ----------
    name : str
        What the layer control calls it.

    Examples
    --------
    >>> AssemblyLayer("Sets").scripts
    ('assemblies.js',)
    """

    scripts: ClassVar[tuple[str, ...]] = ("assemblies.js",)

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = new Enping.AssemblyLayer(Enping.page);
        {% endmacro %}
        """
    )

    def __init__(self, name: str) -> None:
        super().__init__(name=name, overlay=True, control=True, show=True)
        self._name = "AssemblyLayer"


class BaseMapLayer(Layer):  # type: ignore[misc]  # folium is typed in part
    """
    What lies under places and plots: tiles, or one picture.

    Parameters
    ----------
    name : str
        What the layer control calls it.

    Examples
    --------
    >>> BaseMapLayer("Base map").scripts
    ('gcj02.js', 'basemap.js')
    """

    scripts: ClassVar[tuple[str, ...]] = ("gcj02.js", "basemap.js")

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = Enping.baseMap(Enping.page);
        {% endmacro %}
        """
    )

    def __init__(self, name: str) -> None:
        super().__init__(name=name, overlay=True, control=True, show=True)
        self._name = "BaseMapLayer"


class FindingLayer(Layer):  # type: ignore[misc]  # folium is typed in part
    """
    What a check found: a mark for each finding, and the ground of overlaps and gaps.

    Parameters
    ----------
    name : str
        What the layer control calls it.

    Examples
    --------
    >>> FindingLayer("Findings").scripts[-1]
    'findings.js'
    """

    scripts: ClassVar[tuple[str, ...]] = (
        "marks.js",
        "finding_list.js",
        "finding_card.js",
        "findings.js",
    )

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = new Enping.FindingLayer(Enping.page);
        {% endmacro %}
        """
    )

    def __init__(self, name: str) -> None:
        super().__init__(name=name, overlay=True, control=True, show=True)
        self._name = "FindingLayer"
