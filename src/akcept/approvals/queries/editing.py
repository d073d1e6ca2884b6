"""What the editor of one rule shows and offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from akcept.approvals.facts import Acceptor
from akcept.approvals.queries.in_force import policy_of
from akcept.approvals.queries.people import acceptors_of
from akcept.approvals.queries.readers import policy_maker
from akcept.approvals.rules import Rule
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.organizations import queries as organizations
from akcept.organizations.models import Member, Role, Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat


def rule_to_edit(actor: Actor, rule_id: int) -> tuple[Rule, int]:
    """Return one rule the actor may change, and the version it is of. Raises NotAllowed, NotFound."""
    seat = policy_maker(actor)
    policy = policy_of(seat.organization_id)
    rule = next((rule for rule in policy.rules if rule.id == rule_id), None)
    if rule is None or not _reaches(seat, rule.unit_id):
        raise NotFound(_("There is no such rule, or it is not yours to change."))
    return rule, policy.version or 0


def _reaches(seat: Seat, unit_id: int) -> bool:
    own = Unit.objects.filter(organization_id=seat.organization_id, pk=unit_id)
    return own.filter(path__startswith=seat.unit_path).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a rule's form offers: never somebody inactive, and nobody who may not accept as one to be asked."""

    seat: Seat
    units: tuple[Unit, ...]
    #: For conditions: every unit of the actor's own branch.
    roles: tuple[Role, ...]
    acceptors: tuple[Acceptor, ...]
    #: Their addresses, by member.
    emails: Mapping[int, str]


def choices(actor: Actor) -> Choices:
    """Return what a rule's form offers this actor; a constant number of statements. Raises NotAllowed."""
    seat = policy_maker(actor)
    units = organizations.units_to_manage(actor, Permission.MANAGE_POLICIES)
    roles = Role.objects.filter(organization_id=seat.organization_id).order_by("name")
    acceptors = acceptors_of(seat.organization_id)
    near = sorted(acceptors, key=lambda person: (not _is_near(person, seat), person.name.casefold()))
    emails = dict(
        Member.objects.filter(organization_id=seat.organization_id, accept_orders=True).values_list("pk", "user__email")
    )
    return Choices(seat=seat, units=tuple(units), roles=tuple(roles), acceptors=tuple(near), emails=emails)


def _is_near(person: Acceptor, seat: Seat) -> bool:
    return person.unit_path.startswith(seat.unit_path) or seat.unit_path.startswith(person.unit_path)
