"""One login, several organisations: what counts is clear, and nothing of one ever reaches the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.ordering import actions as ordering_actions
from akcept.ordering import queries as ordering
from akcept.ordering.models import Placement
from akcept.organizations import actions, queries
from akcept.organizations.models import Member, Organization
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import SESSION_KEY
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, seated
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.statements import statements
from tests.support.visitors import hidden


@dataclass
class Twice:
    """Anna, who orders for Acme's Kraków branch, and for Umbra too, where she also accepts and sees its orders."""

    cast: Cast
    there: Member

    @property
    def in_umbra(self) -> Actor:
        return self.acting(self.cast.umbra)

    @property
    def in_acme(self) -> Actor:
        return self.acting(self.cast.acme)

    def acting(self, organization: Organization) -> Actor:
        return Actor.person(self.cast.anna.user.pk, self.cast.anna.name, organization_id=organization.pk)


@pytest.fixture
def anna(cast: Cast) -> Twice:
    rights = "place_orders accept_orders see_unit_orders"
    return Twice(cast=cast, there=seated(cast.anna.user, cast.terminal, rights=rights))


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _switch(client: Client, organization: Organization, **more: str) -> Any:
    return client.post("/organization/switch/", {"organization": str(organization.pk), **more})


def _add(client: Client, record: Any) -> None:
    answer = client.post(f"/basket/add/{record.product_id}/", {"quantity": "2"})
    assert answer.status_code == 302


def test_the_organisation_that_counts_is_on_every_page_and_switched_by_a_form(anna: Twice, visit: Visit) -> None:
    client = visit(anna.cast.anna)
    for path in ("/catalogue/", "/orders/", "/basket/", "/organization/"):
        page = _text(client.get(path))
        assert "You act for <b>Acme</b>, Oddział Kraków" in page, path
        assert "/organization/mine/" in page
    page = _text(client.get("/organization/mine/"))
    assert re.findall(r'class="name">(\w+)<', page) == ["Acme", "Umbra"]
    answer = _switch(client, anna.cast.umbra)
    assert (answer.status_code, answer["Location"]) == (302, "/orders/")
    assert "You act for <b>Umbra</b>, Terminal" in _text(client.get("/organization/"))


def test_whoever_has_one_organisation_sees_no_switch(cast: Cast, visit: Visit) -> None:
    page = _text(visit(cast.ben).get("/organization/"))
    assert "You act for" not in page
    assert "Switch the organisation" not in page
    page = _text(visit(cast.paul).get("/organization/mine/"))
    assert "You belong to no organisation" in page


def test_lists_orders_rights_and_baskets_are_those_of_one_organisation(anna: Twice, visit: Visit) -> None:
    acme_order = orders.place(anna.cast.anna)
    umbra_order = orders.place(anna.cast.otto)
    client = visit(anna.cast.anna)
    _add(client, carts.stock("A1", price="11.00"))
    here = _text(client.get("/orders/?scope=all"))
    assert (acme_order.order_number in here, umbra_order.order_number in here) == (True, False)
    assert "Produkt A1" in _text(client.get("/basket/"))
    _switch(client, anna.cast.umbra)
    there = _text(client.get("/orders/?scope=all"))
    assert (acme_order.order_number in there, umbra_order.order_number in there) == (False, True)
    assert "Your basket is empty" in _text(client.get("/basket/"))
    _add(client, carts.stock("U1", price="12.00"))
    assert "Produkt U1" in _text(client.get("/basket/"))
    _switch(client, anna.cast.acme)
    basket = _text(client.get("/basket/"))
    assert ("Produkt A1" in basket, "Produkt U1" in basket) == (True, False)


