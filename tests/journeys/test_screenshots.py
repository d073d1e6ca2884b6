"""Pictures of every page for the documentation, taken of the demo shop: `make screenshots` takes them anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from playwright.sync_api import Page

from akcept.testing import carts
from akcept.testing.cast import Person
from tests.journeys.pages import PAGES, ShopPage, user
from tests.support.browser import DESKTOP, PHONE, SCREENSHOTS, OpenPage
from tests.support.live_shop import LiveShop

#: Shown in Polish too.
IN_POLISH = frozenset({"order-decide", "inbox", "checkout", "panel-held"})


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("AKCEPT_SCREENSHOTS") != "1", reason="only for `make screenshots`")
def test_take_pictures(
    live_shop: LiveShop, open_page: OpenPage, screenshot: Callable[[Page, str], Path | None]
) -> None:
    call_command("demo_data", verbosity=0)
    anna = user("Anna")
    carts.fill(Person(user=anna, member=anna.memberships.get()), records=_some_goods())
    for old in SCREENSHOTS.glob("*.png"):
        old.unlink()
    for language, pages in (("en", PAGES), ("pl", [page for page in PAGES if page.name in IN_POLISH])):
        for size in (DESKTOP, PHONE):
            for who, theirs in groupby(sorted(pages, key=lambda page: page.who or ""), key=lambda page: page.who):
                _photograph(live_shop, open_page, screenshot, who=who, pages=list(theirs), language=language, size=size)
    (SCREENSHOTS / "README.md").write_text(_index())


def _some_goods() -> list[object]:
    return list(apps.get_model("partner.StockRecord").objects.filter(num_in_stock__gt=20).order_by("pk")[3:40:7])


def _photograph(
    shop: LiveShop,
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path | None],
    *,
    who: str | None,
    pages: list[ShopPage],
    language: str,
    size: tuple[int, int],
) -> None:
    window = open_page(language=language, size=size)
    window.context.add_cookies([{"name": "django_language", "value": language, "url": shop.url}])
    if who is not None:
        shop.sign_in(window, user(who))
    for page in pages:
        answer = window.goto(page.path())
        assert answer is not None
        assert answer.status == page.status, (page.name, answer.status)
        screenshot(window, page.name if language == "en" else f"{page.name}-{language}")


def _index() -> str:
    lines = ["# Pictures of every page", "", "Taken of the demo shop by `make screenshots`.", ""]
    lines += ["| page | who looks | 1280 px | 390 px |", "|---|---|---|---|"]
    for page in PAGES:
        names = [page.name, f"{page.name}-pl"] if page.name in IN_POLISH else [page.name]
        for name in names:
            lines.append(
                f"| {name} | {page.who or 'nobody'} | ![{name}]({name}-1280.png) | ![{name}]({name}-390.png) |"
            )
    return "\n".join(lines) + "\n"
