"""
Measure layers that are too large for one machine's memory, partition by partition, with dask.

A layer is a folder of GeoParquet files. Each file is measured with what lies near it, by the
functions of `enping_gis.measure` and `enping_gis.check`, on a laptop's processes or on any dask
scheduler.
"""

from enping_gis.distributed.partitioning import partition
from enping_gis.distributed.partitions import Partitions, open_partitions
from enping_gis.distributed.province import write_province
from enping_gis.distributed.running import Measured, measure

__all__ = [
    "Measured",
    "Partitions",
    "measure",
    "open_partitions",
    "partition",
    "write_province",
]
