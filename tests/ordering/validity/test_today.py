"""What happened to price, stock and delivery while an order waited: a named reason, a way on, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from akcept.approvals import routing
from akcept.approvals.models import Case, Decision, Terms
from akcept.approvals.routing import Plan, PlannedStep, Reason
from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, Invalid, NotAllowed, OutOfBounds, Stale, Unavailable
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed, ShopTermsInput
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.shop_terms import beyond_tolerance
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Profile
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

LATER = utc_now() + timedelta(days=8)


@pytest.fixture(autouse=True)
def _in_polish() -> Iterator[None]:
    with translation.override("pl"):
        yield


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    """Anna's order of 6 of A at 10.00 and 4 of B at 25.00 net; delivery by courier is 19.00 below 500.00."""
    cart = carts.fill(cast.anna, records=[carts.stock("A", price="10.00"), carts.stock("B", price="25.00")])
    for sku, number in (("A", 6), ("B", 4)):
        apps.get_model("basket.Line").objects.filter(stockrecord__partner_sku=sku).update(quantity=number)
    return orders.place_cart(cast.anna, cart)


@pytest.fixture
def week(db: None) -> ShopTerms:
    """The merchant keeps prices for 7 days, and lets a total rise by 2 %."""
    return ShopTerms.objects.create(pk=1, price_days=7, price_tolerance=Decimal(2))


def _price(sku: str, price: str) -> None:
    apps.get_model("partner.StockRecord").objects.filter(partner_sku=sku).update(price=Decimal(price))


def _accept(cast: Cast, placed: Placed, **more: Any) -> Any:
    version = Case.objects.get(pk=placed.order_id).version
    return actions.accept(placed.order_number, **{"actor": cast.ben.actor, "version": version, **more})


def _state(placed: Placed) -> tuple[str, str, int]:
    case = Case.objects.get(pk=placed.order_id)
    return case.state, orders.order(placed).status, case.revision


def _net(placed: Placed) -> Decimal:
    order, placement = orders.order(placed), Placement.objects.get(pk=placed.order_id)
    assert (order.total_excl_tax, order.total_incl_tax) == (placement.total_net, placement.total_gross)
    lines = apps.get_model("order.Line").objects.filter(order_id=placed.order_id)
    assert order.total_incl_tax - order.shipping_incl_tax == sum(line.line_price_incl_tax for line in lines)
    return Decimal(order.total_excl_tax)


# --- prices ---


def test_without_the_merchant_s_term_prices_stay_frozen(cast: Cast, waiting: Placed) -> None:
    _price("A", "99.00")
    _accept(cast, waiting, now=utc_now() + timedelta(days=300))
    assert (_state(waiting), _net(waiting)) == (("accepted", "unhandled", 1), Decimal("179.00"))


def test_within_the_term_prices_stay_frozen(cast: Cast, waiting: Placed, week: ShopTerms) -> None:
    _price("A", "99.00")
    _accept(cast, waiting)
    assert (_state(waiting), _net(waiting)) == (("accepted", "unhandled", 1), Decimal("179.00"))


def test_a_rise_is_shown_by_line_before_anything_is_accepted(cast: Cast, waiting: Placed, week: ShopTerms) -> None:
    _price("A", "15.00")
    with pytest.raises(Changed) as refused:
        _accept(cast, waiting, now=LATER)
    for part in ("„Produkt A”", "60,00", "90,00", "179,00", "209,00", "od nowa"):
        assert part in str(refused.value).replace("\N{NO-BREAK SPACE}", " "), str(refused.value)
    assert (_state(waiting), _net(waiting)) == (("awaiting", "awaiting_acceptance", 2), Decimal("209.00"))
    assert not Decision.objects.exists()
    view = queries.order(cast.ben.actor, waiting.order_number)
    (change,) = view.changes
    assert [(line.sku, line.net_before, line.net_after) for line in change.lines] == [
        ("A", Decimal("60.00"), Decimal("90.00"))
    ]
    assert any("179,00" in sentence.what for sentence in sentences(view.told))
    with pytest.raises(Stale):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1, now=LATER)
    _accept(cast, waiting, now=LATER)
    assert _state(waiting) == ("accepted", "unhandled", 2)


