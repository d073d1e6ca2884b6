"""What a change of the tree would do to waiting orders is told before it is done, and nothing of it is left."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from akcept.approvals.models import Case
from akcept.journal import actions as journal
from akcept.journal.models import Delivery, Entry
from akcept.kernel.errors import Invalid, NotFound
from akcept.ordering.reactions.foresight import foreseen
from akcept.organizations.actions.importing import take_in
from akcept.organizations.actions.members import take_out
from akcept.organizations.actions.units import hang, shut
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.models import Member, Unit
from akcept.testing import orders
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from akcept.transactions.locking import ORDER, Locks
from tests.organizations.bulk.sheets_of import csv_file, preview
from tests.support.statements import statements


def _stands() -> tuple[Any, ...]:
    return (
        list(Unit.objects.order_by("pk").values_list("path", "closed_at", "version")),
        list(Member.objects.order_by("pk").values_list("unit_id", "version")),
        list(Case.objects.order_by("pk").values_list("asked", "stuck_since")),
        Entry.objects.count(),
        Delivery.objects.count(),
    )


def _move(cast: Cast, unit: Unit, under: Unit) -> Any:
    return partial(hang, unit.pk, actor=cast.dora.actor, parent_id=under.pk, version=1)


def _told(entries: list[Entry]) -> list[tuple[str, str, list[str], list[str]]]:
    return [(e.subject_id, e.topic, e.payload.get("asked", []), e.payload["gone"]) for e in entries]


def test_moving_tells_who_is_asked_instead_and_leaves_nothing(cast: Cast) -> None:
    number = orders.place(cast.piotr).order_number
    orders.place(cast.anna)
    person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    deliver()
    before = _stands()
    told = foreseen(_move(cast, cast.skawina, cast.tarnow), organization_id=cast.acme.pk)
    assert _told(told) == [(number, "order.asked_again", ["Teresa Tar", "Cora Wiśniewska"], ["Ben Nowak"])]
    assert _stands() == before


def test_closing_tells_whom_nobody_could_decide(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    Member.objects.filter(pk=cast.cora.member.pk).update(accept_orders=False)
    deliver()
    close = partial(shut, cast.krakow.pk, actor=cast.dora.actor, members_to=cast.tarnow.pk, version=1)
    told = foreseen(close, organization_id=cast.acme.pk)
    assert [(e.subject_id, e.topic) for e in told] == [(number, "order.nobody_may_decide")]
    assert not Unit.objects.exclude(closed_at=None).exists()


def test_what_earlier_changes_did_is_not_told_as_this_ones(cast: Cast) -> None:
    orders.place(cast.anna)
    Member.objects.filter(pk=cast.cora.member.pk).update(accept_orders=False)  # the relay has not looked yet
    assert foreseen(_move(cast, cast.tarnow, cast.skawina), organization_id=cast.acme.pk) == []


@pytest.mark.parametrize(("unit", "under", "error"), [("krakow", "skawina", Invalid), ("krakow", "terminal", NotFound)])
def test_refusals_pass_through_and_leave_nothing(cast: Cast, unit: str, under: str, error: type[Exception]) -> None:
    before = _stands()
    with pytest.raises(error):
        foreseen(_move(cast, getattr(cast, unit), getattr(cast, under)), organization_id=cast.acme.pk)
    assert _stands() == before


def test_b7_nobody_who_orders_or_decides_waits_for_a_look(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """No order and no chain is locked for it: only what the change itself locks, in the order of all others."""
    orders.place(cast.piotr)
    orders.place(cast.anna)
    locked: set[str] = set()
    take = Locks.take

    def note(self: Locks, rank: int) -> None:
        locked.add(ORDER[rank])
        take(self, rank)

    monkeypatch.setattr(Locks, "take", note)
    out = partial(take_out, cast.anna.member.pk, actor=cast.dora.actor, version=1)
    told = foreseen(out, organization_id=cast.acme.pk)
    assert [entry.topic for entry in told] == ["order.requester_left"]
    shut_it = partial(shut, cast.krakow.pk, actor=cast.dora.actor, members_to=cast.tarnow.pk, version=1)
    assert foreseen(shut_it, organization_id=cast.acme.pk)
    assert not locked & {"order.order", "akcept_approvals.case", "akcept_journal.chain"}
    assert "akcept_organizations.organization" in locked


def test_b7_an_import_of_members_is_foreseen_without_a_lock_on_orders(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = orders.place(cast.anna).order_number
    deliver()
    Unit.objects.filter(pk=cast.tarnow.pk).update(code="TAR")
    seen = preview(cast.dora, Kind.MEMBERS, csv_file(("email", "unit"), (cast.ben.user.email, "TAR")))
    monkeypatch.setattr(journal, "_locked_chain", None)  # a lock of it would end the test
    told = foreseen(
        partial(take_in, seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest), organization_id=cast.acme.pk
    )
    assert _told(told) == [(number, "order.asked_again", ["Cora Wiśniewska"], ["Ben Nowak"])]


def test_otto_foresees_nothing_of_acme(cast: Cast) -> None:
    orders.place(cast.piotr)
    with pytest.raises(NotFound):
        foreseen(
            partial(hang, cast.skawina.pk, actor=cast.otto.actor, parent_id=cast.terminal.pk, version=1),
            organization_id=cast.umbra.pk,
        )


def test_statements_are_the_same_for_one_order_and_three(cast: Cast) -> None:
    taken = []
    for count in (1, 2):
        for _ in range(count):
            orders.place(cast.piotr)
        deliver()
        look = partial(foreseen, _move(cast, cast.skawina, cast.tarnow), organization_id=cast.acme.pk)
        taken.append(len(statements(look)))
    assert taken[0] == taken[1]
