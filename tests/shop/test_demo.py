"""The demo shop: every way an order can go is there to be looked at, whatever day it is started on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from akcept.agreements.answers import Pack, Product, answer, steps
from akcept.agreements.queries import Party, heads_of, terms_of
from akcept.agreements.queries.merchant import untold
from akcept.approvals.calendar import working_days_after
from akcept.approvals.models import Case, Step
from akcept.approvals.states import State
from akcept.budgets.models import Budget
from akcept.journal import queries as journal
from akcept.journal.models import Entry
from akcept.ordering import status, topics
from akcept.ordering.models import Placement
from akcept.organizations.models import Unit
from shop.accounts.models import User
from shop.demo import agreed, catalogue, month, people, stories
from shop.demo.management.commands import demo_data
from tests.support.databases import Private

#: The Friday after New Year, at night: free days lie wherever the stories look back to.
AWKWARD = datetime(2026, 1, 2, 3, 30, tzinfo=UTC)


def _built(monkeypatch: pytest.MonkeyPatch, settings: Any, media: Path) -> None:
    settings.MEDIA_ROOT = media
    monkeypatch.setattr(demo_data, "utc_now", lambda: AWKWARD)
    call_command("demo_data", "--language=en", verbosity=0)


@pytest.mark.slow
def test_demo_has_everything_there_is_to_see(
    sqlite_file: Private, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _built(monkeypatch, settings, tmp_path)
    _require_orders_in_every_state()
    _require_every_way()
    _require_two_steps()
    _require_pictures(tmp_path)
    _require_bargains()
    _require_agreements()
    _require_money_adds_up()
    assert all(User.objects.get(email=email).check_password(people.PASSWORD) for email, _what in people.logins())
    assert User.objects.filter(date_joined__gt=AWKWARD).count() == 0
    assert {budget.name for budget in Budget.objects.all()} >= {"Cała firma", "Serwis Tarnów", "Terminal Opole"}
    assert [journal.verify(organization_id) for organization_id in journal.chains()] == [None] * len(journal.chains())
    with pytest.raises(CommandError, match="people in this database already"):
        call_command("demo_data", "--language=en", verbosity=0)


def _require_orders_in_every_state() -> None:
    Order = apps.get_model("order.Order")
    assert set(Order.objects.values_list("status", flat=True)) == set(status.LABELS)
    assert set(Case.objects.values_list("state", flat=True)) == {state.value for state in State}
    for company in (people.ACME, people.UMBRA):
        placed = Placement.objects.filter(organization__name=company.name).order_by("placed_at")
        assert placed.count() > 10
        first, last = placed.first(), placed.last()
        assert first is not None
        assert last is not None
        assert last.placed_at - first.placed_at > timedelta(days=25)
        assert placed.latest("pk") == last, "numbers follow the time of placing"


def _require_every_way() -> None:
    seen = set(Entry.objects.values_list("topic", flat=True))
    ways = {topics.COMMENTED, topics.AMENDED, topics.FORWARDED, topics.REVOKED, topics.RESUBMITTED, topics.SENT_BACK}
    assert ways | {topics.WITHDRAWN, topics.REMINDED, topics.ESCALATED, topics.EXPIRED} <= seen
    assert topics.DECISION_REFUSED not in seen


def _require_two_steps() -> None:
    """One waits for the branch, one for Cora after the branch said yes."""
    waiting = Case.objects.filter(state=State.AWAITING.value, steps_total=2)
    assert set(waiting.values_list("position", flat=True)) == {1, 2}
    assert set(Step.objects.filter(case__in=waiting).values_list("rule", flat=True)) == {"Duże zamówienia"}


def _require_pictures(media: Path) -> None:
    drawn = {str(image.original) for image in apps.get_model("catalogue.ProductImage").objects.all()}
    assert all((media / path).stat().st_size > 0 for path in drawn)
    assert apps.get_model("catalogue.Product").objects.count() >= 300


def _require_bargains() -> None:
    """What shows faults of figures (A1 to A5): tiny prices, several rates, a second currency, offers and vouchers."""
    records = apps.get_model("partner.StockRecord").objects
    assert set(records.values_list("price_currency", flat=True)) == {"PLN", "EUR"}
    assert records.filter(price=Decimal("0.02"), num_in_stock__gt=10_000).exists()
    slugs = records.values_list("product__product_class__slug", flat=True)
    assert set(slugs) >= {"vat-23", "vat-8", "vat-5"}
    vouchers = apps.get_model("voucher.Voucher").objects.filter(end_datetime__gt=AWKWARD)
    assert set(vouchers.values_list("code", flat=True)) == {"JESIEN10", "MINUS50", "DOSTAWA50"}
    assert apps.get_model("offer.ConditionalOffer").objects.filter(offer_type="Site").count() == 1


def _require_money_adds_up() -> None:
    """Of both currencies and with a discount; and every ledger is told in the order of time."""
    said = StringIO()
    call_command("check_money", language="en", stdout=said)
    assert said.getvalue() == "All orders, offers and vouchers add up.\n"
    orders = apps.get_model("order.Order").objects
    (euro,) = orders.filter(currency="EUR")
    # 2 x 49.90 and 4.50 for the courier; 23 per cent of 104.30 are 23.99.
    assert (str(euro.total_excl_tax), str(euro.total_incl_tax)) == ("104.30", "128.29")
    loose = apps.get_model("order.Line").objects.get(partner_sku="LUZ-POD5")
    assert str(loose.line_price_excl_tax) == "34.00"  # 2,000 x 0.02 less 15 per cent
    for budget in Budget.objects.all():
        days = list(budget.rows.order_by("pk").values_list("at", flat=True))
        assert days == sorted(days), budget


def _require_agreements() -> None:
    """Acme's pages show steps, packs and what it does not buy; no order that waits has any of that."""
    acme = Party(unit_id=Unit.objects.get(organization__name=people.ACME.name, parent=None).pk)
    skus = ("PAP-A4-80", "WOD-N05")
    found = {sku: _product(sku) for sku in skus}
    terms = terms_of(heads_of(acme, AWKWARD.date()), {each.id for each in found.values()})
    paper, water = (found[sku] for sku in skus)
    prices = [(least, price.net) for least, price in steps(terms, paper, day=AWKWARD.date())]
    assert prices == [(1, Decimal("17.90")), (40, Decimal("16.90")), (200, Decimal("15.90"))]
    assert answer(terms, paper, quantity=1, day=AWKWARD.date()).pack == Pack(unit="karton", multiple=5, smallest=5)
    assert not answer(terms, water, quantity=1, day=AWKWARD.date()).may_buy
    waiting = apps.get_model("order.Line").objects.filter(order__akcept_case__state=State.AWAITING.value)
    assert not waiting.filter(product__categories__name=agreed.EXCLUDED).exists()
    assert [row.name for row in untold(AWKWARD)] == ["Osprzęt na próbę"]


