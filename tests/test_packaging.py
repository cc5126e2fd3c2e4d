"""Build what is published, install it where nothing else is, and use it there."""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOTAL_MU = "8605.84"
PARCELS = 119

# Opens every shipped file by way of the package, and says where the package was found.
READ_ALL = """
import hashlib, json, sys
import enping_gis
from enping_gis._resources import data_folder, shipped_json, shipped_text

read = {}
for name in ("boundaries", "demo"):
    for entry in data_folder(name).iterdir():
        if entry.is_file():
            read[f"{name}/{entry.name}"] = hashlib.sha256(entry.read_bytes()).hexdigest()
for name in ("messages.json", "schema.json", "vocabulary.json"):
    assert shipped_json(name)
    read[name] = hashlib.sha256(shipped_text(name).encode()).hexdigest()
json.dump({"where": enping_gis.__file__, "read": read}, sys.stdout)
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command of the project far from the checkout, and return what it prints."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, target: Path, *kinds: str) -> Path:
    """Build one distribution with what is installed here, so that nothing is downloaded."""
    options = ["--no-isolation", "--outdir", str(target), *kinds]
    run(sys.executable, "-m", "build", *options, str(source), cwd=source)
    (made,) = target.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("sdist"), "--sdist")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "--wheel")


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the source distribution unpacks to."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


@pytest.fixture(scope="module")
def wheel_from_sdist(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(unpacked, tmp_path_factory.mktemp("wheel-from-sdist"), "--wheel")


def clean_environment(folder: Path, wheel: Path) -> Path:
    """Install a wheel into an environment of its own, and return that environment's Python."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = folder / scripts / ("python.exe" if os.name == "nt" else "python")
    options = ["install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    run(sys.executable, "-m", "pip", "--python", python, *options, cwd=folder)
    # The dependencies are those of the tests, added after the environment's own packages. A path
    # added this way does not carry over what is installed editable there.
    (here,) = {str(Path(path)) for path in sys.path if path.endswith("site-packages")}
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    (Path(own.strip()) / "dependencies.pth").write_text(here + "\n", encoding="utf-8")
    return python


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clean_environment(tmp_path_factory.mktemp("installed") / "env", wheel)


def content(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel; RECORD only repeats their names and hashes."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")
        }


def test_the_wheel_from_the_sdist_is_the_same(wheel: Path, wheel_from_sdist: Path) -> None:
    assert wheel_from_sdist.name == wheel.name
    assert content(wheel_from_sdist) == content(wheel)


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = set(content(wheel))
    for path in (ROOT / "enping_gis").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert path.relative_to(ROOT).as_posix() in names
    for folder in ("boundaries", "demo"):
        for path in (ROOT / "data" / folder).iterdir():
            assert f"enping_gis/_{folder}/{path.name}" in names
    assert "enping_gis/py.typed" in names
    tops = {name.split("/")[0].split("-")[0] for name in names}
    assert tops == {"enping_gis"}


def test_the_sdist_is_complete(unpacked: Path) -> None:
    listing = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    try:
        committed = run(*listing, cwd=ROOT).split("\0")
    except (AssertionError, OSError):
        pytest.skip("this copy is not a git checkout, so what is committed cannot be listed")
    missing = [name for name in committed if name and not (unpacked / name).exists()]
    assert [name for name in missing if (ROOT / name).exists()] == []


def test_the_metadata(wheel: Path) -> None:
    (name,) = [name for name in content(wheel) if name.endswith(".dist-info/METADATA")]
    metadata = email.message_from_bytes(content(wheel)[name])
    assert metadata["Name"] == "enping-gis"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    for key, value in metadata.items():
        assert "://" not in str(value), f"{key} holds an address"
        if key == "Requires-Dist":
            assert ">=" in value or "extra" in value, f"{value} has no lower bound"


def read_all(python: str | Path, cwd: Path, *first_on_path: Path) -> tuple[Path, dict[str, str]]:
    code = f"import sys; sys.path[:0] = {[str(path) for path in first_on_path]!r}\n{READ_ALL}"
    told = json.loads(run(python, "-c", code, cwd=cwd))
    return Path(told["where"]), told["read"]


def test_shipped_files_are_read_from_everywhere(
    installed: Path, wheel: Path, wheel_from_sdist: Path, tmp_path: Path
) -> None:
    """From the checkout, the wheel, the wheel made of the sdist, and a wheel that stays zipped."""
    where, expected = read_all(sys.executable, tmp_path, ROOT)
    assert where == ROOT / "enping_gis" / "__init__.py"
    assert {"boundaries/index.json", "demo/index.json"} <= set(expected)

    where, read = read_all(installed, tmp_path)
    assert installed.parents[1] in where.parents
    assert read == expected

    where, read = read_all(installed, tmp_path, wheel)
    assert wheel in where.parents
    assert read == expected

    other = clean_environment(tmp_path / "other", wheel_from_sdist)
    where, read = read_all(other, tmp_path)
    assert tmp_path in where.parents
    assert read == expected


def test_the_demonstration_opens_from_a_zipped_wheel(
    installed: Path, wheel: Path, tmp_path: Path
) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(wheel)!r})\n"
        "import enping_gis\n"
        "demo = enping_gis.Inventory.demo()\n"
        "print(enping_gis.__file__, len(demo.parcels), len(demo.places))"
    )
    where, parcels, places = run(installed, "-c", code, cwd=tmp_path).split()
    assert wheel in Path(where).parents
    assert (int(parcels), int(places)) == (PARCELS, 12)


def test_the_installed_command_adds_up_the_towns(installed: Path, tmp_path: Path) -> None:
    command = installed.with_name("enping-gis")
    answer = json.loads(
        run(command, "totals", "--by", "town", "--format", "json", cwd=tmp_path, ENPING_LANG="en")
    )
    assert answer["meta"]["total"]["parcels"] == PARCELS
    assert f"{float(answer['meta']['total']['area_mu']):.2f}" == TOTAL_MU
    assert f"{sum(float(row['area_mu']) for row in answer['rows']):.2f}" == TOTAL_MU


def test_the_installed_command_draws_the_map(installed: Path, tmp_path: Path) -> None:
    run(installed.with_name("enping-gis"), "map", "-o", "page.html", cwd=tmp_path)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page
    assert len(page.encode()) < 1_000_000


def test_the_package_runs_as_a_module(installed: Path, tmp_path: Path) -> None:
    assert "totals" in run(installed, "-m", "enping_gis", "--help", cwd=tmp_path)
