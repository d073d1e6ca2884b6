"""What the merchant sees of organisations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations import policies
from akcept.organizations.models import Invitation, Member, Module, Organization, Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.administrators import administrators_of
from akcept.organizations.queries.members import listed
from akcept.organizations.queries.units import UNITS_OFFERED, depth_first
from akcept.organizations.searching import mentions

_ADMINISTERED = Exists(administrators_of(OuterRef("pk")))


def organizations(actor: Actor, *, text: str = "", status: str = "") -> QuerySet[Organization]:
    """Return the organisations for the merchant's list, those awaiting confirmation first. Raises NotAllowed."""
    policies.require_staff(actor)
    found = Organization.objects.annotate(
        n_members=_how_many(Member.objects.filter(active=True)),
        n_units=_how_many(Unit.objects.all()),
        administered=_ADMINISTERED,
    )
    if words := text.replace("\0", "").strip():
        wanted = mentions(words, "name")
        digits = words.upper().removeprefix("PL").replace("-", "").replace(" ", "")
        if digits.isdigit():
            wanted |= Q(nip__startswith=digits)
        found = found.filter(wanted)
    if status in Organization.Status.values:
        found = found.filter(status=status)
    return found.order_by("-status", "name", "id")


def organizations_by_key(
    actor: Actor, *, text: str = "", status: str = "", after: str = "", size: int = PAGE_SIZE
) -> Page[Organization]:
    """Return a page of the merchant's organisations as they joined; one statement. Raises NotAllowed."""
    found = organizations(actor, text=text, status=status)
    if (key := key_of(after)) is not None:
        found = found.filter(pk__gt=key)
    rows = list(found.order_by("pk")[: size + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)


def _how_many(rows: QuerySet[Any]) -> Coalesce:
    """Count the organisation's rows by themselves: two joins would multiply members by units."""
    own = rows.filter(organization=OuterRef("pk")).order_by().values("organization").annotate(n=Count("pk"))
    return Coalesce(Subquery(own.values("n")), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """An organisation as the merchant sees it: all its open units, and how many people have a seat."""

    organization: Organization
    units: list[Unit]
    n_members: int
    #: Whether somebody at the customer's can change the organisation.
    administered: bool
    #: Where nobody can: whom an open invitation makes an administrator.
    invited: list[str]

    @property
    def many_units(self) -> bool:
        """Whether there are too many to choose from in a list."""
        return len(self.units) > UNITS_OFFERED


def organization_for_staff(actor: Actor, organization_id: int) -> Overview:
    """Return one organisation with its structure; three statements, five where nobody administers it.

    Raises NotAllowed, NotFound.
    """
    policies.require_staff(actor)
    organization = Organization.objects.filter(pk=organization_id).annotate(administered=_ADMINISTERED).first()
    if organization is None:
        raise NotFound(_("There is no such organisation."))
    units = Unit.objects.filter(organization=organization, closed_at=None).annotate(
        n_members=Count("members", filter=Q(members__active=True))
    )
    return Overview(
        organization=organization,
        units=depth_first(list(units)),
        n_members=Member.objects.filter(organization=organization, removed_at=None).count(),
        administered=organization.administered,
        invited=[] if organization.administered else _invited_administrators(organization),
    )


def shop_gate(actor: Actor) -> Module:
    """Return whom the shop is open to and which prices it shows; one statement. Raises NotAllowed."""
    policies.require_staff(actor)
    return Module.objects.filter(pk=1).first() or Module()


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A unit of a customer's, as staff name it by typing; typed again, `label` finds it."""

    unit_id: int
    label: str


#: So many customers are named at most where what was typed does not tell which one.
NAMED_CUSTOMERS: Final = 6


def customers_for_staff(actor: Actor, text: str) -> list[Customer]:
    """Return the units that a text names: one where it is clear, else some that it may mean.

    It is an organisation's name or tax number (its head office), "organisation, unit", or the e-mail of a member,
    which a name of their organisation may follow. At most two statements. Raises NotAllowed.
    """
    policies.require_staff(actor)
    words = text.replace("\0", "").strip()
    first, _comma, rest = (part.strip() for part in words.partition(","))
    if "@" in first:
        return _by_member(first, rest)
    units = Unit.objects.filter(closed_at=None).select_related("organization").order_by("organization__name", "path")
    digits = words.upper().removeprefix("PL").replace("-", "").replace(" ", "")
    before, _comma, last = (part.strip() for part in words.rpartition(","))
    exact = Q(parent=None, organization__name__iexact=words)
    if digits:
        exact |= Q(parent=None, organization__nip=digits)
    if before:
        exact |= Q(organization__name__iexact=before, name__iexact=last)
    found = list(units.filter(exact)[:NAMED_CUSTOMERS])
    if len(found) != 1 and words:
        about = mentions(before or words, "organization__name")
        found = found or list(units.filter(about & mentions(last, "name") if before else about)[:NAMED_CUSTOMERS])
    return [Customer(unit_id=unit.pk, label=_named(unit)) for unit in found]


def _named(unit: Unit) -> str:
    return f"{unit.organization.name}, {unit.name}"


def _by_member(email: str, organization: str) -> list[Customer]:
    members = Member.objects.filter(active=True, user__email__iexact=email).select_related("unit", "organization")
    if organization:
        members = members.filter(organization__name__iexact=organization)
    return [
        Customer(unit_id=member.unit_id, label=f"{email}, {member.organization.name}")
        for member in members.order_by("organization__name")[:NAMED_CUSTOMERS]
    ]


def _invited_administrators(organization: Organization) -> list[str]:
    now = utc_now()
    at_head_office = Invitation.objects.filter(organization=organization, unit__parent=None, expires_at__gt=now)
    open_ = at_head_office.filter(accepted_at=None, revoked_at=None).prefetch_related("roles").order_by("pk")
    return [invitation.email for invitation in open_ if Permission.MANAGE_MEMBERS in invitation.permissions]


def members_for_staff(
    actor: Actor,
    organization_id: int,
    *,
    text: str = "",
    unit_id: int | None = None,
    after: str = "",
    size: int = PAGE_SIZE,
) -> Page[Member]:
    """Return an organisation's members by name. A constant number of statements. Raises NotAllowed."""
    policies.require_staff(actor)
    found = Member.objects.filter(organization_id=organization_id, removed_at=None).select_related("user", "unit")
    return listed(found, organization_id, text=text, unit_id=unit_id, after=after, size=size)
