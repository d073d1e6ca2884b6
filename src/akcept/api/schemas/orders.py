"""What orders look like to other systems."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from akcept.api.schemas.common import Moment, Money, Sent, UnitPrice
from akcept.ordering.ports import MOST_PIECES

#: As reading a pasted list has it.
LINES_LIMIT = 500


class LineSent(Sent):
    """A product by its code or EAN, and how many pieces."""

    code: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, le=MOST_PIECES)


class AddressSent(Sent):
    """A delivery address that is typed: for members who may have goods sent anywhere, or as their unit has it."""

    name: str = Field(min_length=1, max_length=200)
    line1: str = Field(min_length=1, max_length=255)
    postcode: str = Field(min_length=1, max_length=12)
    city: str = Field(min_length=1, max_length=120)
    country: str = Field(default="", max_length=2)
    phone: str = Field(default="", max_length=30)
    notes: str = Field(default="", max_length=500)


class AgainSent(Sent):
    """Where it goes, how it is paid. With `dry_run` nothing is ordered.

    `address_id` is one of the addresses of the member's unit, `address` a typed one; neither for goods not sent.
    """

    address_id: int | None = Field(default=None, ge=1, le=2**53)
    address: AddressSent | None = None
    delivery: str = Field(min_length=1, max_length=128)
    payment: Literal["transfer", "on_account"] = "transfer"
    po_number: str = Field(default="", max_length=60)
    note: str = Field(default="", max_length=2000)
    dry_run: bool = False


class OrderSent(AgainSent):
    """An order: its lines, where it goes, how it is paid. With `dry_run` nothing is ordered.

    `address_id` is one of the addresses of the member's unit, `address` a typed one; neither for goods not sent.
    """

    lines: list[LineSent] = Field(min_length=1, max_length=LINES_LIMIT)


class Placed(Schema):
    """What placing led to; `held` orders wait for one of `asked`."""

    number: str
    held: bool
    asked: list[str]
    version: int


class VatRow(Schema):
    """The VAT of one rate, delivery included; `rate` in per cent, null where there is none."""

    rate: str | None
    net: Money
    vat: Money


class Step(Schema):
    """One step of the way: why, whom it asks, how many of them have to accept (0: all), who has, and where it is."""

    position: int
    why: str
    asks: list[str]
    quorum: int
    accepted: list[str] = []
    place: str = "later"


class BudgetEffect(Schema):
    """What an order takes of a budget, in the budget's currency; `takes` is null where no rate is known."""

    id: int
    name: str
    takes: Money | None
    left: Money
    exceeded: bool


class Priced(Schema):
    """A line with its price. Pieces times `unit_net`, to the cent, less `discount_net`, are `net`.

    In a shop that sells with VAT `gross` is what was agreed, and `net` of a line without a discount may be a cent off.
    """

    code: str
    title: str
    quantity: int
    unit_net: UnitPrice
    discount_net: Money
    net: Money
    gross: Money
    vat_rate: str | None


class Tried(Schema):
    """What ordering this now would lead to. Nothing was ordered and nothing is kept."""

    lines: list[Priced]
    goods_net: Money
    delivery_net: Money
    total_net: Money
    total_gross: Money
    vat: list[VatRow]
    would_wait: bool
    why: str
    asked: list[str]
    steps: list[Step]
    budgets: list[BudgetEffect]


class OrderRow(Schema):
    """An order in a list."""

    number: str
    status: str
    state: str
    placed_at: datetime
    requester: str
    unit: str
    summary: str
    line_count: int
    total_net: Money
    total_gross: Money
    mine: bool
    asked: list[str]
    accepted: list[str]
    decided_by: str
    remark: str


class OrderPage(Schema):
    """A page of orders, newest first; `next_cursor` is what to send as `cursor` for the following one."""

    items: list[OrderRow]
    next_cursor: str | None


class Line(Priced):
    """A line of an order; `id` is what changing it names."""

    id: int | None


class Address(Schema):
    """Where goods go, or whom the invoice is made out to."""

    name: str
    line1: str
    postcode: str
    city: str
    country: str
    phone: str
    notes: str


class RevisionLine(Schema):
    """A line that differs from the revision before; 0 where it was, or is, not there."""

    code: str
    title: str
    quantity_before: int
    quantity_after: int


class Revision(Schema):
    """How the order was changed."""

    number: int
    kind: str
    by: str
    reason: str
    at: datetime
    lines: list[RevisionLine]
    total_net_before: Money
    total_net_after: Money


class Pieces(Schema):
    """Pieces of a line in a parcel."""

    line_id: int
    code: str
    quantity: int


