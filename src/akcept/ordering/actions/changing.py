"""A held order changes: an approver reduces it, its requester changes and resubmits it, or takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from akcept.approvals import cases, grounds
from akcept.approvals.current import terms_of
from akcept.approvals.states import Move, State
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel import typed
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, Invalid, NotAllowed
from akcept.ordering import buying, status, topics
from akcept.ordering.actions.parts.locked import (
    LockedOrder,
    agreed_terms,
    ask_next,
    asked_payload,
    deciding,
    lock_budgets,
    lock_credit,
    locked,
    require_requester,
    terms_in_force,
)
from akcept.ordering.actions.parts.outcomes import Decided, act_event, decided, drop, release
from akcept.ordering.actions.parts.refused import refusals_logged
from akcept.ordering.actions.parts.revising import (
    Revise,
    changed_quantities,
    record,
    revise,
    what_is_left,
    write_revision,
)
from akcept.ordering.actions.parts.texts import checked_remark, require_texts
from akcept.ordering.changes import revisions
from akcept.ordering.changes.revisions import Difference
from akcept.ordering.models import Revision
from akcept.ordering.money import credit
from akcept.ordering.ports import OrderDocument, Quote, order_book, order_reader
from akcept.ordering.routing import routes
from akcept.ordering.routing.new_value import plan_again
from akcept.ordering.routing.routes import Route
from akcept.ordering.shop_terms import prices_end
from akcept.organizations import queries as organizations
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.transactions.acting import action


def amend(
    order_number: str,
    *,
    actor: Actor,
    version: int,
    quantities: Mapping[int, int],
    reason: str,
    delivery_code: str | None = None,
    payment_code: str | None = None,
    now: datetime | None = None,
) -> Decided:
    """Lower quantities of a waiting order, or drop lines (0), before it is decided; never raise anything.

    `quantities` by line id; lines that are missing stay. Where the organisation lets approvers do that. What others
    accepted stands, unless the total rises (a delivery charge comes back): then all steps start anew, as the rules it
    was placed under plan them for that value. `delivery_code` chooses another way of delivery where the shop has given
    up the order's own, `payment_code` another way to pay where its credit does not cover the order. Dropping every line
    rejects the order; the requester is mailed. Journal: `order.amended` with the difference, and where all steps start
    anew `order.step_asked` or `order.nobody_may_decide`; `order.rejected` when nothing is left;
    `order.decision_refused` for somebody who may see the order only.
    Raises Invalid (field `reason`, `quantity-<line>`, `delivery` or `payment`), OutOfStock, else as `accept`.
    """
    with refusals_logged(order_number, Move.AMEND, actor=actor):
        why = checked_remark(reason, required=_("Give a reason. The requester will see it."), field="reason")
        wanted = Revise(
            kind=Revision.Kind.AMENDED,
            quantities=quantities,
            delivery_code=delivery_code,
            payment_code=payment_code,
            reason=why,
        )
        return _amend(order_number, wanted, actor=actor, version=version, at=now or utc_now())


@action
def _amend(order_number: str, wanted: Revise, *, actor: Actor, version: int, at: datetime) -> Decided:
    held = locked(order_number, actor=actor)
    reason = wanted.reason
    act = deciding(held, version=version, remark=reason, at=at)
    if not terms_of(held.case).approver_may_amend:
        raise NotAllowed(
            _("Your organisation does not let approvers change orders. Send it back to %(name)s instead.")
            % {"name": organizations.name_of(held.case.requester.user)}
        )
    before = order_reader().document(held.order.id)
    delivery, payment = _other_delivery(held, before, wanted.delivery_code), _other_payment(held, wanted.payment_code)
    if payment:
        _require_no_credit(held)
    if delivery and order_book().still_delivers(held.order.id, before.delivery_code):
        raise Invalid(
            _("The shop still delivers by “%(method)s”: only the requester can choose another way.")
            % {"method": before.delivery_name},
            field="delivery",
        )
    changed = changed_quantities(before, wanted.quantities, may_raise=False)
    if not changed and not delivery and not payment:
        raise Invalid(_("No quantity is lower than before: change at least one item."))
    if not what_is_left(before, changed):
        cases.reject(act)
        drop(held, order_status=status.REJECTED, actor=actor, at=at)
        event = act_event(topics.REJECTED, held, act, all_dropped=True)
        journal.write(event, actor=actor, organization_id=held.case.organization_id, now=at)
        return decided(held, State.REJECTED)
    texts_before = revisions.texts_of(held.placement)
    _store_texts(held, payment_code=payment)
    wish = replace(wanted, quantities=changed, delivery_code=delivery, texts_before=texts_before)
    revised = revise(held, before, wish, budgets=lock_budgets(held), actor=actor, at=at)
    difference = revised.difference
    again = plan_again(held.case, held.placement, revised.quote, revised.budgets) if difference.raises else None
    cases.amend(act, start_anew=difference.raises, plan=again.plan if again else None)
    payload = held.told | {"remark": reason, "revision": held.case.revision, **difference.as_json()}
    payload |= {"for": act.door.name} if act.door.name else {}
    events = [Event(topics.AMENDED, held.subject, payload)]
    if again is not None:
        again.keep(held.case, at=at)
        events.append(ask_next(held, at=at))
    journal.write(events, actor=actor, organization_id=held.case.organization_id, now=at)
    return decided(held, State.AWAITING)


def _other_delivery(held: LockedOrder, before: OrderDocument, code: str | None) -> str | None:
    """Return the way of delivery that is wanted where it is another one. Raises Invalid (field `delivery`)."""
    if not code or code == before.delivery_code:
        return None
    if (agreed := agreed_terms(held)) is not None:
        buying.require_agreed(agreed, delivery_code=code)
    return code


def _other_payment(held: LockedOrder, code: str | None) -> str | None:
    """Return the way to pay that is wanted where it is another one. Raises Invalid (field `payment`)."""
    if not code or code == held.placement.payment_code:
        return None
    buying.require_payment(held.seat, code)
    if (agreed := agreed_terms(held)) is not None:
        buying.require_agreed(agreed, payment_code=code)
    return code


def _require_no_credit(held: LockedOrder) -> None:
    """Raise Invalid unless the order is on account and the shop's credit does not cover it."""
    case, account = held.case, None
    if held.has_credit_limit:
        account = credit.credit_of(case.organization_id, unit_id=case.unit_id)
    if account is None or account.covers(held.placement.amounts):
        raise Invalid(_("The payment method can stay: only the requester can choose another one."), field="payment")


