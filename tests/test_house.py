"""
The rules of the house that no linter knows, see CONTRIBUTING.md.

Which room may import which is import-linter's business (``make check``).
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import subprocess
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from numpydoc.docscrape import ClassDoc, FunctionDoc

import enping_gis
from enping_gis._resources import shipped_json
from enping_gis.messages import codes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "enping_gis"
MODULES = sorted(PACKAGE.rglob("*.py"))
ASSETS = sorted(path for path in PACKAGE.glob("viewer/assets/**/*") if path.is_file())
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))
CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
CODE = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*\.?")
FAMILY = re.compile(r"[a-z0-9_]+\.(?:\*|[a-z0-9_]*_\*?)")

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60


def short(path: object) -> str:
    return path.relative_to(ROOT).as_posix() if isinstance(path, Path) else str(path)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def docstring_lines(path: Path) -> set[int]:
    """Return the line numbers that docstrings cover, those of attributes too."""
    lines: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


# How the code is written.


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_no_chinese_in_code(path: Path) -> None:
    """Words for people belong in the JSON tables; comments and docstrings may quote them."""
    exempt = docstring_lines(path)
    strings = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    with tokenize.open(path) as lines:
        found = [
            f"{short(path)}:{token.start[0]}: {token.string[:40]}"
            for token in tokenize.generate_tokens(lines.readline)
            if token.type in {*strings, tokenize.NAME}
            and token.start[0] not in exempt
            and (CHINESE.search(token.string) or (r"\u" in token.string and _escaped(token.string)))
        ]
    assert not found


def _escaped(literal: str) -> bool:
    """Tell whether a literal spells a character out; a separator may be spelt out."""
    return any(IDEOGRAPH.match(chr(int(code, 16))) for code in re.findall(r"\\u(\w{4})", literal))


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_a_module_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=short)
def test_a_function_is_short(path: Path) -> None:
    long = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            if length > MAX_FUNCTION_LINES:
                long[f"{node.name}, line {node.lineno}"] = length
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_a_module_opens_with_its_subject(path: Path) -> None:
    first = (ast.get_docstring(tree(path)) or "").split("\n", 1)[0]
    assert first.endswith((".", ";", ":")), f"{short(path)} opens without a sentence"


def test_no_room_without_a_name_of_its_own() -> None:
    vague = re.compile(r"(^|_)(utils?|helpers?|misc|common|tools?)($|_)")
    rooms = [path for path in PACKAGE.rglob("*") if path.suffix == ".py" or path.is_dir()]
    assert not [short(path) for path in rooms if vague.search(path.stem)]


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_nothing_is_left_to_do(path: Path) -> None:
    assert not re.findall(r"\b(TODO|FIXME|XXX)\b|NotImplemented", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=short)
def test_a_rule_is_switched_off_with_its_reason(path: Path) -> None:
    bare = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[^]]*\])?)\s*$")
    with tokenize.open(path) as lines:
        found = [
            f"{short(path)}:{token.start[0]}: {token.string}"
            for token in tokenize.generate_tokens(lines.readline)
            if token.type == tokenize.COMMENT and bare.search(token.string)
        ]
    assert not found


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_rooms_are_entered_by_their_own_door(path: Path) -> None:
    """What the package exports is for others; inside, it would hide an import that points up."""
    for node in ast.walk(tree(path)):
        if path != PACKAGE / "__init__.py" and isinstance(node, ast.ImportFrom):
            if node.module == "enping_gis":
                for alias in node.names:
                    room = PACKAGE / alias.name
                    door = room.is_dir() or room.with_suffix(".py").is_file()
                    assert door or alias.name == "__version__", alias.name
            assert node.level == 0, f"{short(path)}:{node.lineno}: name the whole way"


# What the public names promise.


def public() -> list[str]:
    return [name for name in enping_gis.__all__ if not name.startswith("__")]


def test_all_is_sorted_and_complete() -> None:
    assert len(set(enping_gis.__all__)) == len(enping_gis.__all__)
    for name in enping_gis.__all__:
        assert hasattr(enping_gis, name), name


@pytest.mark.parametrize("name", public())
def test_a_public_name_shows_how_it_is_used(name: str) -> None:
    thing = getattr(enping_gis, name)
    if isinstance(thing, type) and issubclass(thing, BaseException):
        assert thing.__doc__
        return
    if callable(thing):
        assert ">>>" in "\n".join(_doc(thing)["Examples"]), f"{name} has no example"


def is_public(path: Path) -> bool:
    return path.stem == "__init__" or not any(
        part.startswith("_") for part in path.relative_to(ROOT).parts
    )


PUBLIC_MODULES = [path for path in MODULES if is_public(path)]


def functions(path: Path) -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield each public function, class and method that a module defines, with its full name."""
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for name, thing in vars(importlib.import_module(dotted)).items():
        if name.startswith("_") or getattr(thing, "__module__", "") != dotted:
            continue
        if inspect.isfunction(thing) or inspect.isclass(thing):
            yield f"{dotted}.{name}", thing
        if inspect.isclass(thing):
            for inner, each in vars(thing).items():
                method = getattr(each, "__func__", each)
                if not inner.startswith("_") and inspect.isfunction(method):
                    yield f"{dotted}.{name}.{inner}", method


def _doc(thing: object) -> dict[str, list[str]]:
    """Return the sections of a docstring."""
    if inspect.isclass(thing):
        return ClassDoc(thing, config={"show_class_members": False})
    return FunctionDoc(thing)


def _raises(thing: Callable[..., object]) -> bool:
    """Tell whether the body of a function raises something new, or a class when it is made."""
    if inspect.isclass(thing):
        return False
    source = inspect.cleandoc("\n" + inspect.getsource(thing))
    nodes = list(ast.walk(ast.parse(source)))
    return any(isinstance(node, ast.Raise) and node.exc is not None for node in nodes)


