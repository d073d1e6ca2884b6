"""Planning units: the tree as it would stand decides what is wrong with a row; rows it is given are only read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from akcept.kernel import typed
from akcept.kernel.errors import Invalid
from akcept.organizations import checks
from akcept.organizations.addresses import AddressInput
from akcept.organizations.bulk.columns import COLUMNS, Kind
from akcept.organizations.bulk.planning import ImportPlan, RowAct, RowPlan, begin
from akcept.organizations.bulk.sheets import Sheet
from akcept.organizations.models import Unit, UnitAddress
from akcept.organizations.paths import is_root
from akcept.organizations.seats import Seat

#: Deep enough for any company, and so that no path outgrows its column.
DEEPEST = 20
ADDRESS = ("recipient", "line1", "postcode", "city", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A unit as the file wants it; `parent` is a key, empty for the head office; `address` None leaves it."""

    name: str
    parent: str
    cost_centre: str
    address: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The organisation's open units by key, with their default addresses, as one member sees them."""

    seat: Seat
    units: dict[str, Unit]
    addresses: dict[int, UnitAddress] = field(default_factory=dict)

    def reaches(self, unit: Unit) -> bool:
        """Whether the member looks after the unit."""
        return self.seat.covers(unit.path)

    @property
    def root(self) -> str:
        """The head office's key."""
        return next(key for key, unit in self.units.items() if is_root(unit.path))

    def parent_of(self, unit: Unit) -> str:
        """Return the key of the unit above; empty for the head office."""
        return next((key for key, other in self.units.items() if other.pk == unit.parent_id), "")


def plan_units(sheet: Sheet, tree: Tree) -> ImportPlan[Wanted]:
    """Return what the file would do to the tree."""
    outcomes: list[RowPlan[Wanted]] = begin(
        sheet.rows, key="code", check=lambda cell: _code(cell, tree), columns=COLUMNS[Kind.UNITS]
    )
    above = {unit.pk: key for key, unit in tree.units.items()}
    coming = {outcome.key for outcome in outcomes}
    for outcome in outcomes:
        if not outcome.broken:
            _row(outcome, tree, above, coming)
    _refuse_impossible_tree(outcomes, tree, above)
    return ImportPlan(kind=Kind.UNITS, outcomes=outcomes)


def _code(cell: str, tree: Tree) -> str:
    code = typed.code(cell).upper()
    if code in tree.units:
        return code
    if not code:
        raise Invalid(_("The code is missing."))
    return checks.unit_code(code)


def _row(outcome: RowPlan[Wanted], tree: Tree, above: dict[int, str], coming: set[str]) -> None:
    unit = tree.units.get(outcome.key)
    outcome.title = outcome.cell("name") or (unit.name if unit else "")
    if unit is not None and not tree.reaches(unit):
        outcome.errors.append(
            _("%(code)s is a unit you do not manage: leave it to head office.") % {"code": outcome.key}
        )
        return
    if unit is not None:
        outcome.known = (unit.pk, unit.version)
    wanted = outcome.cell("name") or (unit.name if unit else "")
    name = outcome.checked(lambda: checks.unit_name(wanted))
    parent = _parent(outcome, unit, tree, above, coming)
    cost_centre = unit.cost_centre if unit else ""
    if (said := outcome.cell("cost_centre")) is not None:
        cost_centre = outcome.checked(lambda: checks.cost_centre(said))
    before = tree.addresses.get(unit.pk) if unit else None
    address = _address(outcome, before, new=unit is None)
    outcome.wanted = Wanted(name=name, parent=parent, cost_centre=cost_centre, address=address)
    if outcome.errors:
        return
    outcome.differs("name", unit.name if unit else "", name)
    outcome.differs("parent", above.get(unit.parent_id or 0, "") if unit else "", parent)
    outcome.differs("cost_centre", unit.cost_centre if unit else "", cost_centre)
    for part in ADDRESS if address is not None else ():
        outcome.differs(part, getattr(before, part) if before else "", (address or {})[part])


