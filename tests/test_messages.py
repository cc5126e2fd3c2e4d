"""Every message is there in both languages, says the same in both, and is filled in."""

from __future__ import annotations

import string

import pytest

from enping_gis import errors
from enping_gis._resources import shipped_json
from enping_gis.findings import COLUMNS, Finding, findings_frame
from enping_gis.messages import LANGUAGES, choose_language, codes, language, text


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("code", codes())
def test_a_message_is_there_in_both_languages(code: str) -> None:
    record = shipped_json("messages.json")[code]
    assert set(record) == set(LANGUAGES)
    for template in record.values():
        assert template.strip()
        assert "\n" not in template
        assert "" not in placeholders(template), "name the placeholder"
    assert placeholders(record["zh"]) == placeholders(record["en"])


@pytest.mark.parametrize("code", codes())
def test_a_message_is_filled_in(code: str) -> None:
    values = dict.fromkeys(placeholders(shipped_json("messages.json")[code]["zh"]), 7)
    for lang in LANGUAGES:
        filled = text(code, lang, **values)
        assert filled
        assert not placeholders(filled.replace("{{", "").replace("}}", ""))


def test_the_language_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    assert language() == "zh"
    monkeypatch.setenv("ENPING_LANG", "en")
    assert language() == "en"
    monkeypatch.setenv("ENPING_LANG", "fr")
    assert language() == "zh"
    choose_language("en")
    assert language() == "en"
    assert text("total") == "Total"
    assert text("total", "zh") == "合计"
    choose_language(None)
    assert language() == "zh"
    with pytest.raises(ValueError, match="'fr' is not one of zh, en"):
        choose_language("fr")  # type: ignore[arg-type]  # what the test is about


def test_an_unknown_code_or_a_missing_value_is_a_fault() -> None:
    with pytest.raises(KeyError):
        text("no such code")
    with pytest.raises(KeyError):
        text("error.table")


def test_a_value_is_never_a_template() -> None:
    assert "{known}" in text("error.table", "en", value="{known}", known="a")


def test_errors_speak_the_language_in_force() -> None:
    error = errors.SchemaError("error.table", value="x", known="a, b")
    assert str(error) == error.text("zh") != error.text("en")
    assert "x" in str(error)
    assert error.code == "error.table"
    choose_language("en")
    assert str(error) == error.text("en")


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.SourceError, ValueError),
        (errors.CRSError, ValueError),
        (errors.SchemaError, ValueError),
        (errors.VocabularyError, ValueError),
        (errors.ParcelError, ValueError),
        (errors.OutputError, OSError),
    ],
)
def test_the_tree_of_errors(kind: type[errors.EnpingError], builtin: type[Exception]) -> None:
    assert issubclass(kind, errors.EnpingError)
    assert issubclass(kind, builtin)
    assert kind.__name__ in (errors.__doc__ or "")


def test_a_finding_is_a_row_in_both_languages() -> None:
    rules = sorted(code.removeprefix("finding.") for code in codes() if code.startswith("finding."))
    for rule in rules:
        needed = placeholders(shipped_json("messages.json")[f"finding.{rule}"]["zh"])
        needed |= placeholders(shipped_json("messages.json")[f"cure.{rule}"]["zh"])
        finding = Finding(rule, "warning", row=3, values=dict.fromkeys(needed - {*COLUMNS}, "v"))
        row = findings_frame([finding]).iloc[0]
        assert list(row.index) == list(COLUMNS)
        assert row["message_zh"]
        assert row["cure_en"]
        assert row["message_zh"] != row["message_en"]
    assert list(findings_frame([]).columns) == list(COLUMNS)
