"""Orders: placed, read, decided, changed."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from akcept.api import told
from akcept.api.operations import Answered, Doing, caller, does, reads, version_of
from akcept.api.routes.work import HeldPage, HeldWanted, WorkPage, WorkWanted, held_listed, work_listed
from akcept.api.schemas import orders as sent
from akcept.api.schemas.common import HIGHEST_ID, DaySent, MomentAsked, moment
from akcept.api.schemas.paging import Paged
from akcept.api.scopes import Scope
from akcept.kernel.errors import Invalid
from akcept.ordering import actions, queries
from akcept.ordering.actions import Chosen, Decided
from akcept.ordering.ports import Address, WantedLine
from akcept.ordering.queries import OrderFilter
from akcept.ordering.status import LABELS

router = Router(tags=["orders"])

Asked = TypeVar("Asked", WorkWanted, HeldWanted)


class Wanted(Paged):
    """What a list of orders is narrowed by; `for_work`: the shop's work, with `held` what is none yet."""

    for_work: bool = False
    held: bool = False
    mine: bool = False
    status: str = Field(default="", max_length=100)
    exported: bool | None = None
    organization_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    unit_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    requester_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    changed_since: MomentAsked | None = None
    text: str = Field(default="", max_length=100)
    placed_from: DaySent | None = None
    placed_to: DaySent | None = None

    def of(self, kind: type[Asked]) -> Asked:
        """Return what narrows the shop's work, or what is held. Raises Invalid for what does not."""
        given = self.model_dump(mode="json", include=self.model_fields_set - {"for_work", "held"}, exclude_none=True)
        if not given.get("status"):
            given.pop("status", None)
        if others := given.keys() - kind.model_fields.keys():
            raise Invalid(_("This does not narrow the list you ask for."), field=min(others))
        return kind(**given)


@reads(
    router,
    "/orders",
    scope=Scope.ORDERS_READ,
    switched={"for_work": Scope.WORK_READ, "held": Scope.HELD_READ},
    answer=sent.OrderPage | WorkPage | HeldPage,
    name="list_orders",
    summary="List the orders the caller may see, newest first; for the shop's systems, its work",
)
def list_orders(request: HttpRequest, wanted: Query[Wanted]) -> Answered:
    """Narrowed by status, unit (with those below it), requester, or to what has changed since a moment.

    `text` is searched as on the page: numbers, people, products by code, EAN or title. Days are the shop's.

    With `for_work` as `/work/orders`: unhandled orders of all organisations, the oldest first, none that is held. With
    `held` beside it as `/work/held`: only what waits for its customer's acceptance, each marked.
    """
    if wanted.held and not wanted.for_work:
        raise Invalid(_("Held orders are asked for together with for_work."), field="held")
    if wanted.for_work:
        if wanted.held:
            return held_listed(request, wanted.of(HeldWanted))
        return work_listed(request, wanted.of(WorkWanted))
    return _of_members(request, wanted)


def _of_members(request: HttpRequest, wanted: Wanted) -> Answered:
    for field in ("exported", "organization_id"):
        if getattr(wanted, field) is not None:
            raise Invalid(_("This narrows the shop's work only: ask with for_work."), field=field)
    if wanted.status and wanted.status not in LABELS:
        raise Invalid(_("There is no such status."), field="status")
    since = None if wanted.changed_since is None else moment(wanted.changed_since, field="changed_since")
    narrowed = OrderFilter(
        unit_id=wanted.unit_id,
        requester_id=wanted.requester_id,
        changed_since=since,
        text=wanted.text,
        placed_from=wanted.placed_from,
        placed_to=wanted.placed_to,
    )
    page = queries.orders(
        caller(request).actor,
        after=wanted.after(),
        scope="mine" if wanted.mine else "all",
        status=wanted.status,
        size=wanted.limit,
        wanted=narrowed,
    )
    return Answered(content=sent.OrderPage(items=[told.row(row) for row in page.rows], next_cursor=page.next_after))


@does(
    router,
    "/orders",
    scope=Scope.ORDERS_PLACE,
    answers_={200: sent.Tried, 201: sent.Placed},
    name="place_order",
    summary="Place an order without a basket, or try it",
    versioned=False,
    needs_key=True,
)
def place_order(request: HttpRequest, body: sent.OrderSent) -> Doing[Any]:
    """Up to 500 lines by code or EAN; the member's own basket stays as it is.

    201: placed, and held where somebody has to accept it. With `dry_run` 200: what it would cost and lead to; nothing
    is ordered and no Idempotency-Key is needed.
    """
    return _ordering(request, body, [WantedLine(code=line.code, quantity=line.quantity) for line in body.lines])


