"""Issue 12: exports, stock, prices and what else is done with the shop itself stands in its history, in words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from akcept.agreements import actions as agreements
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PriceInput
from akcept.handover import actions as handover
from akcept.handover.actions import supplying
from akcept.handover.actions.supplying import PriceRow, StockRow
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering import actions as ordering
from akcept.ordering.queries.whole import WorkFilter
from akcept.organizations import actions
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.webhooks import actions as webhooks
from tests.conftest import Visit
from tests.support.api import system_of
from tests.support.statements import statements

CHANGES = "/dashboard/changes/"


def _text(page: str) -> str:
    return page.replace("\u00a0", " ").replace("&quot;", '"')


def _everything(cast: Cast, *, times: int = 1) -> str:
    """Do one of everything that belongs to no organisation; return the number of the order that was exported."""
    mia = cast.mia.actor
    number = orders.place(cast.anna).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    for n in range(times):
        supplying.set_stock([StockRow(code="P1", in_stock=7 + n)], actor=mia)
        price = Decimal("12.30") + n
        supplying.set_prices([PriceRow(code="P1", price=price, currency="PLN")], actor=mia)
        marked = handover.mark_exported(WorkFilter(), actor=mia)
        handover.undo_export(marked.export_id or 0, actor=mia)
    return number


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Changes in the shop",
                "wrote the stock of 1 product",
                "wrote the price of 1 product: P1 PLN 10.00 → PLN 12.30",
                "marked 1 order as exported: {number}",
                "took the mark of 1 exported order back: {number}",
                "switched B2B off",
                "added the price list “Hurt”",
                "wrote the prices of the list “Hurt”: 0 → 1 rows",
                "changed the price list “Hurt → Detal”",
                "added the agreement “Wszyscy”",
                "connected a system: work:read",
                "added the webhook https://erp.example.com/h",
                "removed the webhook https://erp.example.com/h",
            ],
        ),
        (
            "pl",
            [
                "Zmiany w sklepie",
                "zapisuje stan 1 produktu",
                "zapisuje cenę 1 produktu: P1 10,00 zł → 12,30 zł",
                "oznacza 1 zamówienie jako wyeksportowane: {number}",
                "cofa oznaczenie eksportu 1 zamówienia: {number}",
                "wyłącza B2B",
                "dodaje cennik „Hurt”",
            ],
        ),
    ],
)
def test_exports_stock_prices_and_the_rest_are_told_in_words(
    cast: Cast, visit: Visit, language: str, words: list[str]
) -> None:
    carts.stock("P1", price="10.00")
    number, mia = _everything(cast), cast.mia.actor
    product = carts.stock("P1").product_id
    listed = agreements.add_list(ListInput(name="Hurt", currency="PLN"), actor=mia)
    row = PriceInput(goods=GoodsInput(product_id=product), net=Decimal("9.50"))
    agreements.set_prices(listed.pk, [row], actor=mia, version=1)
    agreements.change_list(listed.pk, ListInput(name="Detal", currency="PLN"), actor=mia, version=2)
    agreements.add_agreement(AgreementInput(name="Wszyscy", list_ids=(listed.pk,)), actor=mia, unit_id=None)
    system_of(cast.mia, scopes=["work:read"])
    kept = webhooks.add_endpoint(actor=mia, url="https://erp.example.com/h", events=["order.shipped"])
    webhooks.remove_endpoint(kept.endpoint.pk, actor=mia)
    actions.switch_module(actor=mia, enabled=False)
    actions.switch_module(actor=mia, enabled=True)
    page = _text(visit(cast.mia, language=language).get(CHANGES).content.decode())
    for each in words:
        assert each.format(number=number) in page, each


def test_one_matter_of_them_and_page_by_page(cast: Cast, visit: Visit) -> None:
    carts.stock("P1", price="10.00")
    _everything(cast, times=30)
    mia = visit(cast.mia, language="en")
    shop = mia.get(f"{CHANGES}?matter=shop").content.decode()
    assert "wrote the stock" in shop
    assert "as exported" not in shop
    first = mia.get(CHANGES).content.decode()
    assert "Next page" in first


def test_it_costs_the_same_however_much_was_changed(cast: Cast, visit: Visit) -> None:
    carts.stock("P1", price="10.00")
    mia, counted = visit(cast.mia), []
    for times in (1, 3):
        _everything(cast, times=times)
        counted.append(len(statements(lambda: mia.get(CHANGES))))
    assert counted[0] == counted[1]


def test_nobody_else_sees_it(cast: Cast, visit: Visit) -> None:
    carts.stock("P1", price="10.00")
    number = _everything(cast)
    for person in (cast.anna, cast.dora, cast.otto):
        answer = visit(person).get(CHANGES)
        assert answer.status_code == 403
        assert number not in answer.content.decode()


def test_systems_of_the_merchant_follow_it(cast: Cast) -> None:
    carts.stock("P1", price="10.00")
    _everything(cast)
    paul = orders.place(cast.paul).order_number
    system = system_of(cast.mia)
    feed = system.get("/work/journal?limit=100").json()
    topics = [(row["topic"], row["subject_id"]) for row in feed["items"]]
    assert ("handover.stock_set", "stock") in topics
    assert ("handover.prices_set", "prices") in topics
    assert ("order.placed", paul) in topics
    assert feed["items"][-1]["number"] == feed["next_after"]
    assert system.get(f"/work/journal?after={feed['next_after']}").json()["items"] == []


def test_an_organisation_reads_of_its_webhooks_in_its_own_changes(cast: Cast, visit: Visit) -> None:
    with translation.override("en"):
        kept = webhooks.add_endpoint(actor=cast.dora.actor, url="https://a.example.com/h", events=["order.shipped"])
        webhooks.change_endpoint(
            kept.endpoint.pk, actor=cast.dora.actor, url="https://b.example.com/h", events=["order.shipped"]
        )
        webhooks.pause_endpoint(kept.endpoint.pk, actor=cast.dora.actor)
    page = visit(cast.dora, language="en").get("/organization/changes/?matter=webhook").content.decode()
    assert "added the webhook https://a.example.com/h" in page
    assert "moved the webhook: https://a.example.com/h → https://b.example.com/h" in page
    assert "paused the webhook" in page
    otto = visit(cast.otto, language="en").get("/organization/changes/").content.decode()
    assert "a.example.com" not in otto


def test_what_the_clock_did_was_done_automatically(cast: Cast, visit: Visit) -> None:
    ends = utc_now().date() + timedelta(days=3)
    agreements.add_agreement(AgreementInput(name="Próba", ends=ends), actor=cast.mia.actor, unit_id=None)
    agreements.tell_ending(actor=Actor.system("clock"))
    for language, word in (("en", "automatically"), ("pl", "automatycznie")):
        page = visit(cast.mia, language=language).get(CHANGES).content.decode()
        assert "Próba" in page
        assert word in page
        assert "clock" not in page
