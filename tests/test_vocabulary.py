"""Every word is there in both languages, and is found as people write it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis import vocabulary
from enping_gis.errors import VocabularyError
from enping_gis.messages import choose_language
from enping_gis.vocabulary import Term, code_of, kinds, label, normalised, term, terms

ALL = [each for kind in kinds() for each in terms(kind)]
STATUSES = [
    "unknown",
    "surveyed",
    "remediating",
    "disputed",
    "revitalised",
    "supplied",
    "building",
    "producing",
]


def name(each: Term) -> str:
    return f"{each.kind}-{each.code}"


@pytest.mark.parametrize("each", ALL, ids=name)
def test_a_term_has_both_names_and_a_source(each: Term) -> None:
    for wording in (each.code, each.zh, each.en, each.source, *each.aliases):
        assert wording
        assert wording == wording.strip()
    assert re.fullmatch(r"[a-z0-9_]+", each.code)
    assert re.search(r"[\u4e00-\u9fff]|m²", each.zh), "the Chinese name is not Chinese"
    assert not re.search(r"[\u4e00-\u9fff]", each.en), "the English name is not English"
    assert each.label("zh") == each.zh
    assert each.label("en") == each.en


@pytest.mark.parametrize("each", ALL, ids=name)
def test_a_term_is_found_by_every_wording(each: Term) -> None:
    for wording in (each.code, each.zh, each.en, *each.aliases):
        assert term(each.kind, wording) == each, f"{wording!r} belongs to another term"
        assert term(each.kind, f"  {wording.upper()}\u3000\n") == each
        assert code_of(each.kind, wording) == each.code


@pytest.mark.parametrize("kind", kinds())
def test_codes_are_unique(kind: str) -> None:
    codes = [each.code for each in terms(kind)]
    assert len(set(codes)) == len(codes)


def test_statuses_and_the_kinds_that_lead_there() -> None:
    assert [each.code for each in terms("status")] == STATUSES
    leads = {each.code: each.attributes["leads_to"] for each in terms("event_kind")}
    assert set(leads.values()) <= {*STATUSES, ""}
    reached = {status: {kind for kind, to in leads.items() if to == status} for status in STATUSES}
    assert reached == {
        "unknown": set(),
        "surveyed": {"surveyed", "filed"},
        "remediating": {"negotiating", "agreed"},
        "disputed": {"litigating"},
        "revitalised": {"revitalised"},
        "supplied": {"offered", "supplied"},
        "building": {"construction", "trial_production"},
        "producing": {"producing", "struck_off"},
    }


def test_statuses_have_colours_that_differ() -> None:
    colours = [each.attributes["colour"] for each in terms("status")]
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours)
    assert len(set(colours)) == len(colours)


def test_the_twelve_places() -> None:
    places = {each.code: each.attributes["place_kind"] for each in terms("place")}
    towns = [f"4407851{number:02}" for number in range(10)]
    assert sorted(places) == sorted(["440785001", *towns, "440785400"])
    assert places["440785001"] == "street"
    assert places["440785400"] == "park"
    assert {places[code] for code in towns} == {"town"}


def test_an_unknown_wording_names_the_nearest() -> None:
    with pytest.raises(VocabularyError) as caught:
        term("status", "已盘话")
    assert "已盘活" in caught.value.text("zh")
    assert "已盘话" in caught.value.text("en")
    with pytest.raises(VocabularyError):
        term("status", "")
    with pytest.raises(KeyError):
        terms("no such kind")


@pytest.mark.parametrize("cell", [None, float("nan"), "", "  ", "no such word", 7])
def test_a_cell_that_says_nothing_has_no_code(cell: object) -> None:
    assert code_of("category", cell) is None


def test_labels() -> None:
    assert label("status", "producing", "zh") == "已投产"
    assert label("status", None, "zh") == label("status", "", "zh") == "未载明"
    assert label("status", "of their own", "en") == "of their own"
    choose_language("en")
    assert label("place", "440785400") == term("place", "440785400").en


@given(st.text())
def test_folding_twice_changes_nothing(wording: str) -> None:
    assert normalised(normalised(wording)) == normalised(wording)


@given(st.text(), st.sampled_from(kinds()))
def test_any_text_is_a_term_or_not(wording: str, kind: str) -> None:
    found = code_of(kind, wording)
    assert found is None or found in {each.code for each in terms(kind)}


def test_unknown_is_a_status() -> None:
    assert vocabulary.UNKNOWN in STATUSES
