"""
Find every fault in plots, ledgers and running text, name the cure, and repair what is asked.

The rules with their thresholds, sources and dates are data (``rules.json``). Each finder yields
`faults.Fault`; ``checking`` puts them together into `enping_gis.check`, and ``writing`` makes
workbooks and layers of what was found.

============  =====================================================================
``shapes``    G1 - G6: outlines on their own
``coverage``  T1 - T4: outlines against each other
``placing``   T5, T6, C1, C2: against towns, parks and the county; shifted numbers
``records``   A1 - A3, L1, L2: figures stated, ledgers, dates, the clock of idle land
``auditing``  `enping_gis.audit`: the figures of running text and of workbooks
``mending``   `enping_gis.repair`: cures for G1 - G3 and T1 - T3
============  =====================================================================
"""
