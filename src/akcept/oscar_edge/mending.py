"""Orders from before their terms were kept: which terms they have, what does not add up, and what is mended.

Used by the migration that brought the terms and by `manage.py check_money`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, OuterRef, Prefetch, Sum
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.kernel.actor import Actor
from akcept.ordering import actions, status
from akcept.ordering.models import Revision
from akcept.organizations.wording import figure, money
from akcept.oscar_edge import facts, figures, quotes, vat
from akcept.oscar_edge.line_columns import before_discounts
from akcept.oscar_edge.reconstructing import Came, adds_up, rate_of, rate_of_delivery, terms_of
from akcept.oscar_edge.terms import Priced, Terms
from akcept.transactions.acting import together
from akcept.transactions.locking import lock

_BATCH: Final = 500
_BEFORE: Final = ("line_price_before_discounts_excl_tax", "line_price_before_discounts_incl_tax")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an order from before was priced by; `whole` when its figures are exactly what these terms make."""

    lines: tuple[Terms, ...]
    delivery: Terms
    whole: bool


def terms_from_before(
    order: Any, rows: Sequence[Any], *, changed: bool, saved: Decimal, told: Mapping[int, Decimal] | None = None
) -> Found | None:
    """Return what an order was priced by, None where its figures allow several rates.

    `changed`: it was changed after it was placed; `saved` is what offers took off its delivery, `told` its products'
    rates of today by line. Rows may be a migration's.
    """
    came = [_came(row) for row in rows]
    rates = [
        rate_of(line, changed=changed, told=(told or {}).get(row.pk)) for row, line in zip(rows, came, strict=True)
    ]
    charged = Priced(net=order.shipping_excl_tax, gross=order.shipping_incl_tax)
    charge_rate = rate_of_delivery(charged.net, charged.gross) if charged.net else None
    if any(rate is None for rate in rates) or saved or (charged.net and charge_rate is None):
        return None
    lines = tuple(terms_of(line, rate) for line, rate in zip(came, rates, strict=True) if rate is not None)
    gross = charged.net * (1 + charge_rate) if charge_rate is not None else charged.gross
    charge = Terms(unit_net=charged.net, unit_gross=gross, rate=charge_rate, on_sums=True)
    return Found(lines=lines, delivery=charge, whole=adds_up(came, charged, lines, charge))


def _came(row: Any) -> Came:
    return Came(
        quantity=row.quantity,
        unit_net=row.unit_price_excl_tax,
        unit_gross=row.unit_price_incl_tax,
        full=row.line_price_before_discounts_excl_tax,
        net=row.line_price_excl_tax,
        gross=row.line_price_incl_tax,
    )


@dataclass(slots=True, kw_only=True)
class Finding:
    """An order that does not add up, in words for an operator, and whether `mend` can put it right."""

    order: Any
    troubles: list[str] = field(default_factory=list)
    missing: Found | None = None
    before: list[Any] = field(default_factory=list)
    #: Its values are not what its terms make of it.
    wrong: bool = False

    def note(self, text: str, *, came: tuple[Decimal, Decimal], right: tuple[Decimal, Decimal], sku: str = "") -> None:
        """Note a trouble in words, with what came out and what is right, both net and gross."""
        words = {"sku": sku, "came": self._both(*came), "right": self._both(*right)}
        self.troubles.append(text % words)

    def _both(self, net: Decimal, gross: Decimal) -> str:
        words = {"net": figure(net), "gross": money(gross, self.order.currency)}
        return _("%(net)s net and %(gross)s gross") % words

    @property
    def is_held(self) -> bool:
        """Whether it still waits, so that its sums can be put right: nobody was billed for it."""
        placed = getattr(self.order, "akcept_placement", None) is not None
        return placed and bool(self.order.status == status.AWAITING_ACCEPTANCE)


def look() -> Iterator[Finding]:
    """Yield every order of the shop that does not add up, oldest first; four statements for 500 orders."""
    last = 0
    while batch := _batch(last):
        last = batch[-1].pk
        yield from (found for order in batch if (found := _look_at(order)).troubles)


def _batch(after: int) -> list[Any]:
    lines = get_model("order", "Line").objects.select_related(
        facts.OF_LINE, "stockrecord", "product__product_class", "product__parent__product_class"
    )
    Discount = get_model("order", "OrderDiscount")
    saved = Discount.every.filter(order_id=OuterRef("pk"), category=Discount.SHIPPING).order_by().values("order_id")
    orders = get_model("order", "Order").objects.select_related("akcept_placement", facts.OF_DELIVERY)
    return list(
        orders.filter(pk__gt=after)
        .annotate(
            akcept_changed=Exists(Revision.objects.filter(placement_id=OuterRef("pk"))),
            akcept_saved=saved.annotate(sum=Sum("amount")).values("sum"),
        )
        .prefetch_related(_ordered_lines(lines))
        .order_by("pk")[:_BATCH]
    )


def _ordered_lines(lines: Any) -> Any:
    return Prefetch("lines", queryset=lines.order_by("pk"), to_attr="akcept_lines")


