"""What holds in the whole shop, for the merchant's systems: its terms of orders, whom it is open to."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, Doing, caller, does, etag, reads, saved, version_of
from akcept.api.schemas.common import AmountSent, Money, Saved, Sent
from akcept.api.scopes import Scope
from akcept.kernel.actor import Actor
from akcept.ordering import actions as ordering
from akcept.ordering.queries import merchant
from akcept.organizations import actions, queries
from akcept.organizations.gate import Gate, Shown
from akcept.organizations.models import Module

router = Router(tags=["shop"])

#: Per cent, as text.
PercentSent = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$", examples=["2.5"])]


class ShopTerms(Schema):
    """What holds for the orders of all organisations; null is never, or no limit.

    `price_days` are days of the calendar, `price_tolerance` per cent; `order_from` and `order_up_to` are goods, net.
    """

    price_days: int | None
    price_tolerance: str
    order_from: Money | None
    order_up_to: Money | None
    mails: bool
    version: int


class ShopTermsSent(Sent):
    """The same, as they are to be; amounts are in the shop's currency."""

    price_days: int | None = Field(ge=1, le=ordering.DAYS_LIMIT)
    price_tolerance: PercentSent
    order_from: AmountSent | None
    order_up_to: AmountSent | None
    mails: bool

    def typed(self) -> ordering.ShopTermsInput:
        """Return them as the action takes them."""
        return ordering.ShopTermsInput(
            price_days=self.price_days,
            price_tolerance=Decimal(self.price_tolerance),
            order_from=None if self.order_from is None else Decimal(self.order_from),
            order_up_to=None if self.order_up_to is None else Decimal(self.order_up_to),
            mails=self.mails,
        )


class ShopGate(Schema):
    """What the shop is to visitors, and which prices it shows where a customer has no choice of its own."""

    gate: Gate
    shown: Shown
    version: int


class ShopGateSent(Sent):
    """The same, as they are to be."""

    gate: Gate = Field(strict=False)
    shown: Shown = Field(strict=False)


@reads(
    router,
    "/shop-terms",
    scope=Scope.SHOP_READ,
    answer=ShopTerms,
    name="get_shop_terms",
    summary="The terms of all orders",
    etagged=True,
)
def get_shop_terms(request: HttpRequest) -> Answered:
    """How long prices stay while an order waits, how large orders may be, whether e-mails about them are sent."""
    row, currency = merchant.shop_terms(caller(request).actor), settings.OSCAR_DEFAULT_CURRENCY
    content = ShopTerms(
        price_days=row.price_days,
        price_tolerance=f"{Decimal(row.price_tolerance).normalize():f}",
        order_from=None if row.order_from is None else Money.of(row.order_from, currency),
        order_up_to=None if row.order_up_to is None else Money.of(row.order_up_to, currency),
        mails=row.mails,
        version=row.version,
    )
    return Answered(content=content, headers={"ETag": etag(row.version)})


@does(
    router,
    "/shop-terms",
    scope=Scope.SHOP_WRITE,
    answers_={200: Saved},
    name="change_shop_terms",
    summary="Change the terms of all orders",
)
def change_shop_terms(request: HttpRequest, body: ShopTermsSent) -> Doing[Any]:
    """They count at once, for orders that wait, too."""
    actor, version, typed = caller(request).actor, version_of(request), body.typed()
    return Doing(
        act=lambda: ordering.change_shop_terms(typed, actor=actor, version=version),
        answered=saved,
        current=lambda: {"version": merchant.shop_terms(actor).version},
    )


@reads(
    router,
    "/shop-gate",
    scope=Scope.SHOP_READ,
    answer=ShopGate,
    name="get_shop_gate",
    summary="Whom the shop is open to, and which prices it shows",
    etagged=True,
)
def get_shop_gate(request: HttpRequest) -> Answered:
    """A customer's own choice of prices stands in `GET /customers/{organization_id}`."""
    found = _gate(caller(request).actor)
    return Answered(content=found, headers={"ETag": etag(found.version)})


def _gate(actor: Actor) -> ShopGate:
    row = queries.shop_gate(actor)
    return ShopGate(gate=Gate(row.gate), shown=Shown(row.shown), version=row.gate_version)


@does(
    router,
    "/shop-gate",
    scope=Scope.SHOP_WRITE,
    answers_={200: Saved},
    name="open_shop",
    summary="Choose whom the shop is open to, and which prices it shows",
)
def open_shop(request: HttpRequest, body: ShopGateSent) -> Doing[Any]:
    """It counts from the next page anybody opens; what was ordered stays."""
    actor, version = caller(request).actor, version_of(request)
    return Doing(
        act=lambda: actions.open_shop(actor=actor, gate=body.gate, shown=body.shown, version=version),
        answered=_opened,
        current=lambda: _gate(actor).model_dump(mode="json"),
    )


def _opened(row: Module) -> Answered:
    content = Saved(id=row.pk, version=row.gate_version)
    return Answered(content=content, headers={"ETag": etag(row.gate_version)})
