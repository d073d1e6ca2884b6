"""From what queries and actions answer to what other systems are sent; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from akcept.api.operations import Answered, etag
from akcept.api.schemas import orders as sent
from akcept.api.schemas.common import Moment, Money, UnitPrice
from akcept.approvals import sentences as asking
from akcept.approvals.routing import Plan
from akcept.fulfilment.queries import SentParcel, parcels_of
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.ordering import payments, queries
from akcept.ordering.actions import BulkResult, Decided, Placed, PricesUpdated, Tried
from akcept.ordering.changes.revisions import Difference
from akcept.ordering.money.order_budgets import Standings
from akcept.ordering.ports import Address, QuoteLine, VatRow
from akcept.ordering.queries import OrderRow, OrderView, StepView
from akcept.ordering.routing import reasons
from akcept.ordering.validity.today import Today
from akcept.organizations.asking import ANY_ACCEPTOR
from akcept.ui.history import sentences


def rate_of(rate: Decimal | None) -> str | None:
    """Return a rate in per cent as text: 0.23 is "23"."""
    if rate is None:
        return None
    return f"{(rate * 100).normalize():f}"


def line_of(line: QuoteLine, currency: str) -> dict[str, Any]:
    """Return a line's fields."""
    return {
        "code": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "unit_net": UnitPrice.of(line.unit_net, currency),
        "discount_net": Money.of(line.discount, currency),
        "net": Money.of(line.net, currency),
        "gross": Money.of(line.gross, currency),
        "vat_rate": rate_of(line.vat_rate),
    }


def vat_of(rows: Iterable[VatRow], currency: str) -> list[sent.VatRow]:
    """Return the VAT by rate."""
    return [
        sent.VatRow(rate=rate_of(row.rate), net=Money.of(row.net, currency), vat=Money.of(row.vat, currency))
        for row in rows
    ]


def budgets_of(standings: Standings) -> list[sent.BudgetEffect]:
    """Return what an order takes of its budgets."""
    return [
        sent.BudgetEffect(
            id=row.budget_id,
            name=row.name,
            takes=None if row.this is None else Money.of(row.this, row.currency),
            left=Money.of(row.left, row.currency),
            exceeded=bool(row.over),
        )
        for row in standings
    ]


def placed(led: Placed) -> Answered:
    """Answer with an order that was placed; one that waits has its first version, any other has none to decide."""
    version = int(led.held)
    content = sent.Placed(number=led.order_number, held=led.held, asked=list(led.approvers), version=version)
    return Answered(
        status=201, content=content, headers={"ETag": etag(version), "Location": _address(led.order_number)}
    )


def _address(number: str) -> str:
    return f"/api/v1/orders/{number}"


def tried(led: Tried, *, requester_unit: str = "") -> Answered:
    """Answer with what an order would lead to."""
    quote, currency, preview = led.quote, led.quote.currency, led.preview
    content = sent.Tried(
        lines=[sent.Priced(**line_of(line, currency)) for line in quote.lines],
        goods_net=Money.of(quote.goods_net, currency),
        delivery_net=Money.of(quote.delivery_net, currency),
        total_net=Money.of(quote.total_net, currency),
        total_gross=Money.of(quote.total_gross, currency),
        vat=vat_of(quote.vat, currency),
        would_wait=preview.waits,
        why=preview.reason,
        asked=list(preview.approvers),
        steps=planned(led.plan, unit_name=requester_unit or preview.unit_name),
        budgets=budgets_of(preview.budgets),
    )
    return Answered(content=content)


def planned(plan: Plan, *, unit_name: str) -> list[sent.Step]:
    """Return the steps an order would go through."""
    return [
        sent.Step(
            position=position,
            why=reasons.to_requester(step.reason.value, step.detail, unit_name=unit_name),
            asks=[asking.asked(step.asks, step.quorum)],
            quorum=step.quorum,
        )
        for position, step in enumerate(plan.steps, start=1)
    ]


def row(found: OrderRow) -> sent.OrderRow:
    """Return an order of a list."""
    return sent.OrderRow(
        number=found.number,
        status=found.status,
        state=found.state,
        placed_at=found.placed_at,
        requester=found.requester,
        unit=found.unit,
        summary=found.summary,
        line_count=found.line_count,
        total_net=Money.of(found.total_net, found.currency),
        total_gross=Money.of(found.total_gross, found.currency),
        mine=found.mine,
        asked=list(found.asked),
        accepted=list(found.accepted),
        decided_by=found.decided_by,
        remark=found.remark,
    )


