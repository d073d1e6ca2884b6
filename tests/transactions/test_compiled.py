"""Reads that are compiled once: each asking gets what is there now, for its own values, on its own connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Prefetch, QuerySet

from akcept.organizations.models import Member, Unit, UnitAddress
from akcept.testing.cast import Cast
from akcept.transactions.compiled import Compiled
from tests.support.statements import statements
from tests.support.threads import together


def _named(*, organization_id: Any, name: Any) -> QuerySet[Unit]:
    return Unit.objects.filter(organization_id=organization_id, name=name).select_related("organization")


def _members(*, units: Sequence[Any], organization_id: Any) -> QuerySet[Member]:
    addresses = UnitAddress.objects.filter(unit=OuterRef("unit"), unit__organization_id=organization_id)
    found = Member.objects.filter(unit__path__in=units).annotate(is_sent=Exists(addresses))
    return found.select_related("user").order_by("pk")


@pytest.fixture
def named() -> Compiled[Unit]:
    return Compiled(_named, organization_id=BigIntegerField(), name=CharField())


@pytest.fixture
def members() -> Compiled[Member]:
    return Compiled(_members, units=CharField(), organization_id=BigIntegerField())


def _names(rows: Sequence[Member]) -> list[str]:
    return [row.user.first_name for row in rows]


def test_rows_are_those_of_each_asking_with_what_was_joined(
    each_database: Any, cast: Cast, named: Compiled[Unit]
) -> None:
    acme = cast.acme.pk
    (found,) = named(organization_id=acme, name="Oddział Kraków")
    assert (found.pk, found.organization.name) == (cast.krakow.pk, "Acme")
    assert named(organization_id=acme, name="Nowhere") == []
    asked = statements(lambda: [row.organization.name for row in named(organization_id=acme, name="Oddział Kraków")])
    assert len(asked) == 1
    Unit.objects.filter(pk=cast.krakow.pk).update(name="Kraków")
    assert named(organization_id=acme, name="Oddział Kraków") == []


def test_a_list_of_any_length_finds_each_once(each_database: Any, cast: Cast, members: Compiled[Member]) -> None:
    units = (cast.head_office.path, cast.krakow.path, cast.terminal.path)
    for length in range(4):
        wanted = units[:length]
        expected = list(
            Member.objects.filter(unit__path__in=wanted).order_by("pk").values_list("user__first_name", flat=True)
        )
        assert _names(members(units=wanted, organization_id=cast.acme.pk)) == expected
    assert len(members._written) == 4, "of 0, 1, 2 and, for 3, of 4"


def test_what_is_asked_beside_is_asked_with_the_same_values(cast: Cast, members: Compiled[Member]) -> None:
    own = members(units=(cast.krakow.path,), organization_id=cast.acme.pk)
    others = members(units=(cast.krakow.path,), organization_id=cast.acme.pk + 1000)
    assert {row.is_sent for row in own} == {True}  # type: ignore[attr-defined]
    assert {row.is_sent for row in others} == {False}  # type: ignore[attr-defined]


def test_a_number_no_row_can_have_finds_nothing_and_fails_nowhere(each_database: Any, cast: Cast) -> None:
    named = Compiled(_named, organization_id=BigIntegerField(), name=CharField())
    units = Compiled(lambda ids: Unit.objects.filter(pk__in=ids), ids=BigIntegerField())
    assert named(organization_id=10**30, name="Oddział Kraków") == []
    assert named(organization_id=-(10**30), name="Oddział Kraków") == []
    assert [row.pk for row in units(ids=(10**30, cast.krakow.pk))] == [cast.krakow.pk]
    assert units(ids=(10**30,)) == []


@pytest.mark.parametrize(
    "values",
    [{"organization_id": 1}, {"organization_id": 1, "name": None}, {"organization_id": 1, "name": "x", "by": 2}],
)
def test_a_value_missing_none_or_strange_is_a_mistake(db: None, named: Compiled[Unit], values: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"name|by"):
        named(**values)


def test_neither_locks_nor_prefetched_rows_are_compiled(db: None) -> None:
    locked = Compiled(lambda pk: Unit.objects.filter(pk=pk).select_for_update(), pk=BigIntegerField())
    fetched = Compiled(
        lambda pk: Unit.objects.filter(pk=pk).prefetch_related(Prefetch("addresses")), pk=BigIntegerField()
    )
    for read in (locked, fetched):
        with pytest.raises(TypeError, match="compiled"):
            read(pk=1)


def test_what_a_database_would_read_in_a_value_is_only_text(
    each_database: Any, cast: Cast, named: Compiled[Unit]
) -> None:
    for name in ("%s", "' OR 1=1 --", "100 %", "\\", "ąę", "o\u0301"):
        Unit.objects.filter(pk=cast.krakow.pk).update(name=name)
        (found,) = named(organization_id=cast.acme.pk, name=name)
        assert (found.pk, found.name) == (cast.krakow.pk, name)


@pytest.mark.postgres
def test_each_thread_asks_on_its_own_connection_and_sees_its_own_transaction(cast: Cast, named: Compiled[Unit]) -> None:
    """The statement was written on the connection of this thread, which holds a change nobody else may see."""
    acme = cast.acme.pk

    def elsewhere() -> list[str]:
        return [row.name for row in named(organization_id=acme, name="Oddział Kraków")]

    with transaction.atomic():
        Unit.objects.filter(pk=cast.krakow.pk).update(name="Kraków")
        assert [row.name for row in named(organization_id=acme, name="Kraków")] == ["Kraków"]
        assert together(*[elsewhere] * 4) == [["Oddział Kraków"]] * 4
    assert not connection.in_atomic_block