def test_a_fall_goes_through_at_the_lower_price(cast: Cast, waiting: Placed, week: ShopTerms) -> None:
    _price("B", "20.00")
    _accept(cast, waiting, now=LATER)
    assert (_state(waiting), _net(waiting)) == (("accepted", "unhandled", 2), Decimal("159.00"))
    assert Decision.objects.get().revision == 2
    topics = list(Entry.objects.filter(subject_id=waiting.order_number).order_by("pk").values_list("topic", flat=True))
    assert topics == ["order.placed", "order.repriced", "order.accepted", "order.released"]


def test_nothing_differs_and_the_term_starts_anew(cast: Cast, waiting: Placed, week: ShopTerms) -> None:
    _accept(cast, waiting, now=LATER)
    assert (_state(waiting), _net(waiting)) == (("accepted", "unhandled", 1), Decimal("179.00"))
    assert Placement.objects.get(pk=waiting.order_id).repriced_at == LATER


def test_delivery_counts_too(cast: Cast, waiting: Placed, week: ShopTerms, monkeypatch: pytest.MonkeyPatch) -> None:
    from shop.shipping.methods import Courier

    monkeypatch.setattr(Courier, "charges", {"PLN": Decimal("25.00")})
    with pytest.raises(Changed, match=r"dostawa 19,00.zł → 25,00.zł"):
        _accept(cast, waiting, now=LATER)
    assert _net(waiting) == Decimal("185.00")


