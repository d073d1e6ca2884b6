"""What a list of waiting orders can be narrowed to: read from its beginning only, the rest is found by typing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import reduce
from operator import and_
from typing import Any, Final, TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from akcept.approvals.models import Case
from akcept.ordering.models import Placement
from akcept.organizations import queries as organizations
from akcept.organizations.models import Member, Unit
from akcept.organizations.searching import mentions

#: Cases, or orders of organisations: both have a unit and a requester.
Listed = TypeVar("Listed", Case, Placement)

#: So many orders are looked at for the choices of a filter; with more of them names are typed.
LOOKED_AT: Final = 200
#: More words of a name than this are not looked at.
_WORDS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The units and requesters of the orders that have waited longest, by name; `whole`: there are no others."""

    units: tuple[tuple[int, str], ...]
    requesters: tuple[tuple[int, str], ...]
    whole: bool


NO_CHOICES: Final = Choices(units=(), requesters=(), whole=True)


def choices_of(found: QuerySet[Listed], *, latest: bool = False) -> Choices:
    """Return the choices of a list; one statement, which reads no more than `LOOKED_AT` orders, `latest` the newest."""
    first = found.select_related("requester__user", "unit").order_by("-order_id" if latest else "order_id")
    looked_at: list[Any] = list(first.only(*_COLUMNS)[: LOOKED_AT + 1])
    units: dict[int, str] = {}
    requesters: dict[int, str] = {}
    for row in looked_at:
        units[row.unit_id] = row.unit.name
        requesters[row.requester_id] = organizations.name_of(row.requester.user)
    return Choices(units=by_name(units), requesters=by_name(requesters), whole=len(looked_at) <= LOOKED_AT)


_COLUMNS: Final = (
    "unit__name",
    "requester__user__first_name",
    "requester__user__last_name",
    "requester__user__email",
)


def by_name(names: dict[int, str]) -> tuple[tuple[int, str], ...]:
    """Return keys and names, sorted as people sort them."""
    return tuple(sorted(names.items(), key=lambda item: (item[1].casefold(), item[0])))


def called(found: QuerySet[Listed], *, organization_id: int, unit: str, requester: str) -> QuerySet[Listed]:
    """Return those whose unit and requester are called so; each word in name or code, or in name or address."""
    if unit.strip():
        units = Unit.objects.filter(mentioned(unit, "name", "code"), organization_id=organization_id)
        found = found.filter(unit_id__in=units.values("pk"))
    if requester.strip():
        names = mentioned(requester, "user__first_name", "user__last_name", "user__email")
        found = found.filter(
            requester_id__in=Member.objects.filter(names, organization_id=organization_id).values("pk")
        )
    return found


def mentioned(text: str, *columns: str) -> Q:
    """Return the condition that each word is in one of the columns."""
    return reduce(and_, (mentions(word, *columns) for word in text.split()[:_WORDS]))


def midnight(day: date) -> datetime:
    """Return when a day begins where the shop is."""
    return timezone.make_aware(datetime.combine(day, time.min))
