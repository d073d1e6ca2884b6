"""What somebody is told whose page is out of date."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from akcept.approvals.models import Case, Decision
from akcept.approvals.states import State
from akcept.organizations.queries import name_of
from akcept.organizations.seats import Seat


def who_was_faster(case: Case, seat: Seat) -> str:
    """Return who decided or changed the order meanwhile, and when; one statement."""
    return who_decided(case, seat) or _("This order has changed since you opened it. Here is its current state.")


def who_decided(case: Case, seat: Seat) -> str:
    """Return who decided the order meanwhile, and when; nothing where it was only changed. One statement."""
    state = State(case.state)
    if state is State.WITHDRAWN:
        return _("%(name)s withdrew this order at %(time)s.") % {
            "name": name_of(case.requester.user),
            "time": _clock(case.ended_at),
        }
    if state is State.EXPIRED:
        return _("This order expired: nobody decided in time. It can be ordered again.")
    if state is State.ACCEPTED and not case.steps_total:
        return _("%(name)s changed this order. It no longer needs to be accepted and has gone to the shop.") % {
            "name": name_of(case.requester.user)
        }
    last = case.decisions.order_by("-id").first()
    if last is not None and last.kind == Decision.Kind.REVOKE and not _is_older(last, case):
        words = {"name": last.member_name, "time": _clock(last.at)}
        return _("%(name)s accepted this order and revoked the acceptance at %(time)s: it is pending again.") % words
    if last is None or (state is State.AWAITING and last.kind != Decision.Kind.ACCEPT) or _is_older(last, case):
        return ""
    words = {"name": last.member_name, "time": _clock(last.at)}
    mine = last.member_id == seat.member_id
    if last.kind == Decision.Kind.ACCEPT:
        if mine:
            return _("You have accepted this order already, at %(time)s.") % words
        return _("Someone was faster: %(name)s accepted this order at %(time)s.") % words
    if last.kind == Decision.Kind.REJECT:
        if mine:
            return _("You have rejected this order already, at %(time)s.") % words
        return _("Someone was faster: %(name)s rejected this order at %(time)s.") % words
    if mine:
        return _("You have sent this order back already, at %(time)s.") % words
    return _("Someone was faster: %(name)s sent this order back at %(time)s.") % words


def _is_older(last: Decision, case: Case) -> bool:
    """Whether something else has moved the case since its last decision."""
    return State(case.state) is State.AWAITING and (last.round, last.revision) != (case.round, case.revision)


def _clock(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "H:i") if at else ""
