"""The panel's one search: what somebody at the shop types finds orders, customers, people and products."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from akcept.ordering import actions
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, organization, person
from tests.conftest import Visit
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

SEARCH = "/dashboard/search/"


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True)


def _found(client: Client, text: str) -> dict[str, list[str]]:
    answer = client.get(SEARCH, {"q": text})
    assert answer.status_code == 200
    return {kind.name: [row.title for row in kind.found] for kind in answer.context["kinds"]}


def test_a_number_leads_to_its_order_held_ended_or_work(cast: Cast, mia: Client) -> None:
    work, held, ended = orders.place(cast.ben), orders.place(cast.anna), orders.place(cast.anna)
    actions.withdraw(ended.order_number, actor=cast.anna.actor, version=1)
    places = {work: "dashboard:order-detail", held: "akcept_panel:order", ended: "akcept_panel:order"}
    for placed, page in places.items():
        answer = mia.get(SEARCH, {"q": f" {placed.order_number}\t"})
        assert answer["Location"] == reverse(page, kwargs={"number": placed.order_number})


def test_a_customer_is_found_with_their_orders_and_people(cast: Cast, mia: Client) -> None:
    work, held = orders.place(cast.ben, po_number="KRA/37"), orders.place(cast.anna)
    other = orders.place(cast.otto)
    assert _found(mia, "acme") == {"Orders": [held.order_number, work.order_number], "Organisations": ["Acme"]}
    assert _found(mia, "nowak") == {"Orders": [work.order_number], "People": ["Ben Nowak"]}
    assert _found(mia, "kra/37") == {"Orders": [work.order_number]}
    assert _found(mia, cast.acme.nip)["Organisations"] == ["Acme"]
    assert other.order_number not in str(_found(mia, "acme"))


def test_people_lead_to_where_they_belong(cast: Cast, mia: Client) -> None:
    [ben] = [row for kind in mia.get(SEARCH, {"q": "nowak"}).context["kinds"] for row in kind.found]
    assert ben.url == reverse("akcept_panel:member", args=[cast.acme.pk, cast.ben.member.pk])  # type: ignore[union-attr]
    assert ben.about == f"{cast.ben.user.email} · Acme, {cast.krakow.name}"
    [paul] = [row for kind in mia.get(SEARCH, {"q": cast.paul.user.email}).context["kinds"] for row in kind.found]
    assert paul.url == reverse("dashboard:user-detail", args=[cast.paul.user.pk])


@pytest.mark.parametrize("text", ["PAP-1", "pap-1", "590PAP-1", "produkt pap"])
def test_products_are_found_by_name_code_and_ean(cast: Cast, mia: Client, text: str) -> None:
    product = carts.stock("PAP-1").product
    carts.stock("TON-9")
    [row] = [row for kind in mia.get(SEARCH, {"q": text}).context["kinds"] for row in kind.found]
    assert (row.title, row.about) == ("Produkt PAP-1", "PAP-1, 590PAP-1")
    assert row.url == reverse("dashboard:catalogue-product", args=[product.pk])


def test_what_is_more_than_shown_is_a_click_away(cast: Cast, mia: Client) -> None:
    for at in range(6):
        organization(f"Zeta {at}", nip=f"123456{at:04d}")
        person(f"Zeta{'abcdef'[at]}", "Nowa")
        product = carts.stock(f"ZETA-{at}").product
        apps.get_model("catalogue.Product").objects.filter(pk=product.pk).update(title=f"Zeta {at}")
        orders.place(cast.ben, po_number=f"ZETA/{at}")
    kinds = {kind.name: kind for kind in mia.get(SEARCH, {"q": "zeta"}).context["kinds"]}
    assert set(kinds) == {"Orders", "Organisations", "People", "Products"}
    assert [row.title for row in kinds["Organisations"].found] == [f"Zeta {at}" for at in range(5)]
    assert [row.title for row in kinds["Products"].found] == [f"Zeta {at}" for at in range(5)]
    more = {"Orders": "ZETA/0", "Organisations": "Zeta 5", "People": "Zetaf Nowa", "Products": "Zeta 5"}
    for name, last in more.items():
        assert len(kinds[name].found) == 5
        assert last in mia.get(kinds[name].more).content.decode(), kinds[name].more


@pytest.mark.parametrize("text", ["zzz", "%", "_", "🧻", "a" * 100])
def test_what_fits_nothing_says_so(cast: Cast, mia: Client, text: str) -> None:
    answer = mia.get(SEARCH, {"q": text})
    assert answer.context["kinds"] == ()
    assert "Nothing found" in answer.content.decode()


def test_too_much_is_refused_and_kept(cast: Cast, mia: Client) -> None:
    answer = mia.get(SEARCH, {"q": "a" * 101})
    assert answer.status_code == 422
    assert "Enter no more than 100 characters." in answer.content.decode()
    assert "a" * 101 in answer.content.decode()


def test_it_is_on_every_page_of_the_panel_for_staff(cast: Cast, mia: Client) -> None:
    for path in ("/dashboard/", "/dashboard/orders/", reverse("akcept_panel:held"), "/dashboard/catalogue/"):
        assert f'action="{SEARCH}"' in mia.get(path).content.decode(), path


def test_staff_find_what_their_pages_show_them(cast: Cast, visit: Visit) -> None:
    work, held = orders.place(cast.ben), orders.place(cast.anna)
    packer = visit(person("Wanda", "Paczka", staff=True))
    assert _found(packer, "acme") == {"Orders": [held.order_number], "Organisations": ["Acme"]}
    assert _found(packer, work.order_number) == {}
    assert _found(packer, "produkt") == {}
    assert _found(packer, "nowak") == {"People": ["Ben Nowak"]}
    assert _found(packer, cast.paul.user.email) == {}
    page = packer.get(reverse("akcept_panel:organization", args=[cast.acme.pk])).content.decode()
    for link in re.findall(r'href="(/dashboard/[^"]+)"', page.partition("Latest orders")[2].partition("</section>")[0]):
        assert packer.get(link.replace("&amp;", "&")).status_code == 200, link


def test_nobody_else_searches(cast: Cast, visit: Visit) -> None:
    orders.place(cast.ben)
    packer = person("Wit", "Paczka")
    apps.get_model("partner.Partner").objects.create(name="Another").users.add(packer.user)
    packer.user.user_permissions.add(Permission.objects.get(codename="dashboard_access"))
    for who in (cast.dora, cast.otto, packer):
        answer: Any = visit(who).get(SEARCH, {"q": "acme"})
        assert answer.status_code in (302, 403)
        assert "Acme" not in answer.content.decode() or who is cast.dora
    assert f'action="{SEARCH}"' not in visit(packer).get("/dashboard/").content.decode()


def test_it_costs_the_same_for_one_and_for_many(cast: Cast, mia: Client) -> None:
    counts = []
    for more in (1, 3):
        for _ in range(more):
            orders.place(cast.ben)
            orders.place(cast.anna)
        counts.append(len(statements(lambda: mia.get(SEARCH, {"q": "acme"}))))
    assert counts[0] == counts[1]
