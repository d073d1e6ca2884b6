"""What the merchant says of products beyond their stock, read for many at once: one statement, two with successors.

Products of which something is left are not asked about: a page of them makes no statement more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.kernel.errors import Invalid
from akcept.oscar_edge import agreed, codes
from akcept.oscar_edge.availability import Availability, Had, Outlook, Successor, availability
from akcept.ui import formats

#: So many successors one after another are looked at before they are taken for a circle.
_MOST_STEPS = 50


def know(strategy: Any, products: Iterable[Any]) -> None:
    """Read at once what is said of those of these products of which nothing is left."""
    known = _known(strategy)
    asked = {each.pk for each in products if each is not None and each.pk not in known and not _is_left(each)}
    if asked:
        known.update(_read(strategy, asked))


def of(strategy: Any, product: Any, info: Any = None) -> Availability:
    """Return what can be had of a product by whom a strategy's prices are for; `info` where it was fetched already."""
    info = info if info is not None else strategy.fetch_for_product(product)
    can_be_bought = bool(info.availability.is_available_to_buy)
    said = Outlook()
    if not can_be_bought and not _is_left(product):  # what is left and cannot be bought has another reason
        known = _known(strategy)
        if product.pk not in known:
            known.update(_read(strategy, {product.pk}))
        said = known[product.pk]
    number = getattr(info.availability, "num_available", None)
    return availability(can_be_bought=can_be_bought, number=number, said=said, today=timezone.localdate())


def in_words(found: Availability) -> str:
    """Return why a product cannot be had and what there is instead; empty where nothing more is known."""
    if found.had is Had.REPLACED and found.successor is not None:
        return replaced_by(found.successor)
    if found.had is Had.ENDED:
        return _("it is not sold any more")
    if found.had is Had.EXPECTED and found.expected_on is not None:
        return _("it is out of stock, more is expected on %(day)s") % {"day": formats.written_day(found.expected_on)}
    return ""


def replaced_by(successor: Successor) -> str:
    """Return that a product was replaced, and by what."""
    return _("it was replaced by “%(title)s” (%(code)s)") % {"title": successor.title, "code": successor.code}


def require_successor(code: str, *, of_product: Any) -> Any:
    """Return the product a code or EAN names, to stand in another one's place. Raises Invalid.

    It names none or several, the product itself, or one that was replaced by it.
    """
    records = codes.records_named([code], _with_products).get(code, [])
    named = {record.product_id: record.product for record in records}
    if len(named) != 1:
        text = _("There is no product with the code “%(code)s”.") if not named else _several()
        raise Invalid(text % {"code": code}, field="successor")
    [successor] = named.values()
    if of_product.pk is not None and leads_back(successor.pk, of_product.pk):
        raise Invalid(_("“%(code)s” would be replaced by itself.") % {"code": code}, field="successor")
    return successor


def code_of(product: Any) -> str:
    """Return the code a product is named by; its EAN where it has no stock record."""
    record = product.stockrecords.order_by("pk").first()
    return record.partner_sku if record is not None else product.upc or ""


def _several() -> str:
    return _("Several products have the code “%(code)s”; take the EAN instead.")


def leads_back(successor_id: int, product_id: int) -> bool:
    """Whether a product's successors come back to it; a statement for each of them."""
    at: int | None = successor_id
    for _step in range(_MOST_STEPS):
        if at is None or at == product_id:
            return at is not None
        at = _rows().filter(product_id=at).values_list("successor_id", flat=True).first()
    return True


def say(product_id: int, *, expected_on: date | None, ended: bool, successor_id: int | None) -> None:
    """Keep what the merchant says of a product; nothing said is no row."""
    if expected_on is None and not ended and successor_id is None:
        _rows().filter(product_id=product_id).delete()
        return
    rows = _rows()
    said = rows.model(product_id=product_id, expected_on=expected_on, ended=ended, successor_id=successor_id)
    rows.bulk_create(
        [said],
        update_conflicts=True,
        unique_fields=["product"],
        update_fields=["expected_on", "ended", "successor"],
    )


def successors_of(strategy: Any, product_ids: Collection[int]) -> dict[int, Successor]:
    """Return, by product, what the reader may buy in the place of products the shop has taken away; two statements."""
    found = _read(strategy, product_ids) if product_ids else {}
    return {key: said.successor for key, said in found.items() if said.successor is not None}


def _rows() -> Any:
    return get_model("akcept_oscar_edge", "ProductOutlook").objects  # baskets' models are imported with this module


def _known(strategy: Any) -> dict[int, Outlook]:
    if not hasattr(strategy, "_akcept_outlooks"):
        strategy._akcept_outlooks = {}
    known: dict[int, Outlook] = strategy._akcept_outlooks
    return known


def _is_left(product: Any) -> bool:
    """Whether anything is left of a product, by its stock records, which lists load with it; a parent has none."""
    if product.is_parent:
        return True
    return any((record.net_stock_level or 0) > 0 for record in product.stockrecords.all())


def _read(strategy: Any, product_ids: Collection[int]) -> dict[int, Outlook]:
    rows = list(_rows().filter(product_id__in=product_ids))
    successors = _successors(strategy, {row.successor_id for row in rows if row.successor_id is not None})
    found = dict.fromkeys(product_ids, Outlook())
    for row in rows:
        found[row.product_id] = Outlook(
            expected_on=row.expected_on,
            ended=row.ended,
            successor=successors.get(row.successor_id),
            is_replaced=row.successor_id is not None,
        )
    return found


def _successors(strategy: Any, ids: Collection[int]) -> dict[int | None, Successor]:
    """Return those of these products the reader may buy, by their key; no statement for none."""
    if not ids:
        return {}
    code = get_model("partner", "StockRecord").objects.filter(product=OuterRef("pk")).order_by("pk")
    sold = get_model("catalogue", "Product").objects.filter(pk__in=ids, is_public=True)
    sold = sold.filter(Q(parent=None) | Q(parent__is_public=True)).select_related("parent")
    rows = agreed.visible(strategy, sold).annotate(own_code=Subquery(code.values("partner_sku")[:1]))
    return {
        row.pk: Successor(
            product_id=row.pk, title=row.get_title(), code=row.own_code or row.upc or "", url=row.get_absolute_url()
        )
        for row in rows
    }


def _with_products(which: Q) -> Any:
    return get_model("partner", "StockRecord").objects.filter(which).select_related("product")
