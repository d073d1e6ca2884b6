"""Offers of a sub-account: made, sent again, taken back, accepted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Limit
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.organizations import accounts, checks, module, policies, queries, tokens, topics
from akcept.organizations.actions.rows import (
    enter,
    invitation_facts,
    member_facts,
    new_user,
    own_roles,
    own_unit,
    stored_grant,
    sum_of,
    taken_over,
)
from akcept.organizations.models import Invitation, Member, Organization, Role, Unit
from akcept.organizations.permissions import Permission
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

INVITATION_TERM = timedelta(days=14)


@action
def invite(
    *,
    actor: Actor,
    email: str,
    first_name: str,
    last_name: str,
    unit_id: int,
    permissions: frozenset[Permission],
    language: str,
    role_ids: Collection[int] = (),
    limit: Limit | None = None,
    now: datetime | None = None,
) -> Invitation:
    """Offer somebody a sub-account in a unit, with roles and permissions as in `change_member`.

    They are mailed a link that is good for 14 days. Journal: `member.invited`. Raises NotAllowed, Invalid (e-mail,
    names, language, unit, roles, limit, already a member, already invited).
    """
    at = now or utc_now()
    seat = enter(actor, Permission.MANAGE_MEMBERS)
    unit = own_unit(seat, unit_id)
    roles, granted = own_roles(seat, role_ids), stored_grant(permissions, limit)
    policies.require_giveable(seat, sum_of(roles, granted))
    invitation = offer(
        unit,
        roles=roles,
        granted=granted,
        email=email,
        first_name=first_name,
        last_name=last_name,
        language=language,
        invited_by_id=seat.member_id,
        now=at,
    )
    _journal_invitation(topics.MEMBER_INVITED, invitation, actor=actor, now=at)
    return invitation


def offer(
    unit: Unit,
    *,
    roles: Collection[Role],
    granted: dict[str, Any],
    email: str,
    first_name: str,
    last_name: str,
    language: str,
    invited_by_id: int | None,
    now: datetime,
) -> Invitation:
    """Store an invitation into a unit; whoever calls has checked who offers what, and writes the journal.

    Raises Invalid (e-mail, names, language, already a member, already invited).
    """
    address = checks.email(email)
    known_here = Member.objects.filter(organization_id=unit.organization_id, removed_at=None)
    if known_here.filter(user__email__iexact=address).exists():
        raise Invalid(_("%(email)s is already a member of the organisation.") % {"email": address}, field="email")
    invitation = Invitation(
        organization_id=unit.organization_id,
        unit=unit,
        email=address,
        first_name=checks.optional(first_name, field="first_name", limit=150),
        last_name=checks.optional(last_name, field="last_name", limit=150),
        language=checks.language(language),
        invited_by_id=invited_by_id,
        created_at=now,
        expires_at=now + INVITATION_TERM,
        granted=granted,
    )
    try:
        with transaction.atomic():
            invitation.save()
            invitation.roles.set(roles)
    except IntegrityError:
        raise Invalid(
            _("%(email)s has already been invited; you can send the invitation again.") % {"email": address},
            field="email",
        ) from None
    return invitation


def _journal_invitation(topic: str, invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    journal.write(
        Event(topic, ("invitation", str(invitation.pk)), invitation_facts(invitation)),
        actor=actor,
        organization_id=invitation.organization_id,
        now=now,
    )


@action
def resend_invitation(invitation_id: int, *, actor: Actor, now: datetime | None = None) -> Invitation:
    """Send an open invitation again with a new link and a new term; the old link stops working.

    Journal: `member.invitation_resent`. Raises NotAllowed, NotFound, Stale (accepted or revoked meanwhile).
    """
    at = now or utc_now()
    invitation = _own_open_invitation(invitation_id, actor=actor)
    # At least a second later than before: the link is bound to the term.
    invitation.expires_at = max(at + INVITATION_TERM, invitation.expires_at + timedelta(seconds=1))
    invitation.save(update_fields=["expires_at"])
    _journal_invitation(topics.INVITATION_RESENT, invitation, actor=actor, now=at)
    return invitation


@action
def revoke_invitation(invitation_id: int, *, actor: Actor, now: datetime | None = None) -> Invitation:
    """Take an open invitation back: its link stops working.

    Journal: `member.invitation_revoked`. Raises NotAllowed, NotFound, Stale (accepted or revoked meanwhile).
    """
    at = now or utc_now()
    invitation = _own_open_invitation(invitation_id, actor=actor)
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    _journal_invitation(topics.INVITATION_REVOKED, invitation, actor=actor, now=at)
    return invitation


def _own_open_invitation(invitation_id: int, *, actor: Actor) -> Invitation:
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    found = lock(
        Invitation.objects.filter(
            organization_id=seat.organization_id, unit__path__startswith=seat.unit_path, pk=invitation_id
        )
    ).first()
    if found is None:
        raise NotFound(_("There is no such invitation in your organisation."))
    if found.accepted_at is not None:
        raise Stale(_("%(email)s has since accepted this invitation.") % {"email": found.email})
    if found.revoked_at is not None:
        raise Stale(_("This invitation has already been cancelled."))
    return found


@action
def accept_invitation(
    token: str,
    *,
    first_name: str = "",
    last_name: str = "",
    password: str = "",
    actor: Actor | None = None,
    now: datetime | None = None,
) -> Member:
    """Join the organisation that invited: with a new account, or (`actor`) with the one somebody is logged in to.

    The account must have the e-mail address the invitation was sent to. The link proves that address: from now on the
    account is nobody else's (`Accounts.claim`), all its sessions are over, the caller keeps their own. An account that
    somebody opened under the address without ever proving it counts as none: it is taken over with the password given
    here. Journal: `member.joined`. Raises NotFound (no genuine link), Stale (replaced, expired, revoked, used, a member
    already), NotAllowed (logged in as somebody else or with an unproved account, the module is off, the organisation
    blocked), Invalid (names; the address has an account: log in first).
    """
    at = now or utc_now()
    module.require_enabled()
    named = tokens.invitation_named(token)
    # The organisation first: its roles may not change between being read and being added up.
    lock(Organization.objects.all()).get(pk=named.organization_id)
    invitation = lock(Invitation.objects.all()).get(pk=named.pk)
    require_open(invitation, now=at)
    _require_not_blocked(named.organization)
    user = _joining_user(invitation, actor, first_name=first_name, last_name=last_name, password=password)
    accounts.of_login().claim(user)
    member = _joined(invitation, user, now=at)
    invitation.accepted_at, invitation.member = at, member
    invitation.save(update_fields=["accepted_at", "member"])
    journal.write(
        Event(topics.MEMBER_JOINED, ("member", str(member.pk)), member_facts(member)),
        actor=Actor.person(user.pk, queries.name_of(user)),
        organization_id=invitation.organization_id,
        now=at,
    )
    return member


def _joined(invitation: Invitation, user: Any, *, now: datetime) -> Member:
    """Return the new member, or the one who was removed and comes back. Raises Stale for one who is there."""
    member, created = Member.objects.get_or_create(
        organization_id=invitation.organization_id,
        user=user,
        defaults={"unit_id": invitation.unit_id, "joined_at": now},
    )
    if not created and member.removed_at is None:
        raise Stale(_("You are a member of this organisation already."))
    member.unit_id, member.granted = invitation.unit_id, invitation.granted
    member.active, member.removed_at, member.deactivated_at = True, None, None
    member.version += 0 if created else 1
    member.roles.set(invitation.roles.all())
    member.recompute()
    member.save()
    return member


def require_open(invitation: Invitation, *, now: datetime) -> None:
    """Raise Stale with the reason when the invitation can no longer be accepted."""
    if invitation.accepted_at is not None:
        raise Stale(_("This invitation has already been accepted. Please log in."))
    if invitation.revoked_at is not None:
        raise Stale(_("This invitation has been cancelled. Ask an administrator of the organisation."))
    if invitation.expires_at <= now:
        raise Stale(_("This invitation has expired. Ask an administrator of the organisation to send it again."))


def account_waiting_for_its_owner(invitation: Invitation) -> Any | None:
    """Return the account somebody opened under the invited address without proving it, if there is one."""
    user = get_user_model().objects.filter(email__iexact=invitation.email, is_active=True).first()
    return None if user is None or accounts.of_login().is_proved(user) else user


def _require_not_blocked(organization: Organization) -> None:
    if organization.status == Organization.Status.BLOCKED:
        raise NotAllowed(
            _("Orders of %(organization)s are blocked by the shop. Please contact the shop.")
            % {"organization": organization.name}
        )


def _joining_user(
    invitation: Invitation, actor: Actor | None, *, first_name: str, last_name: str, password: str
) -> Any:
    if actor is None or actor.user_id is None:
        names = {"first_name": first_name, "last_name": last_name}
        unproved = account_waiting_for_its_owner(invitation)
        if unproved is not None:
            return taken_over(unproved, password=password, language=invitation.language, **names)
        return new_user(invitation.email, password=password, language=invitation.language, **names)
    user = lock(get_user_model().objects.all()).get(pk=actor.user_id)
    if not checks.same_email(user.email, invitation.email):
        raise NotAllowed(
            _("This invitation is for %(email)s, but you are logged in as %(other)s. Log out first.")
            % {"email": invitation.email, "other": user.email}
        )
    if not accounts.of_login().is_proved(user):
        raise NotAllowed(_("Nobody has proved this account yet: log out and open the link in the invitation again."))
    return user