@action
def resubmit(
    order_number: str,
    *,
    actor: Actor,
    version: int,
    quantities: Mapping[int, int] | None = None,
    note: str | None = None,
    po_number: str | None = None,
    delivery_code: str | None = None,
    payment_code: str | None = None,
    remark: str = "",
    seen_prices: str | None = None,
    now: datetime | None = None,
) -> Decided:
    """Change a held order of one's own and submit it once more: the steps it needs now start anew, mailed anew.

    From `returned`, with an answer in `remark`, or while it waits. Quantities may rise as far as there is stock, at
    the order's frozen prices; 0 drops a line; None keeps note, number, payment and delivery, which has to be another
    one where the shop has given it up. Where the prices' term has passed the order is brought to today's;
    `seen_prices` is the fingerprint of those that were shown, "" for the frozen ones, None skips that check. An order
    that needs nobody's acceptance any more goes to the shop; whoever was asked and is not any more is told.
    Journal: `order.resubmitted`, and `order.released` when it goes to the shop.
    Raises NotFound, NotAllowed, Stale, IllegalMove, Invalid (field), OutOfStock, OverBudget, RefusedByRule,
    NobodyCanDecide, OutOfBounds, CreditExceeded (on account), Changed (other prices than shown).
    """
    at = now or utc_now()
    held = locked(order_number, actor=actor, by_shop=True)
    require_requester(held)
    buyer = buying.require_buyer(actor)
    answer = checked_remark(remark)
    texts_before = revisions.texts_of(held.placement)
    payment = _other_payment(held, payment_code)
    _store_texts(held, note=note, po_number=po_number, payment_code=payment)
    account = lock_credit(held)
    cases.require_version(held.case, version, seat=held.seat)
    planner = _planner(held, buyer)
    budgets = lock_budgets(held)
    ground = routes.stand(planner, budgets=budgets)
    before = order_reader().document(held.order.id)
    changed = changed_quantities(before, quantities or {}, may_raise=True)
    if not what_is_left(before, changed):
        raise Invalid(_("Nothing would be left of this order: withdraw it instead."))
    delivery = _other_delivery(held, before, delivery_code)
    if not delivery:
        _require_delivery(held, before)
    repriced = _brought_to_today(held, seen_prices, at=at)
    difference: Difference | None = None
    wish = Revise(
        kind=Revision.Kind.RESUBMITTED,
        quantities=changed,
        delivery_code=delivery,
        reason=answer,
        texts_before=texts_before,
    )
    if changed or delivery:
        difference = revise(held, before, wish, budgets=budgets, actor=actor, at=at).difference
    elif repriced is not None:
        difference = write_revision(held, before, repriced, wish, budgets=budgets, actor=actor, at=at).difference
    elif revisions.texts_of(held.placement) != texts_before:
        difference = record(held, before, before, wish, actor=actor, at=at)
    document = order_reader().document(held.order.id) if changed or delivery or repriced else before
    credit.require_room(account, document.amounts)
    route = routes.route(planner, document, order_id=held.order.id, at=at, ground=ground)
    asked = [person.member_id for person in route.approvers]
    again = held.case.released_at is not None
    let_go = sorted(set(held.case.asked) - set(asked)) if held.case.state == State.AWAITING else []
    state = cases.resubmit(held.case, version=version, seat=held.seat, plan=route.plan, asked=asked, now=at)
    if route.facts is not None:
        grounds.keep(held.order.id, route.facts, route.plan, organization_id=held.case.organization_id, now=at)
    events = [Event(topics.RESUBMITTED, held.subject, _resubmitted_payload(held, route, answer, difference, let_go))]
    if state is State.ACCEPTED:
        events.append(release(held, again=again, actor=actor, at=at))
    journal.write(events, actor=actor, organization_id=held.case.organization_id, now=at)
    return decided(held, state)


