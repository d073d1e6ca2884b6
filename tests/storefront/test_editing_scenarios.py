"""What went wrong elsewhere between submitting and releasing, as people meet it here: docs/concepts/scenarios.md, E."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from akcept.approvals.models import Case, Decision, Terms
from akcept.kernel.clock import utc_now
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement, ShopTerms
from akcept.organizations.actions import name_substitute
from akcept.organizations.models import UnitAddress
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.testing.cast import person as new_person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.rules import ask_one_after_the_other
from tests.support.visitors import hidden


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    """Two of A at 10.00 and two of B at 25.00 net; the courier is 19.00: 89.00 net."""
    return _place(cast)


def _place(cast: Cast, quantity: int = 2) -> Placed:
    records = [carts.stock("A", price="10.00"), carts.stock("B", price="25.00")]
    return orders.place(cast.anna, records=records, quantity=quantity)


def _page(placed: Placed) -> str:
    return f"/orders/{placed.order_number}/"


def _text(answer: Any) -> str:
    """Return a page with every kind of blank as an ordinary one."""
    return re.sub(r"[\u00a0\u202f]", " ", answer.content.decode())


def _main(answer: Any) -> str:
    return _text(answer).partition("<main")[2]


def _post(client: Client, placed: Placed, act: str, *, version: int = 1, **data: Any) -> Any:
    return client.post(f"{_page(placed)}{act}/", {"version": str(version), **data})


def _lines(placed: Placed) -> dict[str, int]:
    return dict(apps.get_model("order.Line").objects.filter(order_id=placed.order_id).values_list("partner_sku", "pk"))


def _quantities(placed: Placed, **wanted: int) -> dict[str, str]:
    found = apps.get_model("order.Line").objects.filter(order_id=placed.order_id)
    return {f"quantity-{line.pk}": str(wanted.get(line.partner_sku, line.quantity)) for line in found}


def _ordered(placed: Placed) -> dict[str, int]:
    found = apps.get_model("order.Line").objects.filter(order_id=placed.order_id)
    return dict(found.values_list("partner_sku", "quantity"))


def _status(placed: Placed) -> str:
    return str(orders.order(placed).status)


def _may_amend(cast: Cast) -> None:
    Terms.objects.update_or_create(organization=cast.acme, defaults={"approver_may_amend": True})


def _sent() -> list[tuple[str, str]]:
    deliver()
    found = [(m.to[0].partition("@")[0], m.extra_headers["Message-ID"].split(".")[2]) for m in mail.outbox]
    mail.outbox.clear()
    return sorted(found)


def _checkout(client: Client, cast: Cast) -> dict[str, str]:
    page = _text(client.get("/checkout/"))
    return {
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "po_number": "",
        "note": "",
        "address": str(UnitAddress.objects.get(unit=cast.krakow, is_default=True).pk),
    }


# --- E1: changing what was accepted ---


def test_accepted_order_is_changed_by_no_tab_that_was_left_open(cast: Cast, visit: Visit) -> None:
    record = carts.stock("A", price="10.00")
    carts.fill(cast.anna, records=[record])
    anna = visit(cast.anna)
    checkout = _checkout(anna, cast)
    anna.post("/checkout/", checkout)
    placed = Placement.objects.get()
    tab, typed = f"/orders/{placed.number}/change/", {"version": "1", "remark": "jeszcze", "note": "", "po_number": ""}
    assert anna.get(tab).status_code == 200
    line = apps.get_model("order.Line").objects.get(order_id=placed.pk)
    actions.accept(placed.number, actor=cast.ben.actor, version=1)
    raised = anna.post(tab, {**typed, f"quantity-{line.pk}": "9"})
    assert (raised.status_code, "jeszcze" in _text(raised)) == (409, True)
    assert anna.get(tab).status_code == 409
    # The old basket is an order now; adding goes into a new one, and the old checkout page leads to the order.
    anna.post(f"/basket/add/{record.product_id}/", {"quantity": "5"})
    again = anna.post("/checkout/", checkout, follow=True)
    assert "already been ordered" in _text(again)
    assert list(apps.get_model("order.Line").objects.values_list("order_id", "quantity")) == [(placed.pk, 2)]
    assert Placement.objects.get().total_net == placed.total_net
    assert carts.stock("A").num_allocated == 2


# --- E3: changing what was accepted in part ---


def _accepted_in_part(cast: Cast, placed: Placed) -> None:
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    _sent()


def _asked(placed: Placed) -> list[str]:
    """Return which steps are accepted by now, and which is asked, from the order's page."""
    case = Case.objects.get(pk=placed.order_id)
    given = Decision.objects.filter(case=case, round=case.round, kind="accept", voided=False)
    return [*(f"yes {name}" for name in given.values_list("member_name", flat=True)), f"asked {case.position}"]


