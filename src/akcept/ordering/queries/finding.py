"""Which orders a search means: one typed line is a number, the customer's own number, a person or a product."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Any, Final

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from akcept.kernel import typed
from akcept.ordering.queries.narrowing import mentioned
from akcept.organizations.models import Member
from akcept.organizations.searching import mentions

#: More words than this are not looked at.
WORDS: Final = 6
#: Lines of so many products are looked up by index; a word that fits more fits many orders, which are read one by one.
FEW: Final = 200
_PERSON: Final = ("user__first_name", "user__last_name", "user__email")


def about(text: str, *, organization_id: int | None) -> Q:
    """Return the condition that each word is about an order (of a `Placement`); none for no words.

    A word is the beginning of the order's number or of the customer's own, which may be several words, part of the
    name or address of whoever placed it for the organisation, a code or an EAN, or part of a product's title.
    A statement for each word: what it fits among the shop's products.
    """
    words = typed.line(text).split()[:WORDS]
    if not words:
        return Q()
    each = reduce(and_, (_word(word, organization_id) for word in words))
    return each | _own_number(text) if len(words) > 1 else each


def _word(word: str, organization_id: int | None) -> Q:
    found = Q(number__startswith=word) | _own_number(word) | _product(word)
    if organization_id is None:
        return found
    people = Member.objects.filter(mentions(word, *_PERSON), organization_id=organization_id)
    return found | Q(requester__in=people.values("pk"))


def _own_number(text: str) -> Q:
    """A text of nothing that is seen is no number, and the beginning of none."""
    key = typed.same(text)
    return Q(po_key__startswith=key) if key else Q(pk__in=[])


def _product(word: str) -> Q:
    products = list(_titled(word).values_list("pk", flat=True)[: FEW + 1])
    ways = [*_coded(word), _lines().filter(product__in=products[:FEW])]
    if len(products) <= FEW:
        return reduce(or_, (Q(order_id__in=way.values("order_id")) for way in ways))
    among = _lines().filter(order_id=OuterRef("order_id"), product__in=_titled(word).values("pk"))
    return reduce(or_, (Q(order_id__in=way.values("order_id")) for way in ways[:-1]), Q(Exists(among)))


def lines_with(text: str) -> tuple[QuerySet[Any], ...]:
    """Return the lines of orders with a product, as queries of an index each: by its code, its EAN, and its title."""
    return (*_coded(text), _lines().filter(product__in=_titled(text).values("pk")))


def _coded(text: str) -> tuple[QuerySet[Any], QuerySet[Any]]:
    digits = "".join(char for char in text if char not in " -")
    return (
        _lines().filter(partner_sku__in={text, text.upper(), text.lower()}),
        _lines().filter(upc__in={text, digits} - {""}),
    )


def _titled(text: str) -> QuerySet[Any]:
    titled = mentioned(text, "title") | mentioned(text, "parent__title")
    return apps.get_model("catalogue", "Product").objects.filter(titled)  # type: ignore[no-any-return]


def _lines() -> Any:
    return apps.get_model("order", "Line").objects
