"""The pages about personal data: files for whoever may have them, a past that is readable, nothing by looking."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from akcept.journal.models import Entry
from akcept.ordering import actions as ordering
from akcept.organizations import actions, queries
from akcept.organizations.models import Member
from akcept.organizations.permissions import Permission
from akcept.testing import orders
from akcept.testing.cast import PASSWORD, Cast, Person, person
from tests.conftest import Visit
from tests.support.statements import statements


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _files(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _leaves(cast: Cast, who: Person) -> Member:
    member = Member.objects.get(pk=who.member.pk)  # type: ignore[union-attr]
    return actions.remove_member(member.pk, actor=cast.dora.actor, version=member.version)


def test_copy_is_two_files_with_the_same_data(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, note="<b>for</b> Ewa & co")
    files = _files(visit(cast.anna, language="pl").post("/organization/my-data/"))
    assert sorted(files) == ["personal-data.html", "personal-data.json"]
    data = json.loads(files["personal-data.json"])
    assert data["name"] == "Anna Kowalska"
    assert data["orders"][0]["number"] == placed.order_number
    assert data["orders"][0]["note"] == "<b>for</b> Ewa & co"
    assert placed.order_number in files["personal-data.html"]
    assert "&lt;b&gt;for&lt;/b&gt; Ewa &amp; co" in files["personal-data.html"]
    assert '<html lang="pl">' in files["personal-data.html"]
    assert "<script" not in files["personal-data.html"]


def test_administrator_takes_a_copy_and_erases_who_has_left(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna)
    ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
    client = visit(cast.dora)
    path = f"/organization/members/{cast.ben.member.pk}/"
    assert "Take a copy (ZIP)" in _text(client.get(path))
    assert "Yes, erase" not in _text(client.get(path))  # only of whoever has left
    assert json.loads(_files(client.post(f"{path}data/"))["personal-data.json"])["decisions"]
    _leaves(cast, cast.ben)
    former = f"/organization/members/former/{cast.ben.member.pk}/"
    assert "Ben Nowak" in _text(client.get("/organization/members/former/"))
    assert "Yes, erase" in _text(client.get(former))
    assert client.get(f"{former}erase/").status_code == 405  # looking changes nothing
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post(f"{former}erase/")["Location"] == former
    page = _text(client.get(former))
    assert f"former member {cast.ben.member.pk}" in page
    assert "had the personal data erased" in page
    assert "Yes, erase" not in page
    for place in (former, "/organization/members/former/", f"/orders/{placed.order_number}/"):
        assert "Nowak" not in _text(client.get(place)), place


def test_page_of_whoever_is_still_there_is_the_members_own(cast: Cast, visit: Visit) -> None:
    answer = visit(cast.dora).get(f"/organization/members/former/{cast.ben.member.pk}/")
    assert answer["Location"] == f"/organization/members/{cast.ben.member.pk}/"


def test_refused_erasure_says_what_to_do_first(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna)
    _leaves(cast, cast.anna)
    dora = visit(cast.dora)
    erase = f"/organization/members/former/{cast.anna.member.pk}/erase/"
    assert dora.post(erase)["Location"] == f"/accounts/reauthenticate/?next={erase.replace('/', '%2F')}"
    # What was asked for is done once she has shown who she is.
    answer = dora.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": erase})
    assert answer.status_code == 409
    assert f"Order {placed.order_number} of this person is still pending" in _text(answer)


@pytest.mark.parametrize("who", ["otto", "anna", "cora", "paul", "branch"])
def test_nobody_else_gets_anything(cast: Cast, visit: Visit, who: str) -> None:
    branch = person("Teresa", "Tar", seat=cast.krakow, rights="manage_members manage_units")
    _leaves(cast, cast.ben)
    client = visit(branch if who == "branch" else getattr(cast, who))
    former = f"/organization/members/former/{cast.ben.member.pk}/"
    entries = Entry.objects.count()
    expected = 404 if who == "otto" else 403
    assert client.get(former).status_code == expected
    for path in (f"{former}erase/", f"/organization/members/{cast.ben.member.pk}/data/"):
        assert client.post(path).status_code == expected
    listed = client.get("/organization/members/former/")
    assert listed.status_code == (200 if who == "otto" else 403)
    assert "Nowak" not in _text(listed)
    assert Entry.objects.count() == entries
    assert Member.objects.get(pk=cast.ben.member.pk).forgotten_at is None


def test_nobody_is_sent_to_log_in(cast: Cast, visit: Visit) -> None:
    for path in ("/organization/members/former/", f"/organization/members/former/{cast.ben.member.pk}/"):
        assert visit().get(path)["Location"].startswith("/accounts/login/")
    assert visit().post("/organization/my-data/")["Location"].startswith("/accounts/login/")


def test_the_shop_gives_a_reason_that_the_customer_reads(cast: Cast, visit: Visit) -> None:
    _leaves(cast, cast.ben)
    client = visit(cast.mia)
    path = f"/dashboard/organizations/{cast.acme.pk}/members/{cast.ben.member.pk}/"
    assert "Ben Nowak" in _text(client.get(f"/dashboard/organizations/{cast.acme.pk}/former/"))
    for act in ("data/", "erase/"):
        refused = client.post(path + act, {"reason": "  "})
        assert refused.status_code == 422
        assert "Give a reason: the customer reads it." in _text(refused)
    assert "personal-data.json" in _files(client.post(f"{path}data/", {"reason": "Request no. 7"}))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post(f"{path}erase/", {"reason": "Request no. 8"})["Location"] == path
    for reader, page in (
        (client, path),
        (visit(cast.dora), f"/organization/members/former/{cast.ben.member.pk}/"),
    ):
        said = _text(reader.get(page))
        assert "Mia Sikora (shop)" in said
        assert "Request no. 7" in said
        assert "Request no. 8" in said
        assert "Nowak" not in said


def test_the_shops_pages_keep_to_one_organisation_and_to_staff(cast: Cast, visit: Visit) -> None:
    wrong = f"/dashboard/organizations/{cast.umbra.pk}/members/{cast.ben.member.pk}/"
    assert visit(cast.mia).get(wrong).status_code == 404
    assert visit(cast.mia).post(f"{wrong}erase/", {"reason": "x"}).status_code == 404
    right = f"/dashboard/organizations/{cast.acme.pk}/members/{cast.ben.member.pk}/"
    for who in (cast.dora, cast.otto, cast.paul):
        for path in (right, f"/dashboard/organizations/{cast.acme.pk}/former/"):
            assert visit(who).get(path).status_code == 403
        assert visit(who).post(f"{right}data/", {"reason": "x"}).status_code == 403


def test_members_page_tells_what_changed_before_and_after(cast: Cast, visit: Visit) -> None:
    member = Member.objects.get(pk=cast.ewa.member.pk)  # type: ignore[union-attr]
    role = actions.add_role(actor=cast.dora.actor, name="Storeman", permissions={Permission.ACCEPT_ORDERS})
    actions.change_member(
        member.pk,
        actor=cast.dora.actor,
        unit_id=cast.tarnow.pk,
        role_ids=[role.pk],
        permissions=frozenset(),
        active=True,
        version=member.version,
    )
    page = _text(visit(cast.dora).get(f"/organization/members/{member.pk}/"))
    said = (
        "unit Oddział Kraków → Serwis Tarnów, role Storeman given, may no longer: placing orders, may: accepting orders"
    )
    assert f"changed: {said}" in page


def _many_left(cast: Cast, count: int) -> None:
    for number in range(count):
        _leaves(cast, person(f"Nr{number}", "Wilk", seat=cast.krakow))


def test_former_members_are_paged_latest_first_in_constant_statements(cast: Cast, visit: Visit) -> None:
    client = visit(cast.dora)
    _many_left(cast, 1)
    client.get("/organization/members/former/")
    one = len(statements(lambda: client.get("/organization/members/former/")))
    for number in range(2):
        _leaves(cast, person(f"Inny{number}", "Wilk", seat=cast.krakow))
    assert len(statements(lambda: client.get("/organization/members/former/"))) == one
    first = queries.former_members(cast.dora.actor, None, size=2)
    second = queries.former_members(cast.dora.actor, None, size=2, after=first.next_after or "")
    names = [row.user.first_name for row in (*first.rows, *second.rows)]
    assert names == ["Inny1", "Inny0", "Nr0"]