def _two_steps(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    steps = tuple(
        PlannedStep(asks=(Ask(kind=AskKind.MEMBER, id=who.member.pk, label=who.name),), reason=Reason.RULE, detail={})
        for who in (cast.ben, cast.cora)
    )
    monkeypatch.setattr(routing, "plan", lambda *_args, **_more: Plan(steps=steps))


@pytest.mark.parametrize(("price", "anew"), [("10.59", False), ("10.60", True)])  # 2 % of 179.00 are 3.58
def test_only_a_rise_beyond_the_tolerance_asks_everybody_anew(
    cast: Cast, week: ShopTerms, monkeypatch: pytest.MonkeyPatch, price: str, anew: bool
) -> None:
    _two_steps(monkeypatch, cast)
    cart = carts.fill(cast.anna, records=[carts.stock("A", price="10.00"), carts.stock("B", price="25.00")])
    for sku, number in (("A", 6), ("B", 4)):
        apps.get_model("basket.Line").objects.filter(stockrecord__partner_sku=sku).update(quantity=number)
    placed = orders.place_cart(cast.anna, cart)
    _accept(cast, placed)
    _price("A", price)
    with pytest.raises(Changed):
        _accept(cast, placed, actor=cast.cora.actor, now=LATER)
    case = Case.objects.get(pk=placed.order_id)
    assert case.position == (1 if anew else 2)
    assert Decision.objects.get().voided is anew
    if anew:
        with pytest.raises(NotAllowed):
            _accept(cast, placed, actor=cast.cora.actor, now=LATER)
        _accept(cast, placed, now=LATER)
    _accept(cast, placed, actor=cast.cora.actor, now=LATER)
    assert _state(placed)[1] == "unhandled"


def test_a_voucher_s_share_is_kept(cast: Cast, week: ShopTerms) -> None:
    """What was shown: 10 % off. It is off today's price as well."""
    everything = apps.get_model("offer.Range").objects.create(name="All", slug="all", includes_all_products=True)
    apps.get_model("offer.ConditionalOffer").objects.create(
        name="Ten",
        slug="ten",
        condition=apps.get_model("offer.Condition").objects.create(range=everything, type="Count", value=1),
        benefit=apps.get_model("offer.Benefit").objects.create(range=everything, type="Percentage", value=10),
    )
    placed = orders.place(cast.anna, records=[carts.stock("V", price="100.00")], quantity=2)
    assert _net(placed) == Decimal("199.00")  # 200.00 less 20.00, and the courier
    apps.get_model("offer.ConditionalOffer").objects.update(status="Suspended")
    _price("V", "110.00")
    with pytest.raises(Changed):
        _accept(cast, placed, now=LATER)
    assert _net(placed) == Decimal("217.00")  # 220.00 less 22.00, and the courier
    assert apps.get_model("order.OrderDiscount").every.get().amount == Decimal("22.00")


def test_who_may_not_decide_learns_no_prices(cast: Cast, waiting: Placed, week: ShopTerms) -> None:
    _price("A", "15.00")
    for who in (cast.otto, cast.jan, cast.ewa):
        with pytest.raises(Exception):  # noqa: B017, PT011  a 404 or 403, tested in the permission matrix
            _accept(cast, waiting, actor=who.actor, now=LATER)
    assert _net(waiting) == Decimal("179.00")


@pytest.mark.parametrize("lines", [1, 3])
def test_repricing_costs_the_same_for_one_line_and_three(cast: Cast, week: ShopTerms, lines: int) -> None:
    records = [carts.stock(f"S{n}") for n in range(lines)]
    placed = orders.place(cast.anna, records=records)
    for record in records:
        _price(record.partner_sku, "9.00")
    sent = statements(lambda: _accept(cast, placed, now=LATER))
    assert len(sent) == 34  # two of them ask what was agreed with the buyer


@given(
    st.decimals(Decimal("0.01"), 10_000, places=2),
    st.decimals(Decimal(0), 10_000, places=2),
    st.decimals(Decimal(0), 100, places=2),
)
def test_tolerance_is_exact(before: Decimal, after: Decimal, tolerance: Decimal) -> None:
    allowed = before + before * tolerance / 100
    assert beyond_tolerance(ShopTerms(price_tolerance=tolerance), before, after) == (after > allowed)


# --- products, stock, delivery, the organisation ---


def test_a_withdrawn_product_is_named_and_can_be_dropped(cast: Cast, waiting: Placed) -> None:
    apps.get_model("catalogue.Product").objects.filter(upc="590A").update(is_public=False)
    with pytest.raises(Unavailable) as refused:
        _accept(cast, waiting)
    assert "„Produkt A”" in str(refused.value)
    assert "Produkt B" not in str(refused.value)
    assert _state(waiting) == ("awaiting", "awaiting_acceptance", 1)
    assert (carts.stock("A").num_allocated, carts.stock("B").num_allocated) == (6, 4)
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    line = apps.get_model("order.Line").objects.get(order_id=waiting.order_id, partner_sku="A")
    actions.amend(waiting.order_number, actor=cast.ben.actor, version=1, quantities={line.pk: 0}, reason="wycofany")
    _accept(cast, waiting)
    assert _state(waiting) == ("accepted", "unhandled", 2)


def test_a_deleted_product_is_named_too(cast: Cast, waiting: Placed) -> None:
    apps.get_model("catalogue.Product").objects.filter(upc="590A").delete()
    with pytest.raises(Unavailable, match="Produkt A"):
        _accept(cast, waiting)
    actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason="wycofany")
    assert _state(waiting)[:2] == ("rejected", "rejected")


def test_stock_that_is_gone_is_named_with_what_is_left(cast: Cast, waiting: Placed) -> None:
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="B").update(num_in_stock=3)
    with pytest.raises(Unavailable, match="„Produkt B” zostało tylko 3, a w zamówieniu jest 4"):
        _accept(cast, waiting)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="B").update(num_in_stock=4)
    _accept(cast, waiting)
    assert _state(waiting)[:2] == ("accepted", "unhandled")


