"""A person's place in an organisation as it is now: the one thing policies look at (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from akcept.kernel.amounts import Amounts, Limit
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, Holder, answers
from akcept.organizations.gate import Kept, Shown, Sight, includes_seeing, of_member, of_visitor
from akcept.organizations.grants import Effective
from akcept.organizations.paths import is_root
from akcept.organizations.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """Somebody's acceptance that another member uses while they are away."""

    member_id: int
    name: str
    unit_id: int
    unit_path: str
    role_ids: frozenset[int] = frozenset()
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Where an organisation is: the address its invoices are made out to. `country` is ISO 3166-1 alpha-2."""

    line1: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A member, their unit and organisation. Never kept beyond the request or transaction.

    `limits` bind their acceptance, none means without limit; `mandates` are those they are the substitute of now.
    """

    member_id: int
    user_id: int
    name: str
    email: str
    active: bool
    #: When a seat that is not active was taken away.
    ended_at: datetime | None = None
    permissions: frozenset[Permission]
    limits: tuple[Limit, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    organization_id: int
    organization_name: str
    organization_status: str
    organization_premises: Premises
    blocked_reason: str = ""
    unit_id: int
    unit_name: str
    unit_path: str
    unit_closed: bool = False
    cost_centre: str = ""
    role_ids: frozenset[int] = frozenset()
    module_enabled: bool
    #: Whether the person has an active seat in another organisation too.
    elsewhere: bool = False
    #: What the merchant chose for the shop, and for this organisation; whether it shows prices by permission only.
    kept: Kept = field(default_factory=Kept)
    shown: Shown = Shown.BOTH
    prices_by_right: bool = False

    def holds(self, permission: Permission) -> bool:
        """Whether an active member of an active organisation has the permission. It says nothing about the module."""
        return self.active and self.organization_status == "active" and permission in self.permissions

    def sees(self, permission: Permission) -> bool:
        """Whether an active member has the permission, whatever the shop says of the organisation: enough to look."""
        return self.active and permission in self.permissions

    @property
    def sees_prices(self) -> bool:
        """Whether a member sees prices: their own organisation's say; a substitute sees what they decide on."""
        by_right = self.prices_by_right and self.module_enabled
        return not by_right or includes_seeing(self.permissions) or bool(self.mandates)

    @property
    def sight(self) -> Sight:
        """What of the shop and its prices is there for the member."""
        if not self.active or self.organization_status == "pending":
            return of_visitor(self.kept)
        return of_member(sees=self.sees_prices, shown=self.shown)

    def covers(self, unit_path: str) -> bool:
        """Whether the unit is the member's own or one below it."""
        return unit_path.startswith(self.unit_path)

    @property
    def at_head_office(self) -> bool:
        """Whether the member sits at the root, so that what they may do reaches the whole organisation."""
        return is_root(self.unit_path)

    @property
    def effective(self) -> Effective:
        """What the member may do, to compare with what they give to others."""
        return Effective(permissions=self.permissions, limits=self.limits)

    @property
    def decides(self) -> bool:
        """Whether the member may accept any order at all now, in their own right or as a substitute."""
        usable = self.active and self.organization_status == "active"
        return usable and (Permission.ACCEPT_ORDERS in self.permissions or bool(self.mandates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One of the organisations a person may act in; `current` is the one they act in now."""

    organization_id: int
    organization_name: str
    organization_status: str
    unit_name: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRef:
    """The unit somebody is seated in; `path` leads to it from head office."""

    unit_id: int
    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as others are told of them; `stands_for` names whom they substitute, empty for their own right."""

    member_id: int
    user_id: int
    name: str
    email: str
    unit_name: str
    stands_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """By what right somebody decides an order: the own one, or that of `member_id` whom they substitute.

    `own_order` says that the organisation lets them accept what they placed themselves.
    """

    member_id: int | None = None
    name: str = ""
    own_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An order in the step it is in, as far as the question who may answer goes.

    `amounts` are given where the answerer's limit has to cover the order. `answered` are the members who answered the
    step already, and those in whose name that was.
    """

    organization_id: int
    unit_path: str
    requester_id: int | None
    amounts: Amounts | None = None
    asks: tuple[Ask, ...] = (ANY_ACCEPTOR,)
    answered: frozenset[int] = frozenset()
    requester_may: bool = False


def door_for(seat: Seat, matter: Matter) -> Door | None:
    """Return by what right the seat may answer an order's step, its own before a substitute's; None when by none.

    Nobody decides what they placed themselves, unless the organisation allows that and the right is their own; no
    substitute decides what the person they stand for has placed, and nobody answers one step twice.
    """
    if not seat.decides or seat.organization_id != matter.organization_id or seat.member_id in matter.answered:
        return None
    own_order = seat.member_id == matter.requester_id
    if own_order and not matter.requester_may:
        return None
    # Whoever may accept their own orders may do so beyond their limit: that is what an organisation allows it for.
    mine = replace(matter, amounts=None) if own_order else matter
    if Permission.ACCEPT_ORDERS in seat.permissions and _answers(seat, mine):
        return Door(own_order=own_order)
    for mandate in () if own_order else seat.mandates:
        if mandate.member_id not in {matter.requester_id, *matter.answered} and _answers(mandate, matter):
            return Door(member_id=mandate.member_id, name=mandate.name)
    return None


def _answers(holder: Holder, matter: Matter) -> bool:
    return answers(holder, matter.asks, unit_path=matter.unit_path, amounts=matter.amounts)