def _ordering(
    request: HttpRequest, body: sent.AgainSent, lines: list[WantedLine], *, origin: int | None = None
) -> Doing[Any]:
    if body.address is not None and body.address_id is not None:
        raise Invalid(_("Send either an address or the id of one."), field="address")
    terms: dict[str, Any] = {
        "actor": caller(request).actor,
        "delivery_code": body.delivery,
        "delivery_address": Address(**body.address.model_dump()) if body.address else body.address_id,
        "payment_code": body.payment,
        "po_number": body.po_number,
        "note": body.note,
    }
    if body.dry_run:
        return Doing(act=lambda: actions.try_list(lines, **terms), answered=told.tried, only_looks=True)
    return Doing(act=lambda: actions.place_list(lines, origin=origin, **terms), answered=told.placed)


@does(
    router,
    "/orders/{number}/again",
    scope=Scope.ORDERS_PLACE,
    answers_={200: sent.Tried, 201: sent.Placed},
    name="order_again",
    summary="Order the products of an order once more, at today's prices, or try it",
    versioned=False,
    needs_key=True,
)
def order_again(request: HttpRequest, number: str, body: sent.AgainSent) -> Doing[Any]:
    """For whoever may see it and order; a line that cannot be had any more is named in `errors`.

    Of an order of the caller's own that ended without acceptance it takes the place. Else as `POST /orders`.
    """
    view = queries.order(caller(request).actor, number)
    pieces = Counter[str]()
    for line in view.document.lines:
        pieces[line.sku] += line.quantity
    lines = [WantedLine(code=code, quantity=quantity) for code, quantity in pieces.items()]
    return _ordering(request, body, lines, origin=view.placement.order_id if view.has_ended else None)


@reads(
    router,
    "/orders/{number}",
    scope=Scope.ORDERS_READ,
    answer=sent.Order,
    name="get_order",
    summary="One order, and what may be done on it",
    etagged=True,
)
def get_order(request: HttpRequest, number: str) -> Answered:
    """Lines, revisions, steps, decisions, history; `available_actions` are those of the caller, now.

    The ETag is the version that acts name in If-Match.
    """
    return told.order(queries.order(caller(request).actor, number))


def _decision(request: HttpRequest, number: str, act: Any, **terms: Any) -> Doing[Decided]:
    """Return an act on the version the caller saw."""
    actor, version = caller(request).actor, version_of(request)
    return Doing(
        act=lambda: act(number, actor=actor, version=version, **terms),
        answered=told.decided,
        current=lambda: told.current(actor, number),
    )


@does(
    router,
    "/orders/{number}/accept",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.Decided},
    name="accept_order",
    summary="Accept an order",
)
def accept_order(request: HttpRequest, number: str, body: sent.RemarkSent) -> Doing[Decided]:
    """The last acceptance it needs hands it to the shop. Above an organisation's amount for a second factor: a page."""
    return _decision(request, number, actions.accept, remark=body.remark, through=actions.Through.API)


@does(
    router,
    "/orders/{number}/reject",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.Decided},
    name="reject_order",
    summary="Reject an order",
)
def reject_order(request: HttpRequest, number: str, body: sent.ReasonSent) -> Doing[Decided]:
    """It ends, and its stock is free again."""
    return _decision(request, number, actions.reject, reason=body.reason, through=actions.Through.API)


@does(
    router,
    "/orders/{number}/send-back",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.Decided},
    name="send_order_back",
    summary="Give an order back to its requester with a question",
)
def send_order_back(request: HttpRequest, number: str, body: sent.QuestionSent) -> Doing[Decided]:
    """It stays held until they submit it again or withdraw it."""
    return _decision(request, number, actions.send_back, question=body.question)


@does(
    router,
    "/orders/{number}/forward",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.Decided},
    name="forward_order",
    summary="Ask one colleague in particular",
)
def forward_order(request: HttpRequest, number: str, body: sent.ForwardSent) -> Doing[Decided]:
    """Somebody who may decide this step."""
    return _decision(request, number, actions.forward, to_member_id=body.member_id, remark=body.remark)


