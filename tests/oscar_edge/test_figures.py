"""What the customer has not accepted is in no figure of the shop: a conspicuous amount, looked for everywhere."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from akcept.ordering import actions
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit

#: 7 x 98765.43 net = 691358.01, with 23 % VAT 850370.35.
PRICE, QUANTITY = Decimal("98765.43"), 7
MARKERS = ("691358", "850370", "98765")
REPORTS = (
    *("order_report", "product_analytics", "user_analytics", "open_baskets"),
    *("submitted_baskets", "vouchers", "conditional-offers"),
)
#: Where the merchant is meant to see it: its own list, and on the home page what waits, which says so.
OWN_LIST = "/dashboard/acceptance/"
WAITING = re.compile(r'<dt class="sub">Waiting, net</dt><dd class="stat">.*?</dd>', re.DOTALL)


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True)


def _place_marked(cast: Cast) -> actions.Placed:
    record = carts.stock("DEAR")
    prices = apps.get_model("partner.StockRecord").objects.filter(pk=record.pk)
    prices.update(price=PRICE)
    placed = orders.place(cast.anna, records=[prices.get()], quantity=QUANTITY)
    prices.update(price=1)  # the product's own pages name its price: they are not about orders
    return placed


def _dashboard_names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    names = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            names += _dashboard_names(
                pattern.url_patterns, f"{prefix}{pattern.namespace + ':' if pattern.namespace else ''}"
            )
        elif pattern.name and prefix.startswith("dashboard:") and not pattern.pattern.converters:
            names.append(prefix + pattern.name)
    return names


def _pages(cast: Cast, number: str) -> list[str]:
    """Every page of Oscar's dashboard that needs no argument, the pages of this customer and order, every report."""
    found = []
    for name in sorted(set(_dashboard_names(get_resolver().url_patterns))):
        try:
            path = reverse(name)
        except NoReverseMatch:  # it needs an argument after all
            continue
        if "logout" not in path and "login" not in path and "(" not in path:
            found.append(path)
    assert len(found) > 25, found
    reports = [
        f"/dashboard/reports/?report_type={kind}{extra}"
        for kind in (
            "order_report",
            "product_analytics",
            "user_analytics",
            "open_baskets",
            "submitted_baskets",
            "vouchers",
            "conditional-offers",
        )
        for extra in ("", "&download=download")
    ]
    return [
        *found,
        *reports,
        reverse("dashboard:user-detail", args=[cast.anna.user.pk]),
        reverse("dashboard:order-list") + "?order_number=" + number,
        reverse("dashboard:order-list") + "?status=awaiting_acceptance",
        reverse("dashboard:order-list") + "?name=Kowalska&response_format=csv",
        reverse("dashboard:order-stats") + "?date_from=2020-01-01&date_to=2030-01-01",
        reverse("akcept_panel:unhandled"),
        reverse("admin:index"),
    ]


def _where_it_shows(client: Client, pages: list[str]) -> list[str]:
    shown = []
    for page in pages:
        answer = client.get(page, follow=True)
        if any(page_.startswith(OWN_LIST) for page_, _status in answer.redirect_chain):
            continue
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        told = WAITING.sub("", body.decode(errors="replace"))
        text = re.sub(r"[\s\u00a0\u202f.,]|&nbsp;", "", told)
        if any(marker in text for marker in MARKERS):
            shown.append(page)
    return shown


@pytest.mark.slow
def test_held_and_rejected_orders_are_in_no_figure_and_an_accepted_one_is(cast: Cast, mia: Client) -> None:
    held = _place_marked(cast)
    pages = _pages(cast, held.order_number)
    assert _where_it_shows(mia, pages) == []
    assert held.order_number in mia.get(OWN_LIST).content.decode()
    (waiting,) = WAITING.findall(mia.get("/dashboard/").content.decode())
    assert "691" in waiting, "the control: what is left out above is what waits"

    actions.reject(held.order_number, actor=cast.ben.actor, version=1, reason="no")
    assert _where_it_shows(mia, pages) == []
    (waiting,) = WAITING.findall(mia.get("/dashboard/").content.decode())
    assert waiting.endswith('"stat">–</dd>')

    accepted = _place_marked(cast)
    actions.accept(accepted.order_number, actor=cast.ben.actor, version=1)
    shown = _where_it_shows(mia, _pages(cast, accepted.order_number))
    # The control: the same search finds an order that counts.
    assert {"/dashboard/", "/dashboard/orders/", "/dashboard/orders/statistics/"} <= set(shown), shown
