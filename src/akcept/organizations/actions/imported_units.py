"""Writing an import's units: a constant number of statements for a block of rows and for a level of the tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from akcept.journal.actions import Event
from akcept.organizations import topics
from akcept.organizations.bulk.planning import ImportPlan, RowAct, RowPlan
from akcept.organizations.bulk.units import ADDRESS, Tree, Wanted
from akcept.organizations.models import Unit, UnitAddress

_BLOCK: Final = 500
Rows = Sequence[RowPlan[Wanted]]


def write_units(plan: ImportPlan[Wanted], tree: Tree, *, file_name: str) -> list[Event]:
    """Add and change units, hang them where they belong, set their default addresses; return what happened.

    The plan must be free of errors and made of this tree, which is changed along.
    """
    added, changed = plan.of(RowAct.CREATED), plan.of(RowAct.CHANGED)
    names = {key: unit.name for key, unit in tree.units.items()}
    _park_names([tree.units[one.key].pk for one in changed if _differs(one, "name", "parent")])
    _add(added, tree)
    _change(changed, tree)
    _set_paths(tree.seat.organization_id)
    addresses = _set_addresses([*added, *changed], tree)
    names |= {outcome.key: outcome.wanted.name for outcome in added if outcome.wanted}
    return [
        Event(topic, ("unit", str(tree.units[outcome.key].pk)), {topics.IMPORT: file_name, **payload})
        for outcome in [*added, *changed]
        for topic, payload in _happened(outcome, names, addresses.get(outcome.key))
    ]


def _differs(outcome: RowPlan[Wanted], *fields: str) -> bool:
    return any(change.field in fields for change in outcome.changes)


def _wanted(outcome: RowPlan[Wanted]) -> Wanted:
    assert outcome.wanted is not None  # noqa: S101  a plan without errors wants something for every row
    return outcome.wanted


def _park_names(ids: list[int]) -> None:
    """Take names away for a moment: units may exchange theirs, or their places, and each must be unique throughout."""
    Unit.objects.filter(pk__in=ids).update(name=Concat(Value("~"), Cast("pk", CharField())))


def _add(outcomes: Rows, tree: Tree) -> None:
    """Create new units level by level: each needs the one above."""
    waiting = {outcome.key: outcome for outcome in outcomes}
    while waiting:
        level = [outcome for outcome in waiting.values() if _wanted(outcome).parent not in waiting]
        made = Unit.objects.bulk_create(
            (
                Unit(
                    organization_id=tree.seat.organization_id,
                    parent=tree.units[_wanted(outcome).parent],
                    name=_wanted(outcome).name,
                    code=outcome.key,
                    cost_centre=_wanted(outcome).cost_centre,
                    path="",
                )
                for outcome in level
            ),
            batch_size=_BLOCK,
        )
        for outcome, unit in zip(level, made, strict=True):
            tree.units[outcome.key] = unit
            del waiting[outcome.key]


def _change(outcomes: Rows, tree: Tree) -> None:
    units = []
    for outcome in outcomes:
        unit, wanted = tree.units[outcome.key], _wanted(outcome)
        unit.name, unit.cost_centre, unit.version = wanted.name, wanted.cost_centre, unit.version + 1
        if _differs(outcome, "parent"):
            unit.parent = tree.units[wanted.parent]
        units.append(unit)
    Unit.objects.bulk_update(units, ["name", "cost_centre", "parent", "version"], batch_size=_BLOCK)


def _set_paths(organization_id: int) -> None:
    """Write the paths that are no longer those of the tree, closed units' too: what hangs below goes along."""
    units = {unit.pk: unit for unit in Unit.objects.filter(organization_id=organization_id).only("parent_id", "path")}
    paths: dict[int, str] = {}

    def path_of(unit: Unit) -> str:
        if unit.pk not in paths:
            paths[unit.pk] = f"{path_of(units[unit.parent_id]) if unit.parent_id else ''}{unit.pk}/"
        return paths[unit.pk]

    moved = [unit for unit in units.values() if unit.path != path_of(unit)]
    for unit in moved:
        unit.path = paths[unit.pk]
    Unit.objects.bulk_update(moved, ["path"], batch_size=_BLOCK)


def _set_addresses(outcomes: Rows, tree: Tree) -> dict[str, tuple[str, UnitAddress]]:
    """Store default addresses that are new or differ; return by the unit's key what each was, and what it is."""
    stored: dict[str, tuple[str, UnitAddress]] = {}
    for outcome in outcomes:
        columns = _wanted(outcome).address
        if columns is None or not _differs(outcome, *ADDRESS):
            continue
        unit = tree.units[outcome.key]
        known = tree.addresses.get(unit.pk)
        before, address = str(known or ""), known or UnitAddress(unit=unit, is_default=True)
        for name, value in columns.items():
            setattr(address, name, value)
        stored[outcome.key] = before, address
    rows = [address for _before, address in stored.values()]
    UnitAddress.objects.bulk_update([row for row in rows if row.pk], [*ADDRESS, "country"], batch_size=_BLOCK)
    UnitAddress.objects.bulk_create([row for row in rows if not row.pk], batch_size=_BLOCK)
    return stored


def _happened(
    outcome: RowPlan[Wanted], names: dict[str, str], address: tuple[str, UnitAddress] | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the topics and payloads that the single actions would have written."""
    wanted = _wanted(outcome)
    before = {change.field: change.before for change in outcome.changes}
    if outcome.known is None:
        events = {"name": wanted.name, "cost_centre": wanted.cost_centre, "code": outcome.key}
        yield topics.UNIT_ADDED, {**events, "parent": names.get(wanted.parent, "")}
        return
    if "parent" in before:
        parents = {"before": {"parent": names.get(before["parent"], "")}, "after": {"parent": names[wanted.parent]}}
        yield topics.UNIT_MOVED, parents
    if before.keys() & {"name", "cost_centre"}:
        after = {"name": wanted.name, "cost_centre": wanted.cost_centre, "code": outcome.key}
        was = after | {name: before[name] for name in ("name", "cost_centre") if name in before}
        yield topics.UNIT_CHANGED, {"before": was, "after": after}
    if address is not None:
        stood, row = address
        yield topics.ADDRESS_SAVED, {"address_id": row.pk, "before": stood, "text": str(row), "default": True}
