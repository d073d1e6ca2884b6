"""What somebody may do with an order, as acts a story can name: each calls the action the shop's pages call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from akcept.approvals.models import Case
from akcept.kernel.actor import Actor
from akcept.ordering import actions
from akcept.ordering.ports import order_reader
from akcept.organizations.models import Member

#: Given the order's number, who acts, and when.
Act = Callable[[str, Actor, datetime], object]


def accept(remark: str = "") -> Act:
    """Accept the step that is asked."""
    return lambda order, actor, at: actions.accept(order, actor=actor, version=_version(order), remark=remark, now=at)


def reject(reason: str) -> Act:
    """End the order."""
    return lambda order, actor, at: actions.reject(order, actor=actor, version=_version(order), reason=reason, now=at)


def send_back(question: str) -> Act:
    """Ask the requester something."""
    return lambda order, actor, at: actions.send_back(
        order, actor=actor, version=_version(order), question=question, now=at
    )


def resubmit(quantities: Mapping[str, int], *, answer: str) -> Act:
    """Answer, with other quantities by product code."""
    return lambda order, actor, at: actions.resubmit(
        order, actor=actor, version=_version(order), quantities=_by_line(order, quantities), remark=answer, now=at
    )


def amend(quantities: Mapping[str, int], *, reason: str) -> Act:
    """Lower quantities, by product code."""
    return lambda order, actor, at: actions.amend(
        order, actor=actor, version=_version(order), quantities=_by_line(order, quantities), reason=reason, now=at
    )


def forward(to: str, *, remark: str) -> Act:
    """Ask one colleague in particular, by e-mail address."""
    return lambda order, actor, at: actions.forward(
        order,
        actor=actor,
        version=_version(order),
        to_member_id=Member.objects.get(user__email=to).pk,
        remark=remark,
        now=at,
    )


def withdraw(reason: str) -> Act:
    """Take one's own order back."""
    return lambda order, actor, at: actions.withdraw(order, actor=actor, version=_version(order), reason=reason, now=at)


def revoke(reason: str) -> Act:
    """Take an acceptance back."""
    return lambda order, actor, at: actions.revoke(order, actor=actor, version=_version(order), reason=reason, now=at)


def comment(text: str) -> Act:
    """Say something to the others."""
    return lambda order, actor, at: actions.comment(order, actor=actor, text=text, now=at)


def _version(order: str) -> int:
    return Case.objects.get(order__number=order).version


def _by_line(order: str, quantities: Mapping[str, int]) -> dict[int, int]:
    document = order_reader().document(Case.objects.get(order__number=order).order_id)
    found = {line.sku: line.line_id for line in document.lines if line.line_id is not None}
    return {found[sku]: quantity for sku, quantity in quantities.items()}
