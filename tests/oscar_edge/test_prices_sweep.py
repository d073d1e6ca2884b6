"""Issue 16, point 6: whoever may not see prices is told none, at no address of the shop, in no operation and no mail.

Every address and every operation is asked; the figures looked for are those of one product, one order and one budget
of theirs, as any page, file or machine would write them. Somebody who may see them is asked the same, so that the sweep
would notice.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from akcept.agreements import actions as agreements
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PriceInput
from akcept.organizations import actions
from akcept.organizations.gate import Gate, Shown
from akcept.organizations.models import Module, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.testing import budgets, carts, orders
from akcept.testing import cast as people
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver
from tests.api.test_openapi import OPERATIONS
from tests.oscar_edge.test_agreed_sweep import TYPED, Goods, _asked, _filled, _goods, _leading_there
from tests.support.api import System, order_of, system_of

pytestmark = pytest.mark.django_db

#: The shop's price, two steps of an agreed list and the sums of orders: digits that nothing else has.
NET: Final = Decimal("7391.37")
STEP: Final = Decimal("6283.19")
TEXT: Final = ("7391", "6283", "14782", "9091", "7728", "18182", "7410", "9114")
#: What may stand between thousands; a figure stands by itself: in a token or a key the same digits come by chance.
_BETWEEN: Final = r"(?:[\s\u00a0\u202f,.]|&nbsp;|&#160;|&#xa0;|\\u00a0)?"
_PATTERNS: Final = {each: re.compile(rf"(?<![\w.,:]){each[:-3]}{_BETWEEN}{each[-3:]}(?!\w)") for each in TEXT}


def _told(sent: str) -> list[str]:
    """Return which of the figures a text tells."""
    return [figure for figure, pattern in _PATTERNS.items() if pattern.search(sent)]


@pytest.fixture
def cast() -> Cast:
    return people.make()


@pytest.fixture
def goods(cast: Cast) -> Goods:
    """What everybody may buy, at a price of its own, with a step."""
    found = _goods("KW-77", "Wkład drogi", "Dział drogi")
    found.record.price = NET
    found.record.save()
    _leading_there(found, carts.stock("S1"), [cast.anna, cast.ewa, cast.ben, cast.otto])
    row = PriceInput(goods=GoodsInput(product_id=found.record.product_id), net=NET)
    step = PriceInput(goods=GoodsInput(product_id=found.record.product_id), least=10, net=STEP)
    made = agreements.add_list(ListInput(name="L", currency="PLN"), actor=cast.mia.actor, prices=(row, step))
    wanted = AgreementInput(name="A", list_ids=(made.pk,))
    agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.head_office.pk)
    return found


def _by_right(cast: Cast) -> None:
    actions.choose_prices(cast.acme.pk, actor=cast.mia.actor, shown=None, by_right=True)


def _client(person: Person | None) -> Client:
    client = Client()
    client.raise_request_exception = False
    if person is not None:
        client.force_login(person.user)
    return client


def _read(answer: Any) -> str:
    """Return an answer as text, what is packed in it too."""
    sent: bytes = b"".join(answer) if answer.streaming else answer.content
    if sent[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(sent)) as packed:
            return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return sent.decode(errors="replace")


def _telling(person: Person | None, goods: Goods, number: str, *, keys_of: Person) -> dict[str, list[str]]:
    """Return the addresses whose answer tells somebody a price, with what it told."""
    client = _client(person)
    found: dict[str, list[str]] = {}
    for method in ("GET", "POST"):
        for route in _asked():
            path, form = _filled(route, goods, keys_of, number), TYPED.get(route, {})
            answer = client.get(path, form) if method == "GET" else client.post(path, form)
            assert answer.status_code < 500, (method, path)
            if told := _told(_read(answer)):
                found[f"{method} {route}"] = told
    return found


def _order(person: Person, goods: Goods) -> str:
    return orders.place(person, records=[goods.record], quantity=1).order_number


#: The least that has to tell prices to whoever sees them: else the sweep would not notice anything.
TELLS: Final = {
    "GET catalogue/",
    "GET catalogue/^(?P<product_slug>[\\w-]*)_(?P<pk>\\d+)/$",
    "GET basket/",
    "GET checkout/",
    "GET orders/",
    "GET orders/<slug:number>/",
}


def test_a_member_without_the_permission_is_told_no_price_at_any_address(cast: Cast, goods: Goods) -> None:
    """Anna has neither the permission nor one that includes it; Ewa is given it; Ben accepts."""
    budgets.make(cast.krakow, "18182.00")
    _by_right(cast)
    actions.change_member(
        cast.ewa.member.pk,  # type: ignore[union-attr]
        actor=cast.dora.actor,
        unit_id=cast.krakow.pk,
        permissions=cast.ewa.member.permissions | {Permission.SEE_PRICES},  # type: ignore[union-attr]
        active=True,
        version=1,
    )
    numbers = {who: _order(getattr(cast, who), goods) for who in ("anna", "ewa")}
    for who in ("anna", "ewa"):
        carts.fill(getattr(cast, who), records=[goods.record], quantity=2)
    assert _telling(cast.anna, goods, numbers["anna"], keys_of=cast.anna) == {}
    assert TELLS - set(_telling(cast.ewa, goods, numbers["ewa"], keys_of=cast.ewa)) == set()
    page = _client(cast.ben).get(reverse("akcept:order", kwargs={"number": numbers["anna"]}))
    assert "7391" in _told(_read(page)) or "9091" in _told(_read(page))


def test_the_right_is_asked_only_where_the_organisation_says_so(cast: Cast, goods: Goods) -> None:
    path = goods.record.product.get_absolute_url()
    assert "7391" in _told(_read(_client(cast.anna).get(path)))
    _by_right(cast)
    page = _client(cast.anna).get(path)
    assert (page.status_code, _told(_read(page)), "Wkład drogi" in _read(page)) == (200, [], True)
    assert "7391" in _told(_read(_client(cast.otto).get(path)))  # another organisation has a say of its own
    _switch_module_off(cast)
    assert "7391" in _told(_read(_client(cast.anna).get(path)))  # without the module there are no members


def _switch_module_off(cast: Cast) -> None:
    actions.switch_module(actor=cast.mia.actor, enabled=False)


def _reading() -> Iterator[str]:
    for method, path, _details in OPERATIONS.values():
        if method == "GET":
            yield path


def _asked_of(system: System, number: str, cast: Cast) -> dict[str, str]:
    ids = {"number": number, "unit_id": cast.krakow.pk, "member_id": cast.anna.member.pk}  # type: ignore[union-attr]
    found = {}
    for path in _reading():
        filled = re.sub(r"{(\w+)}", lambda named: str(ids.get(named[1], 1)), path).removeprefix("/api/v1")
        found[path] = system.get(filled).content.decode()
    return found


def test_no_operation_tells_a_price_to_a_token_whose_member_sees_none(cast: Cast, goods: Goods) -> None:
    number = _order(cast.anna, goods)
    seen = _asked_of(system_of(cast.anna), number, cast)
    assert sum(bool(_told(text)) for text in seen.values()) >= 3
    _by_right(cast)
    system = system_of(cast.anna)
    assert {path: _told(text) for path, text in _asked_of(system, number, cast).items() if _told(text)} == {}
    address = UnitAddress.objects.get(unit=cast.krakow).pk
    tried = system.post("/orders", order_of("KW-77", address_id=address, dry_run=True))
    assert (tried.status_code, _told(tried.content.decode())) == (200, [])
    goods_told = json.loads(_asked_of(system, number, cast)["/api/v1/products"])["items"]
    assert {row["unit_net"]["amount"] for row in goods_told if row["unit_net"]} == {None}


def test_no_mail_tells_a_price_to_whoever_sees_none_and_those_who_decide_are_told(cast: Cast, goods: Goods) -> None:
    _by_right(cast)
    _order(cast.anna, goods)
    deliver()
    mailed: dict[str, set[str]] = {}
    for sent in mail.outbox:
        text = f"{sent.subject}\n{sent.body}\n{''.join(str(part[0]) for part in sent.alternatives)}"
        mailed.setdefault(sent.to[0], set()).update(_told(text))
    assert mailed[cast.anna.user.email] == set()
    assert mailed[cast.ben.user.email] != set()


@pytest.mark.parametrize("gate", [Gate.WITHOUT_PRICES, Gate.CLOSED])
@pytest.mark.parametrize("who", ["nobody", "paul"])
def test_a_visitor_is_told_no_price_and_in_a_closed_shop_of_no_goods(
    cast: Cast, goods: Goods, gate: Gate, who: str
) -> None:
    """Nobody who has logged in, and somebody with an account of their own: the shop knows neither as a customer."""
    person = None if who == "nobody" else getattr(cast, who)
    assert "7391" in _told(_read(_client(person).get("/catalogue/")))
    actions.open_shop(actor=cast.mia.actor, gate=gate, shown=Shown.BOTH, version=1)
    assert _telling(person, goods, "100001", keys_of=cast.anna) == {}
    client = _client(person)
    listed = client.get("/catalogue/")
    if gate is Gate.WITHOUT_PRICES:
        assert "Wkład drogi" in _read(listed)
    else:
        assert listed.status_code == (302 if person is None else 403)
        assert _naming(client, goods, cast.anna) == []
    refused = client.post(f"/basket/add/{goods.record.product_id}/", {"quantity": 1})
    assert refused.status_code == (302 if person is None else 403)
    assert "7391" in _told(_read(_client(cast.anna).get("/catalogue/")))


def _naming(client: Client, goods: Goods, keys_of: Person) -> list[str]:
    """Return the addresses that tell of the goods at all."""
    found = []
    for route in _asked():
        answer = client.get(_filled(route, goods, keys_of, "1"), TYPED.get(route, {}))
        if any(word in _read(answer) for word in goods.words):
            found.append(route)
    return found


def test_members_of_an_organisation_that_waits_for_the_shop_are_visitors(cast: Cast, goods: Goods) -> None:
    cast.acme.status = "pending"
    cast.acme.save(update_fields=["status"])
    actions.open_shop(actor=cast.mia.actor, gate=Gate.CLOSED, shown=Shown.BOTH, version=1)
    page = _client(cast.anna).get("/catalogue/")
    assert page.status_code == 403
    assert "Acme" in _read(page)
    assert _client(cast.mia).get("/catalogue/").status_code == 200


@pytest.mark.parametrize(
    ("shop", "own", "told"),
    [
        (Shown.BOTH, None, ["7391", "9091"]),
        (Shown.NET, None, ["7391"]),
        (Shown.GROSS, None, ["9091"]),
        (Shown.NET, Shown.GROSS, ["9091"]),
    ],
)
def test_net_gross_or_both_as_the_shop_says_and_nearer_the_organisation(
    cast: Cast, goods: Goods, shop: Shown, own: Shown | None, told: list[str]
) -> None:
    """7,391.37 net are 9,091.39 gross, 6,283.19 are 7,728.32."""
    actions.open_shop(actor=cast.mia.actor, gate=Gate.OPEN, shown=shop, version=1)
    actions.choose_prices(cast.acme.pk, actor=cast.mia.actor, shown=own, by_right=False)
    step = "7728" if told == ["9091"] else "6283"
    for path in ("/catalogue/", goods.record.product.get_absolute_url()):
        seen = _told(_read(_client(cast.anna).get(path)))
        assert [figure for figure in seen if figure in ("7391", "9091")] == told, path
        assert [figure for figure in seen if figure in ("7728", "6283")] == [step], path
    of_shop = ["7391", "9091"] if shop is Shown.BOTH else ["7391"] if shop is Shown.NET else ["9091"]
    assert [each for each in _told(_read(_client(None).get("/catalogue/"))) if each in ("7391", "9091")] == of_shop


def test_what_the_gate_costs_a_page(cast: Cast, goods: Goods) -> None:
    """Nothing: it is read with the seat, or for a visitor with whether companies may sign up."""
    from tests.support.statements import statements

    for person in (None, cast.anna):
        client = _client(person)
        client.get("/catalogue/")
        before = len(statements(lambda client=client: client.get("/catalogue/")))
        actions.open_shop(
            actor=cast.mia.actor,
            gate=Gate.WITHOUT_PRICES,
            shown=Shown.NET,
            version=getattr(Module.objects.filter(pk=1).first(), "gate_version", 1),
        )
        assert len(statements(lambda client=client: client.get("/catalogue/"))) == before


@pytest.mark.parametrize(
    ("gate", "told", "offered"),
    [
        (Gate.OPEN, "", True),
        (Gate.WITHOUT_PRICES, "Log in to see prices and to order", False),
        (Gate.CLOSED, "Log in to come in", False),
    ],
)
def test_whoever_is_sent_to_log_in_is_told_why_and_offered_only_what_helps(
    cast: Cast, goods: Goods, gate: Gate, told: str, offered: bool
) -> None:
    actions.open_shop(actor=cast.mia.actor, gate=gate, shown=Shown.BOTH, version=1)
    client = _client(None)
    page = client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    assert told in page
    assert ("This shop" in page) is bool(told)
    assert ("For yourself" in page) is offered
    assert "For a company" in page
    alone = client.get("/accounts/signup/", headers={"accept-language": "en"}).content.decode()
    assert ("you cannot buy here" in alone) is not offered
    if gate is not Gate.CLOSED:
        product = client.get(goods.record.product.get_absolute_url(), headers={"accept-language": "en"})
        assert ("Log in to order" if offered else "Log in to see the price") in product.content.decode()
