"""Time the package against its peers, all in one run."""