def test_lowering_by_the_second_approver_keeps_the_first_one_s_yes(cast: Cast, visit: Visit) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    _may_amend(cast)
    placed = _place(cast)
    _accepted_in_part(cast, placed)
    cora = visit(cast.cora)
    data = {f"quantity-{_lines(placed)['B']}": "1", f"quantity-{_lines(placed)['A']}": "2", "reason": "mniej"}
    assert _post(cora, placed, "change", version=2, **data).status_code == 302
    assert _asked(placed) == ["yes Ben Nowak", "asked 2"]
    assert ("ben", "acceptance_asked") not in _sent()
    assert _post(cora, placed, "accept", version=3).status_code == 302
    assert _status(placed) == "unhandled"


def test_total_that_rises_asks_the_first_one_anew(cast: Cast, visit: Visit) -> None:
    """Free delivery from 500.00 net: one piece less of 500.00 costs 19.00 more."""
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    _may_amend(cast)
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=50)
    _accepted_in_part(cast, placed)
    data = {f"quantity-{_lines(placed)['A']}": "49", "reason": "mniej"}
    assert _post(visit(cast.cora), placed, "change", version=2, **data).status_code == 302
    assert _asked(placed) == ["asked 1"]
    assert ("ben", "acceptance_asked") in _sent()
    assert _post(visit(cast.cora), placed, "accept", version=3).status_code == 403


@pytest.mark.parametrize("change", [{"A": 1}, {"A": 9}, {"note": "Inna"}, {"po_number": "PO-9"}])
def test_whatever_its_requester_changes_asks_everybody_anew(cast: Cast, visit: Visit, change: dict[str, Any]) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    placed = _place(cast)
    _accepted_in_part(cast, placed)
    texts = {"remark": "", "note": "", "po_number": ""} | {k: v for k, v in change.items() if k != "A"}
    quantities = _quantities(placed, **{k: v for k, v in change.items() if k == "A"})
    assert _post(visit(cast.anna), placed, "change", version=2, **quantities, **texts).status_code == 302
    assert _asked(placed) == ["asked 1"]
    assert _sent() == [("ben", "acceptance_asked"), ("cora", "order_let_go")], "her turn comes after his"


def test_shop_changes_nothing_of_what_waits(cast: Cast, waiting: Placed, visit: Visit) -> None:
    mia = visit(cast.mia, superuser=True)
    address = orders.order(waiting).shipping_address
    path = f"/dashboard/orders/{waiting.order_number}/shipping-address/"
    posted = mia.post(path, {"last_name": "X", "line1": "X", "line4": "X", "postcode": "00-001", "country": "PL"})
    assert (posted.status_code, posted["Location"]) == (302, f"/dashboard/acceptance/{waiting.order_number}/")
    address.refresh_from_db()
    assert address.line1 == "ul. Wadowicka 6"


# --- E5: the approver drops a line ---


def test_approver_drops_a_line_and_both_totals_are_kept_and_told(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _may_amend(cast)
    _sent()
    ben = visit(cast.ben)
    assert _post(ben, waiting, "change", reason="Mamy B", **_quantities(waiting, B=0)).status_code == 302
    assert _post(ben, waiting, "accept", version=2).status_code == 302
    assert (_status(waiting), _ordered(waiting)) == ("unhandled", {"A": 2})
    assert orders.order(waiting).total_excl_tax == Decimal("39.00")
    pages = [_main(visit(who).get(_page(waiting))) for who in (cast.anna, cast.ben, cast.cora)]
    panel = _main(visit(cast.mia, superuser=True).get(f"/dashboard/acceptance/{waiting.order_number}/"))
    for page in (*pages, panel):
        assert "reduced the order: Produkt B dropped; in total, net PLN 89.00 → PLN 39.00" in page
        assert "<del>89.00</del>" in page
    assert ["Mamy B" in page for page in (*pages, panel)] == [True, True, True, False]
    deliver()
    amended, confirmed = (message for message in mail.outbox if message.to == ["anna@customer.example"])
    assert "89,00 zł → 39,00 zł" in amended.body.replace("\u00a0", " ")
    assert "Mamy B" in amended.body
    assert "39,00" in confirmed.body
    assert "Produkt B" not in confirmed.body


# --- E7: prices rise meanwhile ---


@pytest.mark.parametrize("days", [None, 7])
def test_page_says_whose_prices_count_and_those_count(
    cast: Cast, waiting: Placed, visit: Visit, days: int | None
) -> None:
    if days:
        ShopTerms.objects.create(pk=1, price_days=days)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="A").update(price=Decimal(99))
    deliver()
    (body,) = (message.body for message in mail.outbox if message.to == ["ben@customer.example"])
    link = "/acceptance/by-mail/" + body.partition("/acceptance/by-mail/")[2].split()[0]
    said = "kept while the order waits" if days is None else "The shop keeps them until"
    for page in (visit(cast.ben).get(_page(waiting)), visit(cast.anna).get(_page(waiting)), visit().get(link)):
        assert said in _main(page)
        assert "10.00" in _main(page)
        assert "99.00" not in _main(page)
    assert _post(visit(cast.ben), waiting, "accept").status_code == 302
    assert orders.order(waiting).total_excl_tax == Decimal("89.00")
    assert said not in _main(visit(cast.ben).get(_page(waiting))), "nothing waits any more"


