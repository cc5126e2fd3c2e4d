"""Keep inventories in files: GeoPackage."""
