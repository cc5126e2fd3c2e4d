"""The command without any word ended in a traceback."""

from __future__ import annotations

import subprocess
import sys


def test_help_is_shown() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "enping_gis"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "neighbours" in done.stdout
    assert done.stderr == ""
