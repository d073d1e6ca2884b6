"""What people write on orders, cleaned and bounded."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.kernel import typed
from akcept.kernel.errors import Invalid

REMARK_LIMIT = 1000


NOTE_LIMIT = 1000


PO_NUMBER_LIMIT = 60


def checked_remark(remark: str, *, required: str = "", field: str = "remark") -> str:
    """Return a remark without outer blanks. Raises Invalid: too long, or none where `required` says why it is."""
    cleaned = typed.prose(remark)
    if required and not cleaned:
        raise Invalid(required, field=field)
    if len(cleaned) > REMARK_LIMIT:
        raise Invalid(_("The remark may have up to %(limit)d characters.") % {"limit": REMARK_LIMIT}, field=field)
    return cleaned


def checked_reason(reason: str) -> str:
    """Return why somebody rejects, without outer blanks. Raises Invalid (none given, too long)."""
    return checked_remark(reason, required=_("Give a reason. The requester will see it."))


def require_texts(*, po_number: str, note: str) -> None:
    """Raise Invalid (field) for texts longer than their limits."""
    if len(typed.line(po_number)) > PO_NUMBER_LIMIT:
        raise Invalid(
            _("Your order number may have up to %(limit)d characters.") % {"limit": PO_NUMBER_LIMIT}, field="po_number"
        )
    if len(typed.prose(note)) > NOTE_LIMIT:
        raise Invalid(_("The note may have up to %(limit)d characters.") % {"limit": NOTE_LIMIT}, field="note")
