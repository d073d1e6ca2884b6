"""Finds products: by an index, the nearest first, and what has changed a moment ago as if it had been indexed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, IntegerField, Q, QuerySet, When
from oscar.core.loading import get_model
from rapidfuzz.distance import OSA

from akcept.oscar_edge.search import engines, index
from akcept.oscar_edge.search.models import OtherWord, ProductDue, ProductWords
from akcept.oscar_edge.search.nearness import Level, levels, nearness
from akcept.oscar_edge.search.words import MOST_WORDS, Asked, answers, asked, stem, words_of

#: More are not told one by one, nor sorted.
MOST: Final = 1_000
#: So many of those changed a moment ago are looked at.
_FRESH: Final = 200
_OTHERS: Final = 50
_NEAREST: Final = 5
_SHORT: Final = 5
_GUESSED: Final = 4  # letters a word has at least before another one is guessed


@dataclass(frozen=True, slots=True)
class Result:
    """Products in their order, and what they were looked for by where that is not what was typed."""

    product_ids: tuple[int, ...]
    #: Words that nothing begins with, each with those of the catalogue that were taken in their place.
    guessed: tuple[tuple[str, tuple[str, ...]], ...] = ()


def find(products: QuerySet[Any], typed: str, *, bought: Collection[int] = ()) -> Result:
    """Return those of `products` that answer what was typed, at most `MOST`.

    The code that was meant comes first, then names that begin with what was typed, then those that have its words,
    then the rest; among equals what is in `bought` (products' keys), then by name. Three statements, more where words
    have to be guessed or products have just changed.
    """
    question = asked(typed, _others(typed))
    if not question:
        return Result(())
    found = _ranked(products, question, levels(typed, question), bought)
    if found:
        return Result(found)
    guessed = _guess(products, question)
    if not guessed:
        return Result(())
    instead = tuple(guessed.get(one.typed, one) for one in question)
    found = _ranked(products, instead, levels(typed, instead), bought)
    told = tuple((name, tuple(way[0] for way in one.beginnings)) for name, one in guessed.items())
    return Result(found, told if found else ())


def _others(typed: str) -> dict[str, list[str]]:
    """Return what the merchant says is meant by these words; one statement."""
    stems = {word: stem(word) for word in words_of(typed)[:MOST_WORDS]}
    said = Q()
    for base in stems.values():
        said |= Q(said__startswith=base)
    others: dict[str, list[str]] = {}
    for row in OtherWord.objects.filter(said).order_by("pk")[:_OTHERS] if said else ():
        for word, base in stems.items():
            if stem(row.said) == base:
                others.setdefault(word, []).append(row.means)
    return others


def _ranked(
    products: QuerySet[Any], question: Sequence[Asked], near: Sequence[Level], bought: Collection[int]
) -> tuple[int, ...]:
    fresh = _fresh()
    rows = _answering(products, question)
    if fresh:
        rows = rows.exclude(product_id__in=fresh)
    rows = rows.annotate(closeness=_closeness(near)).order_by("closeness", "title", "product_id")
    found = list(rows.values_list("closeness", "title", "product_id")[:MOST])
    if fresh:
        found.extend(_just_changed(products, fresh, question, near))
    found.sort(key=lambda row: (row[0], row[2] not in bought, row[1], row[2]))
    return tuple(product_id for _closeness, _title, product_id in found[:MOST])


def _answering(products: QuerySet[Any], question: Sequence[Asked]) -> QuerySet[ProductWords]:
    return ProductWords.objects.filter(engines.Finds(question), product__in=products.order_by().values("pk"))


def _closeness(near: Sequence[Level]) -> Case:
    """Return how near a row is; the same that `nearness` says."""
    whens = [When(_condition(level), then=number) for number, level in enumerate(near)]
    return Case(*whens, default=len(near), output_field=IntegerField())


def _condition(level: Level) -> Q:
    found = Q()
    for ways in level:
        one = Q()
        for each in ways:
            one |= Q(**{f"{each.column}__{'startswith' if each.begins else 'contains'}": each.text})
        found &= one
    return found


def _fresh() -> set[int]:
    """Return products that have changed since they were indexed, and the products whose variants have."""
    due = set(ProductDue.objects.order_by("-pk").values_list("product_id", flat=True)[:_FRESH])
    if not due:
        return due
    parents = get_model("catalogue", "Product").objects.filter(pk__in=due).exclude(parent=None)
    return due | set(parents.values_list("parent_id", flat=True))


def _just_changed(
    products: QuerySet[Any], fresh: Iterable[int], question: Sequence[Asked], near: Sequence[Level]
) -> list[tuple[int, str, int]]:
    seen = set(products.order_by().filter(pk__in=fresh).values_list("pk", flat=True))
    rows = (each.row(pk) for pk, each in index.read(seen).items() if pk in seen)
    return [
        (nearness(row.title, row.codes, near), row.title, row.product_id)
        for row in rows
        if answers(row.words.split(" "), question)
    ]


def _guess(products: QuerySet[Any], question: Sequence[Asked]) -> dict[str, Asked]:
    """Return, for words that no product has, what was probably meant; by what was typed."""
    guessed = {}
    for one in question:
        if len(one.typed) < _GUESSED or not one.typed.isalpha() or _answering(products, [one]).exists():
            continue
        if near := _nearest(one.typed):
            guessed[one.typed] = Asked(one.typed, tuple((word,) for word in near))
    return guessed


def _nearest(typed: str) -> list[str]:
    """Return words of the catalogue that differ in one letter, two in a longer word, from what was typed."""
    most = 1 if len(typed) <= _SHORT else 2
    near: list[tuple[int, str]] = []
    for word in engines.alike(typed):
        # What is typed may be the beginning of a longer word, or have another ending.
        pieces = {word, word[: len(typed)], word[: len(typed) + 1], word[: len(typed) - 1]}
        distance = min(OSA.distance(typed, piece, score_cutoff=most) for piece in pieces)
        if distance <= most:
            near.append((distance, word))
    least = min((distance for distance, _word in near), default=0)
    return list(dict.fromkeys(word for distance, word in near if distance == least))[:_NEAREST]
