"""Read drawings: KML and DXF."""