def _parent(outcome: RowPlan[Wanted], unit: Unit | None, tree: Tree, above: dict[int, str], coming: set[str]) -> str:
    wanted = (outcome.cell("parent") or "").upper()
    if unit is not None and unit.parent_id is None:
        if wanted:
            outcome.errors.append(_("The head office belongs to no other unit: leave that cell empty."))
        return ""
    if unit is not None and not wanted:
        return above.get(unit.parent_id or 0, "")
    if not wanted:
        outcome.errors.append(
            _("Say which unit it belongs to; the head office's code is %(code)s.") % {"code": tree.root}
        )
        return ""
    if unit is not None and above.get(unit.parent_id or 0) == wanted:
        return wanted  # stays where it is, also when that is beyond reach
    there = tree.units.get(wanted)
    if (there is None or not tree.reaches(there)) and (there is not None or wanted not in coming):
        outcome.errors.append(
            _("There is no unit with the code %(code)s, neither here nor in the file.") % {"code": wanted}
        )
    return wanted


def _address(outcome: RowPlan[Wanted], before: UnitAddress | None, *, new: bool) -> dict[str, str] | None:
    """Return the default address's columns, None to leave it alone; what is wrong with it becomes errors."""
    said = {part: outcome.cell(part) for part in ADDRESS}
    if not any(cell is not None for cell in said.values()):
        if new:
            outcome.errors.append(_("A new unit needs a delivery address."))
        return None
    parts = {
        part: cell if cell is not None else (getattr(before, part) if before else "") for part, cell in said.items()
    }
    given = AddressInput(country=before.country if before else "", **parts)
    return {name: outcome.checked(check) for name, check in given.parts().items()}


def _refuse_impossible_tree(outcomes: list[RowPlan[Wanted]], tree: Tree, above: dict[int, str]) -> None:
    """Refuse rows that would hang below themselves, too deep, or beside one of the same name."""
    parents = {key: above.get(unit.parent_id or 0, "") for key, unit in tree.units.items()}
    names = {key: unit.name for key, unit in tree.units.items()}
    planned = [outcome for outcome in outcomes if outcome.wanted is not None and not outcome.errors]
    for outcome in planned:
        assert outcome.wanted is not None  # noqa: S101  of the line above
        parents[outcome.key], names[outcome.key] = outcome.wanted.parent, outcome.wanted.name
    taken = Counter((parents[key], typed.same(names[key])) for key in parents)
    moved = {"name", "parent"}
    for outcome in planned:
        if outcome.act is RowAct.LEFT or not moved & {change.field for change in outcome.changes}:
            continue
        line = list(_upwards(outcome.key, parents))
        if outcome.key in line[1:]:
            outcome.errors.append(_("A unit cannot belong to itself."))
        elif len(line) > DEEPEST:
            outcome.errors.append(_("The tree of units cannot be deeper than %(most)d levels.") % {"most": DEEPEST})
        if taken[parents[outcome.key], typed.same(names[outcome.key])] > 1:
            outcome.errors.append(
                _("There is already a unit named %(name)s in the same place.") % {"name": names[outcome.key]}
            )


def _upwards(key: str, parents: dict[str, str]) -> Iterator[str]:
    """Yield a unit and those above it, until one comes again or there are far too many."""
    seen: set[str] = set()
    while key:
        yield key
        if key in seen:
            return
        seen.add(key)
        key = parents.get(key, "")


def unit_rows(units: Iterable[Unit], tree: Tree) -> Iterator[list[str]]:
    """Yield the rows of an export: importing them again changes nothing."""
    above = {unit.pk: key for key, unit in tree.units.items()}
    for unit in units:
        address = tree.addresses.get(unit.pk)
        parts = [getattr(address, part) if address else "" for part in ADDRESS]
        yield [unit.key, unit.name, above.get(unit.parent_id or 0, ""), unit.cost_centre, *parts]
