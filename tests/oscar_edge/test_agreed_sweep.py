"""What is outside of what a customer may buy does not exist for them: every address of the shop and operation is asked.

Two organisations and two units: Kraków and those below it may not buy what is `hidden`, Tarnów may; Umbra may, but not
what is `foreign`. The list of addresses is what the shop really answers to, so that a new one is asked too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import URLPattern, get_resolver
from oscar.core.loading import get_class

from akcept.agreements import actions
from akcept.agreements.answers import Assorted
from akcept.agreements.inputs import AgreementInput, GoodsInput
from akcept.organizations.models import Unit
from akcept.testing import carts, orders
from akcept.testing import cast as people
from akcept.testing.cast import Cast, Person
from tests.support import attributes, offers
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

#: Doors for whoever keeps the shop, and those that end what the sweep needs.
NOT_ASKED: Final = ("admin/", "dashboard/", "accounts/logout/")
#: What a buyer posts to addresses that need more than an empty form.
TYPED: Final = {
    "basket/quick-order/": {"lines": "KW-77;1\nKW-5;1"},
    "basket/add/<int:pk>/": {"quantity": 1},
    "search/": {"q": "Wkład"},
}


@pytest.fixture
def cast() -> Cast:
    return people.make()


def _model(label: str) -> Any:
    return apps.get_model(label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A product in a category of its own, and everything of the shop that leads to it."""

    record: Any
    category: Any
    keys: dict[str, str]

    @property
    def words(self) -> tuple[str, ...]:
        """What tells of it; none of them is ever typed."""
        return self.record.product.title, self.category.name, self.record.product.upc


def _goods(sku: str, title: str, department: str) -> Goods:
    record = carts.stock(sku)
    product = record.product
    product.title, product.upc = title, f"59012{sum(map(ord, title)):08d}"
    product.save()
    category = _model("catalogue.Category").objects.add_root({"name": department, "slug": f"dzial-{sku.lower()}"})
    product.categories.add(category)
    return Goods(record=record, category=category, keys={})


def _leading_there(goods: Goods, beside: Any, people_of: list[Person]) -> None:
    """Let a range, an offer, a review, a recommendation, wish lists and alerts lead to the product."""
    product = goods.record.product
    found = _model("offer.Range").objects.create(name="Zakres", slug=f"zakres-{product.pk}", is_public=True)
    found.add_product(product)
    offer = offers.make("Percentage", "10", on=[goods.record])
    ended = carts.stock(f"OLD-{product.pk}", number=0).product
    _model("akcept_oscar_edge.ProductOutlook").objects.create(product=ended, successor=product)
    author = people_of[-1].user
    review = _model("reviews.ProductReview").objects.create(product=product, user=author, score=5, title="x", body="x")
    _model("catalogue.ProductRecommendation").objects.create(primary=beside.product, recommendation=product)
    for person in people_of:
        kept = _model("wishlists.WishList").objects.create(owner=person.user, name="Lista", visibility="Public")
        line = kept.lines.create(product=product, title=product.title)
        _model("customer.ProductAlert").objects.create(product=product, user=person.user, status="Active")
        goods.keys[f"key {person.name}"], goods.keys[f"line {person.name}"] = kept.key, str(line.pk)
    goods.keys.update(
        {"range": found.slug, "offer": offer.slug, "product": str(product.pk), "review": str(review.pk)}
        | {"category": str(goods.category.pk), "slug": product.slug, "category_slug": goods.category.slug}
    )


@pytest.fixture
def hidden(cast: Cast) -> Goods:
    """What Kraków may not buy."""
    goods = _goods("KW-77", "Wkład ukryty", "Dział ukryty")
    _leading_there(goods, carts.stock("S1"), [cast.anna, cast.piotr, cast.jan, cast.otto])
    _all_but(cast, cast.krakow, GoodsInput(product_id=goods.record.product_id))
    return goods


@pytest.fixture
def foreign(cast: Cast) -> Goods:
    """What Umbra may not buy, by its category."""
    goods = _goods("KW-5", "Wkład obcy", "Dział obcy")
    _leading_there(goods, carts.stock("S1"), [cast.otto, cast.anna, cast.piotr, cast.jan])
    _all_but(cast, cast.otto.member.unit, GoodsInput(category_id=goods.category.pk))  # type: ignore[union-attr]
    return goods


