"""What this room holds of a member: tokens and systems they gave access to, and the calls of these of late."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from akcept.api.models import Credential
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject


def export(subject: Subject) -> Sequence[Section]:
    """Return what they gave access to; one statement."""
    rows = Credential.objects.filter(member_id=subject.member_id).order_by("pk")
    return (
        Section(
            code="access",
            title=_("Access of other systems"),
            columns=(
                ("name", _("Name")),
                ("kind", _("Kind")),
                ("created_at", _("Since")),
                ("expires_at", _("Until")),
                ("revoked_at", _("Ended")),
                ("last_used_at", _("Last used")),
            ),
            rows=tuple(rows.values_list("name", "kind", "created_at", "expires_at", "revoked_at", "last_used_at")),
        ),
    )


def erase(erasure: Erasure) -> None:
    """Delete what the member gave access to: their rights are gone, so none of it counts any more."""
    Credential.objects.filter(member_id=erasure.subject.member_id).delete()


HOLDING = Holding(name="api", export=export, erase=erase)
