"""A way of delivery the shop has given up: another one is chosen, sums and budgets follow, everybody sees it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

from akcept.approvals.conditions import Compare, Value
from akcept.approvals.models import Case, Decision, Terms
from akcept.budgets.models import LedgerRow
from akcept.kernel.errors import Invalid, NotAllowed, OverBudget
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement, Revision
from akcept.ordering.queries import delivery_choice
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.ordering.routing.test_rules import add, someone
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    """Anna's order of 10 of A at 10.00 net, by courier for 19.00; a pallet is 89.00, own pickup free of charge."""
    return orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)


@pytest.fixture
def no_courier(waiting: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop has given the courier up since."""
    from shop.shipping.repository import Repository

    monkeypatch.setattr(Repository, "methods", Repository.methods[1:])


def _sums(placed: Placed) -> tuple[str, str]:
    order, placement = orders.order(placed), Placement.objects.get(pk=placed.order_id)
    assert (order.total_excl_tax, order.total_incl_tax) == (placement.total_net, placement.total_gross)
    return order.shipping_code, str(order.total_excl_tax)


def _version(placed: Placed) -> int:
    return Case.objects.get(pk=placed.order_id).version


def _may_amend(cast: Cast) -> None:
    Terms.objects.update_or_create(organization=cast.acme, defaults={"approver_may_amend": True})


def _resubmit(cast: Cast, placed: Placed, **more: Any) -> Any:
    return actions.resubmit(placed.order_number, actor=cast.anna.actor, version=_version(placed), **more)


def _amend(cast: Cast, placed: Placed, **more: Any) -> Any:
    terms = {"quantities": {}, "reason": "kurier", "delivery_code": "pallet"} | more
    return actions.amend(placed.order_number, actor=cast.ben.actor, version=_version(placed), **terms)


# --- its requester ---


@pytest.mark.parametrize(("code", "net", "gross"), [("pallet", "189.00", "232.47"), ("pickup", "100.00", "123.00")])
def test_requester_chooses_another_way_and_sums_follow(
    cast: Cast, waiting: Placed, no_courier: None, code: str, net: str, gross: str
) -> None:
    _resubmit(cast, waiting, delivery_code=code)
    assert _sums(waiting) == (code, net)
    assert str(orders.order(waiting).total_incl_tax) == gross
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=_version(waiting))
    assert orders.order(waiting).status == "unhandled"


def test_an_answer_alone_does_not_send_an_order_on_that_cannot_be_delivered(
    cast: Cast, waiting: Placed, no_courier: None
) -> None:
    with pytest.raises(Invalid, match="no longer delivers by “Courier”") as refused:
        _resubmit(cast, waiting, remark="proszę")
    assert refused.value.field == "delivery"
    assert _version(waiting) == 1


@pytest.mark.parametrize("code", ["courier", "nothing", "no-shipping-required"])
def test_only_what_the_shop_offers_can_be_chosen(cast: Cast, waiting: Placed, no_courier: None, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        _resubmit(cast, waiting, delivery_code=code)
    assert refused.value.field == "delivery"
    assert _sums(waiting) == ("courier", "119.00")


def test_requester_may_choose_another_way_just_so(cast: Cast, waiting: Placed) -> None:
    _resubmit(cast, waiting, delivery_code="pickup", quantities={})
    assert _sums(waiting) == ("pickup", "100.00")
    _resubmit(cast, waiting, delivery_code="pickup")
    assert Revision.objects.filter(placement_id=waiting.order_id).count() == 2, "the same once more is no change"


def test_quantities_and_delivery_change_together(cast: Cast, waiting: Placed) -> None:
    line = apps.get_model("order.Line").objects.get(order_id=waiting.order_id)
    _resubmit(cast, waiting, delivery_code="pallet", quantities={line.pk: 50})
    assert _sums(waiting) == ("pallet", "589.00")
    _resubmit(cast, waiting, delivery_code="courier")
    assert _sums(waiting) == ("courier", "500.00"), "free from 500.00 net on"


def _offer(kind: str, value: Decimal | int) -> None:
    everything = apps.get_model("offer.Range").objects.create(name="All", slug="all", includes_all_products=True)
    apps.get_model("offer.ConditionalOffer").objects.create(
        name="Delivery",
        slug="delivery",
        condition=apps.get_model("offer.Condition").objects.create(range=everything, type="Count", value=1),
        benefit=apps.get_model("offer.Benefit").objects.create(type=kind, value=value),
    )


def _saved(placed: Placed) -> tuple[str, str]:
    """Return what the order notes that offers took off, and what the offer counts for it."""
    offer = apps.get_model("offer.ConditionalOffer").objects.get()
    return str(apps.get_model("order.OrderDiscount").every.get(order_id=placed.order_id).amount), str(
        offer.total_discount
    )


@pytest.mark.parametrize(
    ("kind", "value", "courier", "pallet"),
    [
        # A sum stays that sum; the courier costs 19.00 net, a pallet 89.00.
        ("Shipping absolute", "5", "14.00", "84.00"),
        ("Shipping absolute", "0.01", "18.99", "88.99"),
        # One that took all of the courier's 19.00 had more to take.
        ("Shipping absolute", "50", "0.00", "39.00"),
        ("Shipping absolute", "500", "0.00", "0.00"),
        ("Shipping fixed price", "5", "5.00", "5.00"),
        ("Shipping percentage", "50", "9.50", "44.50"),
    ],
)
def test_a2_what_an_offer_took_off_delivery_stays_off(
    cast: Cast, kind: str, value: str, courier: str, pallet: str
) -> None:
    _offer(kind, Decimal(value))
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    line = apps.get_model("order.Line").objects.get(order_id=placed.order_id)
    apps.get_model("offer.ConditionalOffer").objects.update(status="Suspended")

    def costs(goods: int, code: str, delivery: str, full: str) -> None:
        off = str(Decimal(full) - Decimal(delivery))
        assert (_sums(placed), _saved(placed)) == ((code, str(Decimal(goods) + Decimal(delivery))), (off, off))

    costs(100, "courier", courier, "19.00")
    _resubmit(cast, placed, quantities={line.pk: 9})
    costs(90, "courier", courier, "19.00")
    _resubmit(cast, placed, quantities={line.pk: 10}, delivery_code="pallet")
    costs(100, "pallet", pallet, "89.00")
    _resubmit(cast, placed, delivery_code="courier")
    costs(100, "courier", courier, "19.00")


def test_a2_a_sum_off_delivery_outlives_one_that_is_free_anyway(cast: Cast) -> None:
    _offer("Shipping absolute", 5)
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    _resubmit(cast, placed, delivery_code="pickup")
    assert _sums(placed) == ("pickup", "100.00")
    _resubmit(cast, placed, delivery_code="courier")
    assert _sums(placed) == ("courier", "114.00")


def test_a2_what_an_offer_that_is_gone_took_off_stays_off_in_proportion(cast: Cast) -> None:
    _offer("Shipping absolute", 5)
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    apps.get_model("offer.ConditionalOffer").objects.all().delete()
    _resubmit(cast, placed, delivery_code="pallet")
    assert _sums(placed) == ("pallet", "165.58")


def test_delivery_that_an_offer_made_free_of_charge_stays_free(cast: Cast) -> None:
    _offer("Shipping percentage", 100)
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)
    assert _sums(placed) == ("courier", "100.00")
    _resubmit(cast, placed, delivery_code="pallet")
    assert (_sums(placed), _saved(placed)) == (("pallet", "100.00"), ("89.00", "89.00"))


def test_a_delivery_charge_raised_meanwhile_is_not_asked_for_a_smaller_order(
    cast: Cast, waiting: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop.shipping.methods import Courier

    monkeypatch.setattr(Courier, "charges", {"PLN": Decimal("25.00")})
    line = apps.get_model("order.Line").objects.get(order_id=waiting.order_id)
    _resubmit(cast, waiting, quantities={line.pk: 9})
    assert _sums(waiting) == ("courier", "109.00")


# --- an approver ---


def test_approver_chooses_where_the_organisation_lets_them_and_the_method_is_given_up(
    cast: Cast, waiting: Placed, no_courier: None
) -> None:
    with pytest.raises(NotAllowed):
        _amend(cast, waiting)
    _may_amend(cast)
    _amend(cast, waiting, delivery_code="pickup")
    assert _sums(waiting) == ("pickup", "100.00")
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=_version(waiting))
    assert orders.order(waiting).status == "unhandled"


def test_approver_leaves_a_method_that_the_shop_still_has(cast: Cast, waiting: Placed) -> None:
    _may_amend(cast)
    with pytest.raises(Invalid, match="only the requester") as refused:
        _amend(cast, waiting)
    assert refused.value.field == "delivery"
    with pytest.raises(Invalid, match="change at least one item"):
        _amend(cast, waiting, delivery_code="courier")


def test_a_dearer_way_voids_what_others_accepted_and_is_planned_for_its_value(
    cast: Cast, waiting: Placed, no_courier: None
) -> None:
    _may_amend(cast)
    total = Value(compare=Compare.ABOVE, amount=Decimal(150), currency="PLN", basis="total_net")
    nina = person("Nina", "Nowa", seat=cast.head_office, rights="accept_orders")
    add(cast, someone(cast.ben), someone(cast.cora))
    add(cast, someone(nina), when=(total,))
    placed = orders.place(cast.anna, records=[carts.stock("A")], quantity=10, delivery_code="pickup")
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    apps.get_model("order.Order").objects.filter(pk=placed.order_id).update(shipping_code="courier")
    actions.amend(
        placed.order_number, actor=cast.cora.actor, version=2, quantities={}, reason="x", delivery_code="pallet"
    )
    case = Case.objects.get(pk=placed.order_id)
    assert (case.position, case.steps_total, Decision.objects.get().voided) == (1, 3, True)


# --- budgets ---


def test_budgets_with_delivery_follow_and_refuse(cast: Cast, no_courier: None) -> None:
    budgets.make(cast.krakow, "150.00", basis="total_net")
    placed = orders.place(cast.anna, records=[carts.stock("A")], quantity=10, delivery_code="pickup")
    with pytest.raises(OverBudget, match="Budget 1"):
        _resubmit(cast, placed, delivery_code="pallet")
    assert (_sums(placed), sum(row.amount for row in LedgerRow.objects.all())) == (("pickup", "100.00"), -100)
    _resubmit(cast, placed, quantities={apps.get_model("order.Line").objects.get(order_id=placed.order_id).pk: 6})
    _resubmit(cast, placed, delivery_code="pallet")
    assert sum(row.amount for row in LedgerRow.objects.all()) == -149


# --- shown ---


@pytest.mark.parametrize(("language", "words"), [("pl", ("Kurier", "Paleta")), ("en", ("Courier", "Pallet"))])
def test_the_difference_is_told_in_each_reader_s_language(
    cast: Cast, waiting: Placed, monkeypatch: pytest.MonkeyPatch, language: str, words: tuple[str, str]
) -> None:
    with translation.override("pl"):
        _resubmit(cast, waiting, delivery_code="pallet")
    with translation.override(language):
        view = queries.order(cast.ben.actor, waiting.order_number)
        (change,) = view.changes
        assert change.delivery is not None
        assert (change.delivery.before.name, change.delivery.after.name, change.lines) == (*words, ())
        assert (change.delivery.before.net, change.delivery.after.net) == (Decimal("19.00"), Decimal("89.00"))
        assert any(f"{words[0]} → {words[1]}" in line.what for line in sentences(view.told))


def test_requester_is_mailed_which_way_an_approver_chose(
    cast: Cast, waiting: Placed, no_courier: None, mailoutbox: list[Any]
) -> None:
    _may_amend(cast)
    deliver()
    mailoutbox.clear()
    _amend(cast, waiting)
    deliver()
    (told,) = [message for message in mailoutbox if message.to == [cast.anna.user.email]]
    body = told.body.replace("\N{NO-BREAK SPACE}", " ")
    assert told.subject == f"Ben Nowak zmienia zamówienie {waiting.order_number}"
    assert "- Dostawa: Courier, 19,00 → Paleta, 89,00" in body, "the courier is only known by the name it had"
    assert "119,00 zł → 189,00 zł" in body
    assert "Courier" in told.alternatives[0][0]


def test_choice_names_what_each_way_costs_this_order(cast: Cast, waiting: Placed) -> None:
    found = delivery_choice(queries.order(cast.anna.actor, waiting.order_number))
    assert not found.given_up
    assert [(option.code, str(option.net)) for option in found.options] == [
        ("courier", "19.00"),
        ("pallet", "89.00"),
        ("pickup", "0.00"),
    ]


def test_choice_where_the_basket_is_gone(cast: Cast, waiting: Placed, no_courier: None) -> None:
    apps.get_model("order.Order").objects.filter(pk=waiting.order_id).update(basket=None)
    found = delivery_choice(queries.order(cast.anna.actor, waiting.order_number))
    assert (found.given_up, [option.code for option in found.options]) == (True, ["pallet", "pickup"])


@pytest.mark.parametrize("lines", [1, 3])
def test_choosing_costs_the_same_for_one_line_and_three(cast: Cast, lines: int) -> None:
    placed = orders.place(cast.anna, lines=lines)
    view = queries.order(cast.anna.actor, placed.order_number)
    assert len(statements(lambda: delivery_choice(view))) == 6
    assert len(statements(lambda: _resubmit(cast, placed, delivery_code="pallet"))) == 36
