"""
Write a synthetic layer as large as that of a province, partition by partition.

    python scripts/make_province.py FOLDER --plots 10000000

A run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from enping_gis.distributed import write_province


def main() -> None:
    """Read the command line, write the layer, and say how far it is."""
    asked = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    asked.add_argument("folder", type=Path, help="where the partitions go")
    asked.add_argument("--plots", type=int, default=1_000_000)
    asked.add_argument("--part-rows", type=int, default=100_000, help="plots of a partition")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    layer = write_province(
        given.folder,
        given.plots,
        part_rows=given.part_rows,
        seed=given.seed,
        progress=lambda done, whole: print(f"\r{done}/{whole}", end="", flush=True),
    )
    print(f"\n{layer.rows} synthetic plots in {len(layer.parts)} partitions: {layer.folder}")


if __name__ == "__main__":
    main()
