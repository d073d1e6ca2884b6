"""From what happens to what a receiver has: who hears what, once, signed; tries, dead letters, pauses, privacy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from akcept.journal import relay
from akcept.journal.models import Delivery, Entry
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.ordering import actions as ordering
from akcept.organizations.models import Member, Organization
from akcept.organizations.personal_data import Erasure, Subject
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from akcept.webhooks import actions, configured, own_data, queries, sending, signing
from akcept.webhooks.events import OF_MERCHANT, Type
from akcept.webhooks.models import Attempt, Endpoint, Message
from akcept.webhooks.post import Reply
from tests.support.receivers import ALLOWED, receiver
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

URL = "https://erp.example.com/hooks"
ALL = sorted(each.value for each in Type)
ORDERS = sorted(each.value for each in OF_MERCHANT)


@pytest.fixture(autouse=True)
def _allowed() -> Iterator[None]:
    with override_settings(AKCEPT_WEBHOOKS_HTTP=True, AKCEPT_WEBHOOKS_NETWORKS=ALLOWED):
        yield


def _listen(person: Person, *, url: str = URL, events: list[str] | None = None) -> Endpoint:
    chosen = events or (ORDERS if person.staff else ALL)
    return actions.add_endpoint(actor=person.actor, url=url, events=chosen).endpoint


def _told(endpoint: Endpoint) -> list[str]:
    return list(Message.objects.filter(endpoint=endpoint).order_by("pk").values_list("type", flat=True))


def _seeing(cast: Cast) -> Person:
    """Return Dora, who administers, with a right to see all orders as well."""
    member = cast.dora.member
    member.granted = {**member.granted, "permissions": [*member.granted["permissions"], "see_all_orders"]}
    member.recompute()
    member.save()
    return cast.dora


class _Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(seconds=1)

    def __call__(self) -> datetime:
        return self.now


def test_a_receiver_has_the_whole_way_of_an_order_signed(cast: Cast) -> None:
    with receiver() as there:
        kept = actions.add_endpoint(actor=_seeing(cast).actor, url=there.url, events=ALL)
        placed = orders.place(cast.anna, records=[carts.stock("P1", price="10.00")], quantity=2)
        relay.run_once()
        ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
        relay.run_once()
        assert sending.run_once().delivered == 3
    assert [json.loads(each.body)["type"] for each in there.received] == [
        *("order.awaiting_acceptance", "order.accepted", "order.released")
    ]
    for each in there.received:
        headers, event = each.headers, json.loads(each.body)
        key, timestamp = headers["webhook-id"], int(headers["webhook-timestamp"])
        signed = signing.signature(kept.secret, key=key, timestamp=timestamp, body=each.body)
        assert headers["webhook-signature"] == signed
        assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
        assert (event["specversion"], event["id"], event["subject"]) == ("1.0", key, f"order/{placed.order_number}")
        assert event["time"].endswith("+00:00")
    first, last = json.loads(there.received[0].body)["data"], json.loads(there.received[-1].body)["data"]
    assert (first["held"], first["state"], first["version"]) == (True, "awaiting", 1)
    assert (last["held"], last["state"], last["again"]) == (False, "accepted", False)
    assert first["lines"][0] == {
        "id": first["lines"][0]["id"],
        "code": "P1",
        "title": first["lines"][0]["title"],
        "quantity": 2,
        "unit_net": {"amount": "10.00", "currency": "PLN"},
        "net": {"amount": "20.00", "currency": "PLN"},
        "gross": {"amount": "24.60", "currency": "PLN"},
        "vat_rate": "23",
    }
    assert first["unit"] == {"id": cast.krakow.pk, "name": cast.krakow.name}
    assert set(Message.objects.values_list("state", flat=True)) == {"done"}


def test_no_event_names_a_person(cast: Cast) -> None:
    _listen(_seeing(cast))
    placed = orders.place(cast.anna, note="Dla Bena Nowaka")
    ordering.reject(placed.order_number, actor=cast.ben.actor, version=1, reason="Anna, nie teraz")
    relay.run_once()
    told = json.dumps(list(Message.objects.values_list("body", flat=True)), ensure_ascii=False)
    assert Message.objects.count() == 2
    assert not [name for name in ("Anna", "Kowalska", "Ben", "Nowak", "customer.example", "@") if name in told]


def test_an_endpoint_hears_what_its_keeper_may_see_and_no_other_organisation(cast: Cast) -> None:
    """Otto's hears nothing of Acme, nor does one whose keeper may not see orders; the merchant hears of all."""
    member = cast.otto.member
    if not member.manage_members:
        seated_rights = [*member.granted["permissions"], "manage_members"]
        member.granted = {**member.granted, "permissions": seated_rights}
        member.recompute()
        member.save()
    umbra, blind, shop = _listen(cast.otto), _listen(cast.dora), _listen(cast.mia)
    orders.place(cast.anna)
    relay.run_once()
    assert (_told(umbra), _told(shop)) == ([], ["order.awaiting_acceptance"])
    assert _told(blind) == ([] if not cast.dora.seat.permissions & {"see_all_orders"} else _told(shop))
    Member.objects.filter(pk=cast.dora.member.pk).update(active=False)
    cast.mia.user.user_permissions.clear()
    orders.place(cast.anna)
    relay.run_once()
    assert (len(_told(shop)), _told(umbra)) == (1, []), "who lost the right hears nothing more"


