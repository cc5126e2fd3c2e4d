"""Which plots to combine, and which project goes where, with proof."""
