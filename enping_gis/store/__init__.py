"""Keep inventories: in a GeoPackage for an office, in PostGIS for many."""
