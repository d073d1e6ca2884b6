"""Offers and vouchers of every kind Oscar has, over all products or some of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from django.apps import apps
from django.utils import timezone

from akcept.testing import carts
from tests.support.reductions import Reduction

_numbers = count(1)


def _model(label: str) -> Any:
    return apps.get_model(label)


def _everything() -> Any:
    found = _model("offer.Range").objects.filter(slug="everything").first()
    return found or _model("offer.Range").objects.create(name="All", slug="everything", includes_all_products=True)


def _of(records: Sequence[Any]) -> Any:
    found = _model("offer.Range").objects.create(name=f"Range {next(_numbers)}")
    for record in records:
        found.add_product(record.product)
    return found


def make(
    kind: str,
    value: str | None,
    *,
    condition: str = "Count",
    needed: str = "1",
    voucher: bool = False,
    on_goods: bool = True,
    on: Sequence[Any] = (),
    of: Sequence[Any] | None = None,
    most: int | None = None,
    **more: Any,
) -> Any:
    """Return an offer with one of Oscar's benefits; `needed` is the condition's number of pieces, or value.

    It is for everything, or for the products of some stock records (`on`), and for so many pieces at `most`; `of` are
    those that the condition looks at where they are others.
    """
    name = f"Offer {next(_numbers)}"
    goods = _of(on) if on else _everything()
    benefit = _model("offer.Benefit").objects.create(
        range=goods if on_goods else None,
        type=kind,
        value=Decimal(value) if value is not None else None,
        max_affected_items=most,
    )
    wanted = goods if of is None else _of(of) if of else _everything()
    met = _model("offer.Condition").objects.create(range=wanted, type=condition, value=Decimal(needed))
    return _model("offer.ConditionalOffer").objects.create(
        name=name,
        slug=name.lower().replace(" ", "-"),
        offer_type="Voucher" if voucher else "Site",
        condition=met,
        benefit=benefit,
        **more,
    )


def percent(value: str, *, from_value: str | None = None, **more: Any) -> Any:
    """So many per cent off everything, from a value of goods on if there is one."""
    if from_value is not None:
        more |= {"condition": "Value", "needed": from_value}
    return make("Percentage", value, **more)


def absolute(value: str, **more: Any) -> Any:
    """A sum off everything together."""
    return make("Absolute", value, **more)


def fixed_unit(value: str, **more: Any) -> Any:
    """A sum off each piece."""
    return make("Fixed", value, **more)


def fixed_price(value: str, *, pieces: int, **more: Any) -> Any:
    """So many pieces for a sum."""
    return make("Fixed price", value, needed=str(pieces), on_goods=False, **more)


def cheapest_free(*, pieces: int, **more: Any) -> Any:
    """Of so many pieces the cheapest one is free."""
    return make("Multibuy", None, needed=str(pieces), **more)


def delivery(kind: str, value: str, **more: Any) -> Any:
    """Something off the delivery: `Shipping absolute`, `Shipping fixed price` or `Shipping percentage`."""
    return make(kind, value, on_goods=False, **more)


#: What an oracle's reduction is called in Oscar.
BENEFITS: Final = {
    "percent": "Percentage",
    "sum": "Absolute",
    "each": "Fixed",
    "bundle": "Fixed price",
    "cheapest": "Multibuy",
    "delivery percent": "Shipping percentage",
    "delivery sum": "Shipping absolute",
    "delivery to": "Shipping fixed price",
}
CONDITIONS: Final = {"pieces": "Count", "value": "Value", "products": "Coverage"}


def reduced(found: Sequence[Reduction], records: Sequence[Any], *, voucher: bool = False) -> list[Any]:
    """Make the offers that an oracle reckons with, the first of them first, for lines of these stock records."""
    made = [_reduced(r, records, voucher=voucher, priority=-n) for n, r in enumerate(found)]
    for offer, reduction in zip(made, found, strict=True):
        offer.combinations.add(*(made[n] if n < len(made) else offer for n in reduction.beside or ()))
    return made


def _reduced(reduction: Reduction, records: Sequence[Any], **more: Any) -> Any:
    """A place where no line is names another product."""

    def some(places: Sequence[int]) -> list[Any]:
        return [records[place] if place < len(records) else _another() for place in places]

    on_goods = reduction.kind in ("percent", "sum", "each", "cheapest")
    return make(
        BENEFITS[reduction.kind],
        reduction.value if reduction.kind != "cheapest" else None,
        condition=CONDITIONS[reduction.by],
        needed=reduction.needed,
        on_goods=on_goods,
        on=some(reduction.on),
        of=None if reduction.of is None else some(reduction.of),
        most=reduction.most,
        exclusive=reduction.exclusive,
        max_basket_applications=reduction.times,
        **more,
    )


def _another() -> Any:
    return carts.stock("ANOTHER")


def voucher(*offers: Any, code: str | None = None, usage: str = "Multi-use") -> Any:
    """A voucher for offers made with `voucher=True`."""
    now = timezone.now()
    code = code or f"CODE{next(_numbers)}"
    made = _model("voucher.Voucher").objects.create(
        name=code,
        code=code,
        usage=usage,
        start_datetime=now - timedelta(days=1),
        end_datetime=now + timedelta(days=1),
    )
    made.offers.add(*offers)
    return made
