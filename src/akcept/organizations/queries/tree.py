"""The tree of units as its page shows it: whole while it is small, level by level when it is not.

Every member sees the whole tree. However large it is, a page takes the same number of statements and reads what it
shows: the levels somebody opened, a page of each.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations import policies
from akcept.organizations.models import Member, Unit, UnitAddress
from akcept.organizations.paths import ancestors_of
from akcept.organizations.queries.seats import seat_of
from akcept.organizations.searching import mentions
from akcept.organizations.seats import Seat

#: A tree of up to so many units is shown whole.
WHOLE = 60
#: Of a larger one, so many units of each opened level.
LEVEL = 50


@dataclass(slots=True, kw_only=True)
class Node:
    """A unit in the tree. `below` counts the units directly below it, of which `children` are shown."""

    unit: Unit
    address: UnitAddress | None = None
    addresses: int = 0
    members: int = 0
    below: int = 0
    children: list[Node] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many units directly below are not shown although others are."""
        return self.below - len(self.children) if self.children else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A unit in a flat list, with the names of the units above it, the head office first."""

    node: Node
    above: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The tree from the head office down. `whole` says that every unit is in it."""

    root: Node
    whole: bool


def unit_tree(actor: Actor, *, open_id: int | None = None) -> Tree:
    """Return the tree, opened down to `open_id` (or to the actor's own unit). Raises NotAllowed.

    An `open_id` that is none of the organisation's open units counts as none.
    """
    seat = policies.require_seat(seat_of(actor))
    every = _open_units(seat)
    units = list(every.order_by("pk")[: WHOLE + 1])
    whole = len(units) <= WHOLE
    if not whole:
        chosen = every.filter(pk=open_id).values_list("path", flat=True).first() if open_id else None
        units = _opened(every, [int(path.strip("/").split("/")[-1]) for path in ancestors_of(chosen or seat.unit_path)])
    nodes = _nodes(units)
    for node in sorted(nodes.values(), key=lambda node: node.unit.name.casefold()):
        if node.unit.parent_id in nodes:
            nodes[node.unit.parent_id].children.append(node)
    return Tree(root=next(node for node in nodes.values() if node.unit.parent_id is None), whole=whole)


def _open_units(seat: Seat) -> QuerySet[Unit]:
    return Unit.objects.filter(organization_id=seat.organization_id, closed_at=None)


def _opened(every: QuerySet[Unit], opened: Collection[int]) -> list[Unit]:
    """Return the head office, the opened units, and the first ones directly below each of those."""
    place = Window(RowNumber(), partition_by=F("parent_id"), order_by=(F("name"), F("pk")))
    level = every.filter(Q(parent=None) | Q(parent_id__in=opened)).annotate(place=place)
    return list(level.filter(Q(place__lte=LEVEL) | Q(pk__in=opened)))


def units_below(actor: Actor, unit_id: int) -> Node:
    """Return an open unit with the first ones directly below it. Raises NotAllowed, NotFound."""
    seat = policies.require_seat(seat_of(actor))
    unit = _unit(seat, unit_id)
    children = list(_open_units(seat).filter(parent_id=unit_id).order_by("name", "pk")[:LEVEL])
    nodes = _nodes([unit, *children])
    root = nodes.pop(unit.pk)
    root.children = list(nodes.values())
    return root


def find_units(actor: Actor, *, text: str = "", under: int | None = None, after: str = "") -> Page[Found]:
    """Return a page of units by name: those with every word in name, code or cost centre, or directly below one.

    Raises NotAllowed, NotFound (`under`).
    """
    seat = policies.require_seat(seat_of(actor))
    units = _open_units(seat)
    if under is not None:
        units = units.filter(parent_id=_unit(seat, under).pk)
    for word in text.replace("\0", " ").split()[:4]:
        units = units.filter(mentions(word, "name", "code", "cost_centre"))
    key = key_of(after)
    last = _open_units(seat).filter(pk=key).first() if key is not None else None
    if last is not None:
        units = units.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
    rows = list(units.order_by("name", "pk")[: PAGE_SIZE + 1])
    page = page_of(rows, [str(row.pk) for row in rows], size=PAGE_SIZE, is_first=last is None)
    nodes, names = _nodes(page.rows), _names_above(page.rows)
    found = [Found(node=nodes[unit.pk], above=[names[pk] for pk in _ids_above(unit)]) for unit in page.rows]
    return Page(rows=tuple(found), next_after=page.next_after, is_first=page.is_first)


def _unit(seat: Seat, unit_id: int) -> Unit:
    unit = _open_units(seat).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("There is no such unit in your organisation."))
    return unit


def _ids_above(unit: Unit) -> list[int]:
    return [int(part) for part in unit.path.strip("/").split("/")[:-1]]


def _names_above(units: Sequence[Unit]) -> dict[int, str]:
    above = {pk for unit in units for pk in _ids_above(unit)}
    return dict(Unit.objects.filter(pk__in=above).values_list("pk", "name"))


def _nodes(units: Sequence[Unit]) -> dict[int, Node]:
    """Return the units with their counts and default addresses, in the order given; three statements."""
    nodes = {unit.pk: Node(unit=unit) for unit in units}
    for address in UnitAddress.objects.filter(unit_id__in=nodes):
        node = nodes[address.unit_id]
        node.addresses += 1
        node.address = address if address.is_default else node.address
    members = Member.objects.filter(unit_id__in=nodes, active=True).values_list("unit_id").annotate(n=Count("pk"))
    for pk, count in members.order_by():
        nodes[pk].members = count
    below = Unit.objects.filter(parent_id__in=nodes, closed_at=None).values_list("parent_id").annotate(n=Count("pk"))
    for pk, count in below.order_by():
        nodes[pk or 0].below = count
    return nodes
