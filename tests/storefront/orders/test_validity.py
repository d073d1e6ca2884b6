"""What happened to an order meanwhile, told on its page and on the page behind a mail's link before anybody decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format

from akcept.approvals.conditions import Compare, Value
from akcept.approvals.models import Case, Decision, Terms
from akcept.approvals.rules import Outcome
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Unavailable
from akcept.ordering import actions as ordering
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement, ShopTerms
from akcept.oscar_edge.models import ProductOutlook
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.ordering.routing.test_rules import above, add, someone
from tests.support.api import system_of
from tests.support.statements import statements

MARK = 'id="validity"'


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    """Anna's order of 10 of A at 10.00 and one of B at 25.00 net; delivery by courier is 19.00."""
    cart = carts.fill(cast.anna, records=[carts.stock("A", price="10.00"), carts.stock("B", price="25.00")], quantity=1)
    apps.get_model("basket.Line").objects.filter(stockrecord__partner_sku="A").update(quantity=10)
    return orders.place_cart(cast.anna, cart)


@pytest.fixture
def later(waiting: Placed) -> Iterator[None]:
    """Eight days on, where the merchant keeps prices for seven and lets a total rise by 10 %."""
    ShopTerms.objects.create(pk=1, price_days=7, price_tolerance=Decimal(10))
    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        yield


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _price(sku: str, price: str) -> None:
    apps.get_model("partner.StockRecord").objects.filter(partner_sku=sku).update(price=Decimal(price))


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _page(visit: Visit, who: Person, placed: Placed, *, language: str = "en") -> str:
    return _text(visit(who, language=language).get(f"/orders/{placed.order_number}/"))


def _link(person: Person) -> str:
    deliver()
    body = next(sent.body for sent in reversed(mail.outbox) if sent.to == [person.user.email])
    return str(re.search(r"https?://[^/\s]+(/acceptance/by-mail/\S+)", body)[1])  # type: ignore[index]


def _post(client: Any, placed: Placed, act: str, **data: Any) -> Any:
    version = Case.objects.get(pk=placed.order_id).version
    return client.post(f"/orders/{placed.order_number}/{act}/", {"version": str(version), **data})


def _net(placed: Placed) -> str:
    return str(orders.order(placed).total_excl_tax)


# --- nothing happened ---


def test_nothing_is_said_where_nothing_happened(cast: Cast, waiting: Placed, visit: Visit) -> None:
    link = _link(cast.ben)
    assert [MARK in _page(visit, who, waiting) for who in (cast.anna, cast.ben)] == [False, False]
    assert MARK not in _text(visit().get(link))


# --- in the way ---


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "“Produkt A” is no longer sold.",
                "“Produkt B” is out of stock; the order has",
                "no longer delivers by “Courier”",
            ),
        ),
        (
            "pl",
            (
                "Produkt „Produkt A” nie jest już sprzedawany.",
                "Produktu „Produkt B” nie ma na stanie; w zamówieniu jest",
                "dostawy „Courier”",
            ),
        ),
    ],
)
def test_what_cannot_be_delivered_is_named_before_anybody_decides(
    cast: Cast,
    waiting: Placed,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    words: tuple[str, str, str],
) -> None:
    from shop.shipping.repository import Repository

    link = _link(cast.ben)
    apps.get_model("catalogue.Product").objects.filter(upc="590A").update(is_public=False)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="B").update(num_in_stock=0)
    monkeypatch.setattr(Repository, "methods", Repository.methods[1:])
    for page in (
        _page(visit, cast.ben, waiting, language=language),
        _page(visit, cast.anna, waiting, language=language),
        _text(visit(language=language).get(link)),
    ):
        assert all(text in page for text in words)
        assert {"en": ">out of stock<", "pl": ">brak na stanie<"}[language] in page, "A8: at its line, too"
        assert not re.search(r"(only|tylko) 0\b", page)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"expected_on": 9}, True),
        ({"expected_on": 0}, False),
        ({"expected_on": -1}, False),
        ({"expected_on": 9, "ended": True}, False),
        ({"expected_on": 9, "successor": True}, False),
    ],
)
def test_it_is_said_when_more_of_what_is_short_comes(
    cast: Cast, waiting: Placed, visit: Visit, said: dict[str, Any], told: bool
) -> None:
    link = _link(cast.ben)
    record = carts.stock("B")
    type(record).objects.filter(pk=record.pk).update(num_in_stock=0)
    day = timezone.localdate() + timedelta(days=said["expected_on"])
    more = {"successor": carts.stock("A").product} if "successor" in said else said
    ProductOutlook.objects.create(product=record.product, **{**more, "expected_on": day})
    words = f"More is expected on {date_format(day, 'DATE_FORMAT')}."
    for page in (
        _page(visit, cast.ben, waiting),
        _page(visit, cast.anna, waiting),
        _text(visit().get(link)),
        str(system_of(cast.ben).get(f"/orders/{waiting.order_number}").json()["problems"]),
    ):
        assert (words in page) is told
        assert "“Produkt B” is out of stock" in page
    with pytest.raises(Unavailable) as refused:
        ordering.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert (words in str(refused.value)) is told


