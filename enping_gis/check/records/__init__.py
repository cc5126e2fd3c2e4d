"""Find faults in what is stated of plots: rules A1 to A3, L1 and L2."""
