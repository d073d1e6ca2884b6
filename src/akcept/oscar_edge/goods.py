"""The shop's products for other systems: one buyer's prices and stock, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q
from oscar.core.loading import get_model

from akcept.kernel.typed import article, spellings
from akcept.ordering.ports import Goods, GoodsFilter
from akcept.organizations.searching import mentions
from akcept.oscar_edge import agreed, figures, outlook, packs, quotes

#: Longer is nothing anybody searches for.
_MOST_TYPED = 200


class OscarCatalogue:
    """See `akcept.ordering.ports.Catalogue`."""

    def goods(
        self, wanted: GoodsFilter, *, buyer_id: int, member_id: int, after: int | None, size: int
    ) -> tuple[list[Goods], int | None]:
        """Return a page of what the buyer may order; variants stand for themselves, their parent for nothing."""
        user = get_user_model()._default_manager.get(pk=buyer_id)
        strategy = quotes.strategy_for(user, agreed.Buyer(member_id=member_id))
        found = _narrowed(agreed.visible(strategy, _sold()), wanted)
        if wanted.text.strip():
            keys = _following(_ranked(found, strategy, wanted.text), after)[: size + 1]
        else:
            rows = found if after is None else found.filter(pk__gt=after)
            keys = list(rows.order_by("pk").values_list("pk", flat=True)[: size + 1])
        page = _loaded(keys[:size])
        agreed.know(strategy, page)
        outlook.know(strategy, page)
        return [_told(strategy, each) for each in page], keys[size - 1] if len(keys) > size else None


def _sold() -> Any:
    """Return what can be put in a basket: public products without variants, and public variants of public ones."""
    products = get_model("catalogue", "Product").objects.filter(is_public=True)
    return products.exclude(structure="parent").filter(Q(parent=None) | Q(parent__is_public=True))


def _narrowed(found: Any, wanted: GoodsFilter) -> Any:
    if wanted.codes:
        typed = {code.strip() for code in wanted.codes}
        tried = typed | {code.upper() for code in typed} | {code.lower() for code in typed}
        eans = {way for code in typed if article(code).isdigit() for way in spellings(code)}
        records = get_model("partner", "StockRecord").objects.filter(partner_sku__in=tried).values("product_id")
        found = found.filter(Q(pk__in=records) | Q(upc__in=tried | eans))
    if wanted.changed_since is not None:
        records = get_model("partner", "StockRecord").objects.filter(date_updated__gte=wanted.changed_since)
        since = Q(date_updated__gte=wanted.changed_since) | Q(parent__date_updated__gte=wanted.changed_since)
        found = found.filter(since | Q(pk__in=records.values("product_id")))
    return found


def _ranked(found: Any, strategy: Any, text: str) -> list[int]:
    """Return the keys of what the words find, the nearest first; variants follow each other in their parent's place."""
    words = text.replace("\0", "").strip()[:_MOST_TYPED]
    if not apps.is_installed("akcept.oscar_edge.search"):
        named = mentions(words, "title") | mentions(words, "parent__title") | mentions(words, "upc")
        sold = get_model("partner", "StockRecord").objects.filter(mentions(words, "partner_sku")).values("product_id")
        return list(found.filter(named | Q(pk__in=sold)).order_by("pk").values_list("pk", flat=True)[:1000])
    from akcept.oscar_edge.search import queries

    browsed = agreed.visible(strategy, get_model("catalogue", "Product").objects.browsable())
    places = {pk: place for place, pk in enumerate(queries.find(browsed, words).product_ids)}
    rows = found.filter(Q(pk__in=places) | Q(parent__in=places)).values_list("pk", "parent_id")
    return [pk for _place, pk in sorted((places.get(parent_id or pk, places.get(pk, 0)), pk) for pk, parent_id in rows)]


def _following(keys: Sequence[int], after: int | None) -> list[int]:
    return list(keys[keys.index(after) + 1 :]) if after is not None and after in keys else list(keys)


def _loaded(keys: Sequence[int]) -> list[Any]:
    """Return products with all that pricing touches, in that order; a constant number of statements."""
    products = get_model("catalogue", "Product").objects.filter(pk__in=keys).base_queryset()
    joined = products.select_related("product_class", "parent__product_class")
    there = {each.pk: each for each in joined}
    for each in there.values():
        for record in each.stockrecords.all():
            record.product = each
    return [there[key] for key in keys if key in there]


def _told(strategy: Any, product: Any) -> Goods:
    info = strategy.fetch_for_product(product)
    record, price = info.stockrecord, info.price
    rate = figures.rate_for(strategy, product, record, price) if price.exists else None
    terms = figures.unit_of(price, rate, exact=figures.taxes_sums(strategy))
    pack = packs.pack_of(strategy, product)
    counted = record is not None and product.get_product_class().track_stock
    had = outlook.of(strategy, product, info)
    return Goods(
        product_id=product.pk,
        title=product.get_title(),
        sku=record.partner_sku if record is not None else "",
        ean=product.upc or "",
        currency=str(price.currency) if terms is not None else "",
        unit_net=None if terms is None else figures.tidy(terms.unit_net),
        unit_gross=None if terms is None else figures.tidy(terms.unit_gross),
        vat_rate=rate,
        can_be_ordered=terms is not None and bool(info.availability.is_available_to_buy),
        stock=max(0, record.net_stock_level) if counted else None,
        changed_at=max([product.date_updated, *(each.date_updated for each in product.stockrecords.all())]),
        steps=tuple(_steps(strategy, product, record)),
        pack=None if pack is None else (pack.multiple, pack.fitting(1), pack.unit),
        availability=had.had.value,
        expected_on=had.expected_on,
        successor=had.successor.code if had.successor is not None else "",
    )


def _steps(strategy: Any, product: Any, record: Any) -> Iterable[tuple[int, Any]]:
    found = agreed.of(strategy)
    if found is not None and record is not None and found.heads.lists:
        for least, price in found.steps(product, record):
            yield least, figures.tidy(price.net)
