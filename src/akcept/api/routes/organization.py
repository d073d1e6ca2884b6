"""An organisation, read: who and where, what was changed."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from akcept.api.operations import Answered, caller, etag, reads
from akcept.api.schemas import organization as sent
from akcept.api.schemas.common import Key, Limit
from akcept.api.schemas.paging import Paged
from akcept.api.scopes import Scope
from akcept.organizations import policies, queries
from akcept.organizations.labels import role_name
from akcept.organizations.models import Member, Role
from akcept.ui.history import sentences

router = Router(tags=["organisation"])


class Found(Paged):
    """Which page of what is found."""

    text: str = Field(default="", max_length=100)
    unit_id: int | None = Field(default=None, ge=1, le=2**53)


@reads(
    router, "/me", scope=Scope.ORGANIZATION_READ, answer=sent.Me, name="get_me", summary="Whose rights the token has"
)
def get_me(request: HttpRequest) -> Answered:
    """The member it acts as, their organisation and unit, and their permissions of this moment."""
    seen = queries.structure(caller(request).actor)
    seat, organization = seen.seat, seen.organization
    content = sent.Me(
        member_id=seat.member_id,
        name=seat.name,
        email=seat.email,
        organization_id=seat.organization_id,
        organization=organization.name,
        tax_number=organization.nip,
        unit_id=seat.unit_id,
        unit=seat.unit_name,
        permissions=sorted(seat.permissions),
        scopes=sorted(caller(request).scopes),
    )
    return Answered(content=content)


@reads(
    router,
    "/addresses",
    scope=Scope.ORGANIZATION_READ,
    answer=sent.DeliveryAddresses,
    name="list_addresses",
    summary="Where the caller may have goods delivered",
)
def list_addresses(request: HttpRequest) -> Answered:
    """The addresses of the member's unit."""
    seat = policies.require_seat(queries.seat_of(caller(request).actor))
    items = [
        sent.DeliveryAddress(
            id=row.pk,
            recipient=row.recipient,
            line1=row.line1,
            postcode=row.postcode,
            city=row.city,
            country=row.country,
            phone=row.phone,
            is_default=row.is_default,
        )
        for row in queries.delivery_addresses(seat)
    ]
    return Answered(content=sent.DeliveryAddresses(items=items))


@reads(
    router,
    "/units",
    scope=Scope.ORGANIZATION_READ,
    answer=sent.UnitPage,
    name="list_units",
    summary="The units of the organisation",
)
def list_units(request: HttpRequest, wanted: Query[Found]) -> Answered:
    """Found by words of their name or code; `unit_id`: those below one."""
    page = queries.find_units(caller(request).actor, text=wanted.text, under=wanted.unit_id, after=wanted.after())
    items = [
        sent.Unit(
            id=found.node.unit.pk,
            name=found.node.unit.name,
            code=found.node.unit.code,
            cost_centre=found.node.unit.cost_centre,
            parent_id=found.node.unit.parent_id,
            above=found.above,
            members=found.node.members,
            version=found.node.unit.version,
        )
        for found in page.rows
    ]
    return Answered(content=sent.UnitPage(items=items, next_cursor=page.next_after))


@reads(
    router,
    "/members",
    scope=Scope.ORGANIZATION_READ,
    answer=sent.MemberPage,
    name="list_members",
    summary="The members the caller looks after, by name",
)
def list_members(request: HttpRequest, wanted: Query[Found]) -> Answered:
    """For whoever manages members: those of their unit and below."""
    page = queries.members(
        caller(request).actor, text=wanted.text, unit_id=wanted.unit_id, after=wanted.after(), size=wanted.limit
    )
    return Answered(content=sent.MemberPage(items=[_member(row) for row in page.rows], next_cursor=page.next_after))


