"""Run the commands: arguments -> public call -> printed result, exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from enping_gis.errors import EnpingError
from enping_gis.messages import LANGUAGES, choose_language, language, printable, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enping_gis.messages import Language

BAD_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Words of the command line; by default those of the process.

    Returns
    -------
    int
        0 done, 1 findings of severity error, 2 bad usage or unreadable input.

    Examples
    --------
    >>> main(["--version"])
    0.1.0
    0
    >>> main(["totals", "missing.gpkg", "--lang", "en"])
    2
    """
    words = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console in GBK lacks some signs
    choose_language(_wished_language(words))
    # Help texts are written when this module is read, in the language chosen above.
    from enping_gis.cli.app import build  # noqa: PLC0415 - see above

    try:
        code = build().main(words, prog_name="enping-gis", standalone_mode=False) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the result has seen enough; nothing more can be said there.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open to the end
        return 0
    except typer.Exit as end:
        return end.exit_code
    except typer.Abort:
        return _refuse(text("error.interrupted"))
    except typer.TyperException as error:
        return _refuse(text("error.usage", reason=error.format_message()))
    except EnpingError as error:
        return _refuse(error.text())
    finally:
        choose_language(None)
    return code


def _wished_language(words: list[str]) -> Language:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        wish = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and wish in LANGUAGES:
            return "zh" if wish == "zh" else "en"
    return language()


def _refuse(message: str) -> int:
    sys.stderr.write(" ".join(printable(message).split()) + "\n")
    return BAD_USAGE
