"""A product that was replaced leads to the one in its place: from its page, the list and a pasted list of codes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from akcept.oscar_edge.models import ProductOutlook
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.support.browser import DESKTOP, PHONE, OpenPage, assert_accessible, assert_fits
from tests.support.live_shop import LiveShop


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_what_was_replaced_leads_on_and_is_taken_at_one_click(
    cast: Cast, live_shop: LiveShop, open_page: OpenPage, size: tuple[int, int]
) -> None:
    old, new = carts.stock("OLD", number=0), carts.stock("NEW")
    ProductOutlook.objects.create(product=old.product, successor=new.product)
    later = carts.stock("LATER", number=0).product
    ProductOutlook.objects.create(product=later, expected_on=timezone.localdate() + timedelta(days=9))
    page = open_page(language="en", size=size)
    live_shop.sign_in(page, cast.anna.user)
    for url in ("/catalogue/", later.get_absolute_url(), old.product.get_absolute_url()):
        page.goto(url)
        assert_accessible(page)
        assert_fits(page)
    page.get_by_role("link", name="Produkt NEW").first.click()
    expect(page.get_by_role("heading", name="Produkt NEW", level=1)).to_be_visible()
    page.goto("/basket/quick-order/")
    page.get_by_label("Codes and quantities").fill("OLD 2")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("alert")).to_contain_text("it was replaced by “Produkt NEW” (NEW)")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Take what replaced them").click()
    expect(page.get_by_label("Quantity: Produkt NEW")).to_have_value("2")
    assert_accessible(page)