def test_basket_is_ordered_only_for_the_organisation_it_was_filled_for(anna: Twice, visit: Visit) -> None:
    client = visit(anna.cast.anna)
    _switch(client, anna.cast.umbra)
    _add(client, carts.stock("U1"))
    basket = apps.get_model("basket.Basket").objects.get(owner=anna.cast.anna.user)
    terms: dict[str, Any] = {"delivery_code": orders.COURIER, "cart_id": basket.pk}
    with pytest.raises(NotFound):
        ordering_actions.place(actor=anna.in_acme, delivery_address=orders.address_of(anna.cast.anna), **terms)
    address = orders.address_of(anna.cast.otto)
    placed = ordering_actions.place(actor=anna.in_umbra, delivery_address=address, **terms)
    placement = Placement.objects.get(number=placed.order_number)
    assert (placement.organization, placement.requester) == (anna.cast.umbra, anna.there)
    assert not placed.held  # there she accepts herself, in Acme she would have to ask


def test_basket_from_before_the_second_organisation_stays_the_first_ones(anna: Twice, visit: Visit) -> None:
    cart = carts.fill(anna.cast.anna, lines=1)  # as Oscar leaves it, without a home
    with pytest.raises(NotFound):
        ordering_actions.place(
            actor=anna.in_umbra,
            cart_id=cart,
            delivery_code=orders.COURIER,
            delivery_address=orders.address_of(anna.cast.otto),
        )
    client = visit(anna.cast.anna)
    _switch(client, anna.cast.umbra)
    assert "Your basket is empty" in _text(client.get("/basket/"))
    _switch(client, anna.cast.acme)
    assert "Produkt S1" in _text(client.get("/basket/"))


