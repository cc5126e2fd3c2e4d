"""Decide what may be opened, unpack it, and find out how its texts are encoded."""
