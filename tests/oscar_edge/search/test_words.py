"""How texts and questions are taken apart (pure)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.oscar_edge.search import words
from akcept.oscar_edge.search.nearness import levels, nearness
from akcept.oscar_edge.search.words import Asked


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("papieru", "papier"),
        ("elektryczna", "elektryczn"),
        ("rekawicami", "rekawic"),
        ("gloves", "glove"),
        ("kawa", "kaw"),
        ("lej", "lej"),
        ("h26a", "h26a"),
        ("", ""),
    ],
)
def test_endings_go_and_codes_stay(word: str, base: str) -> None:
    assert words.stem(word) == base


@pytest.mark.parametrize(
    ("word", "begin"),
    [
        ("biurek", ("biurek", "biurk")),
        ("kubkow", ("kubk", "kubek")),
        ("olek", ("olek", "olk")),
        ("mop", ("mop",)),
        ("lek", ("lek",)),
        ("papier", ("papier",)),
        ("toner", ("toner", "tonr")),
        ("kreol", ("kreol",)),
        ("aeol", ("aeol",)),
    ],
)
def test_an_e_comes_and_goes(word: str, begin: tuple[str, ...]) -> None:
    assert words.beginnings(word) == begin


def test_words_are_folded_and_each_stands_once() -> None:
    assert words.words_of("Żółta_teczka, ŻÓŁTA: Straße 24/6") == ("zolta", "teczka", "strasse", "24", "6")
    assert words.squeezed("PAP-A4 80") == "papa480"


def test_a_code_is_found_by_any_part_of_it() -> None:
    assert words.code_words(["PA-46", "", "x"]) == ("pa", "46", "pa46", "a46", "x")
    assert words.code_words(["PA46"]) == ("pa46", "a46")


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("", ()),
        ("- %", ()),
        ("woda", (Asked("woda", (("wod",),)),)),
        ("PAP-1", (Asked("pap 1", (("pap1",),)),)),
        ("24/6", (Asked("24 6", (("246",), ("24", "6"))),)),
        ("żółto-zielona", (Asked("zolto zielona", (("zoltozielona",), ("zolto", "zielona"))),)),
        ("gloves", (Asked("gloves", (("glove",), ("rekawic",), ("papier", "zolt"))),)),
    ],
)
def test_what_was_typed_word_by_word(typed: str, question: tuple[Asked, ...]) -> None:
    assert words.asked(typed, {"gloves": ["Rękawice", "papieru żółtego", "%"]}) == question


def test_no_more_than_eight_words_of_forty_letters_are_asked_for() -> None:
    question = words.asked(" ".join(["ż" * 300] * 50))
    assert [len(one.typed) for one in question] == [40] * 8


def test_a_question_is_answered_by_beginnings_of_words_all_of_them() -> None:
    there = words.words_of("Biurko Biebrza, z elektryczną regulacją 140 cm")
    assert words.answers(there, words.asked("elektryczne biurko"))
    assert not words.answers(there, words.asked("elektryczne krzesło"))
    assert words.answers((), ())


@given(st.text(max_size=60))
def test_a_text_is_found_by_each_word_of_its_own(text: str) -> None:
    there = words.words_of(text)
    for word in there[: words.MOST_WORDS]:
        assert words.answers(there, words.asked(word)), word


@pytest.mark.parametrize(
    ("title", "codes", "level"),
    [
        (" inne", " pap1 ", 0),
        (" inne", " pap10 ", 1),
        (" pap 1 biala", " x ", 2),
        (" inne 1 pap", " x ", 5),
        (" pap i 1", " x ", 3),
        (" x pap 1", " x ", 5),
        (" inne", " xpap1 ", 7),
    ],
)
def test_codes_come_before_names_and_names_before_the_rest(title: str, codes: str, level: int) -> None:
    near = levels("pap-1", (Asked("pap 1", (("pap",), ("1",))),))
    found = nearness(title, codes, near)
    assert found == level, near


def test_nothing_typed_is_near_nothing() -> None:
    assert levels("%", ()) == ()
