"""Deciding from a mail: the relay offers a link to whom it asks, and whoever opens it decides once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals.current import terms_of
from akcept.approvals.models import Case
from akcept.approvals.states import Move, State
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, NotAllowed
from akcept.ordering import mail_links
from akcept.ordering.actions.parts.decisions import PricesUpdated, accepting, rejecting, updating_prices
from akcept.ordering.actions.parts.locked import LockedOrder, locked
from akcept.ordering.actions.parts.outcomes import Decided, Through
from akcept.ordering.actions.parts.refused import refusals_logged
from akcept.ordering.actions.parts.texts import checked_reason
from akcept.ordering.models import MailLink
from akcept.transactions.acting import action


@action
def offer_links(
    order_number: str,
    *,
    actor: Actor,
    member_ids: Collection[int],
    revision: int,
    version: int,
    now: datetime | None = None,
) -> dict[int, str]:
    """Return, by member, the token of a link with which each decides the order as the mail shows it.

    There is none for a member's own order, nor where the organisation wants no such links or a login for this value.
    Mails that show the same have one link, which the later ones prolong. Journal: nothing, for nobody has decided.
    Raises NotAllowed for anybody but the system.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(_("Links for deciding are sent by e-mail only."))
    at = now or utc_now()
    case = (
        Case.objects.filter(order__number=order_number, state=State.AWAITING.value)
        .select_related("order__akcept_placement", "organization__acceptance_terms")
        .first()
    )
    if case is None:
        return {}
    terms = terms_of(case)
    if not terms.mail_links or mail_links.needs_login(terms, case.order.akcept_placement):
        return {}
    until = at + mail_links.LIFE
    links = MailLink.objects.bulk_create(
        [
            MailLink(case=case, member_id=member_id, version=version, revision=revision, expires_at=until)
            for member_id in sorted(set(member_ids) - {case.requester_id})
        ],
        update_conflicts=True,
        unique_fields=["case", "member", "version"],
        update_fields=["revision", "expires_at"],
    )
    return {link.member_id: mail_links.token_for(link) for link in links}


def accept_by_link(token: str, *, actor: Actor, remark: str = "", now: datetime | None = None) -> Decided:
    """Accept, as its reader, the order a link was sent for; `actor` is whoever opened it, most often nobody logged in.

    Uses the link up in the same transaction; nobody is logged in by it. Journal: as `accept`, with the reader as who
    did it. Raises as `accept`, and NotFound (no such link), Dead (used, expired), NotAllowed (logged in as somebody
    else, switched off), LoginNeeded (value).
    """
    link = mail_links.link_named(token)
    mail_links.require_reader(link, actor=actor)
    with refusals_logged(link.case.order.number, Move.ACCEPT, actor=mail_links.reader_of(link)):
        outcome = _accept(link, remark=remark, at=now or utc_now())
    if isinstance(outcome, Changed):
        raise outcome  # after commit, as `accept` does; the link is used up, for what it showed is no more
    return outcome


@action
def _accept(link: MailLink, *, remark: str, at: datetime) -> Decided | Changed:
    held, reader = _used_up(link, at=at)
    return accepting(held, actor=reader, version=link.version, remark=remark, at=at, through=Through.MAIL)


def update_prices_by_link(token: str, *, actor: Actor, now: datetime | None = None) -> PricesUpdated:
    """Bring the order a link was sent for to today's prices.

    Uses the link up: what its mail showed is no more. Journal: as `update_prices`. Raises as `update_prices` and as
    `accept_by_link`.
    """
    link = mail_links.link_named(token)
    mail_links.require_reader(link, actor=actor)
    with refusals_logged(link.case.order.number, Move.AMEND, actor=mail_links.reader_of(link)):
        return _update_prices(link, at=now or utc_now())


@action
def _update_prices(link: MailLink, *, at: datetime) -> PricesUpdated:
    held, reader = _used_up(link, at=at)
    return updating_prices(held, actor=reader, version=link.version, at=at)


def reject_by_link(token: str, *, actor: Actor, reason: str, now: datetime | None = None) -> Decided:
    """Reject the order a link was sent for, with a reason.

    Journal: as `reject`. Raises Invalid (none given), else as `accept_by_link`.
    """
    link = mail_links.link_named(token)
    mail_links.require_reader(link, actor=actor)
    with refusals_logged(link.case.order.number, Move.REJECT, actor=mail_links.reader_of(link)):
        return _reject(link, reason=checked_reason(reason), at=now or utc_now())


@action
def _reject(link: MailLink, *, reason: str, at: datetime) -> Decided:
    held, reader = _used_up(link, at=at)
    return rejecting(held, actor=reader, version=link.version, reason=reason, at=at, through=Through.MAIL)


def _used_up(link: MailLink, *, at: datetime) -> tuple[LockedOrder, Actor]:
    """Use the link up and lock its order; a refusal afterwards gives the link back with everything else."""
    mine = MailLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=at)
    if mine.update(used_at=at) != 1:
        link.refresh_from_db(fields=["used_at", "expires_at"])
        mail_links.require_alive(link, now=at)
    reader = mail_links.reader_of(link)
    with mail_links.saying_why_gone(link):
        held = locked(link.case.order.number, actor=reader)
    mail_links.require_terms(held.case, held.placement)
    mail_links.require_unchanged(link, held.case, seat=held.seat)
    return held, reader
