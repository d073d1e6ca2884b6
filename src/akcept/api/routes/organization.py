"""An organisation, read: who and where, budgets, rules, what was changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, caller, reads
from akcept.api.schemas import organization as sent
from akcept.api.schemas.common import Money
from akcept.api.scopes import Scope
from akcept.approvals import queries as rules
from akcept.approvals import sentences as wording
from akcept.budgets import queries as budgets
from akcept.budgets.models import Budget
from akcept.budgets.queries import BudgetRow
from akcept.budgets.standing import Funds
from akcept.kernel.errors import Invalid
from akcept.organizations import policies, queries
from akcept.organizations.labels import role_name
from akcept.organizations.models import Member
from akcept.ui.history import sentences

router = Router(tags=["organisation"])


class Paged(Schema):
    """Which page."""

    cursor: str = Field(default="", max_length=20)
    limit: int = Field(default=25, ge=1, le=100)

    def after(self) -> str:
        """Return the cursor. Raises Invalid for one that is none of ours."""
        if self.cursor and not (self.cursor.isascii() and self.cursor.isdigit() and len(self.cursor) < 19):
            raise Invalid(_("This is not a cursor of this API: send the one the previous page gave."), field="cursor")
        return self.cursor


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
)
def get_member(request: HttpRequest, member_id: int) -> Answered:
    """Of the caller's own unit or below."""
    return Answered(content=_member(queries.member_to_manage(caller(request).actor, min(member_id, 2**62))))


def _member(row: Member) -> sent.Member:
    return sent.Member(
        id=row.pk,
        name=queries.name_of(row.user),
        email=row.user.email,
        unit_id=row.unit_id,
        unit=row.unit.name,
        active=row.active,
        roles=sorted(role_name(role.name) for role in row.roles.all()),
        permissions=sorted(row.permissions),
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
    items = [
        sent.Role(id=row.pk, name=role_name(row.name), permissions=sorted(row.permissions), version=row.version)
        for row in queries.roles(caller(request).actor)
    ]
    return Answered(content=sent.Roles(items=items))


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
    "/budgets",
    scope=Scope.BUDGETS_READ,
    answer=sent.Budgets,
    name="list_budgets",
    summary="The budgets the caller may see",
)
def list_budgets(request: HttpRequest) -> Answered:
    """Each in its running period."""
    seen = budgets.overview(caller(request).actor)
    items = [sent.Budget(**_budget(row)) for row in seen.rows]
    return Answered(content=sent.Budgets(items=items, more=seen.more))


def _budget(row: BudgetRow) -> dict[str, Any]:
    return {**_head(row.budget, row.funds), "bearer": row.bearer, "owner": row.owner}


def _head(budget: Budget, funds: Funds) -> dict[str, Any]:
    currency = budget.currency
    return {
        "id": budget.pk,
        "name": budget.name,
        "effect": budget.effect,
        "state": budget.state,
        "period_from": funds.period.start,
        "available": Money.of(funds.available, currency),
        "spent": Money.of(funds.spent, currency),
        "held": Money.of(funds.held, currency),
        "free": Money.of(funds.free, currency),
    }


@reads(
    router,
    "/budgets/{budget_id}",
    scope=Scope.BUDGETS_READ,
    answer=sent.BudgetWithLedger,
    name="get_budget",
    summary="One budget, with its ledger",
)
def get_budget(request: HttpRequest, budget_id: int, cursor: str = "") -> Answered:
    """In its running period; the ledger page by page, newest first."""
    seen = budgets.detail(caller(request).actor, min(budget_id, 2**62), after=cursor[:40])
    currency = seen.budget.currency
    ledger = [
        sent.LedgerRow(
            at=line.at,
            kind=line.kind.value,
            amount=Money.of(line.amount, currency),
            left=Money.of(line.left, currency),
            order_number=line.order_number,
            reason=line.reason,
            by=line.who,
        )
        for line in seen.rows.rows
        if isinstance(line, budgets.LedgerLine)
    ]
    head = {**_head(seen.budget, seen.funds), "bearer": seen.bearer, "owner": seen.owner}
    return Answered(content=sent.BudgetWithLedger(**head, ledger=ledger, next_cursor=seen.rows.next_after))


@reads(
    router,
    "/rules",
    scope=Scope.RULES_READ,
    answer=sent.Rules,
    name="list_rules",
    summary="The acceptance rules that concern the caller's unit",
)
def list_rules(request: HttpRequest) -> Answered:
    """In words; head office first."""
    book = rules.rule_book(caller(request).actor)
    items = [
        sent.Rule(
            id=rule.id,
            name=rule.name,
            unit_id=rule.unit_id,
            unit=group.unit.name,
            outcome=rule.outcome.value,
            active=rule.active,
            when=wording.when(rule),
            then=wording.then(rule),
        )
        for group in book.groups
        for rule in group.rules
    ]
    return Answered(content=sent.Rules(version=book.number, items=items))


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
