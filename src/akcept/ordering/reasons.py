"""Why an order waits, in words. Never a rule's key on a page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.approvals.routing import Reason


def to_requester(reason: str, *, unit_name: str) -> str:
    """Return the reason as told to the person who places the order."""
    if reason == Reason.MAY_NOT_ACCEPT:
        return _("you may place orders for %(unit)s, but not accept them") % {"unit": unit_name}
    return _("your organisation wants it accepted first")


def to_others(reason: str, *, requester: str, unit_name: str) -> str:
    """Return the reason as told to approvers, administrators and the shop."""
    if reason == Reason.MAY_NOT_ACCEPT:
        return _("%(requester)s may place orders for %(unit)s, but not accept them.") % {
            "requester": requester,
            "unit": unit_name,
        }
    return _("The organisation wants this order accepted first.")