@reads(
    router,
    "/members/{member_id}",
    scope=Scope.ORGANIZATION_READ,
    answer=sent.Member,
    name="get_member",
    summary="One member",
    etagged=True,
)
def get_member(request: HttpRequest, member_id: Key) -> Answered:
    """Of the caller's own unit or below."""
    row = queries.member_to_manage(caller(request).actor, member_id)
    return Answered(content=_member(row), headers={"ETag": etag(row.version)})


def _member(row: Member) -> sent.Member:
    return sent.Member(
        id=row.pk,
        name=queries.name_of(row.user),
        email=row.user.email,
        unit_id=row.unit_id,
        unit=row.unit.name,
        active=row.active,
        roles=sorted(role_name(role.name) for role in row.roles.all()),
        role_ids=sorted(role.pk for role in row.roles.all()),
        permissions=sorted(row.permissions),
        direct_permissions=sorted(row.direct.permissions),
        direct_limit=Limit.of(row.direct.limit),
        version=row.version,
    )


@reads(
    router,
    "/invitations",
    scope=Scope.ORGANIZATION_READ,
    answer=sent.InvitationPage,
    name="list_invitations",
    summary="Invitations that were not accepted yet",
)
def list_invitations(request: HttpRequest, wanted: Query[Found]) -> Answered:
    """Into the caller's unit and below, newest first."""
    page = queries.invitations(
        caller(request).actor, text=wanted.text, unit_id=wanted.unit_id, after=wanted.after(), size=wanted.limit
    )
    items = [
        sent.Invitation(
            id=row.pk,
            email=row.email,
            name=f"{row.first_name} {row.last_name}".strip(),
            unit=row.unit.name,
            expires_at=row.expires_at,
        )
        for row in page.rows
    ]
    return Answered(content=sent.InvitationPage(items=items, next_cursor=page.next_after))


@reads(
    router,
    "/roles",
    scope=Scope.ORGANIZATION_READ,
    answer=sent.Roles,
    name="list_roles",
    summary="The roles of the organisation",
)
def list_roles(request: HttpRequest) -> Answered:
    """With what each gives."""
    items = [role_of(row) for row in queries.roles(caller(request).actor)]
    return Answered(content=sent.Roles(items=items))


def role_of(row: Role) -> sent.Role:
    """Return a role as it is told."""
    return sent.Role(
        id=row.pk,
        name=role_name(row.name),
        permissions=sorted(row.permissions),
        limit=Limit.of(row.grant.limit),
        version=row.version,
    )


@reads(
    router,
    "/substitutions",
    scope=Scope.ORGANIZATION_READ,
    answer=sent.Substitutions,
    name="list_substitutions",
    summary="Who decides for whom, now or soon",
)
def list_substitutions(request: HttpRequest) -> Answered:
    """The caller's own on either side; those of whom they manage, too."""
    items = [
        sent.Substitution(
            id=row.pk,
            absent_id=row.absent_id,
            absent=queries.name_of(row.absent.user),
            substitute_id=row.substitute_id,
            substitute=queries.name_of(row.substitute.user),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in queries.substitutions(caller(request).actor)
    ]
    return Answered(content=sent.Substitutions(items=items))


@reads(
    router,
    "/changes",
    scope=Scope.JOURNAL_READ,
    answer=sent.ChangePage,
    name="list_changes",
    summary="What was changed in the organisation, the latest first",
)
def list_changes(request: HttpRequest, wanted: Query[Paged]) -> Answered:
    """Units, members, roles, rules and the organisation itself; for administrators at head office."""
    page = queries.changes(caller(request).actor, after=wanted.after(), size=wanted.limit)
    items = [
        sent.Change(
            at=change.entry.at,
            topic=change.entry.topic,
            by=change.entry.actor_name,
            text=" ".join(line.what for line in sentences([change.entry])),
            remark="",
            matter=change.matter.value,
            name=change.name,
            id=change.id,
        )
        for change in page.rows
    ]
    return Answered(content=sent.ChangePage(items=items, next_cursor=page.next_after))
