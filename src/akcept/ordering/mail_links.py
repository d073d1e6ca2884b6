"""Links with which somebody decides from a mail without logging in: whom they name, and when they count no more.

Its row binds a link to its reader, the order as the mail showed it and a date; whether they may decide is computed
from who they are now, like everywhere. Reading one changes nothing; `actions.by_mail` decides and uses it up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from akcept.approvals import cases, policies, wording
from akcept.approvals.current import terms_of
from akcept.approvals.models import Case, Decision, Terms
from akcept.approvals.states import State
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed, NotFound, Stale
from akcept.ordering import queries
from akcept.ordering.models import MailLink, Placement
from akcept.ordering.queries import OrderView
from akcept.organizations import module
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Seat

LIFE: Final = timedelta(days=7)
_SALT = "akcept.mail-link"


class Dead(Stale):
    """The link was used or has expired."""

    status = 410


class LoginNeeded(NotAllowed):
    """The organisation wants this order decided by somebody who has logged in."""

    code = "login_needed"


def token_for(link: MailLink) -> str:
    """Return what makes the link's address a secret."""
    return signing.dumps(link.pk, salt=_SALT)


def link_named(token: str) -> MailLink:
    """Return the link a genuine token names; it may be used or expired. One statement. Raises NotFound."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        pk = None
    related = ("member__user", "case__order__akcept_placement", "case__organization__acceptance_terms")
    found = MailLink.objects.filter(pk=pk).select_related(*related).first() if isinstance(pk, int) else None
    if found is None or not module.is_available():
        raise NotFound(_("This link is not valid. Log in to see what is waiting for you."))
    return found


def reader_of(link: MailLink) -> Actor:
    """Return as whom the link decides: its reader, in the organisation whose order it is."""
    user = link.member.user
    return Actor.person(user.pk, organizations.name_of(user), organization_id=link.member.organization_id)


def require_reader(link: MailLink, *, actor: Actor) -> None:
    """Raise NotAllowed for anybody who has logged in as somebody else: a mail that was passed on decides nothing."""
    if actor.user_id is not None and actor.user_id != link.member.user_id:
        raise NotAllowed(
            _("This link was sent to somebody else; you are logged in as %(name)s. Nothing was decided.")
            % {"name": actor.name}
        )


def require_alive(link: MailLink, *, now: datetime) -> None:
    """Raise Dead for a link that was used or has expired."""
    if link.used_at is not None:
        raise Dead(_("This link has been used: it works once."))
    if link.expires_at <= now:
        raise Dead(_("This link has expired. Log in to decide: the order may still be pending."))


def require_terms(case: Case, placement: Placement) -> None:
    """Raise NotAllowed where the organisation wants no deciding from mails now, LoginNeeded where not without login."""
    terms = terms_of(case)
    if not terms.mail_links:
        raise NotAllowed(_("Your organisation no longer allows decisions from e-mails. Log in to decide."))
    if needs_login(terms, placement):
        raise LoginNeeded(_("Your organisation wants you to log in to decide on an order of this value."))


def needs_login(terms: Terms, placement: Placement) -> bool:
    """Whether the order is above an amount (net, with delivery) up to which a link decides without login."""
    limits = (
        (terms.mail_link_login_above, terms.mail_link_login_currency),
        (terms.second_factor_above, terms.second_factor_currency),
    )
    return any(policies.is_above(limit, currency, placement.amounts) for limit, currency in limits)


def require_unchanged(link: MailLink, case: Case, *, seat: Seat) -> None:
    """Raise Stale unless the order is as the mail showed it; says who decided it meanwhile, where somebody did."""
    try:
        cases.require_version(case, link.version, seat=seat)
    except Stale:
        changed = _("This order has changed since the e-mail was sent. Log in to see its current state and decide.")
        raise Stale(wording.who_decided(case, seat) or changed) from None


@contextmanager
def saying_why_gone(link: MailLink) -> Iterator[None]:
    """Let a reader who may no longer see the order read why: what they were a substitute for is over, or others decide.

    Raises NotAllowed in the place of NotFound; a former or deactivated member reads nothing of the organisation.
    """
    try:
        yield
    except NotFound:
        seat = organizations.seat_of(reader_of(link))
        if seat is None or not seat.active:
            raise
        ended = organizations.substitution_ended(link.member_id, running_at=link.expires_at - LIFE, now=utc_now())
        if ended is None:
            raise NotAllowed(_("You are no longer asked about this order: others decide now.")) from None
        raise NotAllowed(
            _("You were asked as the substitute of %(name)s. That ended on %(day)s, so others decide now.")
            % {"name": ended.name, "day": date_format(timezone.localtime(ended.at), "DATE_FORMAT")}
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """What a link shows: the order to decide, or what its reader decided with it; `again`: they are asked once more."""

    link: MailLink
    view: OrderView | None
    done: Decision | None
    again: bool = False


def page(link: MailLink, *, actor: Actor, now: datetime) -> LinkPage:
    """Return what the link's page shows to `actor`, who need not have logged in.

    Raises Dead, Stale (decided or changed since the mail), NotAllowed (somebody else, no longer the right, switched
    off, no longer asked), LoginNeeded, NotFound.
    """
    require_reader(link, actor=actor)
    if link.used_at is not None:
        done = Decision.objects.filter(case_id=link.case_id, member_id=link.member_id, at=link.used_at).first()
        if done is not None:
            return LinkPage(link=link, view=None, done=done, again=_is_asked_again(link))
    require_alive(link, now=now)
    placement: Placement = link.case.order.akcept_placement
    with saying_why_gone(link):
        view = queries.order(reader_of(link), placement.number)
    if view.case is None or view.seat is None:
        raise NotFound(_("There is no such order, or you may not see it."))
    require_terms(view.case, placement)
    require_unchanged(link, view.case, seat=view.seat)
    if not view.may_decide:
        (matter,) = queries.matters([view.case])
        policies.require_decider(view.seat, view.case, matter)
    return LinkPage(link=link, view=view, done=None)


def _is_asked_again(link: MailLink) -> bool:
    """Whether a later step asks the link's reader too; no statement unless the order still waits."""
    if State(link.case.state) is not State.AWAITING:
        return False
    return queries.order(reader_of(link), link.case.order.number).may_decide