@pytest.fixture
def branded(cast: Cast) -> Goods:
    """What Umbra may not buy, by its brand."""
    goods = _goods("KW-9", "Wkład markowy", "Dział markowy")
    _leading_there(goods, carts.stock("S1"), [cast.otto, cast.anna, cast.piotr, cast.jan])
    attributes.give(goods.record.product, "brand", "Leitz")
    _all_but(cast, cast.otto.member.unit, GoodsInput(attribute=("brand", "Leitz")))  # type: ignore[union-attr]
    return goods


def _all_but(cast: Cast, unit: Unit, *goods: GoodsInput) -> None:
    wanted = AgreementInput(name="A", assorted=Assorted.ALL_BUT, goods=goods)
    actions.add_agreement(wanted, actor=cast.mia.actor, unit_id=unit.pk)


def _routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern, route)


def _asked() -> list[str]:
    return sorted(route for route in set(_routes()) if not route.startswith(NOT_ASKED))


def _filled(route: str, goods: Goods, person: Person, number: str) -> str:
    """Fill a route in so that it leads to the goods, where any address does."""
    keys = goods.keys
    named = {
        "number": number,
        "order_number": number,
        "product_pk": keys["product"],
        "product_slug": keys["slug"],
        "category_slug": keys["category_slug"],
        "key": keys[f"key {person.name}"],
        "line_pk": keys[f"line {person.name}"],
        "slug": keys["range"] if "ranges/" in route else keys["offer"],
        "pk": keys["review"] if "reviews/" in route else keys["category"] if "category/" in route else keys["product"],
        "kind": "units",
        "file_format": "csv",
        "action": "default_for_billing",
    }
    plain = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<str:\1>", route.replace("^", "").replace("$", ""))
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: named.get(found[1], "1"), plain)
    return "/" + filled.replace("\\.", ".").replace("\\", "")


def _client(person: Person, goods: Goods) -> Client:
    """Log somebody in, in a browser that remembers having seen the goods."""
    client = Client()
    client.raise_request_exception = False
    client.force_login(person.user)
    client.cookies[settings.OSCAR_RECENTLY_VIEWED_COOKIE_NAME] = json.dumps([goods.record.product_id])
    return client


def _telling(person: Person, goods: Goods) -> set[str]:
    """Return the addresses whose answer tells somebody of the goods."""
    client = _client(person, goods)
    number = orders.place(person, records=[carts.stock("S1")]).order_number
    found = set()
    for method in ("GET", "POST"):
        for route in _asked():
            path, form = _filled(route, goods, person, number), TYPED.get(route, {})
            answer = client.get(path, form) if method == "GET" else client.post(path, form)
            sent = b"".join(answer) if answer.streaming else answer.content
            text = sent.decode(errors="replace")
            assert answer.status_code < 500, (method, path)
            if any(word in text for word in goods.words):
                found.add(f"{method} {route}")
    return found


#: The least that has to tell of goods that may be bought: else the sweep would not notice anything.
TELLS: Final = {
    "GET catalogue/",
    "GET search/",
    "GET catalogue/^(?P<product_slug>[\\w-]*)_(?P<pk>\\d+)/$",
    "GET ^catalogue/category/(?P<category_slug>[\\w-]+(/[\\w-]+)*)_(?P<pk>\\d+)/$",
    "GET catalogue/^ranges/(?P<slug>[\\w-]+)/$",
    "GET offers/^(?P<slug>[\\w-]+)/$",
    "GET accounts/wishlists/<str:key>/",
    "GET wishlists/<str:key>/",
    "GET accounts/alerts/",
}


@pytest.mark.parametrize(("who", "sees"), [("anna", False), ("piotr", False), ("jan", True), ("otto", True)])
def test_no_address_tells_of_what_kraków_may_not_buy(cast: Cast, hidden: Goods, who: str, sees: bool) -> None:
    told = _telling(getattr(cast, who), hidden)
    assert (sorted(TELLS - told) if sees else sorted(told)) == []


@pytest.mark.parametrize(("who", "sees"), [("otto", False), ("anna", True)])
def test_no_address_tells_of_what_another_organisation_may_not_buy(
    cast: Cast, foreign: Goods, who: str, sees: bool
) -> None:
    told = _telling(getattr(cast, who), foreign)
    assert (sorted(TELLS - told) if sees else sorted(told)) == []


@pytest.mark.parametrize(("who", "sees"), [("otto", False), ("jan", True)])
def test_no_address_tells_of_what_is_kept_out_by_an_attribute(cast: Cast, branded: Goods, who: str, sees: bool) -> None:
    told = _telling(getattr(cast, who), branded)
    assert (sorted(TELLS - told) if sees else sorted(told)) == []


