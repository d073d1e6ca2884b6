"""A member's personal data: a copy of it, and taking it out once they have left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal import queries as journal_queries
from akcept.journal.actions import Event
from akcept.kernel import price_sight
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, NotFound, Stale
from akcept.organizations import checks, policies, queries, topics
from akcept.organizations.actions.rows import enter, nobodys_username
from akcept.organizations.models import Member, Organization
from akcept.organizations.permissions import Permission
from akcept.organizations.personal_data import Erasure, Section, Subject, holdings, without_sums
from akcept.organizations.pseudonyms import address_of, alias_of
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

REASON_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """A copy of what is held of a member, as of `at`."""

    member: Member
    name: str
    at: datetime
    sections: tuple[Section, ...]


@action
def copy_own_data(*, actor: Actor, now: datetime | None = None) -> PersonalData:
    """Return everything held of the actor in the organisation they act for. Journal: `member.data_copied`.

    Works after a deactivation too. Raises NotAllowed for somebody without an organisation.
    """
    seat = queries.seat_of(actor)
    member_id = seat.member_id if seat is not None else policies.require_seat(None).member_id
    member = Member.objects.select_related("user").get(pk=member_id)
    return _copied(member, actor=actor, reason="", now=now or utc_now())


@action
def copy_member_data(member_id: int, *, actor: Actor, reason: str = "", now: datetime | None = None) -> PersonalData:
    """Return everything held of a member, former ones too: for administrators at head office, and for the shop's staff.

    Staff give a `reason`, which the organisation reads too. Journal: `member.data_copied`. Raises NotAllowed, NotFound,
    Invalid (no reason), Stale (forgotten already).
    """
    member, said = _looked_after(member_id, actor=actor, reason=reason)
    _require_known(member)
    return _copied(member, actor=actor, reason=said, now=now or utc_now())


def _copied(member: Member, *, actor: Actor, reason: str, now: datetime) -> PersonalData:
    subject = _subject(member)
    sections = tuple(section for holding in holdings() for section in holding.export(subject))
    if not price_sight.are_seen():
        sections = tuple(without_sums(section) for section in sections)
    _journal(topics.DATA_COPIED, member, {"reason": reason} if reason else {}, actor=actor, now=now)
    return PersonalData(member=member, name=queries.name_of(member.user), at=now, sections=sections)


@action
def forget_member(member_id: int, *, actor: Actor, reason: str = "", now: datetime | None = None) -> Member:
    """Put "former member 17" in the place of a removed member's name and addresses, everywhere; it cannot be undone.

    For administrators at head office, and for the shop's staff with a `reason` the organisation reads too. Orders,
    decisions and the journal stay, and its chain still holds. The login is closed unless another organisation (or the
    shop's staff) needs it. Reads the organisation's journal once: seconds for a hundred thousand entries.
    Journal: `journal.erased` in each chain that named them, `member.forgotten`. Raises NotAllowed, NotFound, Invalid
    (no reason), IllegalMove (not removed yet, or an order of theirs still waits), Stale (forgotten already).
    """
    at = now or utc_now()
    member, said = _looked_after(member_id, actor=actor, reason=reason)
    _require_known(member)
    if member.removed_at is None:
        raise IllegalMove(
            _("%(name)s is still a member: remove them from the organisation first.")
            % {"name": queries.name_of(member.user)}
        )
    erasure = _erasure(member)
    for holding in holdings():
        if holding.lock is not None:
            holding.lock(erasure.subject)
    for holding in holdings():
        holding.erase(erasure)
    touched = _erase_journal(member, erasure, actor=actor, now=at)
    if erasure.whole_account:
        _close_account(member, erasure.alias)
    member.user_id, member.forgotten_at = erasure.stand_in_id, at
    member.version += 1
    member.save(update_fields=["user", "forgotten_at", "version"])
    payload: dict[str, Any] = {"entries": touched, "account": erasure.whole_account}
    _journal(topics.MEMBER_FORGOTTEN, member, payload | ({"reason": said} if said else {}), actor=actor, now=at)
    return Member.objects.select_related("user").get(pk=member.pk)


def _looked_after(member_id: int, *, actor: Actor, reason: str) -> tuple[Member, str]:
    """Lock the organisation; return the member and staff's reason. Raises NotAllowed, NotFound, Invalid."""
    said, wanted = "", Member.objects.filter(pk=member_id)
    if actor.kind is ActorKind.STAFF:
        policies.require_manages_organizations(actor)
        said = checks.required(
            reason, field="reason", text=_("Give a reason: the customer reads it."), limit=REASON_LIMIT
        )
    else:
        seat = policies.require_head_office(enter(actor, Permission.MANAGE_MEMBERS))
        wanted = wanted.filter(organization_id=seat.organization_id)
    of = wanted.values_list("organization_id", flat=True).first()
    if of is None:
        raise NotFound(_("There is no such member in your organisation."))
    lock(Organization.objects.all()).get(pk=of)
    return wanted.select_related("user").get(), said


def _require_known(member: Member) -> None:
    if member.forgotten_at is not None:
        raise Stale(_("The personal data of this former member has been erased already."))


def _subject(member: Member) -> Subject:
    return Subject(organization_id=member.organization_id, member_id=member.pk, account_id=member.user_id)


def _erasure(member: Member) -> Erasure:
    others = Member.objects.filter(user_id=member.user_id, forgotten_at=None).exclude(pk=member.pk)
    whole = not (others.exists() or member.user.is_staff)
    alias = alias_of(member.pk)
    return Erasure(
        subject=_subject(member),
        names=tuple(_names_of(member)),
        alias=alias,
        stand_in_id=member.user_id if whole else _stand_in(member, alias),
        whole_account=whole,
    )


def _names_of(member: Member) -> Sequence[str]:
    """Return what they are found by in texts: addresses, and names where no colleague bears the same one."""
    user = member.user
    acted = journal_queries.names_acted_under(member.organization_id, user.pk)
    addresses = {user.email, *member.invited_as()}
    names = {str(user.get_full_name()).strip(), *acted} - addresses - {""}
    colleagues = Member.objects.filter(organization_id=member.organization_id).exclude(pk=member.pk)
    borne = {queries.name_of(other.user).casefold() for other in colleagues.select_related("user")} if names else set()
    return sorted(addresses - {""}) + sorted(name for name in names if name.casefold() not in borne)


def _stand_in(member: Member, alias: str) -> int:
    """Create the account, without a person or a way to log in, that the forgotten membership hangs on."""
    users = get_user_model()
    first_name, _blank, last_name = alias.rpartition(" ")
    made = users(
        email=address_of(member.pk),
        first_name=first_name,
        last_name=last_name,
        is_active=False,
        **nobodys_username(users),
    )
    made.set_unusable_password()
    made.save()
    return int(made.pk)


def _close_account(member: Member, alias: str) -> None:
    user = get_user_model().objects.get(pk=member.user_id)
    user.first_name, _blank, user.last_name = alias.rpartition(" ")
    user.email = address_of(member.pk)
    for name, value in nobodys_username(type(user)).items():
        setattr(user, name, value)
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()


def _erase_journal(member: Member, erasure: Erasure, *, actor: Actor, now: datetime) -> int:
    chains: list[int | None] = [member.organization_id]
    if erasure.whole_account:
        chains.append(None)  # the shop's own: what they did as a private customer
    journal.lock_chains(chains)
    return sum(
        journal.pseudonymize(
            chain, user_id=member.user_id, names=erasure.names, alias=erasure.alias, actor=actor, now=now
        )
        for chain in chains
    )


def _journal(topic: str, member: Member, payload: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    event = Event(topic, ("member", str(member.pk)), payload)
    journal.write(event, actor=actor, organization_id=member.organization_id, now=now)
