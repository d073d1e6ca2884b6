"""Which of what is found comes first (pure): asked of the database for many products, in Python for a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from akcept.oscar_edge.search.words import Asked, squeezed, words_of


@dataclass(frozen=True, slots=True)
class Holds:
    """A column of `ProductWords` holds some text, or begins with it."""

    column: str
    text: str
    begins: bool = False

    def of(self, title: str, codes: str) -> bool:
        """Return whether a product is so."""
        value = title if self.column == "title" else codes
        return value.startswith(self.text) if self.begins else self.text in value


#: All of these, each in one of several ways.
Level = tuple[tuple[Holds, ...], ...]


def levels(typed: str, question: Sequence[Asked]) -> tuple[Level, ...]:
    """Return what makes a product near, the nearest first; whatever is none of them comes last.

    The code that was typed, the beginning of one; a name that begins with what was typed; one that begins with a word
    of it and has the others, as typed and then in other forms; one that has them somewhere.
    """
    return tuple(_levels(typed, question))


def _levels(typed: str, question: Sequence[Asked]) -> Iterator[Level]:
    if code := squeezed(typed):
        yield ((Holds("codes", f" {code} "),),)
        yield ((Holds("codes", f" {code}"),),)
    words = tuple((word,) for word in words_of(typed))
    if not words:
        return
    meant = tuple(tuple(word for way in one.beginnings for word in way) for one in question)
    yield ((Holds("title", f" {' '.join(words_of(typed))}", begins=True),),)
    for ways in (words, meant):
        yield (*_all(ways), tuple(Holds("title", f" {word}", begins=True) for way in ways for word in way))
    for ways in (words, meant):
        yield _all(ways)


def _all(ways: Sequence[Sequence[str]]) -> Level:
    return tuple(tuple(Holds("title", f" {word}") for word in way) for way in ways)


def nearness(title: str, codes: str, near: Sequence[Level]) -> int:
    """Return how near a product is, 0 for the nearest; `title` and `codes` as `ProductWords` has them."""
    for number, level in enumerate(near):
        if all(any(each.of(title, codes) for each in ways) for ways in level):
            return number
    return len(near)
