"""What is typed on pages: numbers read as files are (A6), names composed (E9), nothing cut off silently (E10)."""

from __future__ import annotations

import re
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from akcept.approvals import queries as approvals
from akcept.budgets.models import Budget
from akcept.kernel.errors import Invalid
from akcept.ordering.models import Placement
from akcept.organizations import actions
from akcept.organizations.addresses import AddressInput
from akcept.organizations.models import Role, Unit
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.storefront.budgets.test_budgets import text, url
from tests.storefront.budgets.test_editing import ADDED
from tests.storefront.rules.writing import BASE, STEP, VALUE
from tests.support.processes import ROOT

pytestmark = pytest.mark.django_db
AMBIGUOUS = {"en": "could be two numbers", "pl": "może oznaczać dwie różne liczby"}


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a6_a_budget_of_a_tenth_of_a_cent_is_refused(cast: Cast, visit: Visit, language: str) -> None:
    dora = visit(cast.dora, language=language)
    for typed in ("0,001", "0.001", "12.000", "1,000"):
        answer = dora.post(url("add_budget"), {**ADDED, "amount": typed, "unit": cast.krakow.pk})
        assert (answer.status_code, f'value="{typed}"' in text(answer)) == (422, True), "what was typed is kept"
        assert (AMBIGUOUS[language] in text(answer)) is (not typed.startswith("0"))
        assert not Budget.objects.exists()
    for field in ("max_single", "carry_most", "max_orders"):
        typed_too = {**ADDED, "amount": "5", "unit": cast.krakow.pk, field: "1,000"}
        assert AMBIGUOUS[language] in text(dora.post(url("add_budget"), typed_too)), field
    assert dora.post(url("add_budget"), {**ADDED, "amount": "1 000,50", "unit": cast.krakow.pk}).status_code == 302
    assert Budget.objects.get().terms.amounts[0][1] == Decimal("1000.50")


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a6_limits_rules_and_quantities_are_read_alike(cast: Cast, visit: Visit, language: str) -> None:
    dora = visit(cast.dora, language=language)
    role = {"name": "Boss", "permissions": "accept_orders", "currency": "PLN", "basis": "goods_net"}
    assert AMBIGUOUS[language] in text(dora.post("/organization/roles/add/", {**role, "amount": "2,500"}))
    assert not Role.objects.filter(name="Boss").exists()
    rule = {**BASE, **VALUE, **STEP, "condition-0-amount": "2.500"}
    assert AMBIGUOUS[language] in text(dora.post("/organization/rules/add/", rule))
    assert not approvals.policy_of(cast.acme.pk).rules
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00", number=10**6)])
    line = orders.order(placed).lines.get()
    anna = visit(cast.anna, language=language)
    change = {"remark": "", "note": "", "po_number": "", "version": 1}
    page = f"/orders/{placed.order_number}/change/"
    refused = anna.post(page, {**change, f"quantity-{line.pk}": "1,000"})
    assert (refused.status_code, AMBIGUOUS[language] in text(refused)) == (422, True)


def _address() -> AddressInput:
    return AddressInput(recipient="Magazyn", line1="ul. Nowa 1", postcode="00-001", city="Warszawa")


def test_e9_a_second_unit_or_role_of_the_same_visible_name_is_refused(cast: Cast) -> None:
    apart = "Ło\u0301dz\u0301"
    actions.add_unit(actor=cast.dora.actor, parent_id=cast.head_office.pk, name=apart, address=_address())
    assert Unit.objects.get(name="Łódź").name == "Łódź", "composed"
    for again in ("Łódź", apart, "Łódź\u200b", "\u00adŁódź\u00a0"):
        with pytest.raises(Invalid, match="There is already"):
            actions.add_unit(actor=cast.dora.actor, parent_id=cast.head_office.pk, name=again, address=_address())
    actions.add_role(actor=cast.dora.actor, name=apart, permissions=())
    with pytest.raises(Invalid):
        actions.add_role(actor=cast.dora.actor, name="Łódź\ufeff", permissions=())


