"""The organisations that buy, for the merchant's systems: read, added, confirmed, blocked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, Doing, caller, does, reads, unversioned
from akcept.api.routes.organization import Found
from akcept.api.schemas.common import Done, Key, PostalSent, Sent
from akcept.api.schemas.paging import Paged
from akcept.api.scopes import Scope
from akcept.organizations import actions, queries
from akcept.organizations.gate import Shown

router = Router(tags=["customers"])


class Customer(Schema):
    """An organisation as the merchant sees it."""

    id: int
    name: str
    tax_number: str
    status: str
    invoice_email: str
    line1: str
    postcode: str
    city: str
    country: str
    created_at: datetime
    confirmed_at: datetime | None
    blocked_at: datetime | None
    blocked_reason: str


class CustomerPage(Schema):
    """A page of organisations, as they joined."""

    items: list[Customer]
    next_cursor: str | None


class CustomerUnit(Schema):
    """A unit of an organisation."""

    id: int
    name: str
    code: str
    cost_centre: str
    parent_id: int | None


class CustomerOne(Customer):
    """One organisation with its units; `administered`: somebody there can change it.

    `shown` is which prices of products it is shown, null for those of the whole shop; `prices_by_right`: only members
    with the permission `see_prices` see any.
    """

    shown: Shown | None
    prices_by_right: bool
    administered: bool
    members: int
    units: list[CustomerUnit]


class CustomerMember(Schema):
    """A member of an organisation."""

    id: int
    name: str
    email: str
    unit_id: int
    unit: str
    active: bool


class CustomerMembers(Schema):
    """A page of members, by name."""

    items: list[CustomerMember]
    next_cursor: str | None


class Wanted(Paged):
    """Which organisations."""

    text: str = Field(default="", max_length=100)
    status: str = Field(default="", max_length=10)


class AdministratorSent(Sent):
    """Whom to invite as the organisation's administrator; `language` is that of the mail."""

    email: str = Field(min_length=3, max_length=254)
    first_name: str = Field(min_length=1, max_length=150)
    last_name: str = Field(min_length=1, max_length=150)
    language: str = Field(default="pl", max_length=8)


class CustomerSent(AdministratorSent):
    """A new organisation, with its first administrator."""

    name: str = Field(min_length=1, max_length=200)
    tax_number: str = Field(min_length=1, max_length=30)
    address: PostalSent


class InviteSent(AdministratorSent):
    """With the reason, which both sides read in the organisation's history."""

    reason: str = Field(min_length=1, max_length=300)


class BlockSent(Sent):
    """What the organisation's members are told."""

    reason: str = Field(min_length=1, max_length=300)


class PricesShownSent(Sent):
    """Which prices it is shown, null for those of the whole shop; `by_right`: only to members with the permission."""

    shown: Shown | None = Field(strict=False)
    by_right: bool


_COLUMNS = ("name", "status", "invoice_email", "line1", "postcode", "city", "country")
_TIMES = ("created_at", "confirmed_at", "blocked_at", "blocked_reason")


def _customer(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "tax_number": row.nip, **{name: getattr(row, name) for name in (*_COLUMNS, *_TIMES)}}


@reads(
    router,
    "/customers",
    scope=Scope.CUSTOMERS_READ,
    answer=CustomerPage,
    name="list_customers",
    summary="The organisations that buy",
)
def list_customers(request: HttpRequest, wanted: Query[Wanted]) -> Answered:
    """Found by words of their name or the beginning of their tax number."""
    page = queries.organizations_by_key(
        caller(request).actor, text=wanted.text, status=wanted.status, after=wanted.after(), size=wanted.limit
    )
    items = [Customer(**_customer(row)) for row in page.rows]
    return Answered(content=CustomerPage(items=items, next_cursor=page.next_after))


