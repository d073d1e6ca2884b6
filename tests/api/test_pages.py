"""The pages of access: a secret is shown once, others of another organisation or branch see nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.api import actions
from akcept.api.models import Credential
from akcept.testing.cast import PASSWORD, Cast, Person
from tests.support.api import System, exchanged, system_of
from tests.support.statements import statements

SENT = {"name": "Subiekt", "scopes": ["orders:read", "orders:place"], "days": "90"}


@pytest.fixture
def sure(visit: Any) -> Any:
    """Return somebody's browser in which they have just shown once more who they are."""

    def client_of(person: Person) -> Any:
        client = visit(person)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    return client_of


def _secret(page: str) -> str:
    return page.rpartition('<code class="text-break user-select-all">')[2].partition("</code>")[0]


def test_a_member_makes_a_token_and_sees_it_once(cast: Cast, sure: Any) -> None:
    anna = sure(cast.anna)
    answer = anna.post("/account/tokens/", SENT)
    secret = _secret(answer.content.decode())
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    assert System(token=secret).get("/orders").status_code == 200
    page = anna.get("/account/tokens/").content.decode()
    assert "Subiekt" in page
    assert "place orders; change and withdraw yours" in page
    assert secret.rpartition("_")[2] not in page


@pytest.mark.parametrize(
    ("who", "path"),
    [("anna", "/account/tokens/"), ("dora", "/organization/systems/"), ("mia", "/dashboard/systems/")],
)
def test_c1_access_is_given_once_somebody_has_shown_again_who_they_are(
    cast: Cast, visit: Any, who: str, path: str
) -> None:
    """A screen that was left open gives nobody a token for months; what was typed is done once the password came."""
    client = visit(getattr(cast, who))
    sent = {**SENT, "scopes": ["work:read"]} if who == "mia" else SENT
    asked = client.post(path, sent)
    assert (asked.status_code, asked["Location"].partition("?")[0]) == (302, "/accounts/reauthenticate/")
    assert not Credential.objects.exists()
    assert client.post("/accounts/reauthenticate/", {"password": "wrong", "next": path}).status_code == 422
    assert not Credential.objects.exists()
    page = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": path})
    assert (page.status_code, "no-store" in page["Cache-Control"], bool(_secret(page.content.decode()))) == (
        *(200, True),
        True,
    )
    assert Credential.objects.get().name == "Subiekt"


@pytest.mark.parametrize(
    ("who", "path"), [("dora", "/account/access/{}/exchange/"), ("mia", "/dashboard/systems/{}/exchange/")]
)
def test_c1_a_secret_is_exchanged_once_somebody_has_shown_again_who_they_are(
    cast: Cast, visit: Any, who: str, path: str
) -> None:
    scope = "work:read" if who == "mia" else "orders:read"
    given = actions.give_client(actor=getattr(cast, who).actor, name="ERP", scopes=[scope])
    client, wanted = visit(getattr(cast, who)), path.format(given.credential.pk)
    assert client.post(wanted)["Location"].startswith("/accounts/reauthenticate/")
    assert exchanged(given.credential.key, given.secret), "the old one still counts"
    confirmed = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": wanted})
    newer = _secret(confirmed.content.decode())
    assert exchanged(given.credential.key, newer)


def test_what_is_wrong_is_said_and_stays_typed(cast: Cast, visit: Any) -> None:
    answer = visit(cast.anna).post("/account/tokens/", {"name": "Subiekt", "days": "90"})
    assert answer.status_code == 422
    assert 'value="Subiekt"' in answer.content.decode()
    assert not Credential.objects.exists()
    own = visit(cast.anna).post("/account/tokens/", {**SENT, "scopes": ["work:read"]})
    assert own.status_code == 422