@does(
    router,
    "/orders/{number}/revoke",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.Decided},
    name="revoke_acceptance",
    summary="Take an acceptance back while the shop has not begun",
)
def revoke_acceptance(request: HttpRequest, number: str, body: sent.ReasonSent) -> Doing[Decided]:
    """The order waits again, at its last step."""
    return _decision(request, number, actions.revoke, reason=body.reason)


@does(
    router,
    "/orders/{number}/amend",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.Decided},
    name="amend_order",
    summary="Lower quantities of a waiting order before deciding it",
)
def amend_order(request: HttpRequest, number: str, body: sent.AmendSent) -> Doing[Decided]:
    """Where the organisation lets approvers do that; nothing is ever raised."""
    return _decision(
        request,
        number,
        actions.amend,
        quantities=_quantities(body.quantities),
        reason=body.reason,
        delivery_code=body.delivery,
        payment_code=body.payment,
    )


@does(
    router,
    "/orders/{number}/resubmit",
    scope=Scope.ORDERS_PLACE,
    answers_={200: sent.Decided},
    name="resubmit_order",
    summary="Change a held order of one's own and submit it once more",
)
def resubmit_order(request: HttpRequest, number: str, body: sent.ResubmitSent) -> Doing[Decided]:
    """The steps it needs now start anew."""
    return _decision(
        request,
        number,
        actions.resubmit,
        quantities=_quantities(body.quantities),
        note=body.note,
        po_number=body.po_number,
        delivery_code=body.delivery,
        payment_code=body.payment,
        remark=body.remark,
    )


def _quantities(wanted: list[sent.QuantitySent]) -> dict[int, int]:
    found = {each.line_id: each.quantity for each in wanted}
    if len(found) != len(wanted):
        raise Invalid(_("A line is named twice."), field="quantities")
    return found


@does(
    router,
    "/orders/{number}/withdraw",
    scope=Scope.ORDERS_PLACE,
    answers_={200: sent.Decided},
    name="withdraw_order",
    summary="Take a held order of one's own back",
)
def withdraw_order(request: HttpRequest, number: str, body: sent.RemarkSent) -> Doing[Decided]:
    """It ends, and whoever was asked is told."""
    return _decision(request, number, actions.withdraw, reason=body.remark)


@does(
    router,
    "/orders/{number}/update-prices",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.PricesUpdated},
    name="update_prices",
    summary="Bring an order whose prices' term has passed to today's prices",
)
def update_prices(request: HttpRequest, number: str) -> Doing[Any]:
    """Without deciding it; where the value rises, all its steps start anew."""
    actor, version = caller(request).actor, version_of(request)
    return Doing(
        act=lambda: actions.update_prices(number, actor=actor, version=version),
        answered=told.repriced,
        current=lambda: told.current(actor, number),
    )


@does(
    router,
    "/orders/{number}/comments",
    scope=Scope.ORDERS_COMMENT,
    answers_={201: sent.Commented},
    name="comment_order",
    summary="Write to the people of an order",
    versioned=False,
)
def comment_order(request: HttpRequest, number: str, body: sent.CommentSent) -> Doing[None]:
    """For its requester and whoever accepts it; the shop does not see it."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.comment(number, actor=actor, text=body.text),
        answered=lambda _led: Answered(status=201, content=sent.Commented(number=number)),
    )


@does(
    router,
    "/inbox/accept",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.ManyDecided},
    name="accept_orders",
    summary="Accept several orders, each on its own version",
    versioned=False,
)
def accept_orders(request: HttpRequest, body: sent.AcceptManySent) -> Doing[Any]:
    """One that cannot be accepted stops no other. Each is a transaction of its own; sent again, none counts twice."""
    actor, chosen = caller(request).actor, _chosen(body.orders)
    return Doing(
        act=lambda: actions.accept_many(chosen, actor=actor, remark=body.remark), answered=told.many, several=True
    )


@does(
    router,
    "/inbox/reject",
    scope=Scope.ORDERS_DECIDE,
    answers_={200: sent.ManyDecided},
    name="reject_orders",
    summary="Reject several orders with one reason",
    versioned=False,
)
def reject_orders(request: HttpRequest, body: sent.RejectManySent) -> Doing[Any]:
    """One that cannot be rejected stops no other."""
    actor, chosen = caller(request).actor, _chosen(body.orders)
    return Doing(
        act=lambda: actions.reject_many(chosen, actor=actor, reason=body.reason), answered=told.many, several=True
    )


def _chosen(wanted: list[sent.ChosenSent]) -> list[Chosen]:
    return [Chosen(order_number=each.number, version=each.version) for each in wanted]