@reads(
    router,
    "/customers/{organization_id}",
    scope=Scope.CUSTOMERS_READ,
    answer=CustomerOne,
    name="get_customer",
    summary="One organisation, with its units",
)
def get_customer(request: HttpRequest, organization_id: Key) -> Answered:
    """Its open units, head office first."""
    found = queries.organization_for_staff(caller(request).actor, organization_id)
    names = ("name", "code", "cost_centre", "parent_id")
    content = CustomerOne(
        **_customer(found.organization),
        administered=found.administered,
        shown=Shown(found.organization.shown) if found.organization.shown else None,
        prices_by_right=found.organization.prices_by_right,
        members=found.n_members,
        units=[CustomerUnit(id=unit.pk, **{name: getattr(unit, name) for name in names}) for unit in found.units],
    )
    return Answered(content=content)


@reads(
    router,
    "/customers/{organization_id}/members",
    scope=Scope.CUSTOMERS_READ,
    answer=CustomerMembers,
    name="list_customer_members",
    summary="An organisation's members, by name",
)
def list_customer_members(request: HttpRequest, organization_id: Key, wanted: Query[Found]) -> Answered:
    """Found by words of name, e-mail address or unit."""
    page = queries.members_for_staff(
        caller(request).actor,
        organization_id,
        text=wanted.text,
        unit_id=wanted.unit_id,
        after=wanted.after(),
        size=wanted.limit,
    )
    items = [
        CustomerMember(
            id=row.pk,
            name=queries.name_of(row.user),
            email=row.user.email,
            unit_id=row.unit_id,
            unit=row.unit.name,
            active=row.active,
        )
        for row in page.rows
    ]
    return Answered(content=CustomerMembers(items=items, next_cursor=page.next_after))


@does(
    router,
    "/customers",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={201: Done},
    name="add_customer",
    summary="Add an organisation",
    versioned=False,
)
def add_customer(request: HttpRequest, body: CustomerSent) -> Doing[Any]:
    """It is active at once; its first administrator is invited by e-mail."""
    return unversioned(
        request,
        actions.add_organization,
        status=201,
        name=body.name,
        nip=body.tax_number,
        address=body.address.typed(),
        email=body.email,
        first_name=body.first_name,
        last_name=body.last_name,
        language=body.language,
    )


@does(
    router,
    "/customers/{organization_id}/confirm",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Done},
    name="confirm_customer",
    summary="Confirm an organisation that signed up",
    versioned=False,
)
def confirm_customer(request: HttpRequest, organization_id: Key) -> Doing[Any]:
    """From now on its members may order."""
    return unversioned(request, actions.confirm, organization_id)


@does(
    router,
    "/customers/{organization_id}/block",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Done},
    name="block_customer",
    summary="Block an organisation",
    versioned=False,
)
def block_customer(request: HttpRequest, organization_id: Key, body: BlockSent) -> Doing[Any]:
    """Its members can look, but neither place nor decide."""
    return unversioned(request, actions.block, organization_id, reason=body.reason)


@does(
    router,
    "/customers/{organization_id}/unblock",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Done},
    name="unblock_customer",
    summary="Let a blocked organisation order again",
    versioned=False,
)
def unblock_customer(request: HttpRequest, organization_id: Key) -> Doing[Any]:
    """Its administrators are mailed."""
    return unversioned(request, actions.unblock, organization_id)


@does(
    router,
    "/customers/{organization_id}/administrators",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={201: Done},
    name="invite_administrator",
    summary="Invite an administrator for an organisation that cannot itself",
    versioned=False,
)
def invite_administrator(request: HttpRequest, organization_id: Key, body: InviteSent) -> Doing[Any]:
    """Both sides read the reason in the organisation's history."""
    return unversioned(request, actions.invite_administrator, organization_id, status=201, **body.model_dump())


@does(
    router,
    "/customers/{organization_id}/prices",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Done},
    name="choose_customer_prices",
    summary="Choose which prices an organisation is shown",
    versioned=False,
)
def choose_customer_prices(request: HttpRequest, organization_id: Key, body: PricesShownSent) -> Doing[Any]:
    """It counts from the next page anybody there opens; they read who changed it."""
    return unversioned(request, actions.choose_prices, organization_id, shown=body.shown, by_right=body.by_right)
