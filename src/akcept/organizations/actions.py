"""Every write to organisations, units and members. A public function here is a whole transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.organizations import checks, policies, queries, tokens, topics
from akcept.organizations import module as b2b
from akcept.organizations.models import Invitation, Member, Module, Organization, Profile, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat

INVITATION_TERM = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressInput:
    """A postal address as typed; checked by the action."""

    recipient: str
    line1: str
    postcode: str
    city: str
    country: str = "PL"
    phone: str = ""

    def cleaned(self) -> dict[str, str]:
        """Return the columns of an address. Raises Invalid naming the field."""
        country = self.country.upper() or "PL"
        return {
            "recipient": checks.required(self.recipient, field="recipient", text=_("Enter who receives the goods.")),
            "line1": checks.required(self.line1, field="line1", text=_("Enter street and number.")),
            "postcode": checks.postcode(self.postcode, country=country),
            "city": checks.required(self.city, field="city", text=_("Enter the town.")),
            "country": country,
            "phone": self.phone.strip(),
        }


# --- sign-up and confirmation ---


@transaction.atomic(durable=True)
def sign_up(
    *,
    name: str,
    nip: str,
    address: AddressInput,
    first_name: str,
    last_name: str,
    email: str,
    password: str,
    language: str,
    now: datetime | None = None,
) -> Organization:
    """Create an organisation that awaits the shop's confirmation, its head office and its first administrator.

    The administrator gets all three permissions, which work once the shop has confirmed. Mails (through the
    journal): the administrator is told that it was received. `password` must have passed the shop's validators.
    Raises Invalid with the field: a wrong or known NIP, a missing name, an e-mail address that has an account.
    """
    at = now or utc_now()
    columns = address.cleaned()
    organization = Organization(
        name=checks.required(name, field="name", text=_("Enter the organisation's name.")),
        nip=checks.nip(nip),
        line1=columns["line1"],
        postcode=columns["postcode"],
        city=columns["city"],
        country=columns["country"],
        created_at=at,
    )
    user = _new_user(email, first_name=first_name, last_name=last_name, password=password, language=language)
    _save_organization(organization)
    root = _insert_unit(organization.pk, name=_("Head office"), parent=None)
    UnitAddress.objects.create(unit=root, is_default=True, **columns)
    member = Member.objects.create(
        organization=organization, unit=root, user=user, joined_at=at,
        **{permission.value: True for permission in Permission},
    )  # fmt: skip
    journal.write(
        Fact(
            topics.SIGNED_UP,
            ("organization", str(organization.pk)),
            {"name": organization.name, "nip": organization.nip, "member_id": member.pk, "email": user.email},
        ),
        actor=Actor.person(user.pk, queries.name_of(user)),
        organization_id=organization.pk,
        now=at,
    )
    return organization


def _save_organization(organization: Organization) -> None:
    known = Invalid(
        _("An organisation with NIP %(nip)s already has an account here. Ask its administrator for an invitation.")
        % {"nip": organization.nip},
        field="nip",
    )
    if Organization.objects.filter(nip=organization.nip).exists():
        raise known
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError:
        raise known from None


def _new_user(email: str, *, first_name: str, last_name: str, password: str, language: str) -> Any:
    users = get_user_model()
    address = users.objects.normalize_email(email.strip()).lower()
    taken = Invalid(
        _("There already is an account with the e-mail address %(email)s.") % {"email": address}, field="email"
    )
    if users.objects.filter(email__iexact=address).exists():
        raise taken
    try:
        with transaction.atomic():
            user = users.objects.create_user(
                email=address,
                password=password,
                first_name=checks.required(first_name, field="first_name", text=_("Enter the first name.")),
                last_name=checks.required(last_name, field="last_name", text=_("Enter the last name.")),
            )
    except IntegrityError:
        raise taken from None
    Profile.objects.create(user=user, language=language)
    return user


@transaction.atomic(durable=True)
def confirm(organization_id: int, *, actor: Actor, now: datetime | None = None) -> Organization:
    """Confirm a new organisation for the merchant: from now on its members may order. Its administrators are mailed.

    Raises NotAllowed, NotFound, Stale (somebody confirmed it already).
    """
    policies.require_staff(actor)
    at = now or utc_now()
    pending = Organization.objects.filter(pk=organization_id, status=Organization.Status.PENDING)
    if pending.update(status=Organization.Status.ACTIVE, confirmed_at=at) != 1:
        if not Organization.objects.filter(pk=organization_id).exists():
            raise NotFound(_("There is no such organisation."))
        raise Stale(_("This organisation has been confirmed already."))
    fact = Fact(topics.CONFIRMED, ("organization", str(organization_id)))
    journal.write(fact, actor=actor, organization_id=organization_id, now=at)
    return Organization.objects.get(pk=organization_id)


# --- units ---


@transaction.atomic(durable=True)
def add_unit(*, actor: Actor, parent_id: int, name: str, address: AddressInput, now: datetime | None = None) -> Unit:
    """Add a branch below a unit of the actor's organisation, with its delivery address.

    Raises NotAllowed, NotFound (parent), Invalid (no name, a sibling of that name, address).
    """
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    parent = Unit.objects.select_for_update().filter(organization_id=seat.organization_id, pk=parent_id).first()
    if parent is None:
        raise NotFound(_("There is no such unit in your organisation."))
    unit = _insert_unit(seat.organization_id, name=_unit_name(name), parent=parent)
    UnitAddress.objects.create(unit=unit, is_default=True, **address.cleaned())
    journal.write(
        Fact(topics.UNIT_ADDED, ("unit", str(unit.pk)), {"name": unit.name, "parent": parent.name}),
        actor=actor,
        organization_id=seat.organization_id,
        now=now,
    )
    return unit


@transaction.atomic(durable=True)
def change_unit(unit_id: int, *, actor: Actor, name: str, address: AddressInput, now: datetime | None = None) -> Unit:
    """Rename a unit and change its default delivery address; placed orders keep the address they were placed with.

    Raises NotAllowed, NotFound, Invalid.
    """
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    unit = Unit.objects.select_for_update().filter(organization_id=seat.organization_id, pk=unit_id).first()
    if unit is None:
        raise NotFound(_("There is no such unit in your organisation."))
    before = {"name": unit.name}
    unit.name = _unit_name(name)
    _save_unit(unit)
    columns = address.cleaned()
    UnitAddress.objects.update_or_create(unit=unit, is_default=True, defaults=columns)
    journal.write(
        Fact(topics.UNIT_CHANGED, ("unit", str(unit.pk)), {"before": before, "after": {"name": unit.name, **columns}}),
        actor=actor,
        organization_id=seat.organization_id,
        now=now,
    )
    return unit


def _unit_name(typed: str) -> str:
    return checks.required(typed, field="name", text=_("Enter the unit's name."))


def _insert_unit(organization_id: int, *, name: str, parent: Unit | None) -> Unit:
    unit = Unit(organization_id=organization_id, parent=parent, name=name, path="")
    _save_unit(unit)
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


def _save_unit(unit: Unit) -> None:
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError:
        raise Invalid(
            _("There already is a unit named %(name)s in the same place.") % {"name": unit.name}, field="name"
        ) from None


# --- members ---


@transaction.atomic(durable=True)
def invite(
    *,
    actor: Actor,
    email: str,
    first_name: str,
    last_name: str,
    unit_id: int,
    permissions: frozenset[Permission],
    language: str,
    now: datetime | None = None,
) -> Invitation:
    """Offer somebody a sub-account; he is mailed a link (through the journal) that is good for 14 days.

    Raises NotAllowed, Invalid (unit of somebody else, already a member, already invited).
    """
    at = now or utc_now()
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    address = email.strip().lower()
    _require_own_unit(seat, unit_id)
    if Member.objects.filter(organization_id=seat.organization_id, user__email__iexact=address).exists():
        raise Invalid(_("%(email)s is a member of your organisation already.") % {"email": address}, field="email")
    invitation = Invitation(
        organization_id=seat.organization_id,
        unit_id=unit_id,
        email=address,
        first_name=" ".join(first_name.split()),
        last_name=" ".join(last_name.split()),
        language=language,
        invited_by_id=seat.member_id,
        created_at=at,
        expires_at=at + INVITATION_TERM,
        **{permission.value: permission in permissions for permission in Permission},
    )
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:
        raise Invalid(
            _("%(email)s has been invited already; you can send the invitation again.") % {"email": address},
            field="email",
        ) from None
    _journal_invitation(topics.MEMBER_INVITED, invitation, actor=actor, now=at)
    return invitation


def _require_own_unit(seat: Seat, unit_id: int) -> None:
    if not Unit.objects.filter(organization_id=seat.organization_id, pk=unit_id).exists():
        raise Invalid(_("Choose a unit of your organisation."), field="unit")


def _journal_invitation(topic: str, invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    journal.write(
        Fact(
            topic,
            ("invitation", str(invitation.pk)),
            {
                "email": invitation.email,
                "unit_id": invitation.unit_id,
                "permissions": sorted(p.value for p in Permission if getattr(invitation, p.value)),
            },
        ),
        actor=actor,
        organization_id=invitation.organization_id,
        now=now,
    )


@transaction.atomic(durable=True)
def resend_invitation(invitation_id: int, *, actor: Actor, now: datetime | None = None) -> Invitation:
    """Send an open invitation again with a new link and a new term; the old link stops working.

    Raises NotAllowed, NotFound, Stale (accepted or revoked meanwhile).
    """
    at = now or utc_now()
    invitation = _own_open_invitation(invitation_id, actor=actor)
    # At least a second later than before: the link is bound to the term.
    invitation.expires_at = max(at + INVITATION_TERM, invitation.expires_at + timedelta(seconds=1))
    invitation.save(update_fields=["expires_at"])
    _journal_invitation(topics.INVITATION_RESENT, invitation, actor=actor, now=at)
    return invitation


@transaction.atomic(durable=True)
def revoke_invitation(invitation_id: int, *, actor: Actor, now: datetime | None = None) -> Invitation:
    """Take an open invitation back: its link stops working. Raises NotAllowed, NotFound, Stale."""
    at = now or utc_now()
    invitation = _own_open_invitation(invitation_id, actor=actor)
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    _journal_invitation(topics.INVITATION_REVOKED, invitation, actor=actor, now=at)
    return invitation


def _own_open_invitation(invitation_id: int, *, actor: Actor) -> Invitation:
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    found = (
        Invitation.objects.select_for_update().filter(organization_id=seat.organization_id, pk=invitation_id).first()
    )
    if found is None:
        raise NotFound(_("There is no such invitation in your organisation."))
    if found.accepted_at is not None:
        raise Stale(_("%(email)s has accepted this invitation meanwhile.") % {"email": found.email})
    if found.revoked_at is not None:
        raise Stale(_("This invitation has been taken back already."))
    return found


@transaction.atomic(durable=True)
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

    The account must have the e-mail address the invitation was sent to. Raises NotFound (no genuine link), Stale
    (expired, revoked, used), NotAllowed (logged in as somebody else), Invalid (names; the address has an account:
    log in first).
    """
    at = now or utc_now()
    named = tokens.invitation_named(token)
    if named is None:
        raise NotFound(_("This link is not valid. Ask for a new invitation."))
    invitation = Invitation.objects.select_for_update().get(pk=named.pk)
    require_open(invitation, now=at)
    user = _joining_user(invitation, actor, first_name=first_name, last_name=last_name, password=password)
    member, created = Member.objects.get_or_create(
        organization_id=invitation.organization_id,
        user=user,
        defaults={
            "unit_id": invitation.unit_id,
            "joined_at": at,
            **{permission.value: getattr(invitation, permission.value) for permission in Permission},
        },
    )
    if not created:
        raise Stale(_("You are a member of this organisation already."))
    invitation.accepted_at, invitation.member = at, member
    invitation.save(update_fields=["accepted_at", "member"])
    journal.write(
        Fact(topics.MEMBER_JOINED, ("member", str(member.pk)), _member_facts(member)),
        actor=Actor.person(user.pk, queries.name_of(user)),
        organization_id=invitation.organization_id,
        now=at,
    )
    return member


