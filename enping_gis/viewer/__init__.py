"""
The offline map page: one HTML file, no request, every plot coloured by its status.

``shapes`` and ``encoding`` turn an inventory into the data block of the page, ``layer`` draws
it as a Folium layer (the seam where a layer for far more plots fits in), ``page`` is the map,
and ``offline`` writes the page so that nothing is loaded from anywhere.
"""

from enping_gis.viewer.layer import ParcelLayer, PlaceLayer
from enping_gis.viewer.page import ParcelMap

__all__ = ["ParcelLayer", "ParcelMap", "PlaceLayer"]
