"""One order to look at, for whoever placed it and whoever may accept it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from akcept.approvals import policies
from akcept.approvals.current import terms_of
from akcept.approvals.grounds import explanation_of
from akcept.approvals.states import State
from akcept.fulfilment import papers
from akcept.fulfilment import queries as fulfilment
from akcept.kernel.errors import NotFound, Refused
from akcept.ordering import actions, queries, topics
from akcept.ordering.queries import Act, OrderView, Since
from akcept.ordering.queries.elsewhere import organization_of_order
from akcept.organizations import second_factor
from akcept.organizations.visitor import actor_of, seat_of
from akcept.storefront import refusals
from akcept.ui.context_processors import place_under
from akcept.ui.forms import seen_version
from akcept.ui.history import sentences
from akcept.ui.sentence import Sentence
from akcept.ui.shop_history import shop_sentences

#: How many lines a page shows before the rest is folded away.
SHOWN_LINES = 10


@refusals.page
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order, for whoever placed it and whoever may accept it."""
    try:
        return order_page(request, number)
    except NotFound:
        seat = seat_of(request)
        other = organization_of_order(actor_of(request), number) if seat is not None and seat.elsewhere else None
        if other is None:
            raise
        return refusals.elsewhere(request, other)


#: The fact that brought an order to where it is.
_OUTCOMES = {
    State.ACCEPTED: topics.ACCEPTED,
    State.REJECTED: topics.REJECTED,
    State.RETURNED: topics.SENT_BACK,
    State.WITHDRAWN: topics.WITHDRAWN,
    State.EXPIRED: topics.EXPIRED,
}


def order_page(
    request: HttpRequest, number: str, *, refusal: Refused | None = None, act: str = "", typed: str = ""
) -> HttpResponse:
    """Answer with an order as it stands now; after a refused `act` with its text, its status and what was typed."""
    view = queries.order(
        actor_of(request),
        number,
        before=request.GET.get("before", ""),
        comments_before=request.GET.get("comments", ""),
    )
    takes_part = view.mine or (view.seat is not None and view.seat.decides)
    offered = not act or _is_still_offered(view, act)
    accepts = view.seat is not None and view.seat.decides and not view.mine
    if accepts:
        place_under(request, "akcept:inbox")
    context = {
        "view": view,
        "placement": view.placement,
        "document": view.document,
        "grounds": explanation_of(view.placement.order_id),
        "history": _history(view),
        "comments": sentences(reversed(view.comments.rows)) if takes_part else [],
        # Who decided, and what they wrote, is told at the top, not only in the history.
        "outcome": _outcome(view),
        "answer": _answer(view),
        "parcels": fulfilment.parcels_of(view.placement.order_id, status=view.status),
        "makes_papers": papers.available(),
        "offers_once_more": view.mine and view.has_ended and not view.taken_by,
        "accepts": accepts,
        "second_factor": _second_factor(request, view),
        "colleagues": [person for person in view.approvers if view.seat and person.member_id != view.seat.member_id],
        "first_lines": view.document.lines[:SHOWN_LINES],
        "more_lines": view.document.lines[SHOWN_LINES:],
        "refusal": refusal,
        "act": act,
        "typed": typed,
        "lost": "" if offered else typed,
        "told_above": refusal is not None and not (refusal.field and offered),
        "since": since(request, number) if refusal else None,
        "remark_limit": actions.REMARK_LIMIT,
        "next_waiting": _next_waiting(request, view),
    }
    return render(request, "akcept/order.html", context, status=refusal.status if refusal else 200)


#: Marks the message of a decision just made: the page it leads to leads on to the next order that waits.
DECIDED = "decided"


def _next_waiting(request: HttpRequest, view: OrderView) -> queries.InboxRow | None:
    """Return the order to decide next, right after a decision; it costs other pages nothing."""
    if view.may_decide or not any(DECIDED in message.tags.split() for message in messages.get_messages(request)):
        return None
    return next(
        iter(queries.inbox(view.seat, after="", sort=queries.Sort.OLDEST, wanted=queries.InboxFilter()).rows), None
    )


def _history(view: OrderView) -> list[Sentence]:
    """Return what happened, oldest first; what the shop did since belongs to the latest part of a long history."""
    done = shop_sentences(view.shop_steps) if view.history.is_first else []
    return sorted([*sentences(view.told), *done], key=lambda line: line.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lacking:
    """Why the visitor cannot accept an order as they have logged in: above `amount`, unless they go to `page`."""

    amount: Decimal | None
    currency: str
    page: str


def _second_factor(request: HttpRequest, view: OrderView) -> _Lacking | None:
    """Return which second factor accepting the order needs; None where it needs none, or the visitor has shown it."""
    if view.case is None or not view.may_decide:
        return None
    terms = terms_of(view.case)
    if not policies.lacks_second_factor(terms, view.placement.amounts, actor=actor_of(request)):
        return None
    login = second_factor.of_login()
    back = reverse("akcept:order", kwargs={"number": view.placement.number})
    return _Lacking(
        amount=terms.second_factor_above,
        currency=terms.second_factor_currency,
        page=login.leads_to(request, back) if login else "",
    )


def since(request: HttpRequest, number: str) -> Since | None:
    """Return what is different since the version a refused form was shown with; None where that is not to be seen."""
    return queries.changed_since(actor_of(request), {number: seen_version(request)}).get(number)


def _is_still_offered(view: OrderView, act: str) -> bool:
    """Whether the page has the form that was refused, so that what was typed is in it."""
    return act in view.acts if act in _OWN_FORM else view.may_decide


_OWN_FORM = frozenset({Act.WITHDRAW, Act.REVOKE, Act.COMMENT})


def _outcome(view: OrderView) -> Sentence | None:
    if view.case is None or (view.case.state == State.ACCEPTED and not view.case.steps_total):
        return None
    return _last(view, _OUTCOMES.get(State(view.case.state)))


def question_of(view: OrderView) -> Sentence | None:
    """Return who sent the order back, and what they ask, while its requester has it."""
    returned = view.case is not None and view.case.state == State.RETURNED
    return _last(view, topics.SENT_BACK) if returned else None


def _answer(view: OrderView) -> Sentence | None:
    """Return what the requester wrote when they submitted a waiting order again."""
    waits = view.case is not None and view.case.state == State.AWAITING
    found = _last(view, topics.RESUBMITTED) if waits else None
    return found if found and found.said else None


def _last(view: OrderView, topic: str | None) -> Sentence | None:
    entry = queries.latest_of(view, topic) if topic else None
    return sentences([entry])[0] if entry else None
