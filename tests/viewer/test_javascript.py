"""The page's own JavaScript: every file parses, and its pure parts pass node's test runner."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import playwright
import pytest

HERE = Path(__file__).parent
PARSE = """for (const path of process.argv.slice(1)) {
    new (require("vm").Script)(require("fs").readFileSync(path, "utf-8"), {filename: path});
}"""
TYPESCRIPT = "typescript@5.9.3"
DRIVER = Path(playwright.__file__).parent / "driver"


@pytest.fixture(scope="module")
def node() -> str:
    # Playwright's wheel brings a node of its own for machines that have none.
    found = shutil.which("node") or shutil.which("node", path=str(DRIVER))
    if found is None:
        reason = "no node here: its test runner checks the page's scripts"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def test_every_script_parses(node: str, root: Path) -> None:
    scripts = sorted((root / "enping_gis" / "viewer" / "assets").glob("*.js"))
    assert len(scripts) > 5
    subprocess.run([node, "--eval", PARSE, *map(str, scripts)], check=True, timeout=60)
    for script in scripts:
        assert "eval(" not in script.read_text("utf-8")
        assert "innerHTML" not in script.read_text("utf-8")


def test_types_hold(node: str, root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """TypeScript's checker reads the types in the comments; npm brings it, for this test alone."""
    npm = shutil.which("npm")
    if npm is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no npm here: it brings the checker of types")
        pytest.skip("no npm here: it brings the checker of types")
    folder = tmp_path_factory.mktemp("checker")
    install = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(folder)]
    done = subprocess.run(
        [*install, TYPESCRIPT], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    scripts = sorted((root / "enping_gis" / "viewer" / "assets").glob("*.js"))
    checker = folder / "node_modules" / "typescript" / "bin" / "tsc"
    options = ["--noEmit", "--allowJs", "--checkJs", "--target", "es2020",
               "--lib", "es2022,dom,dom.iterable"]  # fmt: skip
    done = subprocess.run(
        [node, str(checker), *options, str(HERE / "js" / "globals.d.ts"), *map(str, scripts)],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_pure_parts(node: str) -> None:
    done = subprocess.run(
        [node, "--test", str(HERE / "js")], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