def order(view: OrderView) -> Answered:
    """Answer with one order."""
    document, placement, currency = view.document, view.placement, view.document.currency
    takes_part = view.mine or (view.seat is not None and view.seat.decides)
    content = sent.Order(
        number=placement.number,
        status=view.status,
        state=view.case.state if view.case else "",
        version=view.version,
        held=view.is_open,
        placed_at=placement.placed_at,
        organization=view.organization,
        unit=view.unit,
        cost_centre=placement.cost_centre,
        requester=view.requester,
        po_number=placement.po_number,
        note=placement.note,
        payment=placement.payment_code,
        payment_days=placement.pay_days if placement.payment_code == payments.ON_ACCOUNT else None,
        delivery=document.delivery_code,
        delivery_address=address_of(document.delivery_address),
        invoice_address=address_of(document.invoice_address),
        lines=[sent.Line(id=line.line_id, **line_of(line, currency)) for line in document.lines],
        goods_net=Money.of(document.goods_net, currency),
        delivery_net=Money.of(document.delivery_net, currency),
        total_net=Money.of(document.total_net, currency),
        total_gross=Money.of(document.total_gross, currency),
        vat=vat_of(document.vat, currency),
        why=view.why,
        asked=list(view.asked),
        steps=[_step(step) for step in view.steps],
        budgets=budgets_of(view.budgets),
        revisions=[_revision(change) for change in view.changes],
        history=_moments(view.told),
        comments=_moments(view.comments.rows[::-1]) if takes_part else [],
        prices_until=view.prices_until,
        problems=view.validity.problems,
        since_placed=list(view.validity.agreed_since),
        today=_today(view.validity.today, currency),
        shipments=[shipment(each) for each in parcels_of(placement.order_id, status=view.status)],
        available_actions=available(view),
    )
    return Answered(content=content, headers={"ETag": etag(view.version)})


def _today(found: Today | None, currency: str) -> sent.Today | None:
    if found is None:
        return None
    return sent.Today(
        outcome=found.outcome.value,
        because=found.because,
        total_net=Money.of(found.quote.total_net, currency),
        total_gross=Money.of(found.quote.total_gross, currency),
    )


def shipment(parcel: SentParcel) -> sent.Shipment:
    """Return a parcel that left."""
    return sent.Shipment(
        parcel=parcel.number,
        carrier=parcel.carrier,
        link=parcel.link,
        sent_at=parcel.sent_at,
        lines=[sent.Pieces(line_id=each.line_id, code=each.sku, quantity=each.quantity) for each in parcel.lines],
    )


def available(view: OrderView) -> list[str]:
    """Return what the caller may do on an order now, by the names of operations."""
    decides = ["accept", "reject"] if view.may_decide else []
    return sorted([*decides, *(act.value for act in view.acts)])


def current(actor: Actor, number: str) -> Mapping[str, Any]:
    """Return how an order stands, for whoever saw an earlier version. Raises NotFound."""
    view = queries.order(actor, number)
    return {
        "number": number,
        "status": view.status,
        "state": view.case.state if view.case else "",
        "version": view.version,
        "available_actions": available(view),
    }


def address_of(found: Address | None) -> sent.Address | None:
    """Return an address."""
    if found is None:
        return None
    return sent.Address(
        name=found.name,
        line1=found.line1,
        postcode=found.postcode,
        city=found.city,
        country=found.country,
        phone=found.phone,
        notes=found.notes,
    )


def _step(found: StepView) -> sent.Step:
    return sent.Step(
        position=found.position,
        why=found.why,
        asks=list(found.asks) or [asking.asked((ANY_ACCEPTOR,), 1)],
        quorum=found.quorum,
        accepted=list(found.accepted),
        place=found.place,
    )


def _revision(change: Difference) -> sent.Revision:
    return sent.Revision(
        number=change.number,
        kind=change.kind,
        by=change.by_name,
        reason=change.reason,
        at=change.at,
        lines=[
            sent.RevisionLine(
                code=line.sku,
                title=line.title,
                quantity_before=line.quantity_before,
                quantity_after=line.quantity_after,
            )
            for line in change.lines
        ],
        total_net_before=Money.of(change.net_before, change.currency),
        total_net_after=Money.of(change.net_after, change.currency),
    )


def _moments(entries: Iterable[Entry]) -> list[Moment]:
    told = [(entry, sentences([entry])) for entry in entries]
    return [
        Moment(at=entry.at, topic=entry.topic, by=line.who, text=line.what, remark=line.said)
        for entry, found in told
        for line in found
    ]


def decided(led: Decided) -> Answered:
    """Answer with what a decision led to."""
    content = sent.Decided(number=led.order_number, state=led.state.value, version=led.version)
    return Answered(content=content, headers={"ETag": etag(led.version)})


def repriced(led: PricesUpdated) -> Answered:
    """Answer with what an order costs now."""
    content = sent.PricesUpdated(
        number=led.order_number,
        total_net_before=Money.of(led.net_before, led.currency),
        total_net_after=Money.of(led.net_after, led.currency),
        anew=led.anew,
    )
    return Answered(content=content)


def many(results: Iterable[BulkResult]) -> Answered:
    """Answer with what became of each of several orders."""
    content = sent.ManyDecided(
        results=[
            sent.OneOfMany(
                number=found.order_number,
                state=found.decided.state.value if found.decided else None,
                version=found.decided.version if found.decided else None,
                refused=found.refused,
            )
            for found in results
        ]
    )
    return Answered(content=content)
