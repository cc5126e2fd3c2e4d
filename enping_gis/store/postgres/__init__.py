"""Keep an inventory in a schema of a PostgreSQL database with PostGIS, for several at once."""
