"""What was changed in an organisation, for its administrators at head office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from akcept.journal import queries as journal
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.paging import PAGE_SIZE, Page
from akcept.organizations import policies
from akcept.organizations.models import Organization, Role, Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.names import names_of_members
from akcept.organizations.queries.seats import seat_of


class Subject(StrEnum):
    """What a change is about: the type of its subject in the journal."""

    UNIT = "unit"
    MEMBER = "member"
    INVITATION = "invitation"
    ROLE = "role"
    POLICY = "policy"
    ORGANIZATION = "organization"
    ACCESS = "access"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry of the journal, and what it is about: by the name it has now, with the number its page is found by."""

    entry: Entry
    matter: Subject
    name: str
    #: None where there is no page any more.
    id: int | None


def changes(actor: Actor, *, matter: str = "", after: str = "", size: int = PAGE_SIZE) -> Page[Change]:
    """Return a page of what was changed, the latest first: about one matter, or all. Five statements and the seat's.

    Orders have histories of their own, budgets ledgers. Raises NotAllowed (head office only).
    """
    seat = policies.require_head_office(policies.require_sight(seat_of(actor), Permission.MANAGE_MEMBERS))
    wanted = [one for one in Subject if one.value == matter] or list(Subject)
    page = journal.recent(seat.organization_id, wanted, before=after, size=size)
    named = _named(page.rows)
    rows = tuple(_change(entry, named) for entry in page.rows)
    return Page(rows=rows, next_after=page.next_after, is_first=page.is_first)


#: By matter and number: the name, and whether there is a page about it.
Named = Mapping[Subject, Mapping[int, tuple[str, bool]]]


def _named(entries: Iterable[Entry]) -> Named:
    ids: dict[str, set[int]] = {matter.value: set() for matter in Subject}
    for entry in entries:
        ids[entry.subject_type].add(int(entry.subject_id))
    units = Unit.objects.filter(pk__in=ids[Subject.UNIT]).values_list("pk", "name", "closed_at")
    organizations = Organization.objects.filter(pk__in=ids[Subject.ORGANIZATION]).values_list("pk", "name")
    roles = Role.objects.filter(pk__in=ids[Subject.ROLE]).values_list("pk", "name")
    return {
        Subject.UNIT: {pk: (name, closed_at is None) for pk, name, closed_at in units},
        Subject.ORGANIZATION: {pk: (name, False) for pk, name in organizations},
        Subject.ROLE: {pk: (name, True) for pk, name in roles},
        Subject.MEMBER: {pk: (name, True) for pk, name in names_of_members(ids[Subject.MEMBER]).items()},
    }


def _change(entry: Entry, named: Named) -> Change:
    matter, number = Subject(entry.subject_type), int(entry.subject_id)
    name, has_page = named.get(matter, {}).get(number, (_as_written(entry), False))
    return Change(entry=entry, matter=matter, name=name, id=number if has_page else None)


def _as_written(entry: Entry) -> str:
    """Return what something was called that is no more, or never had a row of its own."""
    facts = entry.payload.get("after") or entry.payload
    return str(facts.get("name") or facts.get("email") or facts.get("url") or "")
