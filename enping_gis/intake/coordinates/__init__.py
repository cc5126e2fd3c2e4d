"""Take the numbers of a file to a known coordinate system."""
