"""What roles and direct permissions add up to, and how far acceptance reaches (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from akcept.kernel.amounts import Basis, Limit
from akcept.organizations.gate import includes_seeing
from akcept.organizations.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Permissions from one place: a role, or (`source` empty) given to the member directly."""

    source: str
    permissions: frozenset[Permission]
    limit: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """What a member may do in all; `limits` bind acceptance, none of them means without limit."""

    permissions: frozenset[Permission]
    limits: tuple[Limit, ...]


def effective(grants: Iterable[Grant]) -> Effective:
    """Add grants up, in whatever order they come: the union of permissions, the furthest limits."""
    every = tuple(grants)
    accepting = [grant.limit for grant in every if Permission.ACCEPT_ORDERS in grant.permissions]
    return Effective(
        permissions=frozenset().union(*(grant.permissions for grant in every)),
        limits=() if None in accepting else _furthest(limit for limit in accepting if limit is not None),
    )


def _furthest(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """Keep the highest amount of each currency and basis; limits of different ones cannot be compared."""
    highest: dict[tuple[str, Basis], Limit] = {}
    for limit in limits:
        key = (limit.currency, limit.basis)
        if key not in highest or limit.amount > highest[key].amount:
            highest[key] = limit
    return tuple(highest[key] for key in sorted(highest))


def sources(grants: Iterable[Grant]) -> dict[Permission, tuple[str, ...]]:
    """Return where each permission comes from."""
    every = tuple(grants)
    return {
        permission: tuple(grant.source for grant in every if permission in grant.permissions)
        for permission in Permission
        if any(permission in grant.permissions for grant in every)
    }


def exceeds(wanted: Effective, own: Effective) -> frozenset[Permission]:
    """Return what somebody would give without having it themselves, acceptance beyond their limits included."""
    more = wanted.permissions - own.permissions
    if includes_seeing(own.permissions):
        more -= {Permission.SEE_PRICES}
    if Permission.ACCEPT_ORDERS in wanted.permissions & own.permissions and own.limits:
        within = wanted.limits and all(_within(limit, own.limits) for limit in wanted.limits)
        if not within:
            more |= {Permission.ACCEPT_ORDERS}
    return more


def _within(limit: Limit, own: Iterable[Limit]) -> bool:
    return any(
        (limit.currency, limit.basis) == (mine.currency, mine.basis) and limit.amount <= mine.amount for mine in own
    )
