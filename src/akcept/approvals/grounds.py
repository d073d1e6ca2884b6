"""What an order was routed by, kept to explain it later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from akcept.approvals import queries, routing
from akcept.approvals.facts import Facts, facts_from
from akcept.approvals.models import Grounds
from akcept.approvals.routing import Finding, Plan


def keep(order_id: int, facts: Facts, plan: Plan, *, organization_id: int, now: datetime) -> None:
    """Keep the facts and the version of the rules beside an order, inside the caller's transaction; one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("grounds are kept in the transaction that routes the order")
    Grounds.objects.bulk_create(
        [
            Grounds(
                order_id=order_id,
                organization_id=organization_id,
                policy_version=plan.policy_version,
                facts=facts.as_json(),
                at=now,
            )
        ],
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["policy_version", "facts", "at"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Why an order went the way it did: each rule that bound it, as it was then, and what came of it."""

    policy_version: int | None
    at: datetime
    findings: tuple[Finding, ...]


def explanation_of(order_id: int) -> Kept | None:
    """Return why an order was routed so, None when no rule bound it; at most three statements.

    Whoever calls has found that the order may be seen.
    """
    found = Grounds.objects.filter(order_id=order_id).first()
    if found is None:
        return None
    policy = queries.policy_at(found.organization_id, found.policy_version)
    findings = routing.explain(facts_from(found.facts), policy).findings
    return Kept(policy_version=found.policy_version, at=found.at, findings=findings)
