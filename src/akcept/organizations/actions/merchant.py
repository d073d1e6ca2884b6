"""What the merchant does with an organisation: confirms, blocks, adds one, acts for it with a reason both sides see."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound, Stale
from akcept.organizations import checks, module, policies, topics
from akcept.organizations.actions.invitations import offer
from akcept.organizations.actions.rows import invitation_facts, new_organization, stored_grant
from akcept.organizations.addresses import AddressInput
from akcept.organizations.labels import READY_ROLES
from akcept.organizations.models import Invitation, Organization, Role, Unit
from akcept.organizations.permissions import Permission
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

REASON_LIMIT = 300
_ADMINISTERS = frozenset({Permission.MANAGE_MEMBERS, Permission.MANAGE_UNITS})
_ORDERS = frozenset({Permission.PLACE_ORDERS, Permission.ACCEPT_ORDERS})
_READY = next(ready for ready in READY_ROLES if ready.code == "administrator")


@action
def confirm(organization_id: int, *, actor: Actor, now: datetime | None = None) -> Organization:
    """Confirm a new organisation for the merchant: from now on its members may order. Its administrators are mailed.

    Journal: `organization.confirmed`. Raises NotAllowed (also while the host withholds the module), NotFound, Stale
    (somebody confirmed it already).
    """
    policies.require_manages_organizations(actor)
    module.require_available()
    at = now or utc_now()
    pending = Organization.objects.filter(pk=organization_id, status=Organization.Status.PENDING)
    if pending.update(status=Organization.Status.ACTIVE, confirmed_at=at) != 1:
        if not Organization.objects.filter(pk=organization_id).exists():
            raise NotFound(_("There is no such organisation."))
        raise Stale(_("This organisation has already been confirmed."))
    event = Event(topics.CONFIRMED, ("organization", str(organization_id)))
    journal.write(event, actor=actor, organization_id=organization_id, now=at)
    return Organization.objects.get(pk=organization_id)


@action
def block(organization_id: int, *, actor: Actor, reason: str, now: datetime | None = None) -> Organization:
    """Block an organisation: its members can look, but neither place nor decide, until it is unblocked.

    Waiting orders stay as they are. Members read `reason`; administrators are mailed. Journal: `organization.blocked`
    with the reason. Raises NotAllowed, NotFound, Invalid (no reason), Stale (not active: blocked already, or not
    confirmed yet).
    """
    organization = _entered(organization_id, actor)
    said = _reason(reason)
    if organization.status != Organization.Status.ACTIVE:
        raise Stale(_("Only an active organisation can be blocked. Here is its current state."))
    at = now or utc_now()
    organization.status, organization.blocked_at, organization.blocked_reason = "blocked", at, said
    organization.save(update_fields=["status", "blocked_at", "blocked_reason"])
    _journal(topics.BLOCKED, organization, {"reason": said}, actor=actor, now=at)
    return organization


@action
def unblock(organization_id: int, *, actor: Actor, now: datetime | None = None) -> Organization:
    """Let a blocked organisation order and decide again; administrators are mailed.

    Journal: `organization.unblocked`. Raises NotAllowed, NotFound, Stale (not blocked).
    """
    organization = _entered(organization_id, actor)
    if organization.status != Organization.Status.BLOCKED:
        raise Stale(_("This organisation is not blocked (any more)."))
    organization.status, organization.blocked_at, organization.blocked_reason = "active", None, ""
    organization.save(update_fields=["status", "blocked_at", "blocked_reason"])
    _journal(topics.UNBLOCKED, organization, {}, actor=actor, now=now or utc_now())
    return organization


@action
def add_organization(
    *,
    actor: Actor,
    name: str,
    nip: str,
    address: AddressInput,
    email: str,
    first_name: str,
    last_name: str,
    language: str,
    now: datetime | None = None,
) -> Organization:
    """Add an organisation for a customer: active at once, its first administrator is invited by e-mail.

    Journal: `organization.added`, `member.invited`. Raises NotAllowed, Invalid (name, NIP, address, e-mail, language).
    """
    policies.require_manages_organizations(actor)
    module.require_available()
    at = now or utc_now()
    organization, root, roles = new_organization(
        name=name, nip=nip, address=address, status=Organization.Status.ACTIVE, now=at
    )
    invitation = _offer_administration(
        root, roles["administrator"], email=email, first_name=first_name, last_name=last_name, language=language, now=at
    )
    payload = {"name": organization.name, "nip": organization.nip, "email": invitation.email}
    events = [Event(topics.ORGANIZATION_ADDED, _subject(organization), payload), _invited(invitation)]
    journal.write(events, actor=actor, organization_id=organization.pk, now=at)
    return organization


@action
def invite_administrator(
    organization_id: int,
    *,
    actor: Actor,
    email: str,
    first_name: str,
    last_name: str,
    language: str,
    reason: str,
    now: datetime | None = None,
) -> Invitation:
    """Invite an administrator for a customer who cannot do so themselves, say because the only one has left.

    `reason` is what both sides read in the organisation's history. Journal: `organization.administrator_invited` with
    the reason, `member.invited`. Raises NotAllowed, NotFound, Invalid (no reason, e-mail, a member already, invited
    already).
    """
    organization = _entered(organization_id, actor)
    said = _reason(reason)
    at = now or utc_now()
    root = Unit.objects.get(organization=organization, parent=None)
    invitation = _offer_administration(
        root,
        _administrators_role(organization),
        email=email,
        first_name=first_name,
        last_name=last_name,
        language=language,
        now=at,
    )
    payload = {"reason": said, "email": invitation.email}
    events = [Event(topics.ADMINISTRATOR_INVITED, _subject(organization), payload), _invited(invitation)]
    journal.write(events, actor=actor, organization_id=organization.pk, now=at)
    return invitation


def _administrators_role(organization: Organization) -> Role | None:
    """Return the customer's role that is most like the administrators' and lets nobody order or accept."""
    fitting = [
        role
        for role in organization.roles.order_by("pk")
        if role.grant.permissions >= _ADMINISTERS and not role.grant.permissions & _ORDERS
    ]
    return min(fitting, key=lambda role: len(role.grant.permissions ^ _READY.permissions), default=None)


def _offer_administration(
    root: Unit, role: Role | None, *, email: str, first_name: str, last_name: str, language: str, now: datetime
) -> Invitation:
    """Offer a seat at head office with the administrators' role, or the bare rights where none is left of that kind."""
    return offer(
        root,
        roles=[role] if role else [],
        granted=stored_grant((), None) if role else stored_grant(_ADMINISTERS, None),
        email=email,
        first_name=first_name,
        last_name=last_name,
        language=language,
        invited_by_id=None,
        now=now,
    )


def _entered(organization_id: int, actor: Actor) -> Organization:
    policies.require_manages_organizations(actor)
    module.require_available()
    found = lock(Organization.objects.filter(pk=organization_id)).first()
    if found is None:
        raise NotFound(_("There is no such organisation."))
    return found


def _reason(typed: str) -> str:
    return checks.required(typed, field="reason", text=_("Give a reason: the customer reads it."), limit=REASON_LIMIT)


def _subject(organization: Organization) -> tuple[str, str]:
    return ("organization", str(organization.pk))


def _invited(invitation: Invitation) -> Event:
    return Event(topics.MEMBER_INVITED, ("invitation", str(invitation.pk)), invitation_facts(invitation))


def _journal(topic: str, organization: Organization, payload: dict[str, str], *, actor: Actor, now: datetime) -> None:
    event = Event(topic, _subject(organization), payload)
    journal.write(event, actor=actor, organization_id=organization.pk, now=now)