def test_menu_of_categories_is_read_once_and_only_where_something_is_kept_out(cast: Cast, hidden: Goods) -> None:
    for person, more in ((cast.anna, 1), (cast.jan, 0)):
        client = _client(person, hidden)
        client.get("/catalogue/")
        asked = [sql for sql in statements(partial(client.get, "/catalogue/")) if _is_about_categories(sql)]
        assert len(asked) == more, person.name


def _is_about_categories(sql: str) -> bool:
    return sql.startswith('SELECT "catalogue_category"."id" AS "pk"')


def test_a_category_above_stays_while_something_below_may_be_bought(cast: Cast) -> None:
    above = _model("catalogue.Category").objects.add_root({"name": "Dział nad", "slug": "nad"})
    below = _model("catalogue.Category").objects.add_child(above, {"name": "Dział pod", "slug": "pod"})
    beside = _model("catalogue.Category").objects.add_child(above, {"name": "Dział obok", "slug": "obok"})
    empty = _model("catalogue.Category").objects.add_root({"name": "Dział pusty", "slug": "pusty"})
    one, two = carts.stock("N1"), carts.stock("N2")
    one.product.categories.add(below)
    two.product.categories.add(beside)
    _all_but(cast, cast.krakow, GoodsInput(category_id=below.pk))
    client = Client()
    client.force_login(cast.anna.user)
    page = client.get("/catalogue/").content.decode()
    seen = [each.name for each in (above, below, beside, empty) if each.name in page]
    assert seen == ["Dział nad", "Dział obok", "Dział pusty"]
    made = [client.get(each.get_absolute_url()).status_code for each in (above, below, beside, empty)]
    assert made == [200, 404, 200, 200]
    goods = (GoodsInput(product_id=one.product_id),)
    wanted = AgreementInput(name="B", assorted=Assorted.ONLY, goods=goods)
    actions.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.skawina.pk)
    client.force_login(cast.piotr.user)
    page = client.get("/catalogue/").content.decode()
    assert [each.name for each in (above, below, beside, empty) if each.name in page] == ["Dział nad", "Dział pod"]


def _kinds(sku: str) -> tuple[Any, Any]:
    """Return a product that comes in kinds, and the stock record of one of them."""
    record = carts.stock(sku)
    parent = carts.stock(f"{sku}-all").product
    parent.stockrecords.all().delete()
    parent.structure = "parent"
    parent.save()
    kind = record.product
    kind.structure, kind.parent, kind.product_class = "child", parent, None
    kind.save()
    return parent, record


@pytest.mark.parametrize("named", ["parent", "child"])
def test_what_is_said_of_a_product_is_said_of_its_kinds(cast: Cast, named: str) -> None:
    """Kept out with its parent; where only a kind may be bought, the page it is chosen on is there."""
    parent, record = _kinds("KIND")
    chosen = GoodsInput(product_id=parent.pk if named == "parent" else record.product_id)
    _all_but(cast, cast.krakow, chosen)
    goods = AgreementInput(name="B", assorted=Assorted.ONLY, goods=(chosen,))
    actions.add_agreement(goods, actor=cast.mia.actor, unit_id=cast.tarnow.pk)
    address = parent.get_absolute_url()
    for person, sees, buys in ((cast.anna, named == "child", False), (cast.jan, True, True)):
        client = Client()
        client.force_login(person.user)
        assert client.get(address).status_code == (200 if sees else 404), person.name
        answer = client.post("/basket/quick-order/", {"lines": "KIND;1"})
        assert (answer.status_code == 302) is buys, person.name


def test_nobody_is_told_that_what_they_may_not_buy_is_back(cast: Cast, hidden: Goods) -> None:
    """Of the four who wait for it those of Kraków stay quiet."""
    get_class("customer.alerts.utils", "AlertsDispatcher")().send_alerts()
    told = set(_model("communication.Notification").objects.values_list("recipient", flat=True))
    mailed = {address for sent in mail.outbox for address in sent.to}
    assert mailed == {cast.jan.user.email, cast.otto.user.email}
    assert told == {cast.jan.user.pk, cast.otto.user.pk}
    left = _model("customer.ProductAlert").objects.filter(status="Active").values_list("user", flat=True)
    assert set(left) == {cast.anna.user.pk, cast.piotr.user.pk}
