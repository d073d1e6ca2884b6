"""The pages of import and export: who gets in, what a bad file is told, preview and confirmation."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from akcept.organizations import actions
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.models import ImportDraft, Invitation, Unit
from akcept.testing import orders
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.organizations.bulk.sheets_of import csv_file, new_unit, preview, unit_file

FILES = "/organization/files/"


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _upload(client: Client, kind: str, content: bytes, name: str = "plik.csv") -> Any:
    return client.post(f"{FILES}{kind}/", {"file": SimpleUploadedFile(name, content)})


def _digest(page: str) -> str:
    return page.partition('name="digest" value="')[2].partition('"')[0]


def test_upload_preview_confirm(cast: Cast, visit: Visit) -> None:
    client = visit(cast.dora, language="en")
    answer = _upload(client, "units", unit_file(new_unit("WR", "Wrocław", cast.head_office.key)))
    assert answer.status_code == 302
    page = _text(client.get(answer["Location"]))
    assert "Added: <b>1</b>, changed: <b>0</b>, left as they are: <b>0</b>." in page
    assert "Wrocław" in page
    assert not Unit.objects.filter(code="WR").exists()
    done = client.post(answer["Location"], {"digest": _digest(page)}, follow=True)
    assert "Imported. Added: 1, changed: 0, left as they were: 0." in _text(done)
    assert Unit.objects.filter(code="WR", organization=cast.acme).exists()
    again = client.post(answer["Location"], {"digest": _digest(page)})
    assert (again.status_code, "no longer here" in _text(again)) == (404, True)


def test_wrong_rows_are_listed_and_cannot_be_confirmed(cast: Cast, visit: Visit) -> None:
    client = visit(cast.dora, language="en")
    where = _upload(client, "units", unit_file(("X", "", "NIE-MA")))["Location"]
    page = _text(client.get(where))
    assert "1 row is wrong, so nothing can be imported." in page
    assert "There is no unit with the code NIE-MA" in page
    assert "Import exactly this" not in page
    assert client.post(where, {"digest": "x"}).status_code == 409


def test_organisation_changed_meanwhile_shows_the_new_preview(cast: Cast, visit: Visit) -> None:
    client = visit(cast.dora, language="en")
    where = _upload(client, "units", unit_file((cast.krakow.key, "Kraków", cast.head_office.key)))["Location"]
    digest = _digest(_text(client.get(where)))
    actions.change_unit(cast.krakow.pk, actor=cast.dora.actor, name="Wieliczka", version=1)
    answer = client.post(where, {"digest": digest})
    assert answer.status_code == 409
    assert "Your organisation changed since this preview" in _text(answer)
    assert client.post(where, {"digest": _digest(_text(answer))}).status_code == 302
    assert Unit.objects.get(pk=cast.krakow.pk).name == "Kraków"


def test_moving_says_what_it_takes_along_and_who_decides_then(cast: Cast, visit: Visit) -> None:
    number = orders.place(cast.piotr).order_number
    deliver()
    client = visit(cast.dora, language="en")
    file = unit_file((cast.skawina.key, "Magazyn Skawina", cast.tarnow.key))
    where = _upload(client, "units", file)["Location"]
    page = _text(client.get(where))
    assert "1 unit moves; 1 member stays in it; 1 order is waiting there" in page
    assert "No longer asked" not in page  # B7: looking tries nothing out
    assert 'name="foresee"' in page
    for other in (cast.otto, cast.ben):
        assert visit(other).post(where, {"foresee": "1"}).status_code in (403, 404)
    page = _text(client.post(where, {"foresee": "1"}))
    assert f"<b>{number}</b>: No longer asked: Ben Nowak." in page
    assert Unit.objects.get(pk=cast.skawina.pk).parent == cast.krakow
    assert ImportDraft.objects.exists()


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("units", b"", "The file is empty."),
        ("units", b"\x00\x01", "neither a CSV nor an XLSX"),
        ("members", csv_file(("Kod", "x"), ("a", "b")), "There is no column “Kod”"),
        ("members", b"x" * 5_000_001, "more than 5 MB"),
    ],
)
def test_bad_file_is_told_at_its_field(cast: Cast, visit: Visit, kind: str, content: bytes, says: str) -> None:
    answer = _upload(visit(cast.dora, language="en"), kind, content)
    page = _text(answer)
    assert (answer.status_code, says in page) == (422, True)
    assert f'id="error-{kind}"' in page
    assert 'aria-invalid="true"' in page
    assert not ImportDraft.objects.exists()


def test_no_file_at_all(cast: Cast, visit: Visit) -> None:
    answer = visit(cast.dora, language="en").post(f"{FILES}units/")
    assert (answer.status_code, "Choose a file." in _text(answer)) == (422, True)


def test_otto_and_the_wrong_branch_see_their_own_only(cast: Cast, visit: Visit) -> None:
    seen = preview(cast.dora, Kind.UNITS, unit_file((cast.krakow.key, "Kraków", cast.head_office.key)))
    tarnow = person("Teresa", "Tar", seat=cast.tarnow, rights="manage_units manage_members")
    for stranger in (cast.otto, tarnow):
        client = visit(stranger)
        for call in (client.get, client.post):
            assert call(f"{FILES}import/{seen.draft.pk}/", {"digest": seen.plan.digest}).status_code == 404
        for path in ("units.csv", "members.csv"):
            exported = client.get(f"{FILES}{path}").content.decode()
            for secret in ("Oddział Kraków", "Skawina", "ewa@", "ben@", "dora@"):
                assert secret not in exported, (path, secret)
    assert Unit.objects.get(pk=cast.krakow.pk).name == "Oddział Kraków"


def test_who_manages_nothing_is_refused_and_nobody_logs_in(cast: Cast, visit: Visit) -> None:
    paths = [FILES, f"{FILES}units.csv", f"{FILES}members.xlsx", f"{FILES}units-template.csv", f"{FILES}import/1/"]
    for who in (cast.anna, cast.ben, cast.paul, cast.mia):
        client = visit(who)
        assert [client.get(path).status_code for path in paths[:4]] == [403] * 4
        assert _upload(client, "units", unit_file()).status_code == 403
    for path in paths:
        assert visit().get(path).status_code == 302


def test_who_manages_units_only_is_offered_units_only(cast: Cast, visit: Visit) -> None:
    client = visit(person("Kora", "Kier", seat=cast.krakow, rights="manage_units"), language="en")
    page = _text(client.get(FILES))
    assert ("File with units" in page, "File with members" in page) == (True, False)
    assert client.get(f"{FILES}members.csv").status_code == 403
    assert _upload(client, "members", csv_file(("email", "unit"), ("a@b.example", "X"))).status_code == 403


@pytest.mark.parametrize("path", ["units.csv", "units.xlsx", "members.csv", "members.xlsx", "units-template.xlsx"])
def test_files_are_downloads_that_no_cache_keeps(cast: Cast, visit: Visit, path: str) -> None:
    answer = visit(cast.dora).get(f"{FILES}{path}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Cache-Control"] == "no-store"
    assert io.BytesIO(answer.content).read(2) in (b"PK", b"\xef\xbb")


def test_long_preview_is_paged(cast: Cast, visit: Visit) -> None:
    client = visit(cast.dora, language="en")
    rows = [(f"n{n}@customer.example", cast.krakow.key) for n in range(150)]
    where = _upload(client, "members", csv_file(("email", "unit"), *rows))["Location"]
    first = _text(client.get(where))
    assert ("n99@" in first, "n100@" in first) == (True, False)
    second = _text(client.get(f"{where}?show=created&after=101"))
    assert ("n99@" in second, "n149@" in second) == (False, True)
    assert client.get(f"{where}?show=nonsense&after=nonsense").status_code == 200
    client.post(where, {"digest": _digest(first)})
    assert Invitation.objects.filter(organization=cast.acme).count() == 150
