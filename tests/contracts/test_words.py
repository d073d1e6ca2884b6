"""Words that readers stumbled over stay out of the catalogues in both languages, and of the documents.

Each pattern is a word or a turn that was found on a page, in an e-mail or in a document, and no native would write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from shop.theme.oscar_texts import TEXTS
from tools import messages
from tools.steps import ROOT

NBSP = "\N{NO-BREAK SPACE}"

#: English, of pages, e-mails and documents alike.
_ENGLISH = (
    r"\w\s%",  # "86 %": English writes 86%
    r"\b(?:he|she|him|his|hers?|himself|herself)\b",  # they, their
    r"\bwhoever\b",
    r"\banew\b",
    r"\blikewise\b",
    r"\bbeside\b",
    r"(?<!e-)\bmails?\b|\bmail(?:ed|ing)\b(?<!e-mailed)(?<!e-mailing)",
    r"\bemail",
    r"\borders? that waits?\b|\borders that waited\b",  # pending orders, orders waiting for you
    r"\bdecid(?:e|es|ed|ing) (?:(?:an?|the|this|that|selected|waiting|pending) )*orders?\b",  # decide on an order
    r"\bdecid(?:e|es|ed) (?:it|them)\b",
    r"(?:does not|do not) count any more|\bcounts no more\b",
    r"\bBest make\b|\ball the same\b|\bdone without\b|\bends the looking\b|\blets? nothing pass\b",
    r"\bLook into your mailbox\b|\bForgotten the password\b|\bTake the voucher out\b|\bhangs in its\b",
)
#: English of the catalogues alone: what stands on a page or in an e-mail.
_ON_PAGES = (
    r"\bSay which\.",
    r"(?<!here )\bis no (?!longer\b)",  # "is no amount": is not an amount
    r"^May decide\b|^Sum$|^Try them$|^Own pickup$|^Beside the amount$|^Where and how$|^Summary and order$",
    r"\bshall\b",
    r"\bSilence never\b|\bSay why:|\bof this kind\b|\bBegins anew\b",
)
_POLISH = (
    r"\w\([aą]\)",  # złożył(a): say it without the person's sex
    r"\w ?%",  # neither "86%" nor a blank that breaks
    r"(?<!e-)\bmail(?:a|e|em|i|u|ach|ami|om)?\b",
    r"\bDokąd i jak\b|\bŚlepe zaułki\b|\bPoza kwotą\b|\bZaczyna się co\b|\bW okresie dnia\b|^Do podsumowania$",
    r"\bKażdy raz na okres\b|\bjuż do nich poszła\b|\bUprawnienia poza rolami\b|\bco kosztuje\.",
    r"[Oo]bowiązuje zamówienia\b|\bdaje Ci subkonto\b|\bwspólne zamówienia\b",
    r"serwsie|proukt|produtów|wyświetlane się|zamowieni|uzyty\b",
)
_DOCUMENTS = (
    "README.md",
    "docs/README.md",
    "docs/use/*.md",
    "SECURITY.md",
    "docs/operate/*.md",
    "docs/api/*.md",
    "docs/extend/*.md",
    "docs/concepts/*.md",
)


def _catalogue(name: str) -> Iterator[tuple[str, str]]:
    """What a catalogue says, text by text: its English and its translation."""
    path = next(po for po in messages.catalogues() if f"{po.parents[3].name}-{po.parts[-3]}" == name)
    with path.open("rb") as source:
        for message in read_po(source):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            for number, string in enumerate(strings):
                if message.id:
                    yield ids[min(number, len(ids) - 1)], str(string)


def _found(text: str, patterns: tuple[str, ...]) -> list[str]:
    """Look at a text as it is read: placeholders filled, without tags and addresses."""
    read = re.sub(r"<[^>]*>", "", re.sub(r"%\(\w+\)[sd]|%[sdi]\b|\{\w+\}", "x", text)).replace("%%", "%")
    return [pattern for pattern in patterns if re.search(pattern, read, re.IGNORECASE | re.MULTILINE)]


@pytest.mark.parametrize("name", ["akcept-pl", "shop-pl"])
def test_our_english_has_none_of_the_words_readers_stumbled_over(name: str) -> None:
    others = set(TEXTS) | {english for english, _words in _catalogue("shop-en")}
    texts = {english for english, _polish in _catalogue(name)} - others
    assert len(texts) > 100
    assert {text: found for text in texts if (found := _found(text, _ENGLISH + _ON_PAGES))} == {}


def test_our_english_for_others_texts_has_none_of_them() -> None:
    said = {words for _text, words in _catalogue("shop-en")}
    assert {text: found for text in said if (found := _found(text, _ENGLISH + _ON_PAGES))} == {}


@pytest.mark.parametrize("name", ["akcept-pl", "shop-pl"])
def test_our_polish_has_none_of_the_words_readers_stumbled_over(name: str) -> None:
    said = {polish for _english, polish in _catalogue(name)}
    assert {text: found for text in said if (found := _found(text, _POLISH))} == {}


@pytest.mark.parametrize("pattern", _DOCUMENTS)
def test_documents_for_people_who_use_it_have_none_of_them(pattern: str) -> None:
    paths = sorted(ROOT.glob(pattern))
    assert paths
    found = {
        f"{path.relative_to(ROOT)}:{number}": wrong
        for path in paths
        for number, line in enumerate(_prose(path), 1)
        if (wrong := _found(line, _ENGLISH))
    }
    assert found == {}


def _prose(path: Path) -> list[str]:
    """The lines without code, links' targets and what is quoted in italics from pages."""
    unfenced = re.sub(r"^```.*?^```", lambda code: "\n" * code[0].count("\n"), path.read_text(), flags=re.S | re.M)
    text = re.sub(r"`[^`\n]*`|\]\([^)]*\)", "", unfenced)
    return text.splitlines()


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("used by 86 %", _ENGLISH),
        ("reaches %(level)s %%, once", _ENGLISH),
        ("orders that wait keep their prices", _ENGLISH),
        ("asks you to decide order %(number)s", _ENGLISH),
        ("Which mails you get", _ENGLISH),
        ("They are mailed at once", _ENGLISH),
        ("“a lot” is no amount.", _ON_PAGES),
        ("złożył(a)", _POLISH),
        ("przy %(levels)s %%", _POLISH),
        ("23%", _POLISH),
    ],
)
def test_the_patterns_find_what_they_are_for(text: str, patterns: tuple[str, ...]) -> None:
    assert _found(text, patterns)


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("used by 86%", _ENGLISH),
        ("%(percent)s of the budget", _ENGLISH),
        ("reaches %(level)s%%, once", _ENGLISH),
        ("an e-mail, e-mails, they are e-mailed", _ENGLISH),
        ("decide on order 100012", _ENGLISH),
        ("There is no such page. It is no longer there.", _ON_PAGES),
        (f"przy %(levels)s{NBSP}%%", _POLISH),
        (f"23{NBSP}%", _POLISH),
        ("dostaniesz e-mail, e-mailem", _POLISH),
        ("Zamówienie %(number)s (%(name)s) %(when)s", _POLISH),
    ],
)
def test_the_patterns_let_native_words_pass(text: str, patterns: tuple[str, ...]) -> None:
    assert _found(text, patterns) == []
