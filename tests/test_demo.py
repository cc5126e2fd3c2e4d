"""The demonstration inventory is what its script builds, and says what was published."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from enping_gis.schema import LIST_SEPARATOR, conformed, tables
from enping_gis.store.chain import chained
from enping_gis.units import HA, MU, mu_to_m2, printed
from enping_gis.vocabulary import normalised, terms

if TYPE_CHECKING:
    from pathlib import Path

NAMED = [f"EP{number:03d}" for number in range(1, 10)]
STATED_MU = {"EP002": 308.93, "EP004": 150, "EP005": 21.22, "EP006": 50, "EP007": 162.49,
             "EP009": 158}  # fmt: skip
STATED_HA = {"EP002": 20.6, "EP004": 10, "EP005": 1.41, "EP006": 3.33, "EP007": 10.83,
             "EP009": 10.53}  # fmt: skip
INVENTED_MU = {"EP001": "63.50", "EP003": "85.40", "EP008": "96.15"}
PARK = "440785400"


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "data" / "demo"


@pytest.fixture(scope="module")
def parcels(folder: Path) -> gpd.GeoDataFrame:
    content = json.loads((folder / "parcels.geojson").read_text(encoding="utf-8"))
    rows = pd.DataFrame([feature["properties"] for feature in content["features"]])
    shapes = [shape(feature["geometry"]) for feature in content["features"]]
    frame = gpd.GeoDataFrame(conformed(rows, "parcels"), geometry=shapes, crs=4546)
    return frame.set_index("parcel_id", drop=False)


@pytest.fixture(scope="module")
def frames(folder: Path) -> dict[str, pd.DataFrame]:
    return {
        path.stem: conformed(pd.read_csv(path, dtype=str), path.stem)
        for path in folder.glob("*.csv")
    }


@pytest.fixture(scope="module")
def places(root: Path) -> gpd.GeoSeries:
    path = root / "data" / "boundaries" / "places.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    codes = [feature["properties"]["place"] for feature in features]
    shapes = [shape(feature["geometry"]) for feature in features]
    return gpd.GeoSeries(shapes, index=codes, crs=4490).to_crs(4546)


@pytest.fixture(scope="module")
def area_m2(parcels: gpd.GeoDataFrame) -> pd.Series:
    to_equal_area = Transformer.from_crs(4546, "+proj=cea +ellps=GRS80", always_xy=True)
    moved = shapely.transform(
        parcels.geometry.to_numpy(),
        lambda xy: np.column_stack(to_equal_area.transform(xy[:, 0], xy[:, 1])),
    )
    return pd.Series(shapely.area(moved), index=parcels.index)


def test_areas_are_the_intended_figures_and_add_up(
    parcels: gpd.GeoDataFrame, area_m2: pd.Series
) -> None:
    assert len(parcels) == 119
    intended = {
        plot: Decimal(INVENTED_MU.get(plot) or f"{mu:.2f}")
        for plot, mu in parcels["stated_mu"].items()
    }
    assert {plot: printed(area, MU) for plot, area in area_m2.items()} == intended
    assert sum(intended.values()) == Decimal("8605.84")
    assert printed(float(area_m2.sum()), HA) == Decimal("573.7227")
    for plot, area in area_m2.items():
        assert abs(area - float(mu_to_m2(intended[plot]))) < 1e-4, plot


def test_stated_figures_are_as_printed(parcels: gpd.GeoDataFrame) -> None:
    named = parcels.loc[NAMED]
    assert named["stated_mu"].dropna().to_dict() == STATED_MU
    assert named["stated_ha"].dropna().to_dict() == STATED_HA
    stated = named["area_basis"] == "stated"
    assert (stated == named["stated_mu"].notna()).all()
    invented = parcels.drop(NAMED)
    assert (invented["area_basis"] == "synthetic").all()
    assert invented["source"].str.contains("synthetic").all()
    assert invented["name"].str.contains("虚构").all()
    for _, row in invented.iterrows():
        assert printed(mu_to_m2(row["stated_mu"]), HA) == Decimal(f"{row['stated_ha']:.4f}")


def test_what_the_article_does_not_say_is_empty(parcels: gpd.GeoDataFrame) -> None:
    named = parcels.loc[NAMED]
    assert named["category"].isna().all()
    assert parcels.index[parcels["town"].isna()].tolist() == ["EP001", "EP003"]
    assert parcels.index[parcels["responsible"].isna()].tolist() == ["EP001"]
    bases = named["town_basis"].to_dict()
    assert [bases[plot] for plot in ("EP005", "EP006")] == ["inferred", "inferred"]
    assert parcels["schematic"].all()
    assert (parcels["geometry_basis"] == "synthetic").all()


def test_no_two_plots_share_a_name_or_alias(parcels: gpd.GeoDataFrame) -> None:
    owner: dict[str, str] = {}
    for plot, row in parcels.iterrows():
        wordings = [plot, row["name"], *row["aliases"].split(LIST_SEPARATOR)]
        for wording in {normalised(each) for each in wordings}:
            assert owner.setdefault(wording, str(plot)) == plot, wording
    for number, plot in enumerate(NAMED, start=1):
        assert owner[f"p{number:02d}"] == plot
    assert owner["恩大创客中心"] == owner["gasplot"] == "EP005"
    assert owner["恩大智造"] == owner["smart-manufacturingpark"] == "EP004"


def test_gas_plot_shares_a_boundary_with_jiaolong(parcels: gpd.GeoDataFrame) -> None:
    gas, jiaolong = parcels.geometry["EP005"], parcels.geometry["EP004"]
    assert gas.boundary.intersection(jiaolong.buffer(0.001)).length > 50
    assert gas.intersection(jiaolong).area < 1e-3


def test_shapes_are_sound_and_like_a_cadastral_map(parcels: gpd.GeoDataFrame) -> None:
    shapes = parcels.geometry
    assert shapes.is_valid.all()
    inner = shapes.representative_point()
    assert inner.distance(shapes.boundary).min() > 5
    assert shapes.count_coordinates().median() > 8
    assert (shapes.count_geometries() == 2).sum() == 1
    assert shapes.explode().count_interior_rings().sum() == 1
    left, right = shapes.sindex.query(shapes, predicate="dwithin", distance=40.0)
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a < b]
    overlaps = [shapes.iloc[a].intersection(shapes.iloc[b]) for a, b in pairs]
    widths = [2 * each.area / each.length for each in overlaps if each.area > 1e-3]
    gaps = [shapes.iloc[a].distance(shapes.iloc[b]) for a, b in pairs]
    assert 1 <= len(widths) <= 12
    assert max(widths) < 0.01
    assert sum(1e-3 < gap < 0.01 for gap in gaps) >= 1
    assert sum(5 < gap < 35 for gap in gaps) > 20
    assert not [gap for gap in gaps if 0.01 < gap < 5]


def test_plots_lie_in_their_town_and_the_park(
    parcels: gpd.GeoDataFrame, places: gpd.GeoSeries
) -> None:
    for plot, row in parcels.dropna(subset=["town"]).iterrows():
        assert places[row["town"]].contains(row["geometry"]), plot
    of_park = parcels[parcels["responsible"] == PARK]
    assert of_park[of_park["town"] == "440785108"].within(places[PARK]).all()
    assert set(of_park["town"].dropna()) == {f"440785{n}" for n in (101, 106, 108, 109)}
    assert parcels["town"].nunique() == 11
    assert parcels["responsible"].nunique() == 12


def test_first_quarter_is_as_published(frames: dict[str, pd.DataFrame]) -> None:
    events = frames["events"]
    done = events[(events["kind"] == "revitalised") & (events["date"] >= "2023-01-01")]
    assert done["parcel_id"].nunique() == len(done) == 9
    assert printed(sum(Decimal(str(each)) for each in done["area_m2"]), MU) == Decimal("793.00")
    assert not set(done["parcel_id"]) & set(NAMED)
    assert done["date"].max() <= "2023-03-30"
    micang = events[(events["parcel_id"] == "EP002") & (events["kind"] == "revitalised")]
    assert [printed(Decimal(str(each)), MU) for each in micang["area_m2"]] == [Decimal("103.12")]


def test_events_are_sound(frames: dict[str, pd.DataFrame], parcels: gpd.GeoDataFrame) -> None:
    events = frames["events"]
    assert events["date"].min() == "2022-02-24"
    assert events["date"].max() <= "2023-03-30"
    assert events["event_id"].is_unique
    assert {UUID(each).version for each in events["event_id"]} == {7}
    programme = events[events["parcel_id"].isna()]
    assert programme["kind"].tolist() == ["meeting"]
    counts = events["kind"].value_counts()
    assert (counts["idle_investigation"], counts["lawyer_letter"]) == (9, 18)
    assert (events["recorded_at"].str[:10] == events["date"]).all()
    assert events["recorded_at"].str.endswith("+08:00").all()
    stated = events[events["date_basis"] == "stated"]
    assert stated["date"].tolist() == ["2022-02-24", "2022-10-20"]
    lives = events.dropna(subset=["parcel_id"]).groupby("parcel_id")["kind"]
    assert set(lives.groups) == set(parcels.index)
    assert (lives.first() == "surveyed").all()
    pd.testing.assert_frame_equal(chained(events), events)


def test_every_status_but_unknown_is_there(frames: dict[str, pd.DataFrame]) -> None:
    leads = {term.code: term.attributes["leads_to"] for term in terms("event_kind")}
    reached = {leads[kind] for kind in frames["events"]["kind"]} - {""}
    assert reached == {term.code for term in terms("status")} - {"unknown"}
    status = frames["events"].assign(status=frames["events"]["kind"].map(leads))
    last = status[status["status"] != ""].dropna(subset=["parcel_id"])
    counts = last.groupby("parcel_id")["status"].last().value_counts()
    assert counts.min() >= 5
    assert len(counts) == 7


def test_codes_are_in_the_vocabulary(
    frames: dict[str, pd.DataFrame], parcels: gpd.GeoDataFrame
) -> None:
    for name, frame in {**frames, "parcels": parcels}.items():
        for column in tables()[name].columns:
            if not column.vocabulary:
                continue
            known = {term.code for term in terms(column.vocabulary)}
            cells = frame[column.name].dropna()
            used = {code for cell in cells for code in cell.split(LIST_SEPARATOR) if code}
            assert used <= known, (name, column.name)


def test_references_hold(frames: dict[str, pd.DataFrame], parcels: gpd.GeoDataFrame) -> None:
    plots, places = set(parcels.index), {term.code for term in terms("place")}
    for name in ("events", "parcel_projects", "agreements"):
        assert set(frames[name]["parcel_id"].dropna()) <= plots, name
    projects = set(frames["projects"]["project_id"])
    assert set(frames["parcel_projects"]["project_id"]) <= projects
    assert set(frames["targets"]["place"].dropna()) <= places
    assert places <= set(frames["teams"]["place"]) <= places | {"440785"}
    assert set(frames["statements"]["subject"]) <= plots | projects | {"440785"}
    for name, frame in frames.items():
        key = tables()[name].key
        assert key is None or frame[key].is_unique, name
        required = [column.name for column in tables()[name].columns if column.required]
        assert frame[required].notna().all(axis=None), name


def test_targets_of_places_add_up_to_the_county(frames: dict[str, pd.DataFrame]) -> None:
    targets = frames["targets"]
    county = targets[targets["place"].isna()].set_index("period")["area_mu"].to_dict()
    assert county == {"2022": 3000, "2023": 2000, "2023Q1": 500}
    for period in ("2023", "2023Q1"):
        rows = targets[(targets["period"] == period) & targets["place"].notna()]
        assert len(rows) == 12
        assert sum(Decimal(str(each)) for each in rows["area_mu"]) == county[period]


def test_statements_quote_the_article(
    frames: dict[str, pd.DataFrame], parcels: gpd.GeoDataFrame, root: Path
) -> None:
    seeds = list((root.parent / "shared" / "seed").glob("*.txt"))
    if not seeds:
        pytest.skip("the article lies beside the checkout only")
    article = re.sub(r"\s", "", "".join(seed.read_text(encoding="utf-8") for seed in seeds))
    quotes = list(frames["statements"]["quote"])
    events = frames["events"]
    told = events["parcel_id"].isin(NAMED) | events["parcel_id"].isna()
    quotes += list(events.loc[told, "note"])
    assert len(quotes) > 90
    for quote in quotes:
        assert re.sub(r"\s", "", quote) in article, quote
    for title in frames["documents"]["title"]:
        assert title in article


def test_statements_carry_figures_of_their_quotes(frames: dict[str, pd.DataFrame]) -> None:
    spelt = {"40000": "4万", "33000": "3.3万", "3": "三个", "5": "五个"}
    for _, row in frames["statements"].iterrows():
        for value in row[["value_min", "value_max"]].dropna():
            figure = f"{value:g}" if value != 8605.84 else "8605.84"
            assert figure in row["quote"] or spelt.get(figure, "?") in row["quote"], row["quote"]
    headline = frames["statements"].set_index(["subject", "indicator"])
    assert headline.loc[("440785", "land_ha"), "value_min"] == 537.72
    assert headline.loc[("440785", "land_mu"), "value_min"] == 8605.84


def test_index_says_what_each_file_is(folder: Path, frames: dict[str, pd.DataFrame]) -> None:
    index: dict[str, Any] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    assert (index["as_of"], index["crs"], index["synthetic"]) == ("2023-03-30", "EPSG:4546", True)
    rows = {name: len(frame) for name, frame in frames.items()} | {"parcels": 119}
    assert {record["table"]: record["rows"] for record in index["files"]} == rows
    for record in index["files"]:
        content = (folder / record["file"]).read_bytes()
        assert record["sha256"] == hashlib.sha256(content).hexdigest()


def checked(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    script = root / "scripts" / "build_demo.py"
    command = [sys.executable, str(script), "--check", "--folder", str(folder)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_rebuild_is_what_ships(root: Path, folder: Path) -> None:
    result = checked(root, folder)
    assert result.returncode == 0, result.stdout + result.stderr


def test_check_sees_changed_files(root: Path, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "demo"
    shutil.copytree(folder, copy)
    plots = copy / "parcels.geojson"
    text = plots.read_text(encoding="utf-8")
    moved = re.sub(r"\[(\d+\.\d{4})\d", r"[\g<1>0", text, count=1)
    assert moved != text
    plots.write_text(moved, encoding="utf-8")
    targets = copy / "targets.csv"
    targets.write_text(targets.read_text(encoding="utf-8").replace("3000", "3001"), "utf-8")
    result = checked(root, copy)
    assert result.returncode == 1
    assert "parcels.geojson: geometry of feature 0" in result.stdout
    assert "targets.csv:2" in result.stdout