def _brought_to_today(held: LockedOrder, seen: str | None, *, at: datetime) -> Quote | None:
    """Bring an order whose prices' term has passed to today's; None where it has not, or nothing differs."""
    terms = terms_in_force(held)
    ends = prices_end(terms, held.placement) if terms is not None else None
    if ends is None or at < ends:
        return None
    if seen is not None and order_book().would_cost(held.order.id, {}, today=True).fingerprint != seen:
        raise Changed(_("The shop's prices have changed since you opened this page. Please look again and confirm."))
    held.placement.repriced_at = at
    held.placement.save(update_fields=["repriced_at"])
    return order_book().reprice(held.order)


def _require_delivery(held: LockedOrder, document: OrderDocument) -> None:
    if not order_book().still_delivers(held.order.id, document.delivery_code):
        raise Invalid(
            _("The shop no longer delivers by “%(method)s”. Choose another way of delivery.")
            % {"method": document.delivery_name},
            field="delivery",
        )


def _store_texts(
    held: LockedOrder, *, note: str | None = None, po_number: str | None = None, payment_code: str | None = None
) -> None:
    require_texts(po_number=po_number or "", note=note or "")
    wanted = {"note": note, "po_number": po_number, "payment_code": payment_code}
    changed = {name: typed.prose(text) for name, text in wanted.items() if text is not None}
    for name, text in changed.items():
        setattr(held.placement, name, text)
    if changed:
        held.placement.save(update_fields=list(changed))


def _planner(held: LockedOrder, buyer: Seat | None) -> Seat:
    """Return whom to plan anew for, in the unit the order was placed in: they may sit in another one by now."""
    seat, unit = buyer or held.seat, held.case.unit
    if seat.unit_id != unit.pk:
        rights = seat.permissions if seat.covers(unit.path) else seat.permissions - {Permission.ACCEPT_ORDERS}
        seat = replace(seat, unit_id=unit.pk, unit_path=unit.path, unit_name=unit.name, permissions=rights)
    # While the module is off nothing new is held, but what is held stays with whoever was to decide it.
    return replace(seat, module_enabled=True)


def _resubmitted_payload(
    held: LockedOrder, route: Route, answer: str, difference: Difference | None, let_go: list[int]
) -> dict[str, Any]:
    return {
        "order_id": held.order.id,
        "remark": answer,
        "round": held.case.round,
        "revision": held.case.revision,
        "held": route.waits,
        "reasons": [step.reason.value for step in route.plan.steps],
        "budgets": [found.budget_id for found in route.budgets],
        "let_go": let_go,
        **asked_payload(list(route.approvers)),
        **(difference.as_json() if difference else {}),
    }


@action
def withdraw(
    order_number: str, *, actor: Actor, version: int, reason: str = "", now: datetime | None = None
) -> Decided:
    """Take a held order of one's own back: it ends, its stock is free again, whoever was asked is told.

    The shop may do it in its requester's place (`ordering.behalf`).
    Journal: `order.withdrawn`. Raises NotFound, NotAllowed (somebody else's), Stale, Invalid (reason too long).
    """
    at = now or utc_now()
    held = locked(order_number, actor=actor, by_shop=True)
    require_requester(held)
    why = checked_remark(reason, field="reason")
    asked = list(held.case.asked) if held.case.state == State.AWAITING else []
    cases.withdraw(held.case, version=version, seat=held.seat, now=at)
    drop(held, order_status=status.WITHDRAWN, actor=actor, at=at)
    event = Event(topics.WITHDRAWN, held.subject, {"order_id": held.order.id, "remark": why, "asked_members": asked})
    journal.write(event, actor=actor, organization_id=held.case.organization_id, now=at)
    return decided(held, State.WITHDRAWN)
