"""
Analyse the remediation of inefficient industrial land, and map it for planners.

`read` takes in whatever files planners hold, and `write` gives them back. An `Inventory`
holds plots, places and events; `area`, `contacts`, `neighbours`, `status_on` and `totals`
measure it; `split` cuts its plots along the lines of towns, `split_totals` adds the parts up, and
`dissolve` unites plots by any column; `check` finds the faults of plots, ledger and events,
`audit` those of figures in texts and ledgers; `feasible_assemblies`, `best_assembly` and
`pareto_assemblies` tell which plots to combine, `match_projects` which project goes where;
`ParcelMap` draws it as one offline HTML file.
"""

from enping_gis.assembly.best import best_assembly
from enping_gis.assembly.feasible import feasible_assemblies
from enping_gis.assembly.matching import match_projects
from enping_gis.assembly.pareto import pareto_assemblies
from enping_gis.check.auditing.audit import audit
from enping_gis.check.checking import check
from enping_gis.check.mending.repair import repair
from enping_gis.errors import (
    CRSError,
    EnpingError,
    InputError,
    OutputError,
    ParcelError,
    SchemaError,
    SourceError,
    VocabularyError,
)
from enping_gis.export.write import write
from enping_gis.findings import Finding, findings_frame
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.agreements import agreements
from enping_gis.lifecycle.changes import changes
from enping_gis.lifecycle.deadlines import deadlines
from enping_gis.lifecycle.dividing import divided
from enping_gis.lifecycle.leading import leading
from enping_gis.lifecycle.merging import merged_plots
from enping_gis.lifecycle.periods import period_of
from enping_gis.lifecycle.targets import progress
from enping_gis.measure.areas import area
from enping_gis.measure.balancing import balance
from enping_gis.measure.contacts import contacts, neighbours
from enping_gis.measure.dissolve import dissolve
from enping_gis.measure.split import split, split_totals
from enping_gis.measure.standing import status_on
from enping_gis.measure.totals import Totals, totals
from enping_gis.reading import Reading, read
from enping_gis.reports.dossier import dossier
from enping_gis.reports.report import report
from enping_gis.store.meta import InventoryMeta
from enping_gis.viewer import ParcelMap

__version__ = "0.1.0"

__all__ = [
    "CRSError",
    "EnpingError",
    "Finding",
    "InputError",
    "Inventory",
    "InventoryMeta",
    "OutputError",
    "ParcelError",
    "ParcelMap",
    "Reading",
    "SchemaError",
    "SourceError",
    "Totals",
    "VocabularyError",
    "__version__",
    "agreements",
    "area",
    "audit",
    "balance",
    "best_assembly",
    "changes",
    "check",
    "contacts",
    "deadlines",
    "dissolve",
    "divided",
    "dossier",
    "feasible_assemblies",
    "findings_frame",
    "leading",
    "match_projects",
    "merged_plots",
    "neighbours",
    "pareto_assemblies",
    "period_of",
    "progress",
    "read",
    "repair",
    "report",
    "split",
    "split_totals",
    "status_on",
    "totals",
    "write",
]
