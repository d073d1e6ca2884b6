"""An organisation comes into being: it signs up, the merchant confirms."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.organizations import checks, module, policies, queries, topics
from akcept.organizations.actions.rows import AddressInput, add_ready_roles, insert_unit, new_user, stored_grant
from akcept.organizations.models import Member, Organization, UnitAddress
from akcept.organizations.permissions import Permission


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

    The administrator gets all permissions, which work once the shop has confirmed. Mails (through the
    journal): the administrator is told that it was received. `password` must have passed the shop's validators.
    Raises Invalid with the field (a wrong or known NIP, a missing name, an e-mail address that has an account),
    NotAllowed (the module is off).
    """
    at = now or utc_now()
    module.require_enabled()
    columns = address.cleaned()
    organization = Organization(
        name=checks.required(name, field="name", text=_("Enter the organisation's name."), limit=200),
        nip=checks.nip(nip),
        line1=columns["line1"],
        postcode=columns["postcode"],
        city=columns["city"],
        country=columns["country"],
        created_at=at,
    )
    user = new_user(email, first_name=first_name, last_name=last_name, password=password, language=language)
    _save_organization(organization)
    root = insert_unit(organization.pk, name=_("Head office"), parent=None)
    UnitAddress.objects.create(unit=root, is_default=True, **columns)
    add_ready_roles(organization)
    member = Member(organization=organization, unit=root, user=user, joined_at=at)
    member.granted = stored_grant(tuple(Permission), None)
    member.save()
    member.recompute()
    member.save()
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


@transaction.atomic(durable=True)
def confirm(organization_id: int, *, actor: Actor, now: datetime | None = None) -> Organization:
    """Confirm a new organisation for the merchant: from now on its members may order. Its administrators are mailed.

    Raises NotAllowed (also while the host withholds the module), NotFound, Stale (somebody confirmed it already).
    """
    policies.require_staff(actor)
    module.require_available()
    at = now or utc_now()
    pending = Organization.objects.filter(pk=organization_id, status=Organization.Status.PENDING)
    if pending.update(status=Organization.Status.ACTIVE, confirmed_at=at) != 1:
        if not Organization.objects.filter(pk=organization_id).exists():
            raise NotFound(_("There is no such organisation."))
        raise Stale(_("This organisation has been confirmed already."))
    fact = Fact(topics.CONFIRMED, ("organization", str(organization_id)))
    journal.write(fact, actor=actor, organization_id=organization_id, now=at)
    return Organization.objects.get(pk=organization_id)