# --- E9: a product is gone ---


@pytest.mark.parametrize("how", ["withdrawn", "deleted"])
def test_product_that_is_gone_is_named_and_lines_stay_readable(
    cast: Cast, waiting: Placed, visit: Visit, how: str
) -> None:
    found = apps.get_model("catalogue.Product").objects.filter(upc="590A")
    found.update(is_public=False) if how == "withdrawn" else found.delete()
    ben = visit(cast.ben)
    answers = {
        "page": _post(ben, waiting, "accept"),
        "row": ben.post(f"{_page(waiting)}accept/", {"version": "1", "from": "inbox"}, headers={"HX-Request": "true"}),
        "bulk": ben.post("/acceptance/decide/", {"chosen": f"{waiting.order_number}:1", "move": "accept"}),
    }
    for answer in answers.values():
        assert "“Produkt A”" in _text(answer)
        assert "empty" not in _text(answer).partition("<main")[2]
    assert (answers["page"].status_code, _status(waiting)) == (409, "awaiting_acceptance")
    for who in (cast.ben, cast.anna):
        page = _main(visit(who).get(_page(waiting)))
        assert [title in page for title in ("Produkt A", "Produkt B")] == [True, True]
    _may_amend(cast)
    assert _post(ben, waiting, "change", reason="wycofany", **_quantities(waiting, A=0)).status_code == 302
    assert _post(ben, waiting, "accept", version=2).status_code == 302
    assert (_status(waiting), _ordered(waiting)) == ("unhandled", {"B": 2})


# --- E11: accepted by somebody of another unit ---


