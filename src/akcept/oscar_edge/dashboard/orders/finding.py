"""Which of the shop's orders answer what somebody at the shop types: a number, a customer, a person, a product.

What is typed names few customers or many. Orders of few are looked up by index, whatever the list holds; a word that
fits many customers fits many of the latest orders too, and the list is read from its beginning until a page is full.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from oscar.core.loading import get_model

from akcept.kernel import typed
from akcept.ordering.models import Placement
from akcept.ordering.queries.finding import lines_with
from akcept.ordering.queries.merchant import SEARCHED_WORDS, organizations_like
from akcept.organizations.models import Unit
from akcept.organizations.searching import mentions

#: A word that fits more customers, units or people than this is a common one.
FEW: Final = 200
_PERSON: Final = ("first_name", "last_name", "email")


def about(text: str) -> Q:
    """Return the condition that each word is about an order; none for no words. Who a word means is asked here, once.

    A word is the beginning of a number (the shop's, or the customer's own, which may be several words), of a tax
    number, or part of the name of an organisation, of its unit or its code, or of the buyer's name or address.
    """
    words = text.split()[:SEARCHED_WORDS]
    if not words:
        return Q()
    whole = _by_own_number(text) if len(words) > 1 else None
    each = [_word(word) for word in words]
    found = reduce(lambda left, right: left & right, each)
    return found | Q(pk__in=whole) if whole is not None else found


def with_product(text: str) -> Q:
    """Return the condition that an order has a line of a product; none for no text.

    It is named by its code or EAN as the line has it, or by words of its title.
    """
    text = typed.line(text)
    return Q(pk__in=_any(*(way.values("order_id") for way in lines_with(text)))) if text else Q()


@dataclass(frozen=True, slots=True)
class _Customers:
    """Who a word may mean."""

    organizations: QuerySet[Any]
    units: QuerySet[Any]
    people: QuerySet[Any]

    def few(self) -> tuple[list[int], list[int], list[int]] | None:
        """Return their keys, None for a common word; a statement for each kind."""
        found = [list(kind.values_list("pk", flat=True)[: FEW + 1]) for kind in self._kinds]
        return None if any(len(keys) > FEW for keys in found) else (found[0], found[1], found[2])

    @property
    def _kinds(self) -> tuple[QuerySet[Any], ...]:
        return self.organizations, self.units, self.people


def _word(word: str) -> Q:
    meant = _Customers(
        organizations_like(word),
        Unit.objects.filter(mentions(word, "name", "code")),
        get_user_model().objects.filter(mentions(word, *_PERSON)),
    )
    others = [_by_own_number(word), *_guests(word)]
    known = meant.few()
    if known is None:
        named = (Q(**{f"{to}__in": kind}) for to, kind in _joined(meant))
        return reduce(or_, (*named, *(Q(pk__in=way) for way in others)), Q(number__startswith=word))
    organizations, units, people = known
    ways = [
        *others,
        _orders().filter(number__startswith=word).values("pk"),
        Placement.objects.filter(organization__in=organizations).values("pk"),
        Placement.objects.filter(unit__in=units).values("pk"),
        _orders().filter(user__in=people).values("pk"),
    ]
    return Q(pk__in=_any(*ways))


def _joined(meant: _Customers) -> tuple[tuple[str, QuerySet[Any]], ...]:
    return (
        ("akcept_placement__organization", meant.organizations.values("pk")),
        ("akcept_placement__unit", meant.units.values("pk")),
        ("user", meant.people.values("pk")),
    )


def _guests(word: str) -> list[QuerySet[Any]]:
    """Return the orders of guests, whom only their address and their e-mail name; none in a shop without."""
    if not settings.OSCAR_ALLOW_ANON_CHECKOUT:
        return []
    guests = _orders().filter(user=None)
    named = [f"{to}_address__{name}_name__istartswith" for to in ("billing", "shipping") for name in ("first", "last")]
    found = reduce(or_, (Q(**{column: word}) for column in named), Q(guest_email__istartswith=word))
    return [guests.filter(found).values("pk")]


def _by_own_number(text: str) -> QuerySet[Any]:
    # Said twice: only so the index of those that have one is entered.
    return Placement.objects.exclude(po_key="").filter(po_key__startswith=typed.same(text)).values("pk")


def _any(*ways: QuerySet[Any]) -> QuerySet[Any]:
    """Return the keys of all ways: each is looked up by its own index, which one condition over all could not be."""
    return ways[0].order_by().union(*(way.order_by() for way in ways[1:]), all=True)


def _orders() -> Any:
    return get_model("order", "Order").objects
