"""An organisation signs up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import module, queries, topics
from akcept.organizations.actions.rows import AddressInput, new_organization, new_user, stored_grant
from akcept.organizations.models import Member, Organization
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
