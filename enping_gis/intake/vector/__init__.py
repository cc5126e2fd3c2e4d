"""Read what GDAL reads, from Shapefile to MapInfo, and GeoParquet."""
