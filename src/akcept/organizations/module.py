"""Whether the B2B module works: the host offers it (setting) and the merchant has it switched on (row)."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.kernel.errors import NotAllowed
from akcept.organizations.gate import Gate, Kept, Shown
from akcept.organizations.models import Module


def is_available() -> bool:
    """Whether whoever hosts the shop offers the module (`AKCEPT_B2B_AVAILABLE`, True where it is not set)."""
    return bool(getattr(settings, "AKCEPT_B2B_AVAILABLE", True))


def is_enabled() -> bool:
    """Whether it is offered and switched on; a shop that never touched the switch has it on. One statement."""
    return is_available() and not Module.objects.filter(enabled=False).exists()


def kept_gate() -> Kept:
    """Return whom the shop is open to and which prices it shows; one statement."""
    return switches()[0]


def switches() -> tuple[Kept, bool]:
    """Return the same, and whether the module is switched on; one statement."""
    row = Module.objects.filter(pk=1).first()
    return (Kept(), True) if row is None else (Kept(gate=Gate(row.gate), shown=Shown(row.shown)), row.enabled)


def require_enabled() -> None:
    """Raise NotAllowed while the module is withheld or switched off: for what nobody may begin then."""
    if not is_enabled():
        raise NotAllowed(_("This shop does not offer organisation accounts at the moment."))


def require_available() -> None:
    """Raise NotAllowed when whoever hosts the shop withholds the module: then nothing of it works."""
    if not is_available():
        raise NotAllowed(_("This shop does not offer organisation accounts at the moment."))