def _look_at(order: Any) -> Finding:
    finding = Finding(order=order)
    rows = order.akcept_lines
    if not rows:
        return finding
    _sums(finding, rows)
    kept = [getattr(row, facts.OF_LINE, None) is not None for row in rows]
    if all(kept) and facts.are_kept(order):
        terms, charge = [facts.of_line(row) for row in rows], facts.of_delivery(order)
        _by_terms(finding, rows, terms, charge)
    elif figures.taxes_sums(quotes.strategy_for(None)):
        _without_terms(finding, rows)
    return finding


def _sums(finding: Finding, rows: Sequence[Any]) -> None:
    order = finding.order
    net = sum((row.line_price_excl_tax for row in rows), order.shipping_excl_tax)
    gross = sum((row.line_price_incl_tax for row in rows), order.shipping_incl_tax)
    if (net, gross) != (order.total_excl_tax, order.total_incl_tax):
        finding.wrong = True
        text = _("its lines and delivery come to %(came)s, its totals are %(right)s")
        finding.note(text, came=(net, gross), right=(order.total_excl_tax, order.total_incl_tax))
    placement = getattr(order, "akcept_placement", None)
    if placement is not None and (placement.total_net, placement.total_gross) != (
        order.total_excl_tax,
        order.total_incl_tax,
    ):
        finding.wrong = True
        text = _("rules and budgets count %(came)s, its totals are %(right)s")
        totals = (order.total_excl_tax, order.total_incl_tax)
        finding.note(text, came=(placement.total_net, placement.total_gross), right=totals)


def _by_terms(finding: Finding, rows: Sequence[Any], terms: Sequence[Terms], charge: Terms) -> None:
    taxed = vat.taxed(
        [*(own.price(row.quantity) for row, own in zip(rows, terms, strict=True)), charge.price(1)], [*terms, charge]
    )
    order = finding.order
    for row, own, right in zip(rows, terms, taxed.parts[:-1], strict=True):
        if (row.line_price_excl_tax, row.line_price_incl_tax) != (right.net, right.gross):
            finding.wrong = True
            came = (row.line_price_excl_tax, row.line_price_incl_tax)
            text = _("%(sku)s: %(came)s, by what it was priced by %(right)s")
            finding.note(text, came=came, right=(right.net, right.gross), sku=row.partner_sku)
            continue
        wanted = before_discounts(own, right, row.quantity)
        if own.discount and any(getattr(row, name) != wanted[name] for name in _BEFORE):
            came = (getattr(row, _BEFORE[0]), getattr(row, _BEFORE[1]))
            text = _("%(sku)s: before discounts %(came)s, right is %(right)s")
            finding.note(text, came=came, right=(wanted[_BEFORE[0]], wanted[_BEFORE[1]]), sku=row.partner_sku)
            for name in _BEFORE:
                setattr(row, name, wanted[name])
            finding.before.append(row)
    delivered = taxed.parts[-1]
    if (order.shipping_excl_tax, order.shipping_incl_tax) != (delivered.net, delivered.gross):
        finding.wrong = True
        came = (order.shipping_excl_tax, order.shipping_incl_tax)
        text = _("delivery %(came)s, by what it was priced by %(right)s")
        finding.note(text, came=came, right=(delivered.net, delivered.gross))


def _without_terms(finding: Finding, rows: Sequence[Any]) -> None:
    order = finding.order
    found = terms_from_before(
        order,
        rows,
        changed=order.akcept_changed,
        saved=order.akcept_saved or Decimal(0),
        told=_rates_today(rows),
    )
    if found is None:
        finding.troubles.append(_("nobody can tell its VAT rates: what it came out at stays as it is"))
    elif found.whole:
        finding.missing = found
        finding.troubles.append(_("its VAT rates are not kept with its lines; its figures tell them"))
    else:
        finding.missing = found
        _by_terms(finding, rows, found.lines, found.delivery)
        finding.before.clear()  # comes with the sums


def _rates_today(rows: Sequence[Any]) -> dict[int, Decimal]:
    strategy = quotes.strategy_for(None)
    rates = ((row.pk, figures.number(strategy.vat_rate(row.product))) for row in rows if row.product is not None)
    return {pk: rate for pk, rate in rates if rate is not None}


def mend(finding: Finding) -> bool:
    """Put right what is beyond doubt, and return whether that is all of it. Raises OverBudget.

    Missing terms are kept and values before discounts written. Sums are computed anew only of an order that still
    waits; what somebody was billed for stays, whatever it should have been.
    """
    if finding.wrong and not finding.is_held:
        return False
    with together():
        lock(get_model("order", "Order").objects.all()).get(pk=finding.order.pk)
        if finding.missing is not None:
            _keep(finding, finding.missing)
        if finding.before:
            get_model("order", "Line").objects.bulk_update(finding.before, _BEFORE)
    if finding.wrong:
        actions.correct_sums(finding.order.number, actor=Actor.system("check_money"))
    return finding.missing is not None or bool(finding.before) or finding.wrong


def _keep(finding: Finding, found: Found) -> None:
    order = finding.order
    own = zip(order.akcept_lines, found.lines, strict=True)
    missing = [(row, terms) for row, terms in own if getattr(row, facts.OF_LINE, None) is None]
    facts.keep(order, missing, None if facts.are_kept(order) else found.delivery)
