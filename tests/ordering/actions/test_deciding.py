"""Accepting and rejecting: who may, once, on what was seen; what follows from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from akcept.approvals.models import Case, Decision
from akcept.journal.models import Entry
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.ports import Address
from akcept.organizations.models import Member, Organization, Unit
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.testing.cast import person as new_person
from tests.support.statements import statements

AT_1402 = datetime(2026, 11, 24, 13, 2, tzinfo=UTC)  # 14:02 in Warsaw


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return orders.place(cast.anna, records=[carts.stock("D1", number=10)], quantity=4)


def _topics(number: str) -> list[str]:
    return list(Entry.objects.filter(subject_id=number).order_by("id").values_list("topic", flat=True))


def _allocated(sku: str) -> int:
    return carts.stock(sku).num_allocated or 0


@pytest.mark.parametrize("who", ["ben", "cora"])
def test_accepting_makes_it_work_for_the_shop(cast: Cast, waiting: Placed, who: str) -> None:
    decided = actions.accept(waiting.order_number, actor=getattr(cast, who).actor, version=1, remark=" gut ")
    assert (decided.state, decided.requester_name) == ("accepted", "Anna Kowalska")
    order = orders.order(waiting)
    assert (order.status, {line.status for line in order.lines.all()}) == ("unhandled", {"unhandled"})
    assert _topics(waiting.order_number) == ["order.placed", "order.accepted", "order.released"]
    assert Decision.objects.get().remark == "gut"
    assert _allocated("D1") == 4


def test_rejecting_ends_it_and_frees_the_stock(cast: Cast, waiting: Placed) -> None:
    actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason="za drogo")
    assert orders.order(waiting).status == "rejected"
    assert _topics(waiting.order_number) == ["order.placed", "order.rejected"]
    assert _allocated("D1") == 0


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_rejecting_needs_a_reason(cast: Cast, waiting: Placed, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason=reason)
    assert refused.value.field == "remark"
    assert orders.order(waiting).status == "awaiting_acceptance"


def test_remark_has_a_limit(cast: Cast, waiting: Placed) -> None:
    with pytest.raises(Invalid, match="1000"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1, remark="x" * 1001)


@pytest.mark.parametrize("who", ["otto", "jan", "ewa", "piotr", "dora", "paul", "mia"])
def test_who_may_not_see_the_order_learns_nothing(cast: Cast, waiting: Placed, who: str) -> None:
    for move in (
        lambda: actions.accept(waiting.order_number, actor=getattr(cast, who).actor, version=1),
        lambda: actions.reject(waiting.order_number, actor=getattr(cast, who).actor, version=1, reason="no"),
        lambda: actions.accept("no-such-number", actor=getattr(cast, who).actor, version=1),
    ):
        with pytest.raises(NotFound, match="There is no such order"):
            move()
    assert orders.order(waiting).status == "awaiting_acceptance"


def test_acceptor_of_another_branch_learns_nothing(cast: Cast, waiting: Placed) -> None:
    tarnow_boss = new_person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    with pytest.raises(NotFound):
        actions.accept(waiting.order_number, actor=tarnow_boss.actor, version=1)


def _an_address_of(unit: Unit) -> Address:
    where = orders.ADDRESS
    unit.addresses.create(recipient=where.name, line1=where.line1, postcode=where.postcode, city=where.city)
    return where


def test_path_prefix_is_not_the_unit_below(cast: Cast) -> None:
    """A unit whose id merely starts with the digits of another is not below it."""
    twin = Unit.objects.create(organization=cast.acme, parent=cast.head_office, name="Twin", path="")
    twin.path = f"{cast.krakow.path.rstrip('/')}9/"
    twin.save(update_fields=["path"])
    placer = new_person("Tina", "Twin", seat=twin, rights="place_orders")
    waiting = orders.place(placer, delivery_address=_an_address_of(twin))
    assert waiting.approvers == ("Cora Wiśniewska",)
    with pytest.raises(NotFound):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)


def test_requester_never_accepts_the_own_order_and_the_try_is_written_down(cast: Cast, waiting: Placed) -> None:
    Member.objects.filter(pk=cast.anna.member.pk).update(accept_orders=True)
    with pytest.raises(NotAllowed, match="yourself"):
        actions.accept(waiting.order_number, actor=cast.anna.actor, version=1)
    assert orders.order(waiting).status == "awaiting_acceptance"
    refused = Entry.objects.get(topic="order.decision_refused")
    assert (refused.actor_name, refused.payload["move"]) == ("Anna Kowalska", "accept")


def test_second_decider_is_told_who_was_faster_and_when(cast: Cast, waiting: Placed) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1, now=AT_1402)
    with pytest.raises(Stale, match="Ben Nowak accepted this order at 14:02"):
        actions.reject(waiting.order_number, actor=cast.cora.actor, version=1, reason="too late")
    with pytest.raises(Stale, match="You have accepted this order already, at 14:02"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert Decision.objects.count() == 1
    assert _allocated("D1") == 4


@pytest.mark.parametrize("version", [0, 2, 99])
def test_decision_on_another_version_is_refused(cast: Cast, waiting: Placed, version: int) -> None:
    with pytest.raises(Stale):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=version)
    assert Case.objects.get(pk=waiting.order_id).version == 1


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"accept_orders": False}],
    ids=["deactivated", "right taken away"],
)
def test_right_counts_as_it_is_now(cast: Cast, waiting: Placed, change: dict[str, bool]) -> None:
    Member.objects.filter(pk=cast.ben.member.pk).update(**change)
    with pytest.raises(NotFound):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)


def test_login_switched_off_decides_nothing(cast: Cast, waiting: Placed) -> None:
    cast.ben.user.is_active = False
    cast.ben.user.save()
    with pytest.raises(NotFound):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)


def test_blocked_organisation_decides_nothing(cast: Cast, waiting: Placed) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(status="blocked")
    with pytest.raises(NotAllowed, match="blocked"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)


def test_order_keeps_the_unit_it_was_placed_in(cast: Cast, waiting: Placed) -> None:
    Member.objects.filter(pk=cast.anna.member.pk).update(unit=cast.tarnow)
    assert actions.accept(waiting.order_number, actor=cast.ben.actor, version=1).state == "accepted"


def test_deciding_one_order_leaves_the_others_waiting(cast: Cast, waiting: Placed) -> None:
    other = orders.place(cast.anna)
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert orders.order(other).status == "awaiting_acceptance"


def test_stock_of_two_orders_is_freed_separately(cast: Cast) -> None:
    record = carts.stock("TWO", number=10)
    first, second = (orders.place(who, records=[record], quantity=3) for who in (cast.anna, cast.ewa))
    actions.reject(first.order_number, actor=cast.ben.actor, version=1, reason="no")
    assert _allocated("TWO") == 3
    actions.reject(second.order_number, actor=cast.ben.actor, version=1, reason="no")
    assert _allocated("TWO") == 0


@pytest.mark.parametrize("lines", [1, 5, 300])
def test_deciding_takes_few_statements_whatever_the_lines(cast: Cast, lines: int) -> None:
    accepted, rejected = (orders.place(cast.anna, lines=lines) for _ in range(2))
    accept = statements(lambda: actions.accept(accepted.order_number, actor=cast.ben.actor, version=1))
    reject = statements(lambda: actions.reject(rejected.order_number, actor=cast.ben.actor, version=1, reason="x"))
    assert (len(accept), len(reject)) == (13, 18), "\n".join(accept)
