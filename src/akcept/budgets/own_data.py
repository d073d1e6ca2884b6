"""What this room holds of a member: budgets for them or kept by them, and what they booked by hand."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from akcept.budgets.models import Budget, LedgerRow
from akcept.budgets.states import State
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject


def export(subject: Subject) -> Sequence[Section]:
    """Return the budgets that bind or belong to the subject, and their rows in the ledgers; two statements."""
    return _budgets(subject), _booked(subject)


def _budgets(subject: Subject) -> Section:
    found = Budget.objects.filter(Q(member_id=subject.member_id) | Q(owner_id=subject.member_id)).order_by("id")
    return Section(
        code="budgets",
        title=_("Budgets"),
        columns=(
            ("name", _("Name")),
            ("for_this_person", _("For this person")),
            ("starts", _("First day")),
            ("ends", _("Last day")),
        ),
        rows=tuple((row.name, row.member_id == subject.member_id, row.starts, row.ends) for row in found),
    )


def _booked(subject: Subject) -> Section:
    found = LedgerRow.objects.filter(organization_id=subject.organization_id, actor_id=subject.account_id)
    return Section(
        code="booked",
        title=_("Budget entries"),
        columns=(
            ("at", _("When")),
            ("budget", _("Budget")),
            ("amount", _("Amount")),
            ("currency", _("Currency")),
            ("order", _("Order")),
            ("reason", _("Reason")),
        ),
        rows=tuple(
            found.order_by("id").values_list(
                "at", "budget__name", "amount", "budget__currency", "order_number", "reason"
            )
        ),
    )


def erase(erasure: Erasure) -> None:
    """Take the subject's name out of budgets' names and ledgers' reasons, and move their bookings to the stand-in."""
    subject = erasure.subject
    _rename(Budget.objects.filter(organization_id=subject.organization_id), erasure)
    # Ledgers are never changed in what they count; whose act a row was is the one thing the law has taken out of it.
    rows: QuerySet[LedgerRow] = QuerySet(LedgerRow).filter(organization_id=subject.organization_id)
    rows.filter(actor_id=subject.account_id).update(actor_id=erasure.stand_in_id)
    erasure.clean(rows, "reason")


def _rename(budgets: QuerySet[Budget], erasure: Erasure) -> None:
    """Rename the budgets that bear the subject's name; of two that would be called alike, one gets its number too."""
    taken = set(budgets.exclude(state=State.CLOSED.value).values_list("name", flat=True))
    for pk, name in list(budgets.order_by("id").values_list("pk", "name")):
        cleaned = erasure.cleaned(name)[:100]
        if cleaned != name:
            budgets.filter(pk=pk).update(name=f"{cleaned} ({pk})" if cleaned in taken else cleaned)
            taken.add(cleaned)


HOLDING = Holding(name="budgets", export=export, erase=erase)
