"""What this room holds of a person: the lists they saved, and others' that name them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.organizations.models import Member
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject
from akcept.ui.models import SavedView


def export(subject: Subject) -> Sequence[Section]:
    """Return their saved views; one statement."""
    rows = SavedView.objects.filter(user_id=subject.account_id).order_by("page", "name")
    return (
        Section(
            code="saved_views",
            title=_("Saved views"),
            columns=(("page", _("List")), ("name", _("Name")), ("query", _("What it is narrowed by"))),
            rows=tuple(rows.values_list("page", "name", "query")),
        ),
    )


def erase(erasure: Erasure) -> None:
    """Delete the views of a login that goes, and take the name out of what colleagues and the shop's people saved."""
    subject = erasure.subject
    if erasure.whole_account:
        SavedView.objects.filter(user_id=subject.account_id).delete()
    colleagues = Member.objects.filter(organization_id=subject.organization_id).values("user_id")
    views = SavedView.objects.filter(Q(user__in=colleagues) | Q(user__is_staff=True))
    for column in ("name", "query"):
        erasure.clean(views, column)


HOLDING = Holding(name="ui", export=export, erase=erase)
