"""The commands for layers in partitions: partition, measure."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from enping_gis.check.checking import shape_faults
from enping_gis.inventory import Inventory
from enping_gis.measure.contacts import contacts

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "enping_gis", *map(str, words), "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_demonstration_in_partitions_adds_up_to_its_mu(tmp_path: Path) -> None:
    cut = run("partition", "-o", tmp_path / "parts", "--partitions", "5", "--format", "json")
    assert cut.returncode == 0, cut.stderr
    meta = json.loads(cut.stdout)["meta"]
    assert (meta["parcels"], meta["partitions"]) == (119, 5)

    out = tmp_path / "out"
    words = ("measure", tmp_path / "parts", "-o", out, "--by", "town,responsible", "--within", "30")
    found = run(*words, "--workers", "2", "--rules", "G5,T1", "--format", "json")
    assert found.returncode == 0, found.stderr
    told = json.loads(found.stdout)
    assert told["meta"]["total"]["area_mu"] == 8605.84
    faults = Counter(fault.rule for fault in shape_faults(Inventory.demo().parcels, ("G5", "T1")))
    assert told["meta"]["faults"] == faults
    by_town = [row for row in told["rows"] if row["by"] == "town"]
    assert round(sum(row["area_mu"] for row in by_town), 2) == 8605.84
    whole = contacts(Inventory.demo().parcels, within_m=30)
    pairs = told["meta"]["contacts"]
    assert {kind: each["pairs"] for kind, each in pairs.items()} == (
        whole["kind"].value_counts().to_dict()
    )
    assert len(pd.read_parquet(out / "contacts")) == len(whole)

    again = run(*words, "--workers", "2", "--rules", "G5,T1")
    assert again.returncode == 0, again.stderr
    assert "5 of them measured before" in again.stderr
    assert "8,605.84" in again.stdout


def test_wrong_use_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused = run("measure", tmp_path / "empty", "-o", tmp_path / "out")
    assert refused.returncode == 2
    assert "enping-gis partition" in refused.stderr
    assert "Traceback" not in refused.stderr