def test_one_released_for_each_release_however_often_the_relay_hands_over(cast: Cast) -> None:
    shop = _listen(cast.mia)
    placed = orders.place(cast.anna)
    ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
    relay.run_once()
    Delivery.objects.filter(subscriber="webhooks").update(state="due", claim="")  # a relay died before it marked them
    relay.run_once()
    assert _told(shop) == ["order.awaiting_acceptance", "order.accepted", "order.released"]


def test_budget_member_and_rule_events_need_their_rights(cast: Cast) -> None:
    from akcept.journal.actions import Event, write
    from akcept.kernel.actor import Actor
    from akcept.transactions.acting import together

    row = _listen(cast.dora)
    told = {"name": "IT", "level": 80, "currency": "PLN", "spent": "80.00", "held": "0.00", "available": "100.00"}
    facts = {"user_id": 5, "unit_id": 2, "unit": "Kraków", "active": True, "roles": [], "permissions": [], "limits": {}}
    with together():
        write(
            [
                Event("budget.threshold_reached", ("budget", "7"), told),
                Event("member.changed", ("member", "3"), {"before": facts, "after": facts}),
                Event("member.joined", ("member", "4"), facts),
                Event("policy.changed", ("policy", "1"), {"version": 2, "change": "added", "rule": "Ben first"}),
            ],
            actor=Actor.system("test"),
            organization_id=cast.acme.pk,
        )
    relay.run_once()
    sent = {each.type: each.body["data"] for each in Message.objects.filter(endpoint=row)}
    shown = {"unit_id": 2, "unit": "Kraków", "active": True, "roles": [], "permissions": []}
    assert sent["member.changed"] == {"id": "3", "before": shown, "after": shown}
    assert sent["member.joined"] == {"id": "4", "after": shown}
    rights = {str(each) for each in cast.dora.seat.permissions}
    assert ("rules.changed" in sent) == ("manage_policies" in rights)
    assert ("budget.threshold" in sent) == bool({"see_budgets", "manage_budgets"} & rights)
    assert "Ben first" not in json.dumps(list(sent.values()))


# --- who may ---


def test_whoever_does_not_administer_keeps_none_and_another_organisations_is_not_there(cast: Cast) -> None:
    """Otto, somebody of the wrong branch, and the merchant: none reaches Acme's."""
    row = _listen(cast.dora)
    sent = actions.send_test(row.pk, actor=cast.dora.actor)
    for who in (cast.anna, cast.ben, cast.cora, cast.jan, cast.paul):
        with pytest.raises(NotAllowed):
            _listen(who)
    member = cast.otto.member
    member.granted = {**member.granted, "permissions": [*member.granted["permissions"], "manage_members"]}
    member.recompute()
    member.save()
    acts: list[Any] = [
        actions.pause_endpoint,
        actions.resume_endpoint,
        actions.exchange_secret,
        actions.remove_endpoint,
    ]
    for who, refused in ((cast.otto, NotFound), (cast.mia, NotFound), (cast.jan, NotAllowed), (cast.ben, NotAllowed)):
        for act in (*acts, actions.send_test):
            with pytest.raises(refused):
                act(row.pk, actor=who.actor)
        with pytest.raises(refused):
            queries.endpoint(who.actor, row.pk)
        with pytest.raises(refused):
            actions.change_endpoint(row.pk, actor=who.actor, url=URL, events=ORDERS)
        with pytest.raises(refused):
            actions.send_again(sent.pk, actor=who.actor)
    assert queries.endpoints(cast.otto.actor) == queries.endpoints(cast.mia.actor) == []
    with pytest.raises(NotFound):
        actions.send_again(0, actor=cast.dora.actor)
    row.refresh_from_db()
    assert (row.state, row.events) == ("active", ALL)


