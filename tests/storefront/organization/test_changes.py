"""What was changed in the organisation, before and after: for its administrators, and on the page of what it was."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from akcept.approvals.actions import save_rule
from akcept.approvals.rules import Outcome, Rule
from akcept.journal.models import Entry
from akcept.kernel.amounts import Basis, Limit
from akcept.organizations import actions, queries
from akcept.organizations.actions import AddressInput
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.permissions import Permission
from akcept.testing import orders
from akcept.testing.cast import Cast, person
from akcept.ui.history import sentences
from tests.conftest import Visit
from tests.support.statements import statements

CHANGES = "/organization/changes/"
ADDRESS = AddressInput(recipient="Magazyn", line1="ul. Nowa 1", postcode="00-001", city="Warszawa")
ELSEWHERE = AddressInput(recipient="Magazyn", line1="ul. Stara 2", postcode="00-001", city="Warszawa")
LIMIT = Limit(amount=Decimal(500), currency="PLN", basis=Basis.GOODS_NET)


def _text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


def _everything(cast: Cast) -> None:
    """Do to Acme one of everything its pages offer."""
    dora = cast.dora.actor
    unit = actions.add_unit(actor=dora, parent_id=cast.krakow.pk, name="Salon", code="SA", address=ADDRESS)
    actions.change_unit(unit.pk, actor=dora, name="Salon Rynek", code="SA", cost_centre="MPK-1", version=1)
    address = unit.addresses.get()
    actions.save_address(unit.pk, actor=dora, address=ELSEWHERE, address_id=address.pk, is_default=True)
    other = actions.save_address(unit.pk, actor=dora, address=ADDRESS)
    actions.remove_address(unit.pk, actor=dora, address_id=other.pk)
    actions.move_unit(unit.pk, actor=dora, parent_id=cast.tarnow.pk, version=2)
    role = actions.add_role(
        actor=dora, name="Head", permissions={Permission.ACCEPT_ORDERS, Permission.PLACE_ORDERS}, limit=LIMIT
    )
    actions.change_role(role.pk, actor=dora, name="Chief", permissions={Permission.ACCEPT_ORDERS}, version=1)
    invitation = actions.invite(
        actor=dora,
        email="nadia@customer.example",
        first_name="",
        last_name="",
        unit_id=unit.pk,
        permissions=frozenset({Permission.PLACE_ORDERS}),
        role_ids=[role.pk],
        language="pl",
    )
    actions.resend_invitation(invitation.pk, actor=dora)
    actions.revoke_invitation(invitation.pk, actor=dora)
    ewa = cast.ewa.member
    assert ewa is not None
    actions.change_member(
        ewa.pk, actor=dora, unit_id=unit.pk, permissions=frozenset(), role_ids=[role.pk], active=True, version=1
    )
    actions.close_unit(unit.pk, actor=dora, members_to=cast.krakow.pk, version=3)
    actions.reopen_unit(unit.pk, actor=dora, parent_id=cast.krakow.pk, name="Salon Rynek", code="SR", version=4)
    ewa.refresh_from_db()
    actions.change_member(
        ewa.pk, actor=dora, unit_id=ewa.unit_id, permissions=frozenset(), active=False, version=ewa.version
    )
    actions.remove_role(role.pk, actor=dora, version=2)
    actions.change_organization(actor=dora, name="Acme II", address=ADDRESS, invoice_email="faktury@acme.example")
    rule = Rule(id=0, name="Everything", unit_id=cast.head_office.pk, outcome=Outcome.ALLOW)
    save_rule(rule, actor=dora, version=0)


TOLD = [
    ("Acceptance rules", "rule “Everything”: added"),
    ("Acme II", "changed: name: Acme → Acme II; street and number: {line1} → ul. Nowa 1"),
    ("Chief", "removed the role: accepting orders"),
    ("Ewa Dąbrowska", "deactivated the account; role Chief taken; may no longer: accepting orders"),
    ("Salon Rynek", "opened again: Salon Rynek, below Oddział Kraków; code: SA → SR"),
    ("Salon Rynek", "closed: Salon Rynek; 1 member moved to Oddział Kraków"),
    (
        "Ewa Dąbrowska",
        "changed: unit Oddział Kraków → Salon Rynek, role Chief given, may no longer: placing orders, may: ",
    ),
    ("nadia@customer.example", "cancelled the invitation"),
    ("nadia@customer.example", "sent the invitation again"),
    ("nadia@customer.example", "invited, with: Chief, placing orders"),
    (
        "Chief",
        "changed: name: Head → Chief; may no longer: placing orders; accepts up to any amount (before: PLN 500.00",
    ),
    ("Head", "added the role: placing orders, accepting orders (up to PLN 500.00 net, without delivery)"),
    ("Salon Rynek", "moved the unit: it belonged to Oddział Kraków, now to Serwis Tarnów"),
    ("Salon Rynek", "removed the delivery address Magazyn, ul. Nowa 1, 00-001 Warszawa"),
    ("Salon Rynek", "added the delivery address Magazyn, ul. Nowa 1, 00-001 Warszawa"),
    ("Salon Rynek", "changed the delivery address: Magazyn, ul. Nowa 1, 00-001 Warszawa → Magazyn, ul. Stara 2, "),
    ("Salon Rynek", "changed: name: Salon → Salon Rynek; cost centre: – → MPK-1"),
    ("Salon Rynek", "added the unit below Oddział Kraków; code: – → SA"),
]


def _rows(page: str) -> list[tuple[str, str]]:
    """Return what each row is about and what it says."""
    found = []
    for row in page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]:
        cells = [unescape(re.sub(r"<[^>]+>", "|", cell)).strip("|") for cell in row.split("<td")[1:]]
        found.append((cells[0].partition(">")[2].strip("|").split("|")[0], cells[1].partition(">")[2].split("|")[0]))
    return found


def test_everything_that_was_changed_is_told_before_and_after(cast: Cast, visit: Visit) -> None:
    street = cast.acme.line1
    _everything(cast)
    client = visit(cast.dora)
    told = _rows(_text(client.get(CHANGES)))
    assert [name for name, _what in told] == [name for name, _what in TOLD]
    for (_name, what), (_same, wanted) in zip(told, TOLD, strict=True):
        assert what.startswith(wanted.format(line1=street)), what
    only = _rows(_text(client.get(f"{CHANGES}?matter=role")))
    assert only == [row for row in told if row[0] in ("Chief", "Head")]


def test_what_the_shop_did_is_about_the_organisation_not_whom_it_invited(cast: Cast, visit: Visit) -> None:
    asked = {"email": "nina@nowa.example", "first_name": "Nina", "last_name": "Nowa", "language": "en"}
    actions.invite_administrator(cast.acme.pk, actor=cast.mia.actor, reason="Dora has left", **asked)
    told = _rows(_text(visit(cast.dora).get(f"{CHANGES}?matter=organization")))
    assert told[0] == ("Acme", "invited nina@nowa.example as an administrator")


def test_every_topic_of_the_room_has_words(cast: Cast) -> None:
    _everything(cast)
    silent = {entry.topic for entry in Entry.objects.filter(organization_id=cast.acme.pk) if not sentences([entry])}
    assert silent == set()


def test_imported_rows_say_as_much_as_the_pages_do(cast: Cast, visit: Visit) -> None:
    content = (
        "code;name;parent;cost centre;recipient;street and number;postcode;town\n"
        f"{cast.krakow.key};{cast.krakow.name};{cast.tarnow.key};MPK-9;Magazyn;ul. Nowa 1;00-001;Warszawa\n"
    )
    _import(cast, Kind.UNITS, content)
    _import(cast, Kind.MEMBERS, f"e-mail;unit\newa@customer.example;{cast.tarnow.key}\n")
    told = _rows(_text(visit(cast.dora).get(CHANGES)))
    assert ("Ewa Dąbrowska", "changed: unit Oddział Kraków → Serwis Tarnów") in told
    assert ("Oddział Kraków", "changed: cost centre: – → MPK-9") in told
    assert any("Wadowicka 6" in what and "→ Magazyn, ul. Nowa 1" in what for _name, what in told)


def _import(cast: Cast, kind: Kind, content: str) -> None:
    draft = actions.draft_import(actor=cast.dora.actor, kind=kind, file_name="x.csv", content=content.encode())
    digest = queries.import_preview(cast.dora.actor, draft.pk).plan.digest
    actions.carry_out_import(draft.pk, actor=cast.dora.actor, digest=digest)


@pytest.mark.parametrize("what", ["unit", "role"])
def test_pages_of_units_and_roles_tell_their_own_history(cast: Cast, visit: Visit, what: str) -> None:
    dora = cast.dora.actor
    actions.change_unit(cast.krakow.pk, actor=dora, name="Kraków Podgórze", version=1)
    actions.change_unit(cast.tarnow.pk, actor=dora, name="Tarnów Mościce", version=1)
    role = actions.add_role(actor=dora, name="Head", permissions=set())
    actions.change_role(role.pk, actor=dora, name="Chief", permissions=set(), version=1)
    path = {"unit": f"/organization/units/{cast.krakow.pk}/", "role": f"/organization/roles/{role.pk}/"}[what]
    page = _text(visit(cast.dora).get(path))
    assert {"unit": "Oddział Kraków → Kraków Podgórze", "role": "Head → Chief"}[what] in page
    assert "Mościce" not in page


def test_only_head_office_reads_it_and_nothing_of_others(cast: Cast, visit: Visit) -> None:
    _everything(cast)
    manager = person("Teresa", "Tar", seat=cast.tarnow, rights="manage_members manage_units")
    for who in (manager, cast.anna, cast.cora, cast.paul):
        assert visit(who).get(CHANGES).status_code == 403
        assert ">Changes</a>" not in _text(visit(who).get("/organization/"))
    otto = visit(cast.otto).get(f"{CHANGES}?after=999999")
    assert (otto.status_code, _rows(_text(otto))) == (200, [])
    assert visit().get(CHANGES).status_code == 302


def test_changes_take_the_same_statements_for_few_and_a_page(cast: Cast, visit: Visit) -> None:
    client, taken = visit(cast.dora), []
    for count in (1, 30):
        for number in range(count):
            actions.add_role(actor=cast.dora.actor, name=f"R{count}-{number}", permissions=set())
        orders.place(cast.anna)
        client.get(CHANGES)
        taken.append(len(statements(lambda: client.get(CHANGES))))
    assert taken[0] == taken[1]
    page = _text(client.get(CHANGES))
    assert len(_rows(page)) == 25
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    assert len(_rows(_text(client.get(f"{CHANGES}{unescape(following[1])}")))) == 6


def test_substitute_is_told_with_their_days(cast: Cast, visit: Visit) -> None:
    start = timezone.make_aware(datetime(timezone.localdate().year + 1, 1, 1))
    actions.name_substitute(
        actor=cast.dora.actor,
        absent_id=cast.ben.member.pk,  # type: ignore[union-attr]
        substitute_id=cast.ewa.member.pk,  # type: ignore[union-attr]
        starts_at=start,
        ends_at=start + timedelta(days=2),
    )
    told = _rows(_text(visit(cast.dora).get(CHANGES)))
    first, last = (f"{day.day} {day:%b %Y}" for day in (start, start + timedelta(days=1)))
    assert told == [("Ben Nowak", f"named Ewa Dąbrowska as a substitute, {first} to {last}")]
