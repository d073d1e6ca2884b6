"""F9: what was stored in one person's language is read in another's: roles made ready, refusals in the history."""

from __future__ import annotations

import pytest
from django.utils import translation

from akcept.organizations.labels import READY_ROLES, role_name
from akcept.organizations.models import Role
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit


@pytest.mark.parametrize(("language", "names"), [("pl", "Kierownik oddziału"), ("en", "Branch manager")])
def test_f9_roles_made_ready_have_the_readers_names(cast: Cast, visit: Visit, language: str, names: str) -> None:
    cast.acme.roles.all().delete()
    for stored in ("Kierownik oddziału", "Branch manager (Kraków)"):
        Role.objects.create(organization=cast.acme, name=stored, permissions=["place_orders"])
    told = visit(cast.dora, language=language).get("/organization/roles/").content.decode()
    assert f">{names}<" in told
    assert "Branch manager (Kraków)" in told, "a name that somebody chose stays as it is"


def test_f9_what_somebody_may_do_names_its_role_in_the_readers_words(cast: Cast, visit: Visit) -> None:
    """On the page of the organisation and on that of the member alike."""
    cast.acme.roles.filter(name="Zamawiający").delete()
    requester = Role.objects.create(organization=cast.acme, name="Zamawiający", permissions=["place_orders"])
    assert cast.anna.member is not None
    cast.anna.member.roles.add(requester)
    for who, page in ((cast.anna, "/organization/"), (cast.dora, f"/organization/members/{cast.anna.member.pk}/")):
        told = visit(who, language="en").get(page).content.decode()
        assert ("role Requester" in told, "Zamawiający" in told) == (True, False)


def test_f9_every_role_made_ready_is_known_in_every_language() -> None:
    for ready in READY_ROLES:
        for stored in ("pl", "en"):
            with translation.override(stored):
                name = str(ready.name)
            for reader in ("pl", "en"):
                with translation.override(reader):
                    assert role_name(name) == str(ready.name)
    assert role_name("Składający") == str(READY_ROLES[0].name), "as earlier versions called it"


def test_f9_a_role_saved_as_it_was_seen_keeps_the_name_files_know_it_by(cast: Cast, visit: Visit) -> None:
    role = Role.objects.create(organization=cast.acme, name="Księgowość", permissions=["see_all_orders"])
    client = visit(cast.dora, language="en")
    page = client.get(f"/organization/roles/{role.pk}/")
    assert page.context["form"].initial["name"] == "Accountant"
    sent = {"name": "Accountant", "permissions": ["see_all_orders", "see_budgets"], "version": role.version}
    sent |= {"currency": "PLN", "basis": "goods_net"}
    assert client.post(f"/organization/roles/{role.pk}/", sent).status_code == 302
    role.refresh_from_db()
    assert (role.name, sorted(role.permissions)) == ("Księgowość", ["see_all_orders", "see_budgets"])


@pytest.mark.parametrize("reader", ["en", "pl"])
def test_f9_a_refusal_is_read_in_the_readers_language(cast: Cast, visit: Visit, reader: str) -> None:
    number = orders.place(cast.anna).order_number
    refused = visit(cast.anna, language="pl").post(f"/orders/{number}/accept/", {"version": 1})
    assert refused.status_code == 403
    with translation.override(reader):
        said = translation.gettext("You placed this order yourself: somebody else has to accept it.")
    panel = visit(cast.mia, superuser=True, language=reader).get(f"/dashboard/acceptance/{number}/").content.decode()
    assert said in panel