def require_open(invitation: Invitation, *, now: datetime) -> None:
    """Raise Stale with the reason when the invitation can no longer be accepted."""
    if invitation.accepted_at is not None:
        raise Stale(_("This invitation has been accepted already. Please log in."))
    if invitation.revoked_at is not None:
        raise Stale(_("This invitation has been taken back. Ask an administrator of the organisation."))
    if invitation.expires_at <= now:
        raise Stale(_("This invitation has expired. Ask an administrator of the organisation to send it again."))


def _joining_user(
    invitation: Invitation, actor: Actor | None, *, first_name: str, last_name: str, password: str
) -> Any:
    if actor is None or actor.user_id is None:
        return _new_user(
            invitation.email,
            first_name=first_name,
            last_name=last_name,
            password=password,
            language=invitation.language,
        )
    user = get_user_model().objects.get(pk=actor.user_id)
    if user.email.lower() != invitation.email:
        raise NotAllowed(
            _("This invitation is for %(email)s, but you are logged in as %(other)s. Log out first.")
            % {"email": invitation.email, "other": user.email}
        )
    return user


@transaction.atomic(durable=True)
def change_member(
    member_id: int,
    *,
    actor: Actor,
    unit_id: int,
    permissions: frozenset[Permission],
    active: bool,
    version: int,
    now: datetime | None = None,
) -> Member:
    """Set a member's unit, permissions and whether he is active; effective with his next request.

    His waiting orders keep the unit they were placed in. The last active administrator cannot lose that right.
    Raises NotAllowed, NotFound, Invalid (unit), Stale (changed by another administrator meanwhile).
    """
    at = now or utc_now()
    seat = policies.require_permission(queries.seat_of(actor), Permission.MANAGE_MEMBERS)
    _require_own_unit(seat, unit_id)
    # All administrators are locked, in one order, so that two of them cannot remove each other at once.
    locked = {
        member.pk: member
        for member in Member.objects.select_for_update()
        .filter(organization_id=seat.organization_id)
        .filter(Q(pk=member_id) | Q(active=True, manage_members=True))
        .order_by("pk")
    }
    member = locked.get(member_id)
    if member is None:
        raise NotFound(_("There is no such member in your organisation."))
    if member.version != version:
        raise Stale(_("Somebody changed this member meanwhile. Here is how things stand now."))
    stays = active and Permission.MANAGE_MEMBERS in permissions
    others = [m for m in locked.values() if m.pk != member_id and m.active and m.manage_members]
    if member.active and member.manage_members and not stays and not others:
        raise Invalid(_("This is the last administrator: give somebody else the right first."), field="manage_members")
    before = _member_facts(member)
    was_active = member.active
    member.unit_id, member.active, member.version = unit_id, active, member.version + 1
    member.deactivated_at = None if active else (member.deactivated_at or at)
    for permission in Permission:
        setattr(member, permission.value, permission in permissions)
    member.save(
        update_fields=["unit", "active", "version", "deactivated_at", *(permission.value for permission in Permission)]
    )
    topic = topics.MEMBER_CHANGED
    if was_active != active:
        topic = topics.MEMBER_REACTIVATED if active else topics.MEMBER_DEACTIVATED
    journal.write(
        Fact(topic, ("member", str(member.pk)), {"before": before, "after": _member_facts(member)}),
        actor=actor,
        organization_id=seat.organization_id,
        now=at,
    )
    return member


