"""What an organisation looks like to other systems: its units, people, roles, budgets and rules."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema

from akcept.api.schemas.common import Limit, Moment, Money


class Unit(Schema):
    """A unit; `above` names those above it, the head office first."""

    id: int
    name: str
    code: str
    cost_centre: str
    parent_id: int | None
    above: list[str]
    members: int
    version: int


class UnitPage(Schema):
    """A page of units."""

    items: list[Unit]
    next_cursor: str | None


class DeliveryAddress(Schema):
    """Where the caller may have goods delivered; `id` is what an order names."""

    id: int
    recipient: str
    line1: str
    postcode: str
    city: str
    country: str
    phone: str
    is_default: bool


class DeliveryAddresses(Schema):
    """The addresses of the caller's unit, its default first."""

    items: list[DeliveryAddress]


class Me(Schema):
    """Whose rights the token has now, and where they sit."""

    member_id: int
    name: str
    email: str
    organization_id: int
    organization: str
    tax_number: str
    unit_id: int
    unit: str
    permissions: list[str]
    scopes: list[str]


class Member(Schema):
    """A member the caller looks after: what they may do, and of it what they were given beside their roles."""

    id: int
    name: str
    email: str
    unit_id: int
    unit: str
    active: bool
    roles: list[str]
    role_ids: list[int]
    permissions: list[str]
    direct_permissions: list[str]
    direct_limit: Limit | None
    version: int


class MemberPage(Schema):
    """A page of members, by name."""

    items: list[Member]
    next_cursor: str | None


class Invitation(Schema):
    """An invitation that was not accepted yet."""

    id: int
    email: str
    name: str
    unit: str
    expires_at: datetime


class InvitationPage(Schema):
    """A page of invitations, newest first."""

    items: list[Invitation]
    next_cursor: str | None


class Role(Schema):
    """A role, and what it gives."""

    id: int
    name: str
    permissions: list[str]
    limit: Limit | None
    version: int


class Roles(Schema):
    """The roles of the organisation."""

    items: list[Role]


class Substitution(Schema):
    """Who decides for whom, until when (exclusive)."""

    id: int
    absent_id: int
    absent: str
    substitute_id: int
    substitute: str
    starts_at: datetime
    ends_at: datetime


class Substitutions(Schema):
    """Substitutions that run or are planned."""

    items: list[Substitution]


class Budget(Schema):
    """A budget in its running period; `free` is what neither is spent nor held."""

    id: int
    name: str
    bearer: str
    owner: str
    effect: str
    state: str
    period_from: date
    available: Money
    spent: Money
    held: Money
    free: Money


class Budgets(Schema):
    """The budgets the caller may see; `more`: there are more than are shown."""

    items: list[Budget]
    more: bool


class LedgerRow(Schema):
    """A row of a budget's ledger; `left` is what was free after it."""

    at: datetime
    kind: str
    amount: Money
    left: Money
    order_number: str
    reason: str
    by: str


class BudgetWithLedger(Budget):
    """A budget as it was set, with a page of its ledger, newest first. Its ETag names `version`."""

    scope: str
    unit_id: int | None
    member_id: int | None
    cost_centre: str
    basis: str
    period_kind: str
    starts: date
    ends: date | None
    carry: str
    carry_most: Money
    owner_id: int | None
    thresholds: list[int]
    max_orders: int | None
    max_single: Money | None
    version: int
    ledger: list[LedgerRow]
    next_cursor: str | None


class Change(Moment):
    """Something that was changed in the organisation."""

    matter: str
    name: str
    id: int | None


class ChangePage(Schema):
    """A page of changes, the latest first."""

    items: list[Change]
    next_cursor: str | None
