"""An organisation signs up, and keeps its own data."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import checks, module, policies, queries, topics
from akcept.organizations.actions.rows import enter, new_organization, new_user, stored_grant
from akcept.organizations.addresses import AddressInput
from akcept.organizations.models import Member, Organization
from akcept.organizations.permissions import Permission
from akcept.transactions.acting import action


@action
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

    The administrator gets all permissions, which work once the shop has confirmed, and is mailed that it was received.
    `password` must have passed the shop's validators.
    Journal: `organization.signed_up`.
    Raises Invalid with the field (a wrong or known NIP, a missing name, an e-mail address that has an account),
    NotAllowed (the module is off).
    """
    at = now or utc_now()
    module.require_enabled()
    user = new_user(email, first_name=first_name, last_name=last_name, password=password, language=language)
    organization, root, _roles = new_organization(
        name=name, nip=nip, address=address, status=Organization.Status.PENDING, now=at
    )
    member = Member(organization=organization, unit=root, user=user, joined_at=at)
    member.granted = stored_grant(tuple(Permission), None)
    member.save()
    member.recompute()
    member.save()
    journal.write(
        Event(
            topics.SIGNED_UP,
            ("organization", str(organization.pk)),
            {"name": organization.name, "nip": organization.nip, "member_id": member.pk, "email": user.email},
        ),
        actor=Actor.person(user.pk, queries.name_of(user)),
        organization_id=organization.pk,
        now=at,
    )
    return organization


@action
def change_organization(
    *, actor: Actor, name: str, address: AddressInput, invoice_email: str, now: datetime | None = None
) -> Organization:
    """Change the name, the address invoices are made out to and where they are mailed; the NIP stays.

    For whoever manages units at head office. Orders already placed keep what they were placed with.
    Journal: `organization.changed` with before and after. Raises NotAllowed, Invalid (field).
    """
    seat = policies.require_head_office(enter(actor, Permission.MANAGE_UNITS))
    organization = Organization.objects.get(pk=seat.organization_id)
    before = _data(organization)
    columns = address.cleaned()
    organization.name = checks.required(name, field="name", text=_("Enter the organisation's name."), limit=200)
    organization.line1, organization.postcode = columns["line1"], columns["postcode"]
    organization.city, organization.country = columns["city"], columns["country"]
    organization.invoice_email = checks.email(invoice_email, field="invoice_email") if invoice_email.strip() else ""
    organization.save()
    payload = {"before": before, "after": _data(organization)}
    event = Event(topics.ORGANIZATION_CHANGED, ("organization", str(organization.pk)), payload)
    journal.write(event, actor=actor, organization_id=organization.pk, now=now)
    return organization


def _data(organization: Organization) -> dict[str, str]:
    return {name: getattr(organization, name) for name in ("name", "line1", "postcode", "city", "invoice_email")}
