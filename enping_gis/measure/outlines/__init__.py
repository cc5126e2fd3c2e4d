"""How two outlines lie to each other: compiled loops over runs of their sides."""
