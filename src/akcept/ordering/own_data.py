"""What this room holds of a member: orders they placed, with what was written on them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from akcept.approvals.models import Case
from akcept.approvals.states import OPEN
from akcept.kernel.errors import IllegalMove
from akcept.ordering.models import MailLink, Placement, Revision
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject
from akcept.transactions.locking import lock


def export(subject: Subject) -> Sequence[Section]:
    """Return orders; one statement."""
    return (_orders(subject),)


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


def hold(subject: Subject) -> None:
    """Lock the links in mails that `erase` deletes."""
    list(lock(MailLink.objects.filter(member_id=subject.member_id).order_by("pk").only("pk")))


def erase(erasure: Erasure) -> None:
    """Move the subject's orders to the stand-in and take the name out of notes and revisions of the organisation.

    Raises IllegalMove while one of those orders waits: whoever decides it has to know who wants it.
    """
    subject = erasure.subject
    waiting = Case.objects.filter(requester_id=subject.member_id, state__in=[state.value for state in OPEN])
    number = waiting.values_list("order__number", flat=True).first()
    if number is not None:
        raise IllegalMove(
            _("Order %(number)s of this person is still pending: it has to be decided on or withdrawn first.")
            % {"number": number}
        )
    Placement.objects.filter(requester_id=subject.member_id).update(buyer_id=erasure.stand_in_id)
    MailLink.objects.filter(member_id=subject.member_id).delete()
    placements = Placement.objects.filter(organization_id=subject.organization_id)
    erasure.clean(placements, "note")
    revisions = Revision.objects.filter(placement__organization_id=subject.organization_id)
    own = revisions.filter(kind=Revision.Kind.RESUBMITTED, placement__requester_id=subject.member_id)
    own.update(by_name=erasure.alias)
    erasure.clean(revisions, "by_name")
    erasure.clean(revisions, "reason")
    erasure.clean(revisions, "note")


HOLDING = Holding(name="ordering", export=export, erase=erase, lock=hold)
