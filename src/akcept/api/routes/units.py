"""The organisation and its units, changed; where goods may be delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from akcept.api.operations import Answered, Doing, caller, does, done, etag, reads, saved, unversioned, version_of
from akcept.api.routes.organization import router
from akcept.api.schemas.common import Done, Key, KeySent, PostalSent, Saved, Sent
from akcept.api.schemas.organization import DeliveryAddress
from akcept.api.schemas.paging import Paged
from akcept.api.scopes import Scope
from akcept.kernel.actor import Actor
from akcept.organizations import actions, queries
from akcept.organizations.models import Unit, UnitAddress


class Organization(Schema):
    """The organisation's own data, as invoices are made out to it."""

    id: int
    name: str
    tax_number: str
    status: str
    invoice_email: str
    line1: str
    postcode: str
    city: str
    country: str
    prices_by_right: bool


class OrganizationSent(Sent):
    """What of an organisation its administrators change; the tax number stays."""

    name: str = Field(min_length=1, max_length=200)
    line1: str = Field(min_length=1, max_length=255)
    postcode: str = Field(min_length=1, max_length=20)
    city: str = Field(min_length=1, max_length=120)
    country: str = Field(default="", pattern="^([A-Z]{2})?$")
    invoice_email: str = Field(default="", max_length=254)


class PricesSeenSent(Sent):
    """Whether only members with the permission `see_prices`, or one that includes it, see prices."""

    by_right: bool


class UnitOne(Schema):
    """A unit with its delivery addresses."""

    id: int
    name: str
    code: str
    cost_centre: str
    parent_id: int | None
    version: int
    addresses: list[DeliveryAddress]


class UnitSent(Sent):
    """A new unit, below `parent_id`, with its first delivery address."""

    parent_id: KeySent
    name: str = Field(min_length=1, max_length=120)
    code: str = Field(default="", max_length=40)
    cost_centre: str = Field(default="", max_length=40)
    address: PostalSent


class UnitChangeSent(Sent):
    """What a unit is called; without `code` it keeps its own."""

    name: str = Field(min_length=1, max_length=120)
    code: str | None = Field(default=None, max_length=40)
    cost_centre: str = Field(default="", max_length=40)


class MoveSent(Sent):
    """Under which unit it hangs from now on."""

    parent_id: KeySent


class CloseSent(Sent):
    """Where its members and invitations go."""

    members_to: KeySent


class ReopenSent(Sent):
    """Under which unit it opens again, and what it is called: others may have its name or code by now."""

    parent_id: KeySent
    name: str = Field(min_length=1, max_length=120)
    code: str = Field(default="", max_length=40)


class UnitAddressSent(PostalSent):
    """A delivery address of a unit; a unit's first one is its default whatever is said."""

    is_default: bool = False


class ClosedUnit(Schema):
    """A unit that was closed; `above` names those above it, the head office first."""

    id: int
    name: str
    code: str
    above: list[str]
    closed_at: datetime
    version: int


class ClosedUnits(Schema):
    """A page of closed units, the latest first."""

    items: list[ClosedUnit]
    next_cursor: str | None


@reads(
    router,
    "/organization",
    scope=Scope.ORGANIZATION_READ,
    answer=Organization,
    name="get_organization",
    summary="The organisation's own data",
)
def get_organization(request: HttpRequest) -> Answered:
    """For whoever manages units at head office."""
    row = queries.organization_to_manage(caller(request).actor)
    content = Organization(
        id=row.pk,
        name=row.name,
        tax_number=row.nip,
        status=row.status,
        invoice_email=row.invoice_email,
        prices_by_right=row.prices_by_right,
        line1=row.line1,
        postcode=row.postcode,
        city=row.city,
        country=row.country,
    )
    return Answered(content=content)


@does(
    router,
    "/organization",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Done},
    name="change_organization",
    summary="Change the name, and where invoices go",
    versioned=False,
)
def change_organization(request: HttpRequest, body: OrganizationSent) -> Doing[Any]:
    """Orders that were placed keep what they were placed with."""
    places = {name: getattr(body, name) for name in ("line1", "postcode", "city", "country")}
    address = PostalSent(recipient=body.name, **places).typed()
    return unversioned(
        request, actions.change_organization, name=body.name, address=address, invoice_email=body.invoice_email
    )


@does(
    router,
    "/organization/prices",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Done},
    name="show_prices",
    summary="Show prices to every member, or only to those with the permission",
    versioned=False,
)
def show_prices(request: HttpRequest, body: PricesSeenSent) -> Doing[Any]:
    """For whoever manages members at head office and sees prices themselves."""
    return unversioned(request, actions.show_prices, by_right=body.by_right)


def current(actor: Actor, unit_id: int) -> dict[str, Any]:
    """Return how a unit stands, for whoever saw an earlier version. Raises NotFound."""
    row = queries.unit_to_manage(actor, unit_id)
    return {"id": row.pk, "version": row.version, "name": row.name, "code": row.code, "parent_id": row.parent_id}


@reads(
    router,
    "/units/{unit_id}",
    scope=Scope.ORGANIZATION_READ,
    answer=UnitOne,
    name="get_unit",
    summary="One unit, with its delivery addresses",
    etagged=True,
)
def get_unit(request: HttpRequest, unit_id: Key) -> Answered:
    """For whoever manages units: their own or one below."""
    row = queries.unit_to_manage(caller(request).actor, unit_id)
    addresses = sorted(row.addresses.all(), key=lambda each: (not each.is_default, each.pk))
    content = UnitOne(
        id=row.pk,
        name=row.name,
        code=row.code,
        cost_centre=row.cost_centre,
        parent_id=row.parent_id,
        version=row.version,
        addresses=[address_of(each) for each in addresses],
    )
    return Answered(content=content, headers={"ETag": etag(row.version)})


