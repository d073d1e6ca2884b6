"""The merchant's pages about organisations: bad input at its field, reasons both sides read, nothing by looking."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from akcept.organizations.models import Invitation, Organization
from akcept.organizations.queries import UNITS_OFFERED
from akcept.testing import orders
from akcept.testing.cast import Cast, person, unit
from tests.conftest import Visit
from tests.support.statements import statements

BASE = "/dashboard/organizations/"
NEW = {
    "name": "Nowa sp. z o.o.",
    "nip": "526-104-08-28",
    "line1": "ul. Nowa 1",
    "postcode": "00-001",
    "city": "Warszawa",
    "email": "nina@nowa.example",
    "first_name": "Nina",
    "last_name": "Nowa",
    "language": "pl",
}


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True, sure=True)


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _paths(cast: Cast) -> list[str]:
    acme = f"{BASE}{cast.acme.pk}/"
    return [f"{BASE}add/", acme, f"{acme}block/", f"{acme}invite-administrator/", f"{acme}unblock/", f"{acme}confirm/"]


@pytest.mark.parametrize("who", ["dora", "otto", "paul"])
def test_customers_are_refused_whatever_they_send(cast: Cast, visit: Visit, who: str) -> None:
    client = visit(getattr(cast, who))
    for path in _paths(cast):
        assert client.get(path).status_code == 403
        assert client.post(path, {**NEW, "reason": "x"}).status_code == 403
    assert (Organization.objects.count(), Invitation.objects.count()) == (2, 0)
    assert Organization.objects.get(pk=cast.acme.pk).status == "active"


def test_looking_changes_nothing(cast: Cast, mia: Client) -> None:
    answers = [mia.get(path).status_code for path in _paths(cast)]
    assert answers == [200, 200, 200, 200, 405, 405]
    assert (Organization.objects.count(), Invitation.objects.count()) == (2, 0)


def test_merchant_blocks_with_a_reason_that_members_read_and_unblocks(cast: Cast, mia: Client, visit: Visit) -> None:
    waiting = orders.place(cast.anna).order_number
    acme = f"{BASE}{cast.acme.pk}/"
    missing = mia.post(f"{acme}block/", {"reason": " "})
    assert missing.status_code == 422
    assert 'id="id_reason-error"' in _text(missing)
    assert mia.post(f"{acme}block/", {"reason": "unpaid <b>invoices</b>"}).status_code == 302
    assert "unpaid &lt;b&gt;invoices&lt;/b&gt;" in _text(mia.get(acme))
    assert "organisation blocked" in _text(mia.get("/dashboard/acceptance/"))
    for who, path in ((cast.dora, "/organization/"), (cast.ben, f"/orders/{waiting}/")):
        assert "unpaid &lt;b&gt;invoices&lt;/b&gt;" in _text(visit(who).get(path))
    for path in ("/catalogue/", "/orders/?scope=all", "/acceptance/", "/basket/"):
        page = _text(visit(cast.ben).get(path))
        assert "The shop has blocked <b>Acme</b>" in page, path
        assert "unpaid &lt;b&gt;invoices&lt;/b&gt;" in page, path
        assert "The shop has blocked" not in _text(visit(cast.otto).get(path)), path
    assert "Nothing can be accepted at the moment" in _text(visit(cast.ben).get("/acceptance/"))
    assert "organisation blocked" in _text(visit(cast.anna).get("/orders/"))
    again = mia.post(f"{acme}block/", {"reason": "twice"})
    assert again.status_code == 409
    assert "twice" in _text(again)
    assert mia.post(f"{acme}unblock/").status_code == 302
    assert "organisation blocked" not in _text(mia.get("/dashboard/acceptance/"))
    for reader in (mia.get(acme), visit(cast.dora).get("/organization/")):
        assert "Mia Sikora (shop)" in _text(reader)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nip": "526-104-08-29"}, "nip"),
        ({"nip": "6762435805"}, "nip"),
        ({"name": ""}, "name"),
        ({"postcode": "1"}, "postcode"),
        ({"email": "nina"}, "email"),
        ({"language": "de"}, "language"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, mia: Client, changes: dict[str, str], field: str
) -> None:
    answer = mia.post(f"{BASE}add/", NEW | changes)
    assert answer.status_code == 422
    page = _text(answer)
    assert f'id="id_{field}-error"' in page
    assert 'value="ul. Nowa 1"' in page
    assert Organization.objects.count() == 2


def test_merchant_adds_an_organisation_and_invites_for_a_customer(cast: Cast, mia: Client) -> None:
    answer = mia.post(f"{BASE}add/", NEW, follow=True)
    assert "Nowa sp. z o.o." in _text(answer)
    assert Invitation.objects.get().email == "nina@nowa.example"
    typed = {name: NEW[name] for name in ("email", "first_name", "last_name", "language")}
    path = f"{BASE}{cast.acme.pk}/invite-administrator/"
    assert mia.post(path, typed).status_code == 422
    told = mia.post(path, typed | {"reason": "Dora has left"}, follow=True)
    assert "Dora has left" in _text(told)


def test_page_takes_the_same_statements_for_one_member_and_three(cast: Cast, mia: Client) -> None:
    path = f"{BASE}{cast.acme.pk}/"
    mia.get(path)
    taken = []
    for names in (["A"], ["B", "C"]):
        for name in names:
            person(name, "Nowy", seat=cast.krakow, rights="place_orders")
        taken.append(len(statements(lambda: mia.get(path))))
    assert taken[0] == taken[1]


def test_structure_of_a_large_customer_scrolls_and_narrows_the_list_by_a_click(cast: Cast, mia: Client) -> None:
    for number in range(UNITS_OFFERED):
        unit(cast.acme, f"Salon {number:02}", under=cast.krakow)
    path = f"{BASE}{cast.acme.pk}/"
    page = _text(mia.get(path)).partition("<main")[2]
    people, _credit, _rest = page.partition(f'action="{path}credit/"')
    assert ('name="unit"' in people, 'tabindex="0"' in page) == (False, True)
    assert page.count('<a class="row-link" href="?unit=') == UNITS_OFFERED + 4
    page = _text(mia.get(f"{path}?unit={cast.tarnow.pk}")).partition("<main")[2]
    assert f'<input type="hidden" name="unit" value="{cast.tarnow.pk}">' in page
    assert ("Jan Mazur" in page, "Ewa Dąbrowska" in page) == (True, False)


def test_members_are_searched_and_mangled_links_do_no_harm(cast: Cast, mia: Client) -> None:
    path = f"{BASE}{cast.acme.pk}/"
    page = _text(mia.get(f"{path}?text=mazur")).partition("<main")[2]
    assert "Jan Mazur" in page
    assert "Ewa Dąbrowska" not in page
    for mangled in ("?after=x", "?unit=x", "?unit=99999999999999999999", "?text=%00"):
        assert mia.get(f"{path}{mangled}").status_code == 200
    assert mia.get(f"{BASE}999999/").status_code == 404
    assert mia.get(f"{BASE}999999/block/").status_code == 404
