"""
The offline map page: one HTML file, no request, every plot coloured by its status.

``shapes`` and ``encoding`` turn an inventory into the data block of the page, ``findings`` adds
what a check found, which ``finding_files`` reads back from files; ``layer`` draws
it as Folium layers (the seam where a layer for far more plots fits in), ``basemaps`` says what
lies under them, ``page`` is the map,
and ``offline`` writes the page so that nothing is loaded from anywhere.
"""

from enping_gis.viewer.basemaps import BaseMap
from enping_gis.viewer.layer import FindingLayer, ParcelLayer, PlaceLayer
from enping_gis.viewer.page import ParcelMap

__all__ = ["BaseMap", "FindingLayer", "ParcelLayer", "ParcelMap", "PlaceLayer"]