def test_what_was_chosen_before_logging_in_joins_the_basket_of_the_organisation_that_counts(
    anna: Twice, visit: Visit
) -> None:
    client = visit()
    _add(client, carts.stock("B1"))
    client.force_login(anna.cast.anna.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = _text(client.get("/basket/"))
    assert "Produkt B1" in page
    assert "earlier visit" in page
    _switch(client, anna.cast.umbra)
    assert "Your basket is empty" in _text(client.get("/basket/"))


def _typed(page: str, cast: Cast) -> dict[str, str]:
    return {
        "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "address": str(cast.krakow.addresses.get().pk),
    }


@pytest.mark.parametrize("there_and_back", [False, True])
def test_page_left_open_for_one_organisation_does_nothing_after_a_switch(anna: Twice, there_and_back: bool) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna.cast.anna.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = "en"
    carts.fill(anna.cast.anna, lines=1)
    first_tab = _text(client.get("/checkout/"))
    token = hidden(_text(client.get("/organization/mine/")), "csrfmiddlewaretoken")
    assert _switch(client, anna.cast.umbra, csrfmiddlewaretoken=token).status_code == 302
    if there_and_back:
        token = hidden(_text(client.get("/organization/mine/")), "csrfmiddlewaretoken")
        assert _switch(client, anna.cast.acme, csrfmiddlewaretoken=token).status_code == 302
    answer = client.post("/checkout/", _typed(first_tab, anna.cast))
    assert answer.status_code == 403
    assert "Nothing was done." in _text(answer)
    assert not Placement.objects.exists()
    if there_and_back:
        fresh = client.post("/checkout/", _typed(_text(client.get("/checkout/")), anna.cast))
        assert fresh.status_code == 302
        assert Placement.objects.get().organization == anna.cast.acme


def test_switching_exchanges_the_session_so_that_a_request_under_way_counts_for_nobody(
    anna: Twice, visit: Visit
) -> None:
    client = visit(anna.cast.anna)
    before = client.cookies["sessionid"].value
    _switch(client, anna.cast.umbra)
    under_way = visit()
    under_way.cookies["sessionid"] = before
    assert under_way.get("/orders/")["Location"].startswith("/accounts/login/")


def test_part_of_a_page_that_is_refused_leads_away_from_the_old_page(anna: Twice) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna.cast.anna.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post("/orders/1/accept/", {"version": "1"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/organization/mine/")


def test_link_to_an_order_of_the_other_organisation_offers_to_switch(anna: Twice, visit: Visit) -> None:
    umbras = orders.place(anna.cast.otto)
    client = visit(anna.cast.anna)
    answer = client.get(f"/orders/{umbras.order_number}/")
    assert answer.status_code == 409
    page = _text(answer)
    assert "This belongs to Umbra" in page
    assert "Otto" not in page.partition("<main")[2]
    assert SESSION_KEY in client.session
    assert client.session[SESSION_KEY] == anna.cast.acme.pk  # looking switches nothing
    opened = _switch(client, anna.cast.umbra, next=f"/orders/{umbras.order_number}/")
    assert opened["Location"] == f"/orders/{umbras.order_number}/"
    assert client.get(opened["Location"]).status_code == 200
    assert visit(anna.cast.ben).get(f"/orders/{umbras.order_number}/").status_code == 404


def test_order_of_a_colleague_who_is_no_business_of_hers_is_not_found_in_either(anna: Twice, visit: Visit) -> None:
    foreign = orders.place(anna.cast.jan)
    assert visit(anna.cast.anna).get(f"/orders/{foreign.order_number}/").status_code == 404


def test_mail_about_an_organisation_opens_that_organisation(anna: Twice, visit: Visit) -> None:
    Member.objects.filter(pk=anna.there.pk).update(manage_members=True)
    actions.block(anna.cast.umbra.pk, actor=anna.cast.mia.actor, reason="Unpaid invoices")
    deliver()
    body = next(str(message.body) for message in mail.outbox if message.to == ["anna@customer.example"])
    link = re.search(r"http://[^/]+(/organization/\?org=\d+)", body)
    assert link is not None
    client = visit(anna.cast.anna)
    answer = client.get(link[1])
    assert answer.status_code == 409
    assert "This belongs to Umbra" in _text(answer)
    _switch(client, anna.cast.umbra)
    assert client.get(link[1]).status_code == 200
    assert visit(anna.cast.ben).get(link[1]).status_code == 200  # the link tells a stranger nothing
    assert "Umbra" not in _text(visit(anna.cast.ben).get(link[1]))


@pytest.mark.parametrize("typed", ["", "x", "99999", "-1", "9" * 40, "٣"])
def test_what_is_none_of_hers_is_not_found(anna: Twice, visit: Visit, typed: str) -> None:
    client = visit(anna.cast.anna)
    assert client.post("/organization/switch/", {"organization": typed}).status_code == 404
    assert client.session[SESSION_KEY] == anna.cast.acme.pk


def test_nobody_switches_into_an_organisation_they_do_not_belong_to(cast: Cast, anna: Twice, visit: Visit) -> None:
    assert _switch(visit(cast.otto), cast.acme).status_code == 404
    assert _switch(visit(cast.ben), cast.umbra).status_code == 404
    Member.objects.filter(pk=anna.there.pk).update(active=False, deactivated_at=utc_now())
    client = visit(cast.anna)
    assert _switch(client, cast.umbra).status_code == 404
    assert "Umbra" not in _text(client.get("/organization/mine/"))


def test_choosing_a_foreign_organisation_never_makes_a_member_a_private_customer(cast: Cast) -> None:
    forged = Actor.person(cast.anna.user.pk, "Anna", organization_id=cast.umbra.pk)
    with pytest.raises(NotFound):
        queries.seat_of(forged)
    with pytest.raises(NotFound):
        ordering_actions.place(
            actor=forged,
            cart_id=carts.fill(cast.anna),
            delivery_code=orders.COURIER,
            delivery_address=orders.address_of(cast.anna),
        )
    with pytest.raises(NotFound):
        ordering.orders(forged)


def test_losing_one_seat_ends_only_what_she_does_there(anna: Twice, visit: Visit) -> None:
    client = visit(anna.cast.anna)
    member = Member.objects.get(pk=anna.cast.anna.member.pk)  # type: ignore[union-attr]
    placed = orders.place(anna.cast.ewa)
    actions.remove_member(member.pk, actor=anna.cast.dora.actor, version=member.version)
    answer = client.get("/orders/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = _text(client.get("/orders/"))
    assert "has been deactivated" in page
    assert "You now act for Umbra, " in page
    assert placed.order_number not in page
    assert "You act for" not in page  # only one is left: there is nothing to confuse


def test_page_of_a_lost_seat_never_counts_for_the_seat_that_is_left(anna: Twice, visit: Visit) -> None:
    client = visit(anna.cast.anna)
    cart = carts.fill(anna.cast.anna, lines=1)
    page = _text(client.get("/checkout/"))
    member = Member.objects.get(pk=anna.cast.anna.member.pk)  # type: ignore[union-attr]
    actions.remove_member(member.pk, actor=anna.cast.dora.actor, version=member.version)
    answer = client.post("/checkout/", _typed(page, anna.cast))
    assert answer["Location"] == "/"
    assert not Placement.objects.exists()
    assert apps.get_model("basket.Basket").objects.get(pk=cart).status == "Open"


def test_losing_the_other_seat_changes_nothing_here(anna: Twice, visit: Visit) -> None:
    client = visit(anna.cast.anna)
    Member.objects.filter(pk=anna.there.pk).update(active=False, removed_at=utc_now())
    assert client.get("/orders/").status_code == 200
    assert client.session[SESSION_KEY] == anna.cast.acme.pk


def test_invitation_to_somebody_who_has_an_account_adds_the_second_organisation(cast: Cast, visit: Visit) -> None:
    actions.invite(
        actor=cast.otto.actor,
        email="ewa@customer.example",
        first_name="Ewa",
        last_name="Dąbrowska",
        unit_id=cast.terminal.pk,
        permissions=frozenset({Permission.ACCEPT_ORDERS}),
        language="pl",
    )
    deliver()
    link = re.search(r"/organization/join/\S+/", str(mail.outbox[-1].body))
    assert link is not None
    page = _text(visit().get(link[0]))
    assert "You already have an account" in page
    assert f"?next={link[0]}" in page.replace("%3A", ":").replace("%2F", "/")
    client = visit(cast.ewa)
    assert client.post(link[0])["Location"] == "/organization/"
    assert "You act for <b>Umbra</b>" in _text(client.get("/organization/"))
    assert Member.objects.filter(user=cast.ewa.user, active=True).count() == 2
    assert Member.objects.get(user=cast.ewa.user, organization=cast.acme).permissions == {Permission.PLACE_ORDERS}


def test_orders_of_both_ask_her_only_where_she_may_decide(anna: Twice, visit: Visit) -> None:
    member = seated(anna.cast.jan.user, anna.cast.terminal, rights="place_orders")
    jan = Actor.person(anna.cast.jan.user.pk, anna.cast.jan.name, organization_id=anna.cast.umbra.pk)
    basket = apps.get_model("basket.Basket").objects.get(pk=carts.fill(anna.cast.jan, lines=1))
    apps.get_model("akcept_oscar_edge.BasketHome").objects.create(basket=basket, member=member)
    ordering_actions.place(
        actor=jan,
        cart_id=basket.pk,
        delivery_code=orders.COURIER,
        delivery_address=orders.address_of(anna.cast.otto),
    )
    counts = {}
    for organization in (anna.cast.acme, anna.cast.umbra):
        counts[organization.name] = ordering.inbox_count(queries.seat_of(anna.acting(organization)))
    assert counts == {"Acme": 0, "Umbra": 1}


def test_the_switch_costs_one_statement_and_only_whoever_needs_it(cast: Cast, visit: Visit) -> None:
    assert len(statements(lambda: queries.seat_of(cast.anna.actor))) == 1
    client = visit(cast.anna)
    client.get("/orders/")
    alone = len(statements(lambda: client.get("/orders/")))
    seated(cast.anna.user, cast.terminal)
    assert len(statements(lambda: client.get("/orders/"))) == alone