def test_way_on_is_the_reader_s_own(cast: Cast, waiting: Placed, visit: Visit) -> None:
    link = _link(cast.ben)
    apps.get_model("catalogue.Product").objects.filter(upc="590A").update(is_public=False)
    change = f'href="/orders/{waiting.order_number}/change/"'
    ben = _page(visit, cast.ben, waiting)
    assert "Send it back to Anna Kowalska, who can change it, or reject it." in ben
    assert change not in ben
    anna = _page(visit, cast.anna, waiting)
    assert "Change it, withdraw it, or ask the shop." in anna
    assert change in anna.partition(MARK)[2].partition("</section>")[0]
    assert "Log in to change it or to send it back; or reject it here." in _text(visit().get(link))
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    amending = _page(visit, cast.ben, waiting)
    assert "Change it, send it back to Anna Kowalska, or reject it." in amending
    assert change in amending.partition(MARK)[2].partition("</section>")[0]
    form = _text(visit(cast.ben).get(f"/orders/{waiting.order_number}/change/"))
    assert "no longer sold" in form
    ids = dict(apps.get_model("order.Line").objects.filter(order_id=waiting.order_id).values_list("partner_sku", "pk"))
    _post(
        visit(cast.ben), waiting, "change", reason="wycofany", **{f"quantity-{ids['A']}": 0, f"quantity-{ids['B']}": 1}
    )
    assert MARK not in _page(visit, cast.ben, waiting)
    assert _post(visit(cast.ben), waiting, "accept").status_code == 302
    assert orders.order(waiting).status == "unhandled"


