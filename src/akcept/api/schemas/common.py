"""What schemas of all parts of the API share: money, problems, pages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Sent(Schema):
    """What a caller sends: types as they are named, and no field that is not."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Money(Schema):
    """A sum: decimal text with two places, and its currency (ISO 4217). Never a float."""

    amount: str = Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["1230.00"])
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["PLN"])

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """Return a sum that is rounded to two places already, or has fewer."""
        return cls(amount=f"{amount:.2f}", currency=currency)


class UnitPrice(Schema):
    """The price of one piece: decimal text with all its places, two at least, and its currency. Never a float."""

    amount: str = Field(pattern=r"^-?[0-9]+\.[0-9]{2,}$", examples=["0.01235"])
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["PLN"])

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> UnitPrice:
        """Return a price that is not rounded: a list may count in parts of a cent."""
        whole, _, places = f"{amount:f}".partition(".")
        return cls(amount=f"{whole}.{places.rstrip('0'):0<2}", currency=currency)


class FieldError(Schema):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(Schema):
    """A refusal (RFC 9457). `code` is stable, `detail` is in the caller's language, `current` how things stand."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    errors: list[FieldError] | None = None
    order_number: str | None = None
    current: dict[str, Any] | None = None


class Moment(Schema):
    """Something that happened, in words of the caller's language; `topic` is stable."""

    at: datetime
    topic: str
    by: str
    text: str
    remark: str
