"""
Find every fault in plots, ledgers and running text, name the cure, and repair what is asked.

The rules with their thresholds, sources and dates are data (``rules.json``). Each finder yields
`faults.Fault`; ``checking`` puts them together into `enping_gis.check`, and ``writing`` makes
workbooks and layers of what was found.

==========  =======================================================================
G1 - G6     ``validity`` and ``shapes``: outlines on their own
T1 - T4     ``coverage``: outlines against each other
T5, T6      ``places``: against towns, parks and the county
C1, C2      ``coordinates``: numbers that put plots elsewhere
A1, A2      ``stated``: stated areas against the map, hectares against mu
A2, A3      ``statements``: published figures, totals against their parts
L1          ``ledger``: ids, and a ledger against the map
L2          ``lives``: dates, shares, projects; ``idle``: the clock of idle land
==========  =======================================================================
"""
