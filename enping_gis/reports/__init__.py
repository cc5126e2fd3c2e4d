"""Papers of the meetings, workbooks and one-plot files."""
