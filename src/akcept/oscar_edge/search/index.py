"""Keeps the index: what has changed is read anew, many at once, by one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db import transaction
from oscar.core.loading import get_model

from akcept.oscar_edge.search import engines
from akcept.oscar_edge.search.models import ProductDue, ProductWords, Word
from akcept.oscar_edge.search.words import MOST_LETTERS, code_words, squeezed, words_of

#: How many are read in one transaction; how many in one round of the clock.
BLOCK: Final = 500
ROUND: Final = 5_000
_SHORTEST_WORD: Final = 3


@dataclass
class Found:
    """What a product with a page is found by, while it is read."""

    title: str
    texts: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The words of its title and texts, folded once."""
        return words_of(" ".join((self.title, *self.texts)))

    def row(self, product_id: int) -> ProductWords:
        """Return the row to be kept, not saved."""
        words = dict.fromkeys((*self.said, *code_words(self.codes)))
        codes = " ".join(dict.fromkeys(filter(None, map(squeezed, self.codes))))
        title = f" {' '.join(words_of(self.title))}"[:255]
        return ProductWords(product_id=product_id, title=title, codes=f" {codes} ", words=" ".join(words))

    def spoken(self) -> Iterable[str]:
        """Return the words a mistyped one may have been."""
        return (word for word in self.said if word.isalpha() and _SHORTEST_WORD <= len(word) <= MOST_LETTERS)


def read(product_ids: Collection[int]) -> dict[int, Found]:
    """Return what public products of these are found by, by the product that has the page; five statements.

    A variant is read with its whole product.
    """
    Product = get_model("catalogue", "Product")
    asked = Product.objects.filter(pk__in=product_ids).values_list("pk", "parent_id")
    pages = {parent or pk for pk, parent in asked}
    public = Product.objects.filter(pk__in=pages, is_public=True).values_list("pk", "title")
    found = {pk: Found(title) for pk, title in public}
    page_of: dict[int, int] = {}
    of_pages = Product.objects.filter(pk__in=found) | Product.objects.filter(parent_id__in=found, is_public=True)
    for pk, parent, title, upc in of_pages.values_list("pk", "parent_id", "title", "upc"):
        page_of[pk] = parent or pk
        found[page_of[pk]].texts.append(title or "")
        found[page_of[pk]].codes.append(upc or "")
    _read_around(found, page_of)
    return found


def _read_around(found: dict[int, Found], page_of: dict[int, int]) -> None:
    records = get_model("partner", "StockRecord").objects.filter(product_id__in=page_of)
    for pk, sku in records.order_by("pk").values_list("product_id", "partner_sku"):
        found[page_of[pk]].codes.append(sku)
    values = get_model("catalogue", "ProductAttributeValue").objects.filter(product_id__in=page_of).order_by("pk")
    for pk, *texts in values.values_list("product_id", "value_text", "value_integer", "value_option__option"):
        found[page_of[pk]].texts.extend(str(text) for text in texts if text not in (None, ""))
    within = get_model("catalogue", "ProductCategory").objects.filter(product_id__in=page_of).order_by("pk")
    for pk, name in within.values_list("product_id", "category__name"):
        found[page_of[pk]].texts.append(name)


def write(product_ids: Collection[int]) -> None:
    """Read products anew and keep what finds them; forget those without a page. In the caller's transaction."""
    found = read(product_ids)
    rows = [each.row(pk) for pk, each in sorted(found.items())]
    ProductWords.objects.filter(product_id__in=set(product_ids) - set(found)).delete()
    ProductWords.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["product"], update_fields=["title", "codes", "words"]
    )
    words = sorted({word for each in found.values() for word in each.spoken()})
    Word.objects.bulk_create([Word(word=word) for word in words], ignore_conflicts=True)


def keep_up(*, stopped: Callable[[], bool] = lambda: False, most: int = ROUND) -> int:
    """Index what has changed, some hundred at a time; return how many. One statement when nothing has.

    One process at a time: of two the slower one would keep what the faster one has read later.
    """
    done = 0
    while done < most and not stopped() and (some := _some()):
        done += some
    return done


def tend(*, now: datetime, stopped: Callable[[], bool]) -> None:
    """Index what has changed; a chore of the clock's round."""
    keep_up(stopped=stopped)


def _some() -> int:
    if not ProductDue.objects.exists():
        return 0
    with transaction.atomic():
        if not engines.alone():
            return 0
        due = list(ProductDue.objects.order_by("pk").values_list("pk", "product_id")[:BLOCK])
        if due:
            # Taken away first: what changes from here on is due anew.
            ProductDue.objects.filter(pk__in=[pk for pk, _product in due]).delete()
            write({product for _pk, product in due})
    return len(due)


def _blocks() -> Iterator[list[int]]:
    """Return all products that may have a page, some hundred at a time."""
    last = 0
    ids = get_model("catalogue", "Product").objects.filter(parent=None).order_by("pk").values_list("pk", flat=True)
    while block := list(ids.filter(pk__gt=last)[:BLOCK]):
        yield block
        last = block[-1]


def everything() -> int:
    """Index all products anew, and forget words that none has any more; return how many were looked at."""
    done = 0
    for block in _blocks():
        with transaction.atomic():
            write(block)
        done += len(block)
    _forget_words()
    return done


def _forget_words() -> None:
    there: set[str] = set()
    for (words,) in ProductWords.objects.values_list("words").iterator(chunk_size=2000):
        there.update(words.split(" "))
    gone = [pk for pk, word in Word.objects.values_list("pk", "word").iterator(chunk_size=5000) if word not in there]
    for at in range(0, len(gone), BLOCK):
        Word.objects.filter(pk__in=gone[at : at + BLOCK]).delete()


def differences() -> list[int]:
    """Return products whose index is not what they are: those found by something else, missing, or left over."""
    wrong: list[int] = []
    for block in _blocks():
        kept: dict[int, Any] = ProductWords.objects.in_bulk(block)
        rows = {pk: each.row(pk) for pk, each in read(block).items()}
        for pk in block:
            one, other = kept.get(pk), rows.get(pk)
            if (one and (one.title, one.codes, one.words)) != (other and (other.title, other.codes, other.words)):
                wrong.append(pk)
    return wrong
