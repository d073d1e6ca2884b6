"""Locks have one order: nothing waits for ever, and nothing unaccepted is begun. Real threads on PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from io import StringIO
from itertools import combinations_with_replacement
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from oscar.apps.order.exceptions import InvalidOrderStatus, InvalidShippingEvent

from akcept.approvals.models import Case, Terms
from akcept.budgets import actions as budget_actions
from akcept.budgets.binding import order_sums
from akcept.budgets.models import Budget
from akcept.journal.queries import verify
from akcept.journal.relay import run_once
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Refused
from akcept.ordering import actions, payments
from akcept.ordering.actions import Placed
from akcept.ordering.models import CreditLimit, ShopTerms
from akcept.ordering.ports import order_book
from akcept.ordering.reactions.foresight import foreseen
from akcept.organizations.actions import change_member, move_unit
from akcept.organizations.actions.members import reseat
from akcept.organizations.actions.units import shut
from akcept.organizations.models import Member, Unit
from akcept.organizations.permissions import Permission
from akcept.oscar_edge import triggers
from akcept.oscar_edge.guards import refused_by_database
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from tests.oscar_edge.test_guards import _pay, _pay_source, _ship
from tests.races.conftest import PAUSE
from tests.support.threads import together

pytestmark = pytest.mark.postgres

LATER = timedelta(days=8)


def _price(price: str) -> None:
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="A").update(price=Decimal(price))


def _place(cast: Cast, *, who: str = "anna", **more: Any) -> Placed:
    record = carts.stock("A", price="100.00", number=1_000_000)
    terms = {"records": [record], "quantity": 4, "payment_code": payments.ON_ACCOUNT, **more}
    return orders.place(getattr(cast, who), **terms)


def _bind_everything(cast: Cast) -> list[Budget]:
    """Credit, two budgets, a price term: all that an order of the branch can be bound by."""
    CreditLimit.objects.create(organization=cast.acme, amount=Decimal(1_000_000), currency="PLN")
    ShopTerms.objects.create(pk=1, price_days=7, price_tolerance=Decimal(2))
    whole = budgets.make(cast.head_office, "900000.00", name="Whole")
    return [whole, budgets.make(cast.krakow, "900000.00", name="Branch")]


def not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    """No deadlock was hidden by doing an action once more."""
    assert [record.getMessage() for record in caplog.records if record.name == "akcept.transactions"] == []


# --- B1 ---


def test_b1_accepting_at_a_fallen_price_while_another_is_placed(
    cast: Cast, slow_locks: None, caplog: pytest.LogCaptureFixture
) -> None:
    """On account, under a budget of the branch, after the price term: it deadlocked whenever both paused."""
    _bind_everything(cast)
    for _ in range(5):
        _price("100.00")
        waiting = _place(cast)
        _price("90.00")
        cart = carts.fill(cast.ben, records=[carts.stock("A")], quantity=1)
        results = together(
            partial(actions.accept, waiting.order_number, actor=cast.ben.actor, version=1, now=utc_now() + LATER),
            partial(orders.place_cart, cast.ben, cart, payment_code=payments.ON_ACCOUNT),
        )
        assert [type(result).__name__ for result in results] == ["Decided", "Placed"], results
    not_repeated(caplog)


def test_b1_the_former_orders_of_locks_do_deadlock(cast: Cast) -> None:
    """The control: budgets before credit, as accepting did, beside credit before budgets, as placing did."""
    _bind_everything(cast)
    tables = ["akcept_budgets_budget", "akcept_ordering_creditlimit"]

    def locks(order: list[str]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in order:
                cursor.execute(f"SELECT 1 FROM {table} FOR NO KEY UPDATE")  # noqa: S608  names, not input
                time.sleep(PAUSE * 5)

    results = together(partial(locks, tables), partial(locks, tables[::-1]))
    (ended,) = [result for result in results if result is not None]
    assert isinstance(ended, OperationalError)
    assert "deadlock" in str(ended)


# --- B2 ---


def _ship_row(order: Any) -> None:
    """As a shop's own code does that does not go through the handler of events, which takes the order's lock."""
    kind = apps.get_model("order.ShippingEventType").objects.get_or_create(code="sent", name="Sent")[0]
    apps.get_model("order.ShippingEvent").objects.create(order=order, event_type=kind)


BEGINNINGS: dict[str, Callable[[Any], None]] = {"shipping": _ship_row, "payment": _pay, "source": _pay_source}


class _Meeting:
    """Lets the shop begin when whoever revokes has looked for the last time, and them go on when it has, or cannot."""

    def __init__(self) -> None:
        self.looks, self.looked, self.begun = 0, threading.Event(), threading.Event()


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Callable[[], _Meeting]:
    """Return how to arrange one meeting."""
    book = type(order_book())
    look = book.is_untouched
    at: list[_Meeting] = []

    def look_and_pause(self: Any, order_id: int) -> bool:
        found, meeting = look(self, order_id), at[-1]
        meeting.looks += 1
        if meeting.looks == 2:
            meeting.looked.set()
            meeting.begun.wait(0.2)
        return bool(found)

    def arrange() -> _Meeting:
        at.append(_Meeting())
        return at[-1]

    monkeypatch.setattr(book, "is_untouched", look_and_pause)
    return arrange


def _both(cast: Cast, begin: Callable[[Any], None], meeting: _Meeting) -> tuple[bool, list[Any]]:
    """Revoke an acceptance while the shop begins; return whether the order waits although it was begun."""
    placed = orders.place(cast.anna, lines=1)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    order = orders.order(placed)

    def begins() -> None:
        meeting.looked.wait(20)
        begin(order)
        meeting.begun.set()

    revoke = partial(actions.revoke, placed.order_number, actor=cast.ben.actor, version=2, reason="pomyłka")
    results = together(revoke, begins)
    order.refresh_from_db()
    begun = order.shipping_events.exists() or order.payment_events.exists() or order.sources.exists()
    return order.status == "awaiting_acceptance" and begun, results


@pytest.mark.parametrize("kind", sorted(BEGINNINGS))
def test_b2_an_order_that_waits_is_not_begun(cast: Cast, meet: Callable[[], _Meeting], kind: str) -> None:
    for _ in range(2):
        wrong, results = _both(cast, BEGINNINGS[kind], meet())
        assert not wrong
        revoked, begun = results
        assert isinstance(revoked, actions.Decided), results
        assert isinstance(begun, DatabaseError), results
        refusal = refused_by_database(begun)
        assert refusal is not None
        assert "has just taken the acceptance back" in str(refusal)


def test_b2_without_the_triggers_it_is(cast: Cast, meet: Callable[[], _Meeting]) -> None:
    """The control: the look before the write is not enough."""
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION akcept_begun() CASCADE")
    try:
        wrong = [_both(cast, BEGINNINGS[kind], meet())[0] for kind in sorted(BEGINNINGS)]
    finally:
        triggers.install()
    assert wrong == [True, True, True]


# --- looking ---


def test_b7_a_look_at_what_closing_a_unit_would_do_keeps_nobody_waiting(cast: Cast, slow_locks: None) -> None:
    """While it is being looked, orders are decided and placed; nothing of it waits for the look to end."""
    waiting = orders.place(cast.anna, lines=1)
    looking, decided = threading.Event(), threading.Event()

    def close_and_wait() -> None:
        shut(cast.krakow.pk, actor=cast.dora.actor, members_to=cast.tarnow.pk, version=1)
        looking.set()
        assert decided.wait(20), "an order waited for somebody who only looked"

    def decide() -> Any:
        assert looking.wait(20)
        done = actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
        decided.set()
        return done

    told, done = together(partial(foreseen, close_and_wait, organization_id=cast.acme.pk), decide)
    assert isinstance(done, actions.Decided), done
    assert not isinstance(told, Exception), told


# --- all pairs ---

Act = Callable[[Cast, Placed, list[Budget]], Any]


def _version(placed: Placed) -> int:
    return Case.objects.get(pk=placed.order_id).version


def _line(placed: Placed) -> int:
    return int(apps.get_model("order.Line").objects.get(order_id=placed.order_id).pk)


def _decide(name: str, who: str, **more: Any) -> Act:
    def act(cast: Cast, placed: Placed, _budgets: list[Budget]) -> Any:
        given = {key: value(placed) if callable(value) else value for key, value in more.items()}
        return getattr(actions, name)(
            placed.order_number, actor=getattr(cast, who).actor, version=_version(placed), **given
        )

    return act


def _set_credit(cast: Cast, _placed: Placed, _budgets: list[Budget]) -> Any:
    version = CreditLimit.objects.get().version
    return actions.set_credit_limit(cast.acme.pk, actor=cast.mia.actor, amount=Decimal(999_999), version=version)


def _move(cast: Cast, _placed: Placed, _budgets: list[Budget]) -> Any:
    """Hang a unit under the other one of two."""
    unit = Unit.objects.get(pk=cast.skawina.pk)
    parent = cast.tarnow if unit.parent_id == cast.krakow.pk else cast.krakow
    return move_unit(unit.pk, actor=cast.dora.actor, parent_id=parent.pk, version=unit.version)


def _reseated(cast: Cast) -> dict[str, Any]:
    """Return what gives somebody of the branch the right to accept, or takes it."""
    member = Member.objects.get(pk=cast.ewa.member.pk)  # type: ignore[union-attr]
    rights = member.permissions ^ {Permission.ACCEPT_ORDERS}
    given = {"unit_id": member.unit_id, "permissions": rights, "active": True, "version": member.version}
    return {"member_id": member.pk, "actor": cast.dora.actor, **given}


def _goods(_cast: Cast, _placed: Placed, _budgets: list[Budget]) -> None:
    """Import the one product, at the price it has or another."""
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(f"sku,net_price,description\nA,90.00,{threading.get_ident()} {time.monotonic_ns()}\n")
        file.flush()
        call_command("import_catalogue", file.name, partner=carts.stock("A").partner.name, stdout=StringIO())


ACTS: dict[str, Act] = {
    "move a unit": _move,
    "change a member": lambda cast, _placed, _budgets: change_member(**_reseated(cast)),
    "foresee": lambda cast, _placed, _budgets: foreseen(
        partial(reseat, **_reseated(cast)), organization_id=cast.acme.pk
    ),
    "goods": _goods,
    "accept": _decide("accept", "ben", now=lambda _placed: utc_now() + LATER),
    "reject": _decide("reject", "cora", reason="nie"),
    "send back": _decide("send_back", "cora", question="czemu?"),
    "amend": _decide("amend", "cora", quantities=lambda placed: {_line(placed): 3}, reason="mniej"),
    "resubmit": _decide("resubmit", "anna", quantities=lambda placed: {_line(placed): 6}),
    "withdraw": _decide("withdraw", "anna"),
    "revoke": _decide("revoke", "ben", reason="pomyłka"),
    "forward": _decide("forward", "cora", to_member_id=lambda _placed: 0),
    "update prices": _decide("update_prices", "cora", now=lambda _placed: utc_now() + LATER),
    "expire": lambda _cast, placed, _budgets: actions.expire(placed.order_number, actor=Actor.system("expiry")),
    "tick": lambda _cast, placed, _budgets: actions.tend(placed.order_number, actor=Actor.system("clock")),
    "comment": lambda cast, placed, _budgets: actions.comment(placed.order_number, actor=cast.ben.actor, text="ważne"),
    "place": lambda cast, _placed, _budgets: _place(cast, who="ben"),
    "correct": lambda cast, _placed, bound: budget_actions.correct(
        bound[1].pk, actor=cast.dora.actor, amount=Decimal(5), reason="korekta"
    ),
    "transfer": lambda cast, _placed, bound: budget_actions.transfer(
        bound[1].pk, to_id=bound[0].pk, actor=cast.dora.actor, amount=Decimal(5), reason="przesunięcie"
    ),
    "credit": _set_credit,
    "stock": lambda _cast, _placed, _budgets: apps.get_model("partner.StockRecord").objects.get(partner_sku="A").save(),
    "cancel": lambda _cast, placed, _budgets: orders.order(placed).set_status("cancelled"),
    "ship": lambda _cast, placed, _budgets: _ship(orders.order(placed)),
    "note": lambda _cast, placed, _budgets: apps.get_model("order.OrderNote").objects.create(
        order_id=placed.order_id, message="zadzwonić"
    ),
    "relay": lambda _cast, _placed, _budgets: run_once(),
}
#: Of an order that is already been accepted.
AFTERWARDS = frozenset({"revoke", "cancel", "ship"})


def _fits(placed: Placed) -> None:
    """Case, order, stock and budgets say the same of it."""
    order, case = orders.order(placed), Case.objects.get(pk=placed.order_id)
    expected = {"awaiting": "awaiting_acceptance", "returned": "awaiting_acceptance", "accepted": "unhandled"}
    if order.status != "cancelled":
        assert order.status == expected.get(case.state, case.state)
    begun = order.shipping_events.exists() or order.payment_events.exists()
    assert not (begun and case.state != "accepted")
    line = order.lines.get()
    net = line.line_price_excl_tax
    for _budget, _start, held, spent, counted in order_sums(order.pk):
        wanted = {"awaiting_acceptance": (net, 0, 1), "unhandled": (0, net, 1)}.get(order.status, (0, 0, 0))
        assert (held, spent, counted) == wanted, (order.status, case.state)
    works = order.status in ("awaiting_acceptance", "unhandled")
    assert line.num_allocated == (line.quantity if works else 0)


AT_ONCE = 6


def _groups() -> list[list[str]]:
    """Return groups of acts in which each act meets each, itself too."""
    left = {frozenset(pair) for pair in combinations_with_replacement(ACTS, 2)}
    groups = []
    while left:
        group = sorted(max(left, key=lambda pair: sorted(pair)))
        group = group * 2 if len(group) == 1 else group
        while len(group) < AT_ONCE:
            group.append(max(ACTS, key=lambda name: len({frozenset((name, other)) for other in group} & left)))
        left -= {frozenset((first, second)) for at, first in enumerate(group) for second in group[:at]}
        groups.append(group)
    return groups


def test_b1_all_pairs_of_acts(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever people do at the same moment to one order and what it shares: done or refused, and it adds up."""
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    bound = _bind_everything(cast)
    for number, group in enumerate(_groups()):
        _price("100.00")
        placed = _place(cast)
        if number % 2 and AFTERWARDS & set(group):
            actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
        _price("90.00")
        results = together(*(partial(ACTS[name], cast, placed, bound) for name in group))
        for name, result in zip(group, results, strict=True):
            known = (Refused, InvalidOrderStatus, InvalidShippingEvent)  # Oscar's own: shipped or cancelled already
            fair = not isinstance(result, Exception) or isinstance(result, known) or refused_by_database(result)
            assert fair, (group, name, result)
        _fits(placed)
    not_repeated(caplog)
    allocated = sum(line.num_allocated for line in apps.get_model("order.Line").objects.all())
    assert carts.stock("A").num_allocated == allocated
    assert verify(cast.acme.pk) is None
