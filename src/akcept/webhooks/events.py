"""Which events other systems may be told, of whom they tell, and by which entries of the journal they come (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final


class Type(StrEnum):
    """The type of an event; the value is what a receiver sees, and never changes its meaning."""

    AWAITING = "order.awaiting_acceptance"
    ACCEPTED = "order.accepted"
    RELEASED = "order.released"
    REJECTED = "order.rejected"
    RETURNED = "order.returned"
    AMENDED = "order.amended"
    RESUBMITTED = "order.resubmitted"
    REPRICED = "order.repriced"
    REVOKED = "order.revoked"
    WITHDRAWN = "order.withdrawn"
    EXPIRED = "order.expired"
    SHIPPED = "order.shipped"
    STEP_ASKED = "step.asked"
    BUDGET_THRESHOLD = "budget.threshold"
    MEMBER_JOINED = "member.joined"
    MEMBER_CHANGED = "member.changed"
    MEMBER_DEACTIVATED = "member.deactivated"
    MEMBER_REACTIVATED = "member.reactivated"
    MEMBER_REMOVED = "member.removed"
    RULES_CHANGED = "rules.changed"
    TERMS_CHANGED = "rules.terms_changed"


#: What the test button sends; nobody chooses it.
TEST: Final = "webhook.test"

#: By the topic of the entry. Topics stand here as text: a topic that is written in journals never changes either.
OF_TOPIC: Final[Mapping[str, Type]] = {
    "order.placed": Type.AWAITING,
    "order.accepted": Type.ACCEPTED,
    "order.released": Type.RELEASED,
    "order.rejected": Type.REJECTED,
    "order.sent_back": Type.RETURNED,
    "order.amended": Type.AMENDED,
    "order.resubmitted": Type.RESUBMITTED,
    "order.repriced": Type.REPRICED,
    "order.revoked": Type.REVOKED,
    "order.withdrawn": Type.WITHDRAWN,
    "order.expired": Type.EXPIRED,
    "order.shipped": Type.SHIPPED,
    "order.step_asked": Type.STEP_ASKED,
    "budget.threshold_reached": Type.BUDGET_THRESHOLD,
    "member.joined": Type.MEMBER_JOINED,
    "member.changed": Type.MEMBER_CHANGED,
    "member.deactivated": Type.MEMBER_DEACTIVATED,
    "member.reactivated": Type.MEMBER_REACTIVATED,
    "member.removed": Type.MEMBER_REMOVED,
    "policy.changed": Type.RULES_CHANGED,
    "policy.terms_changed": Type.TERMS_CHANGED,
}

OF_ORGANIZATIONS: Final = frozenset(Type)
#: The merchant is told of orders; whom an organisation asks, its people, rules and budgets are its own.
OF_MERCHANT: Final = frozenset(found for found in Type if found.startswith("order."))

#: Which rights one of these lets somebody hear of what is no order.
_NEEDS: Final[Mapping[str, frozenset[str]]] = {
    "budget": frozenset({"see_budgets", "manage_budgets"}),
    "member": frozenset({"manage_members"}),
    "rules": frozenset({"manage_policies"}),
}


def type_of(topic: str, payload: Mapping[str, Any]) -> Type | None:
    """Return the event an entry is, None for none: an order that need not wait awaits no acceptance."""
    found = OF_TOPIC.get(topic)
    if found is Type.AWAITING and not payload.get("held"):
        return None
    return found


def of_order(kind: Type) -> bool:
    """Whether an event tells of an order, whose sight is decided with the order."""
    return kind.startswith("order.") or kind is Type.STEP_ASKED


def may_hear(kind: Type, permissions: Collection[str]) -> bool:
    """Whether somebody with these rights, at head office, may hear of an event that tells of no order."""
    needed = _NEEDS.get(kind.partition(".")[0], frozenset())
    return not needed.isdisjoint(str(permission) for permission in permissions)
