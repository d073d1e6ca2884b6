"""Mails about what becomes of a waiting order: to the other side, once, in both languages; never about an own act."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.utils import translation

from akcept.approvals.actions import LeadsNowhere, save_rule
from akcept.approvals.models import Terms
from akcept.approvals.rules import Rule, RuleStep
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Basis, Limit
from akcept.kernel.errors import NotAllowed, Stale
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member, Profile
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver


@pytest.fixture
def waiting(cast: Cast, mailoutbox: list[Any]) -> Placed:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00"), carts.stock("B", price="25.00")])
    deliver()
    mail.outbox.clear()
    return placed


def _sent() -> list[tuple[str, str]]:
    deliver()
    return sorted(
        (message.to[0].partition("@")[0], message.extra_headers["Message-ID"].split(".")[2]) for message in mail.outbox
    )


def _told(who: str) -> Any:
    (message,) = [message for message in mail.outbox if message.to == [f"{who}@customer.example"]]
    return message


def _html(message: Any) -> str:
    ((html, _type),) = message.alternatives
    return str(html)


def _line(placed: Placed, sku: str = "A") -> int:
    return int(apps.get_model("order.Line").objects.get(order_id=placed.order_id, partner_sku=sku).pk)


Act = Callable[[Cast, Placed], Any]


def _send_back(cast: Cast, placed: Placed) -> None:
    actions.send_back(placed.order_number, actor=cast.ben.actor, version=1, question="Po <co>?")


def _amend(cast: Cast, placed: Placed) -> None:
    number, lower = placed.order_number, {_line(placed): 1, _line(placed, "B"): 0}
    actions.amend(number, actor=cast.ben.actor, version=1, quantities=lower, reason="Po <co>?")


def _withdraw(cast: Cast, placed: Placed) -> None:
    actions.withdraw(placed.order_number, actor=cast.anna.actor, version=1, reason="Po <co>?")


def _expire(cast: Cast, placed: Placed) -> None:
    actions.expire(placed.order_number, actor=Actor.system("expiry"))


def _forward(cast: Cast, placed: Placed) -> None:
    to = cast.cora.member
    assert to is not None
    actions.forward(placed.order_number, actor=cast.ben.actor, version=1, to_member_id=to.pk, remark="Po <co>?")


def _ask(cast: Cast, placed: Placed) -> None:
    actions.comment(placed.order_number, actor=cast.ben.actor, text="Po <co>?")


def _explain(cast: Cast, placed: Placed) -> None:
    actions.comment(placed.order_number, actor=cast.anna.actor, text="Po <co>?")


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (_send_back, [("anna", "order_sent_back")]),
        (_amend, [("anna", "order_amended")]),
        (_withdraw, [("ben", "order_withdrawn"), ("cora", "order_withdrawn")]),
        (_expire, [("anna", "order_expired"), ("ben", "order_expired"), ("cora", "order_expired")]),
        (_forward, [("cora", "order_forwarded")]),
        (_ask, [("anna", "order_commented")]),
        (_explain, [("ben", "order_commented"), ("cora", "order_commented")]),
    ],
)
def test_exactly_the_other_side_is_told_once(
    cast: Cast, waiting: Placed, act: Act, expected: list[tuple[str, str]]
) -> None:
    act(cast, waiting)
    assert _sent() == expected
    assert deliver().claimed == 0
    for message in mail.outbox:
        assert waiting.order_number in message.subject
        html = _html(message)
        if act is not _expire:
            assert "Po <co>?" in message.body
            assert "Po &lt;co&gt;?" in html
            assert "<co>" not in html


@pytest.mark.parametrize(
    ("language", "words"), [("pl", ("pyta", "Wartość", "netto")), ("en", ("asks you about", "Value", "net"))]
)
def test_each_reads_their_own_language(cast: Cast, waiting: Placed, language: str, words: tuple[str, ...]) -> None:
    Profile.objects.update_or_create(user=cast.anna.user, defaults={"language": language})
    _send_back(cast, waiting)
    deliver()
    told = _told("anna")
    for word in words:
        assert word in told.body
    assert f'lang="{language}"' in _html(told)


@pytest.mark.parametrize("act", [_amend, _withdraw, _expire, _forward, _ask])
def test_both_languages_are_complete(cast: Cast, waiting: Placed, act: Act) -> None:
    """Every person once in Polish, once in English: the texts differ, none is left in the other language."""
    Profile.objects.filter(user=cast.cora.user).update(language="pl")
    act(cast, waiting)
    deliver()
    for message in mail.outbox:
        assert "Wartość" in message.body
        for english in (" the ", "Order ", "waits", "goods"):
            assert english not in message.body


def test_change_is_told_line_by_line(cast: Cast, waiting: Placed) -> None:
    _amend(cast, waiting)
    deliver()
    body = _told("anna").body.replace("\u00a0", " ")
    assert "Produkt A (A): 2 → 1" in body
    assert "Produkt B (B): 2 → usunięte" in body
    assert "89,00 zł → 29,00 zł" in body


def test_those_asked_first_are_told_what_was_changed(cast: Cast, waiting: Placed) -> None:
    _send_back(cast, waiting)
    deliver()
    mail.outbox.clear()
    actions.resubmit(
        waiting.order_number, actor=cast.anna.actor, version=2, quantities={_line(waiting): 7}, remark="Tylko tyle"
    )
    assert _sent() == [("ben", "acceptance_asked"), ("cora", "acceptance_asked")]
    told = _told("cora")
    assert "was submitted again" in told.subject
    for shown in ("Tylko tyle", "Produkt A (A): 2 → 7"):
        assert shown in told.body
    assert deliver().claimed == 0


def test_revoking_tells_the_requester_and_asks_the_others(cast: Cast, waiting: Placed) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    deliver()
    mail.outbox.clear()
    actions.revoke(waiting.order_number, actor=cast.ben.actor, version=2, reason="Za szybko")
    assert _sent() == [("anna", "order_revoked"), ("cora", "acceptance_asked")]
    assert "Za szybko" in _told("anna").body


def test_withdrawn_after_it_was_sent_back_only_who_asked_is_told(cast: Cast, waiting: Placed) -> None:
    _send_back(cast, waiting)
    deliver()
    mail.outbox.clear()
    actions.withdraw(waiting.order_number, actor=cast.anna.actor, version=2)
    assert _sent() == [("ben", "order_withdrawn")]


def test_released_after_a_change_names_nobody_who_accepted_before_it(cast: Cast, waiting: Placed) -> None:
    _send_back(cast, waiting)
    deliver()
    mail.outbox.clear()
    Member.objects.filter(pk=cast.anna.member.pk).update(accept_orders=True)
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=2)
    assert _sent() == [("anna", "order_confirmed"), ("ben", "order_let_go")]
    assert "Ben" not in _told("anna").body


def _steps(cast: Cast, *people: Person) -> None:
    steps = tuple(
        RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=person.member.pk, label=person.name),))
        for person in people
        if person.member is not None
    )
    rule = Rule(id=0, name="Kroki", unit_id=cast.head_office.pk, steps=steps)
    try:
        save_rule(rule, actor=cast.dora.actor, version=0)
    except LeadsNowhere as warned:
        save_rule(rule, actor=cast.dora.actor, version=0, confirmed=warned.seal)


def test_only_the_step_that_is_asked_is_mailed(cast: Cast, mailoutbox: list[Any]) -> None:
    _steps(cast, cast.ben, cast.cora)
    placed = orders.place(cast.anna, lines=1)
    assert _sent() == [("anna", "order_received"), ("ben", "acceptance_asked")]
    mail.outbox.clear()
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert _sent() == [("cora", "acceptance_asked")]
    mail.outbox.clear()
    actions.accept(placed.order_number, actor=cast.cora.actor, version=2)
    assert _sent() == [("anna", "order_confirmed")]


@pytest.mark.parametrize("change", [{"active": False}, {"accept_orders": False}])
def test_who_lost_sight_of_the_order_is_told_nothing(cast: Cast, waiting: Placed, change: dict[str, Any]) -> None:
    _explain(cast, waiting)
    Member.objects.filter(pk=cast.cora.member.pk).update(**change)
    assert ("cora", "order_commented") not in _sent()
    assert ("ben", "order_commented") in _sent()


def test_who_moved_to_another_branch_is_told_nothing(cast: Cast, waiting: Placed) -> None:
    _withdraw(cast, waiting)
    Member.objects.filter(pk=cast.ben.member.pk).update(unit=cast.tarnow)
    assert _sent() == [("cora", "order_withdrawn")]


def test_nobody_of_another_organisation_or_of_the_shop_is_told(cast: Cast, waiting: Placed) -> None:
    for act in (_ask, _explain, _withdraw):
        act(cast, waiting)
    assert {who for who, _kind in _sent()} == {"anna", "ben", "cora"}


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("en", "You no longer need to decide on order", "It no longer needs to be accepted and has gone to the shop."),
        (
            "pl",
            "Nie musisz już decydować o zamówieniu",
            "Nie wymaga już akceptacji i trafia do realizacji.",
        ),
    ],
)
def test_d9_who_was_asked_is_told_when_an_order_was_changed_so_that_nobody_need_be(
    cast: Cast, mailoutbox: list[Any], language: str, subject: str, said: str
) -> None:
    Profile.objects.filter(user=cast.cora.user).update(language=language)
    limited = Limit(amount=Decimal(20), currency="PLN", basis=Basis.GOODS_NET)
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_limits=[limited.as_json()])
    placed = orders.place(cast.ben, records=[carts.stock("A", price="10.00")], quantity=3)
    deliver()
    mail.outbox.clear()
    actions.resubmit(placed.order_number, actor=cast.ben.actor, version=1, quantities={_line(placed): 1})
    assert orders.order(placed).status == "unhandled"
    assert [told for told in _sent() if told[0] != "ben"] == [("cora", "order_let_go")]
    message = _told("cora")
    assert subject in message.subject
    assert said in message.body
    assert said in _html(message)
    with translation.override(language), pytest.raises((Stale, NotAllowed)) as refused:
        actions.accept(placed.order_number, actor=cast.cora.actor, version=1)
    assert said.partition(":")[2].strip(" .") in str(refused.value)


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("en", "was changed: your turn comes after others", "We will write to you when it is your turn."),
        ("pl", "zmieniono: Twoja kolej przyjdzie po innych", "Napiszemy do Ciebie, gdy przyjdzie Twoja kolej."),
    ],
)
def test_d9_whose_turn_comes_again_later_is_not_told_that_it_never_does(
    cast: Cast, mailoutbox: list[Any], language: str, subject: str, said: str
) -> None:
    Profile.objects.filter(user=cast.cora.user).update(language=language)
    _steps(cast, cast.ben, cast.cora)
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")])
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    deliver()
    mail.outbox.clear()
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=2, quantities={_line(placed): 5})
    assert _sent() == [("ben", "acceptance_asked"), ("cora", "order_let_go")]
    message = _told("cora")
    assert message.subject.endswith(subject)
    assert said in message.body
    assert said in _html(message)
    assert subject in _html(message)