@pytest.mark.parametrize(
    "url", ["http://erp.example.com/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/"]
)
@override_settings(AKCEPT_WEBHOOKS_HTTP=False, AKCEPT_WEBHOOKS_NETWORKS=[])
def test_an_address_nobody_may_be_sent_to_is_refused_when_it_is_typed(cast: Cast, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        _listen(cast.dora, url=url)
    assert refused.value.field == "url"


def test_what_cannot_be_chosen_is_refused_by_field(cast: Cast) -> None:
    for who, events in ((cast.dora, []), (cast.dora, ["webhook.test"]), (cast.mia, ["step.asked"])):
        with pytest.raises(Invalid) as refused:
            actions.add_endpoint(actor=who.actor, url=URL, events=events)
        assert refused.value.field == "events"
    for _each in range(actions.LIMIT):
        _listen(cast.dora)
    with pytest.raises(Invalid, match="10"):
        _listen(cast.dora)
    _listen(cast.mia)


def test_a_paused_one_is_sent_nothing_and_done_twice_is_stale(cast: Cast) -> None:
    row = _listen(cast.dora)
    sent = actions.send_test(row.pk, actor=cast.dora.actor)
    actions.pause_endpoint(row.pk, actor=cast.dora.actor)
    for again in (actions.pause_endpoint, actions.send_test):
        with pytest.raises(Stale):
            again(row.pk, actor=cast.dora.actor)
    with pytest.raises(Stale):
        actions.send_again(sent.pk, actor=cast.dora.actor)
    assert sending.claimed(limit=1, now=_Clock().now) == []
    actions.resume_endpoint(row.pk, actor=cast.dora.actor)
    with pytest.raises(Stale):
        actions.resume_endpoint(row.pk, actor=cast.dora.actor)
    assert actions.remove_endpoint(row.pk, actor=cast.dora.actor) == URL
    assert not Message.objects.exists()
    told = Entry.objects.filter(topic__startswith="webhook.").order_by("pk").values_list("topic", flat=True)
    assert list(told) == ["webhook.added", "webhook.paused", "webhook.resumed", "webhook.removed"]


# --- costs, privacy, settings ---


@pytest.mark.parametrize("number", [1, 3])
def test_hearing_costs_the_same_for_one_endpoint_and_three(cast: Cast, number: int) -> None:
    for _each in range(number):
        _listen(cast.mia)
    orders.place(cast.anna)
    sent = [each for each in statements(relay.run_once) if "akcept_webhooks" in each]
    assert (len(sent), Message.objects.count()) == (2, number)


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_for_one_and_three(cast: Cast, number: int) -> None:
    rows = [_listen(cast.dora) for _each in range(number)]
    for _each in range(number):
        actions.send_test(rows[0].pk, actor=cast.dora.actor)
    for turn in sending.claimed(limit=1, now=_Clock().now):
        sending.serve(turn, send=lambda *_args, **_more: Reply(status=200))
    reads = (lambda: queries.endpoints(cast.dora.actor), lambda: queries.endpoint(cast.dora.actor, rows[0].pk))
    sent = [[each for each in statements(read) if "akcept_webhooks" in each] for read in reads]
    assert list(map(len, sent)) == [1, 3]


def test_a_persons_erasure_reaches_what_is_kept(cast: Cast) -> None:
    row, of_ben = _listen(cast.mia), _listen(cast.dora)
    orders.place(cast.anna, po_number="Ben Nowak 7")
    relay.run_once()
    message = Message.objects.get(endpoint=row)
    assert "Ben Nowak 7" in json.dumps(message.body)
    Attempt.objects.create(message=message, at=message.created_at, took_ms=1, answer="Dzień dobry, ben nowak!")
    member = cast.ben.member
    subject = Subject(organization_id=cast.acme.pk, member_id=member.pk, account_id=cast.ben.user.pk)
    Endpoint.objects.filter(pk=of_ben.pk).update(member=member, user=cast.ben.user)
    (section,) = own_data.HOLDING.export(subject)
    assert [row[0] for row in section.rows] == [URL]
    erasure = Erasure(
        subject=subject, names=("Ben Nowak",), alias="X-1", stand_in_id=cast.mia.user.pk, whole_account=False
    )
    own_data.HOLDING.erase(erasure)
    message.refresh_from_db()
    assert (message.body["data"]["po_number"], Attempt.objects.get().answer) == ("X-1 7", "Dzień dobry, X-1!")
    assert list(Endpoint.objects.values_list("pk", flat=True)) == [row.pk]


def test_old_messages_are_forgotten_and_due_ones_stay(cast: Cast) -> None:
    row = _listen(cast.dora)
    old, due = (actions.send_test(row.pk, actor=cast.dora.actor) for _each in range(2))
    now = _Clock().now
    Message.objects.update(created_at=now - timedelta(days=31))
    Message.objects.filter(pk=old.pk).update(state="done")
    assert sending.forget_old(now=now) == 1
    assert Message.objects.get().pk == due.pk


@pytest.mark.parametrize(
    ("networks", "http", "found"),
    [
        (["10.1.0.0/16"], False, []),
        (["10.1.2.3/16"], False, ["akcept.E040"]),
        ("10.1.0.0/16", False, ["akcept.E040"]),
        (["0.0.0.0/0"], False, ["akcept.W041"]),
        ([], "yes", ["akcept.E042"]),
        ([], True, ["akcept.W043"]),
    ],
)
def test_settings_are_checked(networks: Any, http: Any, found: list[str]) -> None:
    with override_settings(
        AKCEPT_WEBHOOKS_NETWORKS=networks,
        AKCEPT_WEBHOOKS_HTTP=http,
        AKCEPT_BASE_URL="https://shop.example",
        DEBUG=False,
    ):
        assert [each.id for each in configured.check()] == found


def test_the_command_sends_what_is_due_and_ends(cast: Cast) -> None:
    out = StringIO()
    with receiver() as there:
        actions.send_test(_listen(cast.dora, url=there.url).pk, actor=cast.dora.actor)
        call_command("send_webhooks", "--language=en", "--once", stdout=out)
    assert "webhooks: delivered 1, to be tried again 0, given up 0" in out.getvalue()
    assert len(there.received) == 1


def test_an_endpoint_whose_keeper_sees_no_prices_is_told_null_for_every_amount(cast: Cast) -> None:
    """Beside one whose keeper sees them, of the same order; the merchant's tells them, and so does all once it may."""
    blind = _seeing(cast)
    _grant(blind, "manage_members", "see_all_orders")
    Organization.objects.filter(pk=cast.acme.pk).update(prices_by_right=True)
    kept, shop = _listen(blind), _listen(cast.mia)
    placed = orders.place(cast.anna, records=[carts.stock("P1", price="12.34")], quantity=2)
    relay.run_once()
    told = {each.endpoint_id: each.body["data"] for each in Message.objects.all()}
    amounts = {pk: _amounts(data) for pk, data in told.items()}
    assert set(amounts) == {kept.pk, shop.pk}
    assert amounts[kept.pk], "or nothing was asked"
    assert set(amounts[kept.pk]) == {None}
    assert None not in amounts[shop.pk]
    assert len(amounts[kept.pk]) == len(amounts[shop.pk])
    assert not [sum_ for sum_ in ("12.34", "24.68") if sum_ in json.dumps(told[kept.pk])]
    _grant(blind, "manage_members", "see_all_orders", "see_prices")
    ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
    relay.run_once()
    later = Message.objects.filter(endpoint=kept).order_by("pk").last()
    assert later is not None
    assert None not in _amounts(later.body["data"])


def _grant(person: Person, *permissions: str) -> None:
    """Let these be what somebody may do."""
    member = person.member
    member.granted = {**member.granted, "permissions": list(permissions)}
    member.recompute()
    member.save()


def _amounts(told: Any) -> list[str | None]:
    """Return every amount of an event, wherever it stands."""
    if isinstance(told, dict):
        own = [told["amount"]] if "amount" in told else []
        return own + [found for value in told.values() for found in _amounts(value)]
    return [found for each in told for found in _amounts(each)] if isinstance(told, list) else []
