"""Find faults in outlines on their own: rules G1 to G6."""