@pytest.mark.parametrize("path", PUBLIC_MODULES, ids=short)
def test_what_raises_says_so(path: Path) -> None:
    """The docstring of a command is its help; it ends with an exit code, which the README has."""
    if "cli" in path.relative_to(ROOT).parts:
        return
    silent = [
        name for name, thing in functions(path) if _raises(thing) and not _doc(thing)["Raises"]
    ]
    assert not silent, "these raise and do not say what"


@pytest.mark.parametrize("path", PUBLIC_MODULES, ids=short)
def test_documented_parameters_are_those_there_are(path: Path) -> None:
    """Like PR02 of numpydoc, but it knows the ``__init__`` that a dataclass generates."""
    wrong = {}
    for name, thing in functions(path):
        documented = {
            each.strip().lstrip("*")
            for entry in _doc(thing)["Parameters"]
            for each in entry.name.split(",")  # type: ignore[attr-defined]  # numpydoc has no types
        }
        wrong[name] = documented - set(inspect.signature(thing).parameters) if documented else set()
    assert not {name: extra for name, extra in wrong.items() if extra}


# What people read.


def strings(path: Path) -> Iterator[str]:
    """Yield the text constants of a Python file, docstrings left out."""
    doc = docstring_lines(path)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.lineno not in doc:
                yield node.value
        elif isinstance(node, ast.JoinedStr):
            # f"status.{code}" stands for every code that begins with "status."
            first = node.values[0] if node.values else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"{first.value}*"


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the function and the first argument of each call with a literal code."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield name, first.value


ERRORS = {
    "EnpingError", "InputError", "SourceError", "CRSError", "SchemaError",
    "VocabularyError", "ParcelError", "OutputError",
}  # fmt: skip


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_every_code_used_has_its_message(path: Path) -> None:
    there = set(codes())
    for name, code in calls(path):
        if name == "text" or name in ERRORS:
            assert code in there, f"{short(path)} uses {code}"
        if name == "Finding":
            assert {f"finding.{code}", f"cure.{code}"} <= there, f"{short(path)} uses {code}"


def test_every_error_names_a_message_by_its_kind() -> None:
    for path in MODULES:
        for name, code in calls(path):
            assert name not in ERRORS or code.startswith("error."), f"{short(path)}: {code}"


def test_every_message_is_used() -> None:
    """What nobody says any more is taken out of the table."""
    used = {value for path in [*MODULES, *SCRIPTS] for value in strings(path)}
    for path in ASSETS:
        if path.suffix in {".js", ".html", ".j2"}:
            used.update(CODE.findall(path.read_text(encoding="utf-8")))
    for value in list(used):
        used.update({f"finding.{value}", f"cure.{value}", f"page.{value}"})
    # A code may be put together: its family is what stands before the tag or the name.
    families = {value.removesuffix("*") for value in used if FAMILY.fullmatch(value)}
    families -= {"finding.", "cure."}
    left = [code for code in codes() if code not in used]
    assert not [code for code in left if not code.startswith(tuple(families))]


def test_a_rule_has_its_message_and_its_cure() -> None:
    rules = {kind: {c.split(".", 1)[1] for c in codes() if c.startswith(kind)} for kind in RULES}
    assert rules["finding."] == rules["cure."]


RULES = ("finding.", "cure.")


@pytest.mark.parametrize("name", ["messages.json", "vocabulary.json", "schema.json"])
def test_no_code_stands_twice(name: str) -> None:
    """JSON keeps the last of two equal keys and says nothing."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        assert len(set(keys)) == len(keys), sorted(key for key in keys if keys.count(key) > 1)
        return dict(pairs)

    source = (PACKAGE / name).read_text(encoding="utf-8")
    assert json.loads(source, object_pairs_hook=unique) == shipped_json(name)


# What is committed.


@cache
def committed() -> tuple[Path, ...]:
    """Return the files of the project: those git knows or would add, else all that lie here."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard"]
    try:
        names = subprocess.run(listing, check=True, capture_output=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        return tuple(
            path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts
        )
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


def test_no_path_of_this_machine() -> None:
    """Where the checkout and the home lie says something about a developer, not the project."""
    generic = {"/", "/home", "/root", "/usr", "/tmp"}  # noqa: S108 - compared, not written to
    places = {str(ROOT.parent), str(Path.home())} - generic
    if not places:
        return
    alternatives = b"|".join(re.escape(place.encode()) for place in places)
    written = re.compile(rb"(?<![\w./-])(?:" + alternatives + rb")/")
    assert not [short(path) for path in committed() if written.search(path.read_bytes())]


@pytest.mark.parametrize(
    "name",
    ["pyproject.toml", "constraints.txt", "Makefile", ".pre-commit-config.yaml", ".ci/run"],
)
def test_no_address_in_the_machinery(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_nothing_of_others_is_copied_in() -> None:
    names = [path.name.casefold() for path in committed()]
    assert not [n for n in names if n.endswith((".min.js", ".min.css")) or n.startswith("leaflet")]
    assert not {"uv.lock", "poetry.lock", "package-lock.json"} & set(names)


def test_constraints_pin_every_package_once() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", pin) for pin in pins)
    names = [re.sub(r"[-_.]+", "-", pin.split("==")[0]).casefold() for pin in pins]
    assert len(set(names)) == len(names)


def test_every_command_of_the_contributing_page_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert {"map", "test", "check", "campaign", "bench", "clean"} <= targets
    told = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "CONTRIBUTING.md").read_text()))
    assert told - {"sure"} <= targets