def test_released_order_stays_of_its_unit_and_requester(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _post(visit(cast.cora), waiting, "accept")
    placement, order = Placement.objects.get(pk=waiting.order_id), orders.order(waiting)
    assert (placement.unit, placement.requester, order.user) == (cast.krakow, cast.anna.member, cast.anna.user)
    mia = visit(cast.mia, superuser=True)
    detail = _main(mia.get(f"/dashboard/orders/{waiting.order_number}/"))
    facts, _, history = detail.partition("timeline")
    assert ["Oddział Kraków" in facts, "Anna Kowalska" in facts] == [True, True]
    assert ["Centrala" in facts, "Cora Wiśniewska" in facts] == [False, False]
    assert "Cora Wiśniewska" in history
    row = _main(mia.get("/dashboard/orders/")).partition(waiting.order_number)[2].partition("</tr>")[0]
    assert "Oddział Kraków" in row
    assert "Cora" not in row


# --- E13: the merchant moves the smallest and largest order ---


@pytest.mark.parametrize(("low", "high", "said"), [("500", None, "from PLN 500.00"), (None, "50", "up to PLN 50.00")])
def test_limit_moved_meanwhile_is_named_and_the_same_page_works_after_loosening(
    cast: Cast, visit: Visit, low: str | None, high: str | None, said: str
) -> None:
    carts.fill(cast.anna, records=[carts.stock("A", price="40.00")])
    anna, ben = visit(cast.anna), visit(cast.ben)
    form = _checkout(anna, cast)

    def tightened() -> None:
        ShopTerms.objects.update_or_create(
            pk=1, defaults={"order_from": low and Decimal(low), "order_up_to": high and Decimal(high)}
        )

    tightened()
    refused = anna.post("/checkout/", form)
    assert (refused.status_code, said in _text(refused), "PLN 80.00" in _text(refused)) == (409, True, True)
    assert not Placement.objects.exists()
    ShopTerms.objects.all().delete()
    assert anna.post("/checkout/", form).status_code == 302
    placed = Placement.objects.get()
    tightened()
    accept = f"/orders/{placed.number}/accept/"
    refused = ben.post(accept, {"version": "1"})
    assert (refused.status_code, said in _text(refused)) == (409, True)
    assert placed.number in _main(ben.get("/acceptance/"))
    ShopTerms.objects.all().delete()
    assert ben.post(accept, {"version": "1"}).status_code == 302
    placed.order.refresh_from_db()
    assert placed.order.status == "unhandled"


# --- E15: stock, shipping and payment ---


def test_what_waits_ships_not_and_what_was_rejected_holds_nothing(cast: Cast, waiting: Placed, visit: Visit) -> None:
    mia = visit(cast.mia, superuser=True)
    ship = {"line_action": "create_shipping_event", "shipping_event_type": "sent"}
    panel = f"/dashboard/orders/{waiting.order_number}/"
    told = mia.post(panel, ship | {"selected_line": list(_lines(waiting).values())}, follow=True)
    assert waiting.order_number in _text(told)
    assert not orders.order(waiting).shipping_events.exists()
    assert carts.stock("A").num_allocated == 2
    _post(visit(cast.ben), waiting, "reject", remark="nie")
    order = orders.order(waiting)
    assert carts.stock("A").num_allocated == 0
    assert [order.sources.exists(), order.payment_events.exists(), order.shipping_events.exists()] == [False] * 3
    assert not apps.get_model("payment.Transaction").objects.exists()
    assert waiting.order_number not in _main(mia.get("/dashboard/orders/"))
    assert set(order.lines.values_list("status", flat=True)) == {"rejected"}


# --- E17: nothing in it ---


@pytest.mark.parametrize("how", ["no lines", "zero"])
def test_empty_basket_is_not_ordered_from_an_old_page(cast: Cast, visit: Visit, how: str) -> None:
    carts.fill(cast.anna, records=[carts.stock("A")])
    anna = visit(cast.anna)
    form = _checkout(anna, cast)
    inside = apps.get_model("basket.Line").objects.all()
    inside.delete() if how == "no lines" else inside.update(quantity=0)
    told = anna.post("/checkout/", form, follow=True)
    assert told.redirect_chain[0][0] == "/basket/"
    assert "is empty" in _text(told)
    assert not apps.get_model("order.Order").objects.exists()


def test_dropping_every_line_closes_as_rejected_and_says_who_and_why(cast: Cast, waiting: Placed, visit: Visit) -> None:
    """Ben's substitute drops everything: rejected, in Ben's name, with the reason, on page, list and mail."""
    _may_amend(cast)
    now = utc_now()
    stand_in = new_person("Stefan", "Zastępca", seat=cast.tarnow)
    name_substitute(
        actor=cast.ben.actor,
        absent_id=cast.ben.member.pk,
        substitute_id=stand_in.member.pk,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=2),
    )
    _sent()
    stefan = visit(stand_in)
    assert _post(stefan, waiting, "change", reason="Nic z tego", **_quantities(waiting, A=0, B=0)).status_code == 302
    assert (_status(waiting), carts.stock("A").num_allocated) == ("rejected", 0)
    page = _main(visit(cast.anna).get(_page(waiting)))
    assert "Rejected by Stefan Zastępca for Ben Nowak:" in page
    assert "rejected the order: every item was removed" in page
    assert "Nic z tego" in page
    assert "Nic z tego" in _main(visit(cast.anna).get("/orders/"))
    deliver()
    (told,) = mail.outbox
    assert told.to == ["anna@customer.example"]
    assert ["Stefan Zastępca" in told.subject, "Ben Nowak" in told.subject] == [True, True]
    assert "Nic z tego" in told.body


def test_requester_who_wants_nothing_any_more_is_led_to_withdraw(cast: Cast, waiting: Placed, visit: Visit) -> None:
    data = _quantities(waiting, A=0, B=0) | {"remark": "", "note": "", "po_number": ""}
    answer = _post(visit(cast.anna), waiting, "change", **data)
    assert (answer.status_code, "withdraw it instead" in _text(answer)) == (422, True)
    assert (_status(waiting), Case.objects.get().version) == ("awaiting_acceptance", 1)