def test_e9_names_stored_before_are_composed_where_nothing_clashes(cast: Cast) -> None:
    apart = "Ło\u0301dz\u0301"
    Unit.objects.filter(pk=cast.skawina.pk).update(name=apart, cost_centre="MPK\u200b 1")
    Unit.objects.filter(pk=cast.krakow.pk).update(name="Łódź")
    Unit.objects.filter(pk=cast.tarnow.pk).update(name=apart)
    budget = budgets.make(cast.krakow, name=apart)
    for room, name in (("organizations", "0011_composed_names"), ("budgets", "0004_composed_names")):
        import_module(f"akcept.{room}.migrations.{name}").compose(apps, connection.schema_editor())
    names = dict(Unit.objects.values_list("pk", "name"))
    assert (names[cast.skawina.pk], names[cast.tarnow.pk]) == ("Łódź", apart), "beside Kraków there is one already"
    assert Unit.objects.get(pk=cast.skawina.pk).cost_centre == "MPK 1"
    budget.refresh_from_db()
    assert budget.name == "Łódź"


def _areas(answer: Any) -> list[str]:
    return re.findall(r"<textarea[^>]*>", answer.content.decode())


def test_e10_no_browser_cuts_off_what_is_pasted(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")])
    anna, ben, dora, mia = visit(cast.anna), visit(cast.ben), visit(cast.dora), visit(cast.mia)
    carts.fill(cast.anna)
    pages = [
        (anna, "/checkout/"),
        (anna, "/basket/quick-order/"),
        (anna, f"/orders/{placed.order_number}/"),
        (anna, f"/orders/{placed.order_number}/change/"),
        (ben, f"/orders/{placed.order_number}/"),
        (ben, "/acceptance/"),
        (dora, "/organization/rules/add/"),
        (mia, f"/dashboard/organizations/{cast.acme.pk}/block/"),
    ]
    for client, page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        areas = _areas(answer)
        assert areas, page
        for area in areas:
            assert "maxlength" not in area, page
            assert re.search(r'data-limit="\d+" data-within="[^"]+" data-over="[^"]+"', area), area


def test_e10_no_line_of_a_form_is_cut_off_and_too_much_is_refused_and_kept(cast: Cast, visit: Visit) -> None:
    pages = [
        (visit(cast.anna), "/checkout/"),
        (visit(cast.dora), "/organization/units/add/"),
        (visit(cast.dora), "/organization/roles/add/"),
        (visit(cast.dora), "/organization/members/invite/"),
        (visit(cast.dora), "/organization/budgets/add/"),
        (visit(cast.dora), "/organization/rules/add/"),
        (visit(cast.mia), f"/dashboard/organizations/{cast.acme.pk}/members/{cast.anna.member.pk}/"),
    ]
    carts.fill(cast.anna)
    for client, page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        cut = [line for line in re.findall(r"<input[^>]*", answer.content.decode()) if "maxlength" in line]
        # An e-mail address is never that long; the number of an order to try a rule on is not kept.
        assert not [line for line in cut if 'name="order"' not in line and 'type="email"' not in line], page
    name = "Oddział " + "w" * 200
    refused = visit(cast.dora).post("/organization/roles/add/", {"name": name})
    assert name in refused.content.decode()
    assert "80" in str(refused.context["form"].errors["name"])


def test_e10_no_template_cuts_a_text_area() -> None:
    for file in [*Path(ROOT, "src").rglob("*.html"), *Path(ROOT, "shop").rglob("*.html")]:
        assert not [area for area in re.findall(r"<textarea[^>]*", file.read_text()) if "maxlength" in area], file


def test_e10_too_much_is_refused_and_kept_and_a_line_end_is_one_character(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")])
    page = f"/orders/{placed.order_number}/"
    pasted = "a" * 1500
    ben = visit(cast.ben, language="en")
    answer = ben.post(f"{page}reject/", {"version": 1, "remark": pasted})
    assert (answer.status_code, pasted in text(answer)) == (422, True)
    assert "may have up to 1000 characters" in text(answer)
    anna = visit(cast.anna, language="en")
    quantity = f"quantity-{orders.order(placed).lines.get().pk}"
    change = {"remark": pasted, "note": pasted, "po_number": "", "version": 1, quantity: "2"}
    answer = anna.post(f"{page}change/", change)
    assert (answer.status_code, text(answer).count(pasted)) == (422, 2)
    assert Placement.objects.get(order__number=placed.order_number).note == ""
    lines = "\r\n".join(["abc"] * 250)  # 999 characters, 1,248 as a browser sends them
    answer = anna.post(f"{page}change/", {**change, "remark": "", "note": lines})
    assert answer.status_code == 302
    assert Placement.objects.get(order__number=placed.order_number).note == lines.replace("\r\n", "\n")
