"""What schemas of all parts of the API share: money, problems, pages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from django.utils.translation import gettext as _
from ninja import Path, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from akcept.kernel import amounts, price_sight
from akcept.kernel.amounts import Basis
from akcept.kernel.clock import is_sensible
from akcept.kernel.errors import Invalid
from akcept.organizations import countries
from akcept.organizations.addresses import AddressInput
from akcept.organizations.permissions import Permission

#: No id of ours is longer, and no database of ours takes one that is.
HIGHEST_ID: Final = 2**53


class Sent(Schema):
    """What a caller sends: types as they are named, and no field that is not."""

    model_config = ConfigDict(extra="forbid", strict=True)


#: An id in an address, and one in a body.
Key = Annotated[int, Path(ge=1, le=HIGHEST_ID)]
KeySent = Annotated[int, Field(ge=1, le=HIGHEST_ID)]


def _as_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("text")
    return value


def _of_our_years(value: date) -> date:
    if not is_sensible(value):
        raise ValueError("year")
    return value


#: A moment with its offset, a day: as text (RFC 3339), of the years that make sense.
MomentSent = Annotated[
    datetime,
    Field(strict=False),
    BeforeValidator(_as_text),
    AfterValidator(_of_our_years),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
DaySent = Annotated[
    date,
    Field(strict=False),
    BeforeValidator(_as_text),
    AfterValidator(_of_our_years),
    WithJsonSchema({"type": "string", "format": "date"}),
]
#: A moment in an address.
MomentAsked = Annotated[datetime, BeforeValidator(_as_text), AfterValidator(_of_our_years)]
#: A product's code or EAN; so many in one call.
CodeSent = Annotated[str, Field(min_length=1, max_length=128)]
CODES_LIMIT: Final = 100
#: A sum as it is sent: decimal text.
AmountSent = Annotated[str, Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$", examples=["1230.00"])]
CurrencySent = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["PLN"])]


def moment(sent: datetime, *, field: str) -> datetime:
    """Return a moment that was sent with its offset. Raises Invalid for one without."""
    if sent.tzinfo is None:
        raise Invalid(_("Name the offset of the time, such as +00:00."), field=field)
    return sent


class Money(Schema):
    """A sum: decimal text with two places, and its currency (ISO 4217). Never a float.

    `amount` is null for whoever sees no prices.
    """

    amount: str | None = Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["1230.00"])
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["PLN"])

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """Return a sum that is rounded to two places already, or has fewer."""
        return cls(amount=f"{amount:.2f}" if price_sight.are_seen() else None, currency=currency)


class UnitPrice(Schema):
    """The price of one piece: decimal text with all its places, two at least, and its currency. Never a float.

    `amount` is null for whoever sees no prices.
    """

    amount: str | None = Field(pattern=r"^-?[0-9]+\.[0-9]{2,}$", examples=["0.01235"])
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["PLN"])

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> UnitPrice:
        """Return a price that is not rounded: a list may count in parts of a cent."""
        if not price_sight.are_seen():
            return cls(amount=None, currency=currency)
        whole, _, places = f"{amount:f}".partition(".")
        return cls(amount=f"{whole}.{places.rstrip('0'):0<2}", currency=currency)


class Limit(Schema):
    """Acceptance up to and including a sum, in its currency and on its basis."""

    amount: str | None
    currency: str
    basis: str

    @classmethod
    def of(cls, found: amounts.Limit | None) -> Limit | None:
        """Return a limit as it is told, its amount null for whoever sees no prices; None for none."""
        if found is None:
            return None
        told = found.as_json()
        return cls(**(told if price_sight.are_seen() else {**told, "amount": None}))


class LimitSent(Sent):
    """Acceptance up to and including a sum; 0 covers free orders only."""

    amount: AmountSent
    currency: CurrencySent
    basis: Basis = Field(default=Basis.GOODS_NET, strict=False)

    def limit(self) -> amounts.Limit:
        """Return it as rights carry it."""
        return amounts.Limit(amount=Decimal(self.amount), currency=self.currency, basis=self.basis)


#: What somebody may do, by the names `GET /me` tells.
PermissionsSent = Annotated[
    list[Annotated[Permission, Field(strict=False)]], Field(default_factory=list, max_length=len(Permission))
]


class PostalSent(Sent):
    """An address of the organisation; `country` is ISO 3166-1 alpha-2, empty for the shop's own."""

    recipient: str = Field(min_length=1, max_length=200)
    line1: str = Field(min_length=1, max_length=255)
    postcode: str = Field(min_length=1, max_length=20)
    city: str = Field(min_length=1, max_length=120)
    country: str = Field(default="", pattern="^([A-Z]{2})?$")
    phone: str = Field(default="", max_length=30)

    def typed(self) -> AddressInput:
        """Return it as actions take it. Raises Invalid for a country the shop does not know."""
        if self.country and self.country not in countries.codes():
            raise Invalid(_("The shop does not know this country."), field="address.country")
        parts = ("recipient", "line1", "postcode", "city", "country", "phone")
        return AddressInput(**{name: getattr(self, name) for name in parts})


class Saved(Schema):
    """What was added or changed, and its version now: the ETag its next change names."""

    id: int
    version: int


class Done(Schema):
    """What was done is done; the row it was done to has no version."""

    id: int


class FieldError(Schema):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(Schema):
    """A refusal (RFC 9457). `code` is stable, `detail` is in the caller's language, `current` how things stand.

    `confirm`: what to send back as `confirm` to do it against the warning that `detail` gives.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    errors: list[FieldError] | None = None
    order_number: str | None = None
    confirm: str | None = None
    current: dict[str, Any] | None = None


class Moment(Schema):
    """Something that happened, in words of the caller's language; `topic` is stable."""

    at: datetime
    topic: str
    by: str
    text: str
    remark: str
