"""Find plots that lie where they cannot: rules T5, T6, C1 and C2."""
