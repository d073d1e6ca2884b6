"""What this room and acceptance hold of a member: orders he placed, and decisions with his name."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from akcept.approvals.models import Case, Decision, Selector
from akcept.approvals.states import OPEN
from akcept.kernel.errors import IllegalMove
from akcept.ordering.models import MailLink, Placement, Revision
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject


def export(subject: Subject) -> Sequence[Section]:
    """Return orders and decisions; two statements."""
    return _orders(subject), _decisions(subject)


def _orders(subject: Subject) -> Section:
    found = Placement.objects.filter(requester_id=subject.member_id).order_by("order_id")
    return Section(
        code="orders",
        title=_("Orders placed"),
        columns=(
            ("number", _("Order")),
            ("placed_at", _("Placed")),
            ("unit", _("Unit")),
            ("summary", _("Products")),
            ("total_net", _("Value, net")),
            ("currency", _("Currency")),
            ("po_number", _("Your order number")),
            ("note", _("Note to the approver")),
        ),
        rows=tuple(
            found.values_list(
                "number", "placed_at", "unit__name", "summary", "total_net", "currency", "po_number", "note"
            )
        ),
    )


def _decisions(subject: Subject) -> Section:
    found = Decision.objects.filter(member_id=subject.member_id).order_by("id")
    return Section(
        code="decisions",
        title=_("Decisions"),
        columns=(
            ("number", _("Order")),
            ("at", _("When")),
            ("decision", _("Decision")),
            ("stood_in_for", _("Stood in for")),
            ("remark", _("Remark")),
        ),
        rows=tuple(found.values_list("case__order__number", "at", "kind", "for_member_name", "remark")),
    )


def erase(erasure: Erasure) -> None:
    """Move his orders to the stand-in and take his name out of decisions, notes and remarks of the organisation.

    Raises IllegalMove while an order of his waits: whoever decides it has to know who wants it.
    """
    subject = erasure.subject
    waiting = Case.objects.filter(requester_id=subject.member_id, state__in=[state.value for state in OPEN])
    number = waiting.values_list("order__number", flat=True).first()
    if number is not None:
        raise IllegalMove(
            _("Order %(number)s of this person still waits: it has to be decided or withdrawn first.")
            % {"number": number}
        )
    Placement.objects.filter(requester_id=subject.member_id).update(buyer_id=erasure.stand_in_id)
    Decision.objects.filter(member_id=subject.member_id).update(member_name=erasure.alias)
    Decision.objects.filter(for_member_id=subject.member_id).update(for_member_name=erasure.alias)
    Selector.objects.filter(member_id=subject.member_id).update(label=erasure.alias)
    MailLink.objects.filter(member_id=subject.member_id).delete()
    revisions = Revision.objects.filter(placement__organization_id=subject.organization_id)
    revisions.filter(by_name__in=erasure.names).update(by_name=erasure.alias)
    _clean(revisions, "reason", erasure)
    _clean(Placement.objects.filter(organization_id=subject.organization_id), "note", erasure)
    _clean(Decision.objects.filter(case__organization_id=subject.organization_id), "remark", erasure)


def _clean(rows: QuerySet[Placement] | QuerySet[Decision] | QuerySet[Revision], column: str, erasure: Erasure) -> None:
    for name in erasure.names:
        replaced = Replace(F(column), Value(name), Value(erasure.alias))
        rows.filter(**{f"{column}__contains": name}).update(**{column: replaced})


HOLDING = Holding(name="ordering", export=export, erase=erase)