def test_a_delivery_method_that_is_off_is_named(cast: Cast, waiting: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    from shop.shipping.repository import Repository

    monkeypatch.setattr(Repository, "methods", Repository.methods[1:])
    with pytest.raises(Unavailable, match="Kurier"):
        _accept(cast, waiting)
    assert _state(waiting) == ("awaiting", "awaiting_acceptance", 1)
    monkeypatch.undo()
    _accept(cast, waiting)
    assert _state(waiting)[:2] == ("accepted", "unhandled")


def test_a_blocked_organisation_decides_nothing_and_loses_nothing(cast: Cast, waiting: Placed) -> None:
    cast.acme.status, cast.acme.blocked_reason = "blocked", "faktury"
    cast.acme.save()
    with pytest.raises(NotAllowed, match="faktury"):
        _accept(cast, waiting)
    cast.acme.status = "active"
    cast.acme.save()
    _accept(cast, waiting)
    assert _state(waiting)[:2] == ("accepted", "unhandled")


# --- smallest and largest order ---


@pytest.mark.parametrize(("low", "high", "words"), [("200.00", None, "od 200,00"), (None, "100.00", "do 100,00")])
def test_bounds_of_the_shop_are_named_when_deciding_and_when_placing(
    cast: Cast, waiting: Placed, low: str | None, high: str | None, words: str
) -> None:
    ShopTerms.objects.create(pk=1, order_from=low and Decimal(low), order_up_to=high and Decimal(high))
    with pytest.raises(OutOfBounds) as refused:
        _accept(cast, waiting)
    assert words in str(refused.value).replace("\N{NO-BREAK SPACE}", " ")
    assert "160,00" in str(refused.value)
    with pytest.raises(OutOfBounds):
        actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1)
    with pytest.raises(OutOfBounds):
        orders.place(cast.anna, records=[carts.stock("A")], quantity=1 if low else 30)
    ShopTerms.objects.update(order_from=Decimal("160.00"), order_up_to=Decimal("160.00"))
    _accept(cast, waiting)
    assert _state(waiting)[:2] == ("accepted", "unhandled")


# --- the merchant's terms ---

TYPED = ShopTermsInput(price_days=7, price_tolerance=Decimal(2), order_from=None, order_up_to=None, mails=True)


def test_terms_are_changed_once_and_written_down(cast: Cast) -> None:
    row = actions.change_shop_terms(TYPED, actor=cast.mia.actor, version=1)
    assert (row.price_days, row.version) == (7, 2)
    entry = Entry.objects.get(topic="shop.terms_changed")
    assert (entry.payload["before"]["price_days"], entry.payload["after"]["price_days"]) == (None, 7)
    with pytest.raises(Stale):
        actions.change_shop_terms(TYPED, actor=cast.mia.actor, version=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_days", 0),
        ("price_days", 366),
        ("price_tolerance", Decimal(-1)),
        ("price_tolerance", Decimal("100.01")),
        ("order_from", Decimal(0)),
        ("order_up_to", Decimal(-5)),
    ],
)
def test_terms_that_make_no_sense_are_refused_at_their_field(cast: Cast, field: str, value: Any) -> None:
    values = {name: getattr(TYPED, name) for name in ShopTermsInput.__dataclass_fields__}
    with pytest.raises(Invalid) as refused:
        actions.change_shop_terms(ShopTermsInput(**{**values, field: value}), actor=cast.mia.actor, version=1)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("language", "words"), [("pl", ("Nowe ceny", "od nowa")), ("en", ("New prices", "asked again"))]
)
def test_requester_is_mailed_what_the_new_prices_are(
    cast: Cast, waiting: Placed, week: ShopTerms, mailoutbox: list[Any], language: str, words: tuple[str, str]
) -> None:
    Profile.objects.update_or_create(user=cast.anna.user, defaults={"language": language})
    deliver()
    mailoutbox.clear()
    _price("A", "15.00")
    with time_machine.travel(LATER, tick=False):
        with pytest.raises(Changed):
            _accept(cast, waiting)
        deliver()
    (told,) = [message for message in mailoutbox if message.to == [cast.anna.user.email]]
    body = told.body.replace("\N{NO-BREAK SPACE}", " ")
    assert words[0] in told.subject
    assert words[1] in body
    cents = "," if language == "pl" else "."
    assert f"Produkt A: 60{cents}00 → 90{cents}00" in body
    assert ("179,00 zł → " if language == "pl" else "PLN 179.00 → PLN ") in body
    assert "90" in told.alternatives[0][0]
    assert not [message for message in mailoutbox if message.to == [cast.otto.user.email]]