class Shipment(Schema):
    """A parcel that left; its number is empty where nobody told it, `link` where the shop knows none of the carrier."""

    parcel: str
    carrier: str
    link: str
    sent_at: datetime
    lines: list[Pieces]


class Today(Schema):
    """What an order whose prices' term has passed costs today, and what accepting it does.

    `outcome`: "same" accepts it, "falls" accepts it at the lower price; "rises" and "anew" (everybody is asked again)
    take `update_prices` first, "refused" is beyond a budget or a rule; `because` says who is asked too, or why.
    """

    outcome: str
    because: str
    total_net: Money
    total_gross: Money


class Order(Schema):
    """One order, with all the caller may see of it and do on it now."""

    number: str
    status: str
    state: str
    version: int
    held: bool
    placed_at: datetime
    organization: str
    unit: str
    cost_centre: str
    requester: str
    po_number: str
    note: str
    payment: str
    #: Of an order on account: within how many days it is paid, where that was agreed.
    payment_days: int | None
    delivery: str
    delivery_address: Address | None
    invoice_address: Address | None
    lines: list[Line]
    goods_net: Money
    delivery_net: Money
    total_net: Money
    total_gross: Money
    vat: list[VatRow]
    why: str
    asked: list[str]
    steps: list[Step]
    budgets: list[BudgetEffect]
    revisions: list[Revision]
    #: The latest of what happened and of what people wrote, the oldest first.
    history: list[Moment]
    comments: list[Moment]
    prices_until: datetime | None
    #: What keeps a pending order from the shop as it is, a sentence each.
    problems: list[str]
    #: What was agreed when a pending order was placed and no longer is, and what accepting it does, a sentence each.
    since_placed: list[str]
    today: Today | None
    shipments: list[Shipment]
    available_actions: list[str]


class RemarkSent(Sent):
    """What is said with a decision; may be left out."""

    remark: str = Field(default="", max_length=2000)


class ReasonSent(Sent):
    """Why; the requester sees it."""

    reason: str = Field(max_length=2000)


class QuestionSent(Sent):
    """What should be changed or explained."""

    question: str = Field(max_length=2000)


class ForwardSent(Sent):
    """Whom to ask in particular."""

    member_id: int = Field(ge=1, le=2**53)
    remark: str = Field(default="", max_length=2000)


class CommentSent(Sent):
    """A comment."""

    text: str = Field(max_length=2000)


class QuantitySent(Sent):
    """Another quantity of a line; 0 drops it."""

    line_id: int = Field(ge=1, le=2**53)
    quantity: int = Field(ge=0, le=MOST_PIECES)


class AmendSent(Sent):
    """What an approver lowers, and why."""

    quantities: list[QuantitySent] = Field(max_length=LINES_LIMIT)
    reason: str = Field(max_length=2000)
    delivery: str | None = Field(default=None, max_length=128)
    payment: Literal["transfer", "on_account"] | None = None


class ResubmitSent(Sent):
    """What the requester changes, and answers; what is left out stays."""

    quantities: list[QuantitySent] = Field(default=[], max_length=LINES_LIMIT)
    remark: str = Field(default="", max_length=2000)
    note: str | None = Field(default=None, max_length=2000)
    po_number: str | None = Field(default=None, max_length=60)
    delivery: str | None = Field(default=None, max_length=128)
    payment: Literal["transfer", "on_account"] | None = None


class Decided(Schema):
    """What an act led to; `version` is what the next one has to name."""

    number: str
    state: str
    version: int


class PricesUpdated(Schema):
    """What the order costs now, net with delivery; `anew`: everybody is asked again. It has another version now."""

    number: str
    total_net_before: Money
    total_net_after: Money
    anew: bool


class Commented(Schema):
    """The order that was commented on."""

    number: str


class ChosenSent(Sent):
    """An order to decide, as the caller saw it."""

    number: str = Field(min_length=1, max_length=128)
    version: int = Field(ge=0, le=2**31 - 1)


class AcceptManySent(Sent):
    """Orders to accept, each on its own version."""

    orders: list[ChosenSent] = Field(min_length=1, max_length=50)
    remark: str = Field(default="", max_length=2000)


class RejectManySent(Sent):
    """Orders to reject, each on its own version, with one reason for all."""

    orders: list[ChosenSent] = Field(min_length=1, max_length=50)
    reason: str = Field(max_length=2000)


class OneOfMany(Schema):
    """What became of one of several orders: `refused` says why not."""

    number: str
    state: str | None
    version: int | None
    refused: str


class ManyDecided(Schema):
    """What became of several orders."""

    results: list[OneOfMany]