def _member_facts(member: Member) -> dict[str, Any]:
    return {
        "user_id": member.user_id,
        "unit_id": member.unit_id,
        "active": member.active,
        "permissions": sorted(permission.value for permission in member.permissions),
    }


# --- the person and the module ---


def choose_language(user_id: int, *, language: str) -> None:
    """Remember in which language somebody wants his mails. Own choice of a person about himself: no journal."""
    Profile.objects.update_or_create(user_id=user_id, defaults={"language": language})


@transaction.atomic(durable=True)
def switch_module(*, actor: Actor, enabled: bool, now: datetime | None = None) -> Module:
    """Switch the B2B module on or off for the whole shop; who did it is in the journal.

    Off: no organisation pages, new orders are not held; orders that wait stay decidable. Raises NotAllowed (not
    staff, or the host withholds the module).
    """
    policies.require_staff(actor)
    if not b2b.is_available():
        raise NotAllowed(_("Your hosting plan does not include the B2B module."))
    at = now or utc_now()
    row, _created = Module.objects.select_for_update().get_or_create(pk=1)
    if row.changed_at is not None and row.enabled == enabled:
        return row
    row.enabled, row.changed_at, row.changed_by = enabled, at, actor.name
    row.save(update_fields=["enabled", "changed_at", "changed_by"])
    fact = Fact(topics.MODULE_SWITCHED, ("module", "b2b"), {"enabled": enabled})
    journal.write(fact, actor=actor, organization_id=None, now=at)
    return row
