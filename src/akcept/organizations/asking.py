"""Whom a step of acceptance asks, and whether somebody answers to that (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from akcept.kernel.amounts import Amounts, Limit, covered


class AskKind(StrEnum):
    """Whom a step may ask for. All of them need the permission to accept orders."""

    #: Whoever sits in the order's unit or one above it.
    ACCEPTORS = "acceptors"
    #: ... and holds a role of the organisation.
    ROLE = "role"
    #: One person, wherever seated.
    MEMBER = "member"
    #: Whoever is seated in exactly that unit.
    UNIT = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One answerer a step asks for; `id` is of the role, member or unit, `label` its name as it stood."""

    kind: AskKind
    id: int | None = None
    label: str = ""


ANY_ACCEPTOR: Final = Ask(kind=AskKind.ACCEPTORS)


class Holder(Protocol):
    """Somebody's right to accept: their own, or that of the person they stand in for."""

    @property
    def member_id(self) -> int:
        """Whose right it is."""

    @property
    def unit_id(self) -> int:
        """Where they are seated."""

    @property
    def unit_path(self) -> str:
        """The path of that unit."""

    @property
    def role_ids(self) -> frozenset[int]:
        """Their roles."""

    @property
    def limits(self) -> tuple[Limit, ...]:
        """How far their acceptance reaches; none means without limit."""


def answers(holder: Holder, asks: Iterable[Ask], *, unit_path: str, amounts: Amounts | None) -> bool:
    """Whether a holder of the permission may answer for an order of the unit; `amounts` None asks regardless of limits.

    Pass `amounts` where the step needs each answerer's limit to cover the order.
    """
    if amounts is not None and not covered(holder.limits, amounts):
        return False
    return any(_meets(holder, ask, unit_path) for ask in asks)


def _meets(holder: Holder, ask: Ask, unit_path: str) -> bool:
    if ask.kind is AskKind.MEMBER:
        return holder.member_id == ask.id
    if ask.kind is AskKind.UNIT:
        return holder.unit_id == ask.id
    reaches = unit_path.startswith(holder.unit_path)
    return reaches and (ask.kind is AskKind.ACCEPTORS or ask.id in holder.role_ids)
