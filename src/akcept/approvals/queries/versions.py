"""What the rules were before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from akcept.approvals.models import PolicyVersion
from akcept.approvals.queries.readers import reader_of
from akcept.approvals.rules import Rule, rule_from
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations import policies
from akcept.organizations.models import Unit


def versions(actor: Actor, *, after: str = "", size: int = PAGE_SIZE) -> Page[PolicyVersion]:
    """Return what changed in the rules, latest first; a constant number of statements.

    Head office only: a version holds every branch's rules. Raises NotAllowed.
    """
    seat = policies.require_head_office(reader_of(actor))
    found = PolicyVersion.objects.filter(organization_id=seat.organization_id).defer("rules").order_by("-number")
    if (key := key_of(after)) is not None:
        found = found.filter(number__lt=key)
    rows = list(found[: size + 1])
    return page_of(rows, [str(row.number) for row in rows], size=size, is_first=key is None)


def version(actor: Actor, number: int) -> tuple[PolicyVersion, tuple[Rule, ...], Mapping[int, str]]:
    """Return one version with its rules and the names of their units. Raises NotAllowed, NotFound."""
    seat = policies.require_head_office(reader_of(actor))
    found = PolicyVersion.objects.filter(organization_id=seat.organization_id, number=number).first()
    if found is None:
        raise NotFound(_("There is no such version of the rules."))
    rules = tuple(map(rule_from, found.rules))
    return found, rules, unit_names(seat.organization_id, (rule.unit_id for rule in rules))


def unit_names(organization_id: int, unit_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of units, closed ones too; one statement."""
    own = Unit.objects.filter(organization_id=organization_id, pk__in=set(unit_ids))
    return dict(own.values_list("pk", "name"))
