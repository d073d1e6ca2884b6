"""The merchant's home: what is to be done, how acceptance goes, and the last two weeks; each for who may see it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils.timezone import localdate, now

from akcept.approvals.models import Case
from akcept.insight import keeping
from akcept.journal.models import Delivery
from akcept.kernel.errors import NotAllowed
from akcept.ordering import actions
from akcept.ordering.queries import at_a_glance as glances
from akcept.ordering.queries.at_a_glance import at_a_glance
from akcept.oscar_edge.dashboard.days import charts
from akcept.oscar_edge.dashboard.figures import Figures
from akcept.oscar_edge.models import ProductOutlook
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, organization, person
from akcept.testing.relays import deliver
from akcept.webhooks.models import Endpoint, Message
from tests.conftest import Visit
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

HOME = "/dashboard/"


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True)


def _to_do(client: Client) -> dict[str, tuple[int, str]]:
    return {row.text: (row.number, row.url) for row in client.get(HOME).context["to_do"]()}


def _allowed(who: Person, *names: str) -> Person:
    who.user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return who


def _decided(order: Any, *, after: timedelta, ago: timedelta = timedelta(hours=1)) -> None:
    end = now() - ago
    Case.objects.filter(order_id=order.order_id).update(opened_at=end - after, ended_at=end)


def _webhook(mia: Person, **columns: Any) -> Endpoint:
    return Endpoint.objects.create(
        user=mia.user, url="https://erp.example/", secret="-", created_at=now(), busy_until=now(), **columns
    )


def test_everything_to_do_is_counted_and_leads_to_where_it_is(cast: Cast, mia: Client) -> None:
    organization("Nowa", nip="1234560001", status="pending")
    orders.place(cast.ben)
    waits = [orders.place(cast.anna), orders.place(cast.anna)]
    opened = now() - timedelta(days=3, hours=1)
    carts.stock("GONE", number=0)
    deliver()
    Case.objects.filter(order_id=waits[0].order_id).update(opened_at=opened, stuck_since=now())
    Delivery.objects.filter(pk__in=Delivery.objects.values("pk")[:2]).update(state=Delivery.State.DEAD)
    _webhook(cast.mia, state=Endpoint.State.DEAF)
    _webhook(cast.mia, organization_id=cast.acme.pk, state=Endpoint.State.DEAF)
    found = _to_do(mia)
    assert found == {
        "organisation to confirm": (1, "/dashboard/organizations/?status=pending"),
        "orders waiting for their customers": (2, "/dashboard/acceptance/"),
        "order nobody can decide on": (1, "/dashboard/acceptance/?stuck=on"),
        "messages that could not be sent": (2, ""),
        "unhandled order": (1, "/dashboard/unhandled/"),
        "product out of stock": (1, "/dashboard/catalogue/?out_of_stock=on"),
        "webhook that does not reach its system": (1, "/dashboard/webhooks/"),
    }
    page = mia.get(HOME).content.decode()
    assert "The oldest for 3 days." in page
    for number, url in found.values():
        assert f'href="{url}"' in page or not url
        assert not url or mia.get(url, follow=True).status_code == 200, number
    listed = mia.get("/dashboard/acceptance/?stuck=on").content.decode()
    assert waits[0].order_number in listed
    assert waits[1].order_number not in listed


def test_what_there_is_none_of_is_not_listed(cast: Cast, mia: Client) -> None:
    assert _to_do(mia) == {}
    assert "Nothing at the moment." in mia.get(HOME).content.decode()


def test_more_than_99_are_not_counted_one_by_one(cast: Cast, mia: Client) -> None:
    waits = orders.place(cast.anna)
    order, case = orders.order(waits), Case.objects.get()
    placement = order.akcept_placement
    for number in range(100):
        order.pk, order.number = None, f"X{number}"
        order.save(force_insert=True)
        case.order_id = placement.order_id = order.pk
        placement.number = order.number
        placement.save(force_insert=True)
        case.save(force_insert=True)
    assert _to_do(mia)["orders waiting for their customers"][0] == 100
    assert "99+</span>" in mia.get(HOME).content.decode()


def test_a_webhook_that_gave_a_message_up_does_not_reach_its_system(cast: Cast, mia: Client) -> None:
    endpoint = _webhook(cast.mia)
    kept = {"endpoint": endpoint, "type": "order.accepted", "body": {}, "created_at": now(), "due_at": now()}
    Message.objects.create(key="a", state=Message.State.DONE, **kept)
    assert _to_do(mia) == {}
    Message.objects.create(key="b", state=Message.State.DEAD, **kept)
    Message.objects.create(key="c", state=Message.State.DEAD, **kept)
    assert _to_do(mia) == {"webhook that does not reach its system": (1, "/dashboard/webhooks/")}


def test_products_that_ran_out_are_listed_with_those_whose_variant_did(cast: Cast, mia: Client) -> None:
    carts.stock("PLENTY")
    gone, reserved, uncounted, hidden, ended, replaced = (carts.stock(f"GONE-{n}", number=4) for n in range(6))
    gone.num_in_stock = 0
    reserved.num_allocated = 4
    uncounted.num_in_stock = hidden.num_in_stock = ended.num_in_stock = replaced.num_in_stock = 0
    ProductOutlook.objects.create(product=ended.product, ended=True)
    ProductOutlook.objects.create(product=replaced.product, successor=gone.product)
    kind = apps.get_model("catalogue.ProductClass").objects.create(name="Services", track_stock=False)
    uncounted.product.product_class = kind
    hidden.product.is_public = False
    for record in (gone, reserved, uncounted, hidden, ended, replaced):
        record.save()
        record.product.save()
    product = apps.get_model("catalogue.Product")
    parent = product.objects.create(structure="parent", title="Parent", product_class=gone.product.product_class)
    variant = product.objects.create(structure="child", parent=parent, title="Variant", upc="9")
    type(gone).objects.create(product=variant, partner=gone.partner, partner_sku="V", price=1, num_in_stock=0)
    text = "products out of stock"
    assert _to_do(mia)[text] == (3, "/dashboard/catalogue/?out_of_stock=on")
    page = mia.get("/dashboard/catalogue/?out_of_stock=on")
    assert {row.record.pk for row in page.context["products"].page.object_list} == {
        gone.product_id,
        reserved.product_id,
        parent.pk,
    }
    assert len(mia.get("/dashboard/catalogue/").context["products"].page.object_list) == 8


def test_staff_are_told_what_their_pages_show_them(cast: Cast, visit: Visit) -> None:
    organization("Nowa", nip="1234560001", status="pending")
    orders.place(cast.ben)
    orders.place(cast.anna)
    carts.stock("GONE", number=0)
    deliver()
    Delivery.objects.update(state=Delivery.State.DEAD)
    _webhook(cast.mia, state=Endpoint.State.DEAF)
    packer = visit(person("Wanda", "Paczka", staff=True))
    assert set(_to_do(packer)) == {"order waiting for its customer"}
    page = packer.get(HOME).content.decode()
    assert 'class="chart"' not in page
    assert "The last two weeks" not in page
    seller = visit(_allowed(person("Sara", "Sklep", staff=True), "view_order"))
    assert set(_to_do(seller)) == {"order waiting for its customer", "unhandled order"}
    assert 'class="chart"' in seller.get(HOME).content.decode()
    buyer = visit(_allowed(person("Zoja", "Zakup", staff=True), "view_product"))
    assert set(_to_do(buyer)) == {"order waiting for its customer", "product out of stock"}
    keeper = visit(_allowed(person("Rita", "Ruch", staff=True), "manage_organizations"))
    assert {"organisation to confirm", "webhook that does not reach its system"} < set(_to_do(keeper))
    assert "unhandled order" not in _to_do(keeper)


def test_nobody_but_staff_is_told_how_acceptance_goes(cast: Cast, visit: Visit) -> None:
    orders.place(cast.anna)
    for who in (cast.anna, cast.otto, cast.paul):
        with pytest.raises(NotAllowed):
            at_a_glance(who.actor)
        assert visit(who).get(HOME).status_code in (302, 403)
    helper = _allowed(person("Wit", "Paczka"), "dashboard_access")
    apps.get_model("partner.Partner").objects.get(name="Biurodom").users.add(helper.user)
    page = visit(helper).get(HOME)
    assert "to_do" not in page.context
    assert "glance" not in page.context
    assert "To do" not in page.content.decode()


def test_a_glance_has_what_waits_and_what_was_decided(cast: Cast) -> None:
    """Three lines of two pieces are 72.00 net, delivery 19.00; in euro 100.00 and 4.50."""
    record = carts.stock("E1", price="100.00")
    record.price_currency = "EUR"
    record.save()
    orders.place(cast.anna)
    orders.place(cast.anna, records=[record], quantity=1)
    orders.place(cast.ben)
    accepted, rejected, expired, withdrawn, old, slow = (orders.place(cast.anna) for _ in range(6))
    for each in (accepted, old, slow):
        actions.accept(each.order_number, actor=cast.ben.actor, version=1)
    actions.reject(rejected.order_number, actor=cast.ben.actor, version=1, reason="No.")
    actions.withdraw(withdrawn.order_number, actor=cast.anna.actor, version=1)
    Case.objects.filter(order_id=expired.order_id).update(state="expired")
    _decided(accepted, after=timedelta(hours=1))
    _decided(rejected, after=timedelta(hours=5))
    _decided(slow, after=timedelta(hours=30))
    _decided(expired, after=timedelta(days=20))
    _decided(old, after=timedelta(minutes=1), ago=timedelta(days=31))
    found = at_a_glance(cast.mia.actor)
    assert found.value == (("EUR", Decimal("104.50")), ("PLN", Decimal("91.00")))
    assert (found.waiting, found.is_whole) == (2, True)
    assert (found.decided, found.accepted, found.accepted_share) == (4, 2, Decimal("0.5"))
    assert found.median == timedelta(hours=5), "expired ones nobody decided"


def test_a_glance_of_nothing(cast: Cast, mia: Client) -> None:
    orders.place(cast.ben)
    found = at_a_glance(cast.mia.actor)
    assert (found.value, found.decided, found.accepted_share, found.median) == ((), 0, None, None)
    assert found.is_whole
    assert mia.get(HOME).status_code == 200


def test_a_glance_looks_at_no_more_than_its_limit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glances, "LOOKED_AT", 2)
    first, *_others = (orders.place(cast.anna, lines=1, quantity=n) for n in (1, 2, 3))
    found = at_a_glance(cast.mia.actor)
    assert (found.waiting, found.is_whole) == (2, False)
    assert found.value == (("PLN", Decimal("71.00")),), "11.00 and 22.00, with delivery of 19.00 each"
    assert first.held


def test_held_and_ended_orders_are_in_no_day(cast: Cast, mia: Client) -> None:
    """111.93 gross each; held, rejected and withdrawn ones count once accepted, on the day of placing."""
    work, late, rejected = orders.place(cast.ben), orders.place(cast.anna), orders.place(cast.anna)
    actions.reject(rejected.order_number, actor=cast.ben.actor, version=1, reason="No.")
    rows = apps.get_model("order.Order").objects
    rows.filter(pk=late.order_id).update(date_placed=now() - timedelta(days=13))
    too_old = orders.place(cast.ben)
    rows.filter(pk=too_old.order_id).update(date_placed=now() - timedelta(days=14))
    days = Figures(cast.mia.user, hourly=dict).days
    assert [day.orders for day in days] == [0] * 13 + [1]
    assert days[-1].turnover == {"PLN": Decimal("111.93")}
    assert days[0].day == localdate() - timedelta(days=13)
    actions.accept(late.order_number, actor=cast.ben.actor, version=1)
    days = Figures(cast.mia.user, hourly=dict).days
    assert [day.orders for day in days] == [1, *[0] * 12, 1]
    page = mia.get(HOME).content.decode()
    day = f"{localdate():%Y-%m-%d}"
    listed = mia.get(f"/dashboard/orders/?date_from={day}&date_to={day}").content.decode()
    assert f'href="/dashboard/orders/?date_from={day}&amp;date_to={day}"' in page
    assert work.order_number in listed
    assert late.order_number not in listed


def test_each_currency_has_its_own_chart_and_column(cast: Cast, mia: Client) -> None:
    record = carts.stock("E1", price="100.00")
    record.price_currency = "EUR"
    record.save()
    orders.place(cast.ben, records=[record], quantity=1)
    orders.place(cast.paul)
    days = Figures(cast.mia.user, hourly=dict).days
    assert days[-1].turnover == {"PLN": Decimal("111.93"), "EUR": Decimal("128.54")}
    drawn = charts(days)
    assert [chart.name for chart in drawn] == ["Orders", "Turnover gross, PLN", "Turnover gross, EUR"]
    assert [chart.most.replace("\xa0", " ") for chart in drawn] == ["2", "PLN 111.93", "€128.54"]
    page = mia.get(HOME).content.decode()
    assert re.findall(r'<th scope="col" class="num">([^<]+)</th>', page) == ["Orders", "PLN", "EUR"]
    assert page.count('<svg class="chart"') == 3
    for bars in re.findall(r'<svg class="chart".*?</svg>', page):
        assert bars.count("<rect") == 14
        assert all(0 <= float(at) <= 112 for at in re.findall(r'<rect[^>]* y="([\d.]+)"', bars))


def test_bars_are_as_high_as_their_values(cast: Cast, mia: Client) -> None:
    placed = [orders.place(cast.ben) for _ in range(3)]
    apps.get_model("order.Order").objects.filter(pk=placed[0].order_id).update(date_placed=now() - timedelta(days=1))
    number = charts(Figures(cast.mia.user, hourly=dict).days)[0]
    heights = [float(bar.height) for bar in number.bars]
    assert heights[:12] == [0.0] * 12
    assert heights[12] * 2 == heights[13] == 94
    assert [bar.is_last for bar in number.bars] == [False] * 13 + [True]
    assert (number.most, number.anchor, number.most_x) == ("2", "end", "360.0")


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_as_many_statements_whatever_there_is(cast: Cast, mia: Client, visit: Visit, count: int) -> None:
    for n in range(count):
        orders.place(cast.ben, lines=count)
        orders.place(cast.anna, lines=count)
        decided = orders.place(cast.anna)
        actions.accept(decided.order_number, actor=cast.ben.actor, version=1)
        carts.stock(f"GONE-{n}", number=0)
        _webhook(cast.mia)
    mia.get(HOME)
    assert len(statements(lambda: mia.get(HOME))) == 13
    names = ("manage_organizations", "view_order", "view_product")
    keeper = visit(_allowed(person("Rita", "Ruch", staff=True), *names))
    keeper.get(HOME)
    sent = statements(lambda: keeper.get(HOME))
    assert len(sent) == 15
    of_orders = [sql for sql in sent if 'FROM "order_order"' in sql]
    assert len(of_orders) == 2
    assert all("LIMIT 100" in sql or '"date_placed" >= ' in sql for sql in of_orders), "none looks at all orders"


def test_figures_that_are_kept_change_nothing(cast: Cast, mia: Client) -> None:
    orders.place(cast.ben)
    before = Figures(cast.mia.user, hourly=dict).days
    keeping.tend(now=now(), stopped=lambda: False)
    assert Figures(cast.mia.user, hourly=dict).days == before