def _product(sku: str) -> Product:
    record = apps.get_model("partner.StockRecord").objects.get(partner_sku=sku)
    paths = record.product.categories.values_list("path", flat=True)
    return Product(id=record.product_id, categories=frozenset(paths), net=record.price, currency="PLN")


def _moments() -> Iterator[datetime]:
    for day in range(0, 366, 2):
        for hour in (3, 13, 23):
            yield datetime(2026, 1, 1, hour, 10, tzinfo=ZoneInfo("Europe/Warsaw")) + timedelta(days=day)


def test_nothing_of_the_stories_lies_in_the_future_and_the_stock_lasts() -> None:
    stock = {row["sku"]: int(row["stock"]) for row in catalogue.rows()}
    for now in _moments():
        told = [*stories.past(now), *month.ordinary(now), *stories.present(now)]
        assert max(story.placed_at for story in told) < now
        expiring = min(told, key=lambda story: story.placed_at)
        assert expiring.requester == stories.EWA
        # Warned after 13 working days, ended after 14; the clock looks once a day.
        assert working_days_after(expiring.placed_at, 16, zone="Europe/Warsaw") < now
        ordered: dict[str, int] = {}
        for story in told:
            for sku, quantity in story.goods.items():
                ordered[sku] = ordered.get(sku, 0) + quantity
        assert not {sku for sku, quantity in ordered.items() if quantity > stock[sku]}


def test_the_month_is_the_same_every_time() -> None:
    first, second = (
        [(story.requester, story.goods, story.note) for story in month.ordinary(AWKWARD)] for _ in range(2)
    )
    assert first == second
    assert len(first) > 40


def test_h5_the_table_of_logins_is_in_the_language_of_the_program_that_prints_it() -> None:
    told = dict(people.logins())
    assert told["mia@biurodom.example"] == "Mia Sikora: runs the shop: /dashboard/"
    assert told[people.PRIVATE.email] == "Paweł Wrona: a customer without an organisation"
    person = people.ACME.people[0]
    assert told[person.email] == f"{person.first_name} {person.last_name}, {people.ACME.name}: {person.what}"
    told_of = " ".join(each.what for organization in people.ORGANIZATIONS for each in organization.people)
    assert not set("ąćęłńśźż") & set(told_of.replace("Kraków", "").replace("Tarnów", ""))
