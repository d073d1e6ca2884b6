"""Stock and prices as the merchant's own system has them, many at once."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, Doing, caller, does
from akcept.api.schemas.common import Sent
from akcept.api.scopes import Scope
from akcept.handover.actions import supplying
from akcept.handover.actions.supplying import PriceRow, StockRow, Supplied

router = Router(tags=["work"])


class StockRowSent(Sent):
    """A product by its SKU or EAN, and how many pieces there are, those reserved for orders included."""

    code: str = Field(min_length=1, max_length=128)
    in_stock: int = Field(ge=0, le=supplying.MOST_IN_STOCK)


class StockSent(Sent):
    """All lines or none; `skip_unknown` leaves out codes that name no product, and answers them."""

    lines: list[StockRowSent] = Field(min_length=1, max_length=supplying.ROWS_LIMIT)
    skip_unknown: bool = False


class PriceRowSent(Sent):
    """A product by its SKU or EAN, and what a piece costs, as the shop's catalogue keeps prices: net."""

    code: str = Field(min_length=1, max_length=128)
    price: str = Field(pattern=r"^[0-9]{1,10}(\.[0-9]{1,2})?$", examples=["12.30"])
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["PLN"])


class PricesSent(Sent):
    """All lines or none; `skip_unknown` leaves out codes that name no product, and answers them."""

    lines: list[PriceRowSent] = Field(min_length=1, max_length=supplying.ROWS_LIMIT)
    skip_unknown: bool = False


class SupplyWritten(Schema):
    """How many products were changed, how many were so already, and which codes name none."""

    changed: int
    unchanged: int
    unknown: list[str]


@does(
    router,
    "/work/stock",
    scope=Scope.STOCK_WRITE,
    answers_={200: SupplyWritten},
    name="set_stock",
    summary="Write how many pieces of products there are, up to 1,000 at once",
    versioned=False,
)
def set_stock(request: HttpRequest, body: StockSent) -> Doing[Supplied]:
    """Tell of parcels first: what left is no stock any more. Each line that cannot be written is named in `errors`."""
    actor = caller(request).actor
    rows = [StockRow(code=row.code, in_stock=row.in_stock) for row in body.lines]
    return Doing(act=lambda: supplying.set_stock(rows, actor=actor, skip_unknown=body.skip_unknown), answered=_answered)


@does(
    router,
    "/work/prices",
    scope=Scope.PRICES_WRITE,
    answers_={200: SupplyWritten},
    name="set_prices",
    summary="Write what products cost, up to 1,000 at once",
    versioned=False,
)
def set_prices(request: HttpRequest, body: PricesSent) -> Doing[Supplied]:
    """Orders that were placed keep their prices. Each line that cannot be written is named in `errors`."""
    actor = caller(request).actor
    rows = [PriceRow(code=row.code, price=Decimal(row.price), currency=row.currency) for row in body.lines]
    return Doing(
        act=lambda: supplying.set_prices(rows, actor=actor, skip_unknown=body.skip_unknown), answered=_answered
    )


def _answered(led: Supplied) -> Answered:
    content = SupplyWritten(changed=led.changed, unchanged=led.unchanged, unknown=list(led.unknown))
    return Answered(content=content)