def test_smallest_order_of_the_shop_is_told_too(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ShopTerms.objects.create(pk=1, order_from=Decimal(200))
    assert "The shop takes orders from PLN 200.00 net;" in _page(visit, cast.ben, waiting)


def test_who_only_looks_is_told_nothing(cast: Cast, waiting: Placed, later: None, visit: Visit) -> None:
    from akcept.organizations.models import Member

    Member.objects.filter(pk=cast.ewa.member.pk).update(see_unit_orders=True)
    apps.get_model("catalogue.Product").objects.filter(upc="590A").update(is_public=False)
    page = _page(visit, cast.ewa, waiting)
    assert (waiting.order_number in page, MARK in page) == (True, False)


def test_an_order_that_was_decided_says_nothing(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _post(visit(cast.ben), waiting, "accept")
    apps.get_model("catalogue.Product").objects.filter(upc="590A").update(is_public=False)
    assert [MARK in _page(visit, who, waiting) for who in (cast.anna, cast.ben)] == [False, False]


# --- prices ---


def test_the_same_prices_are_said_to_be_the_same(cast: Cast, waiting: Placed, later: None, visit: Visit) -> None:
    page = _page(visit, cast.ben, waiting)
    assert "They are the same today." in page
    assert "Accept PLN 144.00" in page
    assert _post(visit(cast.ben), waiting, "accept").status_code == 302
    assert orders.order(waiting).status == "unhandled"


def test_a_lower_price_is_what_the_button_accepts(cast: Cast, waiting: Placed, later: None, visit: Visit) -> None:
    _price("A", "8.00")
    page = _page(visit, cast.ben, waiting)
    assert "Today it costs less" in page
    assert "<del>100.00</del>" in page
    assert "<ins>80.00</ins>" in page
    assert "Accept PLN 124.00" in page
    assert _post(visit(cast.ben), waiting, "accept").status_code == 302
    assert (orders.order(waiting).status, _net(waiting)) == ("unhandled", "124.00")


@pytest.mark.parametrize(
    ("price", "words", "said"),
    [
        ("11.00", "then decide. Acceptances already given stay valid.", "Nothing is decided yet."),
        ("15.00", "Then everybody is asked again.", "Everybody is asked again."),
    ],
)
def test_a_higher_price_is_brought_in_by_a_button_that_decides_nothing(
    cast: Cast, waiting: Placed, later: None, visit: Visit, price: str, words: str, said: str
) -> None:
    _price("A", price)
    ben = visit(cast.ben)
    page = _text(ben.get(f"/orders/{waiting.order_number}/"))
    assert words in page
    assert f'formaction="/orders/{waiting.order_number}/prices/"' in page
    assert "Accept PLN" not in page
    answer = _post(ben, waiting, "prices")
    assert answer["Location"] == f"/orders/{waiting.order_number}/"
    after = _text(ben.get(f"/orders/{waiting.order_number}/"))
    assert said in after
    assert (MARK in after, Decision.objects.exists()) == (False, False), "the term starts anew"
    assert f"Accept PLN {Decimal(price) * 10 + 44}" in after
    assert _post(ben, waiting, "accept").status_code == 302


def test_typed_remark_outlives_new_prices(cast: Cast, waiting: Placed, later: None, visit: Visit) -> None:
    _price("A", "11.00")
    answer = _post(visit(cast.ben), waiting, "prices", remark="moje <słowa>")
    assert answer.status_code == 200
    assert "moje &lt;słowa&gt;</textarea>" in _text(answer)


def test_price_that_fell_back_meanwhile_is_not_accepted_by_the_button_for_a_rise(
    cast: Cast, waiting: Placed, later: None, visit: Visit
) -> None:
    _price("A", "15.00")
    ben = visit(cast.ben)
    ben.get(f"/orders/{waiting.order_number}/")
    _price("A", "8.00")
    _post(ben, waiting, "prices")
    assert (orders.order(waiting).status, _net(waiting)) == ("awaiting_acceptance", "124.00")


def test_who_is_asked_too_is_named_beforehand(cast: Cast, visit: Visit) -> None:
    add(cast, someone(cast.ben))
    add(cast, someone(cast.cora), when=(above("104.99"),))
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    ShopTerms.objects.create(pk=1, price_days=7, price_tolerance=Decimal(10))
    _price("A", "10.50")
    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        page = _page(visit, cast.ben, placed)
        assert f"At this value these are asked too: {cast.cora.name}." in page


@pytest.mark.parametrize("why", ["budget", "rule"])
def test_what_would_refuse_today_s_prices_is_told_beforehand(cast: Cast, visit: Visit, why: str) -> None:
    if why == "budget":
        budgets.make(cast.krakow, "110.00", name="Biuro")
    else:
        value = Value(compare=Compare.ABOVE, amount=Decimal(110), currency="PLN")
        add(cast, when=(value,), outcome=Outcome.REFUSE, refusal="Ask purchasing first.")
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    ShopTerms.objects.create(pk=1, price_days=7, price_tolerance=Decimal(10))
    _price("A", "15.00")
    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        page = _page(visit, cast.ben, placed)
        assert ("Biuro" if why == "budget" else "Ask purchasing first.") in page.partition(MARK)[2]
        answer = _post(visit(cast.ben), placed, "prices")
        assert (answer.status_code, _net(placed)) == (409, "119.00")
        assert Placement.objects.get(pk=placed.order_id).repriced_at is None


def test_by_mail_a_higher_price_is_brought_in_and_the_link_is_used_up(
    cast: Cast, waiting: Placed, visit: Visit
) -> None:
    with time_machine.travel(utc_now() + timedelta(days=6), tick=False):
        link = _link(cast.ben)
    ShopTerms.objects.create(pk=1, price_days=7, price_tolerance=Decimal(10))
    _price("A", "11.00")
    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        client = visit()
        page = _text(client.get(link))
        assert "Today it costs more" in page
        assert 'value="prices"' in page
        assert 'value="accept"' not in page
        assert _net(waiting) == "144.00", "looking changes nothing"
        answer = client.post(link, {"move": "prices"})
        assert (answer.status_code, _net(waiting)) == (200, "154.00")
        assert "log in to decide" in _text(answer)
        assert not Decision.objects.exists()
        assert client.post(link, {"move": "accept"}).status_code == 410


def test_by_mail_a_lower_price_is_accepted(cast: Cast, waiting: Placed, visit: Visit) -> None:
    with time_machine.travel(utc_now() + timedelta(days=6), tick=False):
        link = _link(cast.ben)
    ShopTerms.objects.create(pk=1, price_days=7)
    _price("A", "8.00")
    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        assert "Accept PLN 124.00" in _text(visit().get(link))
        visit().post(link, {"move": "accept"})
    assert (orders.order(waiting).status, _net(waiting)) == ("unhandled", "124.00")


@pytest.mark.parametrize("who", ["otto", "jan", "ewa", "anna", "paul"])
def test_prices_are_brought_in_by_who_may_decide_only(
    cast: Cast, waiting: Placed, later: None, visit: Visit, who: str
) -> None:
    _price("A", "11.00")
    answer = _post(visit(getattr(cast, who)), waiting, "prices")
    assert (answer.status_code, _net(waiting)) == (403 if who == "anna" else 404, "144.00")


def test_prices_that_still_hold_are_not_touched(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _price("A", "11.00")
    answer = _post(visit(cast.ben), waiting, "prices")
    assert (answer.status_code, _net(waiting)) == (409, "144.00")
    assert "still keeps this order" in _text(answer)


# --- submitted again after the term ---


def test_requester_sees_today_s_prices_and_submits_at_them(
    cast: Cast, waiting: Placed, later: None, visit: Visit
) -> None:
    _price("A", "11.00")
    anna = visit(cast.anna)
    page = _text(anna.get(f"/orders/{waiting.order_number}/change/"))
    assert "submitted again, the order uses today" in page
    assert "<del>10.00</del> <ins>11.00</ins>" in page
    assert "PLN 189.42" in page  # 110 + 25 + 19, 23 % VAT
    ids = dict(apps.get_model("order.Line").objects.filter(order_id=waiting.order_id).values_list("partner_sku", "pk"))
    data = {f"quantity-{ids['A']}": 10, f"quantity-{ids['B']}": 0, "delivery": "courier"}
    seen = re.search(r'name="prices" value="(\w*)"', page)
    assert seen is not None
    preview = _text(_post(anna, waiting, "change", preview="1", **data))
    assert "PLN 158.67" in preview  # 110 + 19, 23 % VAT
    _price("A", "12.00")
    stale = _post(anna, waiting, "change", prices=seen[1], remark="zostaje", **data)
    assert (stale.status_code, "zostaje" in _text(stale), _net(waiting)) == (409, True, "144.00")
    again = re.search(r'name="prices" value="(\w*)"', _text(stale))
    assert again is not None
    assert _post(anna, waiting, "change", prices=again[1], **data).status_code == 302
    assert _net(waiting) == "139.00"
    history = _page(visit, cast.ben, waiting)
    assert "the shop&#x27;s new prices" in history
    deliver()
    body = next(sent.body for sent in reversed(mail.outbox) if sent.to == [cast.cora.user.email])
    assert "Produkt A, the shop's new price: 100.00 → 120.00" in body.replace("\u00a0", " ")


def test_an_order_that_needs_nobody_any_more_is_not_released_at_old_prices(
    cast: Cast, waiting: Placed, later: None, visit: Visit
) -> None:
    from akcept.organizations.models import Member

    Member.objects.filter(pk=cast.anna.member.pk).update(accept_orders=True)
    _price("A", "11.00")
    anna = visit(cast.anna)
    ids = list(apps.get_model("order.Line").objects.filter(order_id=waiting.order_id).order_by("pk"))
    data = {f"quantity-{line.pk}": line.quantity for line in ids} | {"delivery": "courier"}
    old = _post(anna, waiting, "change", prices="", **data)
    assert (old.status_code, orders.order(waiting).status) == (409, "awaiting_acceptance")
    seen = re.search(r'name="prices" value="(\w*)"', _text(old))
    assert seen is not None
    _post(anna, waiting, "change", prices=seen[1], **data)
    assert (orders.order(waiting).status, _net(waiting)) == ("unhandled", "154.00")


# --- what it costs to tell ---


@pytest.mark.parametrize("lines", [1, 3])
def test_telling_costs_the_same_for_one_line_and_three(cast: Cast, visit: Visit, lines: int) -> None:
    placed = orders.place(cast.anna, lines=lines)
    ShopTerms.objects.create(pk=1, price_days=7)
    apps.get_model("partner.StockRecord").objects.update(price=Decimal("99.00"))
    client = visit(cast.ben)
    client.get(f"/orders/{placed.order_number}/")
    before = len(statements(lambda: client.get(f"/orders/{placed.order_number}/")))
    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        after = len(statements(lambda: client.get(f"/orders/{placed.order_number}/")))
    assert after - before == 7  # two of them ask what was agreed with the buyer