def test_an_administrator_connects_a_system_and_ends_it(cast: Cast, sure: Any) -> None:
    dora = sure(cast.dora)
    page = dora.post("/organization/systems/", SENT).content.decode()
    row = Credential.objects.get()
    system = System(token=exchanged(row.key, _secret(page)))
    assert system.get("/orders").status_code == 200
    calls = dora.get(f"/account/access/{row.pk}/").content.decode()
    assert "GET /api/v1/orders" in calls
    newer = _secret(dora.post(f"/account/access/{row.pk}/exchange/").content.decode())
    assert exchanged(row.key, newer)
    assert dora.post(f"/account/access/{row.pk}/end/", follow=True).status_code == 200
    assert system.get("/orders").status_code == 401


@pytest.mark.parametrize(("who", "status"), [("anna", 403), ("ben", 403), ("cora", 403), ("paul", 403)])
def test_who_does_not_administer_connects_nothing(cast: Cast, visit: Any, who: str, status: int) -> None:
    client = visit(getattr(cast, who))
    assert client.get("/organization/systems/").status_code == status
    assert client.post("/organization/systems/", SENT).status_code == status
    assert not Credential.objects.exists()


def test_another_organisation_and_branch_see_and_end_nothing(cast: Cast, visit: Any) -> None:
    token = actions.give_token(actor=cast.anna.actor, name="Anna's own", scopes=["orders:read"]).credential
    client = actions.give_client(actor=cast.dora.actor, name="Acme's ERP", scopes=["orders:read"]).credential
    for who in ("otto", "jan", "ben"):
        visitor = visit(getattr(cast, who))
        for row in (token, client):
            assert visitor.get(f"/account/access/{row.pk}/").status_code == 404
            assert visitor.post(f"/account/access/{row.pk}/end/").status_code == 404
            assert visitor.post(f"/account/access/{row.pk}/exchange/").status_code == 404
    pages = [visit(cast.otto).get(path).content.decode() for path in ("/account/tokens/", "/organization/systems/")]
    assert not any(row.name in page for row in (token, client) for page in pages)
    assert not Credential.objects.exclude(revoked_at=None).exists()


def test_the_merchant_connects_systems_of_its_own(cast: Cast, visit: Any, sure: Any) -> None:
    mia = sure(cast.mia)
    page = mia.post("/dashboard/systems/", {"name": "Optima", "scopes": ["work:read"], "days": "366"}).content.decode()
    row = Credential.objects.get()
    assert exchanged(row.key, _secret(page))
    assert "Optima" in mia.get("/dashboard/systems/").content.decode()
    assert mia.get(f"/dashboard/systems/{row.pk}/").status_code == 200
    assert visit(cast.dora).get("/dashboard/systems/").status_code == 403
    assert visit(cast.dora).get(f"/account/access/{row.pk}/").status_code == 404
    assert mia.post(f"/dashboard/systems/{row.pk}/end/", follow=True).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(cast: Cast, visit: Any, rows: int) -> None:
    for number in range(rows):
        actions.give_token(actor=cast.anna.actor, name=str(number), scopes=["orders:read"])
    anna = visit(cast.anna)
    anna.get("/account/tokens/")
    counted = [each for each in statements(lambda: anna.get("/account/tokens/")) if "akcept_api" in each]
    assert len(counted) == 1


def test_the_reference_names_every_operation_without_a_script(cast: Cast, visit: Any) -> None:
    page = visit().get("/api/").content.decode()
    assert "POST /api/v1/orders/{number}/accept" in page
    assert "second_factor_needed" in page
    assert "https://" not in page.partition("<main")[2].partition("</main")[0]
    assert visit().get("/api/openapi.json").json()["openapi"].startswith("3.1")


def test_what_a_member_gave_access_to_is_in_their_copy_and_goes_with_them(cast: Cast) -> None:
    from akcept.api.own_data import HOLDING
    from akcept.organizations.personal_data import Erasure, Subject

    system_of(cast.ben)
    member = cast.ben.member
    assert member is not None
    subject = Subject(organization_id=cast.acme.pk, member_id=member.pk, account_id=cast.ben.user.pk)
    (section,) = HOLDING.export(subject)
    assert [row[0] for row in section.rows] == ["ERP"]
    HOLDING.erase(
        Erasure(subject=subject, names=("Ben Nowak",), alias="x", stand_in_id=cast.mia.user.pk, whole_account=False)
    )
    assert not Credential.objects.exists()
