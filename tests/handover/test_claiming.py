"""A system of the merchant's fetches orders: each is one system's at a time, and none is lost or handed over twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import Q

from akcept.handover import actions
from akcept.handover.actions import LeaseLost, leasing
from akcept.handover.models import Handover
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, Invalid, NotAllowed, NotFound
from akcept.ordering import actions as ordering
from akcept.ordering.queries.work import HeldByCustomer
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.api import system_of
from tests.support.history import history
from tests.support.statements import statements


def _numbers(found: tuple[actions.Leased, ...]) -> list[str]:
    return [each.number for each in found]


def test_only_accepted_orders_are_given_out_and_each_once(cast: Cast) -> None:
    held = orders.place(cast.anna).order_number
    first, second = orders.place(cast.ben).order_number, orders.place(cast.ben).order_number
    assert _numbers(actions.claim(actor=cast.mia.actor, most=1)) == [first]
    assert _numbers(actions.claim(actor=cast.mia.actor)) == [second]
    assert actions.claim(actor=cast.mia.actor) == ()
    ordering.accept(held, actor=cast.ben.actor, version=1)
    assert _numbers(actions.claim(actor=cast.mia.actor)) == [held]


def test_what_is_not_answered_comes_back_under_another_lease(cast: Cast) -> None:
    number, now = orders.place(cast.ben).order_number, utc_now()
    (first,) = actions.claim(actor=cast.mia.actor, minutes=10, now=now)
    assert actions.claim(actor=cast.mia.actor, now=now + timedelta(minutes=9, seconds=59)) == ()
    (second,) = actions.claim(actor=cast.mia.actor, now=now + timedelta(minutes=10))
    assert second.number == number
    with pytest.raises(LeaseLost):
        actions.acknowledge(number, actor=cast.mia.actor, lease=first.lease, external_number="ZK/1")
    told = actions.acknowledge(number, actor=cast.mia.actor, lease=second.lease, external_number="ZK/2")
    assert told.state == "taken"


def test_a_late_answer_counts_while_nobody_else_has_the_order(cast: Cast) -> None:
    number, now = orders.place(cast.ben).order_number, utc_now() - timedelta(hours=2)
    (leased,) = actions.claim(actor=cast.mia.actor, minutes=1, now=now)
    actions.acknowledge(number, actor=cast.mia.actor, lease=leased.lease, external_number="ZK/1")
    assert actions.claim(actor=cast.mia.actor) == ()


def test_taken_is_told_once_and_begins_the_shop_s_work(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    (leased,) = actions.claim(actor=cast.mia.actor)
    answers = [
        actions.acknowledge(number, actor=cast.mia.actor, lease=leased.lease, external_number=" ZK/1 ")
        for _again in range(2)
    ]
    assert answers[0] == answers[1]
    assert (answers[0].external_number, answers[0].status) == ("ZK/1", "in_progress")
    assert [entry.topic for entry in history("order", number)].count("handover.taken") == 1
    with pytest.raises(IllegalMove):
        actions.acknowledge(number, actor=cast.mia.actor, lease=leased.lease, external_number="ZK/2")
    with pytest.raises(IllegalMove):
        actions.report_failure(number, actor=cast.mia.actor, lease=leased.lease, text="no")
    with pytest.raises(IllegalMove):
        ordering.revoke(number, actor=cast.ben.actor, version=2, reason="too late")


def test_an_acceptance_taken_back_meanwhile_refuses_the_answer(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    (leased,) = actions.claim(actor=cast.mia.actor)
    ordering.revoke(number, actor=cast.ben.actor, version=2, reason="wrong")
    with pytest.raises(HeldByCustomer):
        actions.acknowledge(number, actor=cast.mia.actor, lease=leased.lease, external_number="ZK/1")
    assert apps.get_model("order.Order").objects.get(number=number).status == "awaiting_acceptance"
    assert Handover.objects.get().state == "leased"


def test_what_failed_is_given_out_again_only_on_request(cast: Cast) -> None:
    number = orders.place(cast.ben).order_number
    (leased,) = actions.claim(actor=cast.mia.actor)
    for _again in range(2):
        told = actions.report_failure(number, actor=cast.mia.actor, lease=leased.lease, text="brak NIP")
    assert (told.state, told.status) == ("failed", "unhandled")
    assert [entry.topic for entry in history("order", number)].count("handover.failed") == 1
    assert actions.claim(actor=cast.mia.actor) == ()
    assert _numbers(actions.claim(actor=cast.mia.actor, failed_too=True)) == [number]


def test_refusals(cast: Cast) -> None:
    number = orders.place(cast.ben).order_number
    for person in (cast.ben, cast.dora, cast.otto):
        with pytest.raises(NotAllowed):
            actions.claim(actor=person.actor)
        with pytest.raises(NotAllowed):
            actions.acknowledge(number, actor=person.actor, lease="x", external_number="1")
    for terms in ({"most": 0}, {"most": 51}, {"minutes": 0}, {"minutes": 61}):
        with pytest.raises(Invalid):
            actions.claim(actor=cast.mia.actor, **terms)
    with pytest.raises(NotFound):
        actions.acknowledge("none", actor=cast.mia.actor, lease="x", external_number="1")
    with pytest.raises(LeaseLost):
        actions.acknowledge(number, actor=cast.mia.actor, lease="", external_number="1")
    with pytest.raises(Invalid):
        actions.acknowledge(number, actor=cast.mia.actor, lease="x", external_number="1" * 61)


@pytest.mark.parametrize("many", [1, 3])
def test_claiming_costs_the_same_however_many(cast: Cast, many: int) -> None:
    for _each in range(many):
        orders.place(cast.ben)
    found: list[actions.Leased] = []
    counted = statements(lambda: found.extend(actions.claim(actor=cast.mia.actor)))
    assert (len(found), len(counted)) == (many, 5)


def test_a_system_fetches_and_answers_over_the_api_and_a_lost_answer_is_told_again(cast: Cast) -> None:
    held, number = orders.place(cast.anna).order_number, orders.place(cast.ben).order_number
    mia = system_of(cast.mia)
    first, again = (mia.post("/work/claim", {"most": 5}, key="fetch-1") for _call in range(2))
    assert first.content == again.content
    (leased,) = first.json()["items"]
    assert leased["number"] == number
    body = {"lease": leased["lease"], "external_number": "ZK/1"}
    told = mia.post(f"/work/orders/{number}/acknowledge", body)
    assert (told.status_code, told.json()["status"]) == (200, "in_progress")
    refused = mia.post(f"/work/orders/{held}/acknowledge", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "order_held")
    lost = mia.post(f"/work/orders/{number}/failed", {"lease": "other", "text": "no"})
    assert (lost.status_code, lost.json()["code"]) == (409, "lease_lost")
    reader = system_of(cast.mia, scopes=["work:read"])
    assert reader.post("/work/claim").json()["code"] == "scope_missing"


def test_an_order_given_out_after_the_search_began_is_not_given_out_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search saw the rows of before another system's commit; the look under the lock sees those of after."""
    number = orders.place(cast.ben).order_number
    (leased,) = actions.claim(actor=cast.mia.actor)
    looks, real = iter([Q(pk__in=[])]), leasing._gone
    monkeypatch.setattr(leasing, "_gone", lambda at, **terms: next(looks, None) or real(at, **terms))
    assert actions.claim(actor=cast.mia.actor) == ()
    assert Handover.objects.get(order__number=number).lease == leased.lease


@pytest.mark.parametrize(
    ("after", "begun"),
    [
        (("packing", "cancelled"), "packing"),
        (("cancelled",), "unhandled"),
        (("cancelled", "in_progress"), "in_progress"),
    ],
)
def test_a_shop_of_other_steps_begins_with_its_own_first_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, after: tuple[str, ...], begun: str
) -> None:
    Order = apps.get_model("order.Order")
    monkeypatch.setattr(Order, "pipeline", {**Order.pipeline, "unhandled": after, "packing": ()})
    number = orders.place(cast.ben).order_number
    (leased,) = actions.claim(actor=cast.mia.actor)
    told = actions.acknowledge(number, actor=cast.mia.actor, lease=leased.lease, external_number="ZK/1")
    assert (told.state, told.status) == ("taken", begun)
    assert actions.claim(actor=cast.mia.actor) == ()
