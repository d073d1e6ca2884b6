"""Who acts. Every action and every read takes one; there is no `None` that means "nobody asked"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """From where somebody acts; what they may do is decided by the policies of the rooms."""

    PERSON = "person"
    STAFF = "staff"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behalf:
    """Who of the shop's people acts in a person's place, and why: what both sides are told."""

    user_id: int
    name: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person at the shop's front, the merchant's staff in the panel, or the system itself.

    `organization_id` is the organisation a person with several memberships chose to act in; `None` lets
    the only (or first) one count. An actor carries no permissions: those are read in the transaction.
    `second_factor`: one was shown since the login, which no transaction could read.
    `behalf`: it is not the person who acts but one of the shop, who may do less (`ordering.behalf`).
    """

    kind: ActorKind
    name: str
    user_id: int | None = None
    organization_id: int | None = None
    second_factor: bool = False
    behalf: Behalf | None = None

    @property
    def doer(self) -> Actor:
        """Whose act it is: the one of the shop where they act in a person's place, else the actor itself."""
        return self if self.behalf is None else Actor.staff(self.behalf.user_id, self.behalf.name)

    @classmethod
    def person(
        cls, user_id: int, name: str, *, organization_id: int | None = None, second_factor: bool = False
    ) -> Actor:
        """Return somebody logged in at the shop's front."""
        return cls(
            kind=ActorKind.PERSON,
            name=name,
            user_id=user_id,
            organization_id=organization_id,
            second_factor=second_factor,
        )

    @classmethod
    def staff(cls, user_id: int, name: str) -> Actor:
        """Return one of the merchant's people; the caller has checked that the account is staff."""
        return cls(kind=ActorKind.STAFF, name=name, user_id=user_id)

    @classmethod
    def system(cls, name: str) -> Actor:
        """Return the system doing a named job, such as `relay`."""
        return cls(kind=ActorKind.SYSTEM, name=name)

    @classmethod
    def anonymous(cls) -> Actor:
        """Return somebody who has not logged in."""
        return cls(kind=ActorKind.ANONYMOUS, name="")
