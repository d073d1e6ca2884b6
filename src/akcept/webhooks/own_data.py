"""What this room holds of a member: webhooks they keep, and names that kept messages and answers may speak of."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from akcept.organizations.personal_data import Erasure, Holding, Section, Subject
from akcept.webhooks.models import Attempt, Endpoint, Message


def export(subject: Subject) -> Sequence[Section]:
    """Return the webhooks they keep; one statement."""
    rows = Endpoint.objects.filter(member_id=subject.member_id).order_by("pk")
    columns = (("url", _("Address")), ("state", _("State")), ("created_at", _("Since")))
    told = tuple(rows.values_list("url", "state", "created_at"))
    return (Section(code="webhooks", title=_("Webhooks"), columns=columns, rows=told),)


def erase(erasure: Erasure) -> None:
    """Delete the webhooks the member keeps, and take their names out of what others keep of the organisation.

    A message that is still to be sent goes out, under its id, without the names.
    """
    Endpoint.objects.filter(member_id=erasure.subject.member_id).delete()
    about = Message.objects.filter(organization_id=erasure.subject.organization_id)
    erasure.clean(about, "body")
    erasure.clean(Attempt.objects.filter(message__organization_id=erasure.subject.organization_id), "answer")
    erasure.clean(Endpoint.objects.filter(organization_id=erasure.subject.organization_id), "url")


HOLDING = Holding(name="webhooks", export=export, erase=erase)
