"""F1: from the menus of each kind of visitor, every page of a new kind is opened and every control on it pressed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.journeys.test_every_page import company
from tests.support.browser import OpenPage
from tests.support.crawl import Crawl
from tests.support.live_shop import LiveShop

#: Who walks, where the menus begin, and how many kinds of pages there are at least:
#: a walk that ends early proves nothing.
_WALKS = {
    "anonymous": (None, ("/",), 6),
    "requester": ("anna", ("/",), 14),
    "approver": ("ben", ("/",), 14),
    "administrator": ("dora", ("/",), 30),
    "merchant": ("mia", ("/", "/dashboard/"), 70),
}


def _model(label: str) -> Any:
    return apps.get_model(label)


def _merchants_things(cast: Cast) -> None:
    """One of everything that the panel lists, so that no list is empty and every row has its menu."""
    product = carts.stock("S1").product
    group = _model("catalogue.AttributeOptionGroup").objects.create(name="Kolor")
    group.options.create(option="czerwony")
    product.product_class.attributes.create(name="Kolor", code="kolor", type="option", option_group=group)
    _model("catalogue.Option").objects.create(name="Grawer", code="grawer")
    category = _model("catalogue.Category").objects.add_root({"name": "Papier", "slug": "papier"})
    product.categories.add(category)
    everything = _model("offer.Range").objects.create(name="Wszystko", includes_all_products=True, slug="wszystko")
    some = _model("offer.Range").objects.create(name="Wybrane", slug="wybrane")
    some.add_product(product)
    offer = _offer(everything)
    voucher = _model("voucher.Voucher").objects.create(
        name="Wiosna",
        code="WIOSNA",
        usage="Multi-use",
        start_datetime=timezone.now() - timedelta(days=1),
        end_datetime=timezone.now() + timedelta(days=9),
    )
    voucher.offers.add(offer)
    review = {"title": "Dobry", "body": "Tak", "score": 5, "user": cast.anna.user}
    _model("reviews.ProductReview").objects.create(product=product, **review)
    _model("flatpages.FlatPage").objects.create(url="/regulamin/", title="Regulamin").sites.add(1)
    _model("communication.CommunicationEventType").objects.create(code="HELLO", name="Powitanie")
    _model("partner.StockAlert").objects.create(stockrecord=product.stockrecords.get(), threshold=5)
    _model("customer.ProductAlert").objects.create(user=cast.anna.user, product=product, status="Active")


def _offer(range_: Any) -> Any:
    condition = _model("offer.Condition").objects.create(range=range_, type="Count", value=1)
    benefit = _model("offer.Benefit").objects.create(range=range_, type="Percentage", value=Decimal(5))
    return _model("offer.ConditionalOffer").objects.create(
        name="Pięć procent", slug="piec", condition=condition, benefit=benefit, offer_type="Voucher"
    )


@pytest.mark.slow
@pytest.mark.parametrize("role", list(_WALKS))
def test_f1_every_control_of_every_page_does_something_in_the_readers_language(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, role: str
) -> None:
    company(cast)
    who, starts, at_least = _WALKS[role]
    if role == "merchant":
        _merchants_things(cast)
    polish, english = open_page(language="pl"), open_page(language="en")
    for window, language in ((polish, "pl"), (english, "en")):
        window.context.add_cookies([{"name": "django_language", "value": language, "url": live_shop.url}])
        if who is not None:
            live_shop.sign_in(window, getattr(cast, who).user)
    crawl = Crawl(polish, language="pl")
    crawl.walk(*starts)
    crawl.compare(english, language="en")
    assert not crawl.wrong, "\n".join(crawl.wrong)
    assert len(crawl.visited) >= at_least, crawl.visited
    assert crawl.pressed > 3 * at_least
