"""What of a text is searched, and what somebody means who types a few words (pure).

Texts and questions are folded alike: small letters, no marks. Endings are taken off questions only, and what is left is
looked for as the beginning of a word: "papieru" finds papier, "elektryczne" elektryczną. That is coarse on purpose;
whoever meant a word exactly finds it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from akcept.kernel.folding import fold

#: So much of what is typed is looked at: more makes nothing clearer, and each word costs a look at the index.
MOST_WORDS: Final = 8
MOST_LETTERS: Final = 40

_WORD: Final = re.compile(r"[^\W_]+")
#: Endings of Polish nouns and adjectives without their marks, and the English plural; the longest that fits goes.
_ENDINGS: Final = (
    *("iego", "iemu", "iami"),
    *("ami", "ach", "ego", "emu", "owi", "ymi", "imi", "iej", "ich", "iem"),
    *("ej", "ych", "em", "om", "ow", "ym", "im", "ie", "ia", "iu", "io"),
    *("a", "e", "i", "o", "u", "y", "s"),
)
_SHORTEST: Final = 3
#: An e that comes and goes before the last letter: biurko, biurek; kubek, kubki.
_BEFORE: Final = frozenset("kclnr")
_VOWELS: Final = frozenset("aeiouy")
#: From so many characters on, a code is found by any part of it.
_PART: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """One word somebody typed. What is found has, for each of them, a word that begins with one of `beginnings`."""

    typed: str
    #: Each is one or more beginnings that must all be there: "a4-80" is the code a480, or a4 and 80.
    beginnings: tuple[tuple[str, ...], ...]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded, each once, in its order."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))


def code_words(codes: Iterable[str]) -> tuple[str, ...]:
    """Return what finds codes: their pieces, and the ends of each whole, so that any part is a beginning."""
    return tuple(dict.fromkeys(word for code in codes for word in _parts(code)))


def _parts(code: str) -> Iterator[str]:
    pieces = _WORD.findall(fold(code))
    yield from pieces
    whole = "".join(pieces)[:MOST_LETTERS]
    if whole:
        yield from (whole[start:] for start in range(max(1, len(whole) - _PART + 1)))


def squeezed(text: str) -> str:
    """Return a code without what people type between its pieces: "PAP-A4 80" is "papa480"."""
    return "".join(_WORD.findall(fold(text)))


def asked(typed: str, others: Mapping[str, Iterable[str]] | None = None) -> tuple[Asked, ...]:
    """Return what was typed, word by word; `others` has what the merchant says is meant by some of them."""
    found = []
    for token in typed.split():
        pieces = tuple(piece[:MOST_LETTERS] for piece in _WORD.findall(fold(token)))
        if pieces:
            found.append(_asked(pieces, others or {}))
    return tuple(found[:MOST_WORDS])


def _asked(pieces: tuple[str, ...], others: Mapping[str, Iterable[str]]) -> Asked:
    if len(pieces) > 1:
        whole = "".join(pieces)
        # "pap-1" is a code and nothing else: one character would be found in anything.
        vague = not whole.isdigit() and any(len(piece) == 1 for piece in pieces)
        return Asked(" ".join(pieces), ((whole[:MOST_LETTERS],), *(() if vague else (pieces,))))
    (word,) = pieces
    meant = (begin for other in others.get(word, ()) for begin in _meant(other))
    return Asked(word, tuple(dict.fromkeys((*((begin,) for begin in beginnings(word)), *meant))))


def _meant(other: str) -> Iterator[tuple[str, ...]]:
    if pieces := words_of(other):
        yield tuple(stem(piece) for piece in pieces)


def beginnings(word: str) -> tuple[str, ...]:
    """Return what words of the same meaning begin with, of one folded word."""
    base = stem(word)
    return tuple(dict.fromkeys((base, *_with_or_without_e(base))))


def stem(word: str) -> str:
    """Return a folded word without its ending; numbers, codes and short words stay whole."""
    if not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def _with_or_without_e(base: str) -> Iterator[str]:
    if len(base) <= _SHORTEST or not base.isalpha() or base[-1] not in _BEFORE:
        return
    if base[-2] == "e" and base[-3] not in _VOWELS:
        yield base[:-2] + base[-1]
    elif base[-2] not in _VOWELS:
        yield f"{base[:-1]}e{base[-1]}"


def answers(words: Iterable[str], question: Iterable[Asked]) -> bool:
    """Return whether a text of these words is found by a question; the same the databases answer from their index."""
    there = tuple(words)
    return all(any(all(_begins(there, each) for each in way) for way in one.beginnings) for one in question)


def _begins(words: tuple[str, ...], beginning: str) -> bool:
    return any(word.startswith(beginning) for word in words)
