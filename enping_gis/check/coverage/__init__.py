"""Find faults of outlines against each other: rules T1 to T4."""
