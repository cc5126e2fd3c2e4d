"""Cut plots along lines, share out what was cut, and unite plots."""