def address_of(row: UnitAddress) -> DeliveryAddress:
    """Return a delivery address as it is told."""
    parts = ("recipient", "line1", "postcode", "city", "country", "phone", "is_default")
    return DeliveryAddress(id=row.pk, **{name: getattr(row, name) for name in parts})


@does(
    router,
    "/units",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={201: Saved},
    name="add_unit",
    summary="Add a unit below another",
    versioned=False,
)
def add_unit(request: HttpRequest, body: UnitSent) -> Doing[Unit]:
    """With its first delivery address, which is its default."""
    actor, address = caller(request).actor, body.address.typed()
    return Doing(
        act=lambda: actions.add_unit(
            actor=actor,
            parent_id=body.parent_id,
            name=body.name,
            code=body.code,
            cost_centre=body.cost_centre,
            address=address,
        ),
        answered=lambda led: saved(led, status=201),
    )


def _on_unit(request: HttpRequest, unit_id: int, act: Any, **terms: Any) -> Doing[Unit]:
    """Return an act on the version of a unit the caller saw."""
    actor, version = caller(request).actor, version_of(request)
    return Doing(
        act=lambda: act(unit_id, actor=actor, version=version, **terms),
        answered=saved,
        current=lambda: current(actor, unit_id),
    )


@does(
    router,
    "/units/{unit_id}",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Saved},
    name="change_unit",
    summary="Rename a unit, or give it another code or cost centre",
)
def change_unit(request: HttpRequest, unit_id: Key, body: UnitChangeSent) -> Doing[Unit]:
    """Orders that were placed keep what they were placed with."""
    return _on_unit(request, unit_id, actions.change_unit, **body.model_dump())


@does(
    router,
    "/units/{unit_id}/move",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Saved},
    name="move_unit",
    summary="Hang a unit, with everything below it, under another one",
)
def move_unit(request: HttpRequest, unit_id: Key, body: MoveSent) -> Doing[Unit]:
    """Who is above it changes, and with it who decides its waiting orders."""
    return _on_unit(request, unit_id, actions.move_unit, parent_id=body.parent_id)


@does(
    router,
    "/units/{unit_id}/close",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Saved},
    name="close_unit",
    summary="Close a unit and every unit below it",
)
def close_unit(request: HttpRequest, unit_id: Key, body: CloseSent) -> Doing[Unit]:
    """Its members and invitations move to another unit; its orders keep it."""
    return _on_unit(request, unit_id, actions.close_unit, members_to=body.members_to)


@reads(
    router,
    "/closed-units",
    scope=Scope.ORGANIZATION_READ,
    answer=ClosedUnits,
    name="list_closed_units",
    summary="Units that were closed, the latest first",
)
def list_closed_units(request: HttpRequest, wanted: Query[Paged]) -> Answered:
    """For whoever may open them again."""
    page = queries.closed_units(caller(request).actor, after=wanted.after(), size=wanted.limit)
    items = [
        ClosedUnit(id=row.pk, name=row.name, code=row.code, above=above, closed_at=row.closed_at, version=row.version)
        for row, above in page.rows
        if row.closed_at is not None
    ]
    return Answered(content=ClosedUnits(items=items, next_cursor=page.next_after))


@does(
    router,
    "/closed-units/{unit_id}/reopen",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Saved},
    name="reopen_unit",
    summary="Open a closed unit again, with those that were closed together with it",
)
def reopen_unit(request: HttpRequest, unit_id: Key, body: ReopenSent) -> Doing[Unit]:
    """It comes back with its addresses, cost centre, budgets and rules; its former members stay where they are."""
    return _on_unit(request, unit_id, actions.reopen_unit, **body.model_dump())


@does(
    router,
    "/units/{unit_id}/addresses",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={201: Done},
    name="add_address",
    summary="Add a delivery address to a unit",
    versioned=False,
)
def add_address(request: HttpRequest, unit_id: Key, body: UnitAddressSent) -> Doing[UnitAddress]:
    """A unit's first address is its default."""
    return _on_address(request, unit_id, None, body, status=201)


@does(
    router,
    "/units/{unit_id}/addresses/{address_id}",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Done},
    name="change_address",
    summary="Change a delivery address",
    versioned=False,
)
def change_address(request: HttpRequest, unit_id: Key, address_id: Key, body: UnitAddressSent) -> Doing[UnitAddress]:
    """Placed orders keep the address they were placed with."""
    return _on_address(request, unit_id, address_id, body)


def _on_address(
    request: HttpRequest, unit_id: int, address_id: int | None, body: UnitAddressSent, *, status: int = 200
) -> Doing[UnitAddress]:
    return unversioned(
        request,
        actions.save_address,
        unit_id,
        status=status,
        address=body.typed(),
        address_id=address_id,
        is_default=body.is_default,
    )


@does(
    router,
    "/units/{unit_id}/addresses/{address_id}/remove",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Done},
    name="remove_address",
    summary="Remove a delivery address that is not the default",
    versioned=False,
)
def remove_address(request: HttpRequest, unit_id: Key, address_id: Key) -> Doing[None]:
    """Placed orders keep it."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.remove_address(unit_id, actor=actor, address_id=address_id),
        answered=lambda _led: done(address_id),
    )
