"""Members from a file: who is there is changed, who is not is invited; nobody gives more than they may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, NotAllowed, NotFound
from akcept.ordering import queries as ordering_queries
from akcept.organizations import actions, queries
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.bulk.sheets import written
from akcept.organizations.models import Invitation, Member, Role, Unit
from akcept.organizations.permissions import Permission
from akcept.testing import orders
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.organizations.bulk.sheets_of import bring_in, changes, csv_file, errors, preview, xlsx_file
from tests.support.statements import statements

HEADER = ("E-mail", "Imię", "Nazwisko", "Oddział", "Role", "Język", "Stan")


def _file(*rows: tuple[str, ...]) -> bytes:
    return csv_file(HEADER, *((*row, *("",) * (len(HEADER) - len(row))) for row in rows))


@pytest.fixture
def roles(cast: Cast) -> dict[str, Role]:
    """Acme's two roles; one has a comma in its name."""
    dora = cast.dora.actor
    return {
        "buyer": actions.add_role(actor=dora, name="Zakupy", permissions={Permission.PLACE_ORDERS}),
        "boss": actions.add_role(actor=dora, name="Szef, oddział", permissions={Permission.ACCEPT_ORDERS}),
    }


def _invitation(cast: Cast, **more: Any) -> Invitation:
    return actions.invite(
        actor=cast.dora.actor,
        email="nadia@customer.example",
        first_name="Nadia",
        last_name="Nowa",
        unit_id=cast.krakow.pk,
        permissions=frozenset(),
        language="pl",
        **more,
    )


def _member(who: Any) -> Member:
    return Member.objects.get(pk=who.member.pk)


def test_somebody_new_is_invited_into_unit_and_roles_and_mailed(
    cast: Cast, roles: dict[str, Role], mailoutbox: list[Any]
) -> None:
    file = _file(("Nadia@Customer.example", "Nadia", "Nowa", cast.krakow.key.lower(), "zakupy, Szef, Oddział", "en"))
    seen = preview(cast.dora, Kind.MEMBERS, file)
    assert seen.plan.counts == {"wrong": 0, "created": 1, "changed": 0, "left": 0}
    assert not Invitation.objects.exists()
    actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)
    made = Invitation.objects.get()
    assert (made.email, made.unit, made.language, made.invited_by) == (
        "nadia@customer.example",
        cast.krakow,
        "en",
        cast.dora.member,
    )
    assert set(made.roles.all()) == set(roles.values())
    deliver()
    (mail,) = mailoutbox
    assert mail.to == ["nadia@customer.example"]
    assert mail.subject == "Acme invites you to order as a team"
    whole = Entry.objects.get(topic="organization.members_imported")
    assert (whole.payload["created"], whole.actor_name) == (1, "Dora Zielińska")
    (told,) = sentences([whole])
    assert (told.who, told.what) == (
        "Dora Zielińska",
        "imported members from plik.csv (invited: 1, changed: 0)",
    )


def test_the_same_file_again_leaves_everybody_invited_or_joined(cast: Cast, roles: dict[str, Role]) -> None:
    file = _file(("nadia@customer.example", "Nadia", "Nowa", cast.krakow.key, "Zakupy", "pl", "zaproszony"))
    bring_in(cast.dora, Kind.MEMBERS, file)
    assert preview(cast.dora, Kind.MEMBERS, file).plan.counts["left"] == 1
    joined = person("Nadia", "Nowa", seat=cast.krakow)
    Invitation.objects.update(accepted_at=utc_now())
    Member.objects.get(pk=joined.member.pk).roles.set([roles["buyer"]])
    assert preview(cast.dora, Kind.MEMBERS, file).plan.counts["left"] == 1


def test_members_change_unit_roles_and_activity_with_before_and_after(cast: Cast, roles: dict[str, Role]) -> None:
    waiting = orders.place(cast.anna).order_number
    file = _file(
        (cast.ewa.user.email, "Ewka", "", cast.tarnow.key, "Szef, oddział"),
        (cast.ben.user.email, "", "", cast.krakow.key, "", "", "wyłączony"),
        (cast.jan.user.email, "Jan", "Mazur", cast.tarnow.key),
    )
    seen = preview(cast.dora, Kind.MEMBERS, file)
    assert changes(seen) == {
        "ewa@customer.example": {"unit": ("Oddział Kraków", "Serwis Tarnów"), "roles": ("", "Szef, oddział")},
        "ben@customer.example": {"status": ("active", "deactivated")},
    }
    assert [one.note for one in seen.plan.outcomes] == ["The name stays: members change it themselves.", "", ""]
    actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)
    ewa, ben = _member(cast.ewa), _member(cast.ben)
    assert (ewa.unit, ewa.accept_orders, ewa.place_orders, ewa.version) == (cast.tarnow, True, True, 2)
    assert ewa.role_ids == [roles["boss"].pk]
    assert (ben.active, ben.deactivated_at is not None, ben.user.first_name) == (False, True, "Ben")
    payload = Entry.objects.get(topic="member.changed").payload
    assert (payload["before"]["unit_id"], payload["after"]["unit_id"]) == (cast.krakow.pk, cast.tarnow.pk)
    assert (payload["before"]["roles"], payload["after"]["roles"]) == ([], ["Szef, oddział"])
    # Ben is gone: head office is asked now, once for the whole import.
    deliver()
    assert [p.name for p in ordering_queries.order(cast.cora.actor, waiting).approvers] == ["Cora Wiśniewska"]
    assert Entry.objects.filter(topic="order.asked_again").count() == 1
    back = _file((cast.ben.user.email, "", "", cast.krakow.key, "", "", "Active"))
    bring_in(cast.dora, Kind.MEMBERS, back)
    assert (_member(cast.ben).active, _member(cast.ben).deactivated_at) == (True, None)


def test_missing_column_leaves_roles_alone_a_word_takes_them(cast: Cast, roles: dict[str, Role]) -> None:
    _member(cast.ewa).roles.set([roles["buyer"]])
    without = csv_file(("email", "unit"), (cast.ewa.user.email, cast.krakow.key))
    assert preview(cast.dora, Kind.MEMBERS, without).plan.counts["left"] == 1
    for empty in ("", " "):
        emptied = csv_file(("email", "unit", "roles"), (cast.ewa.user.email, cast.krakow.key, empty))
        assert preview(cast.dora, Kind.MEMBERS, emptied).plan.counts["left"] == 1
    for word in ("-", "Wyczyść", "CLEAR"):
        cleared = csv_file(("email", "unit", "roles"), (cast.ewa.user.email, cast.krakow.key, word))
        assert changes(preview(cast.dora, Kind.MEMBERS, cleared)) == {cast.ewa.user.email: {"roles": ("Zakupy", "")}}


def test_open_invitation_is_changed_and_an_expired_one_sent_again(cast: Cast, roles: dict[str, Role]) -> None:
    invitation = _invitation(cast)
    moved = _file((invitation.email, "Nadia", "Nowa", cast.tarnow.key, "Zakupy"))
    bring_in(cast.dora, Kind.MEMBERS, moved)
    invitation.refresh_from_db()
    assert (invitation.unit, [*invitation.roles.all()]) == (cast.tarnow, [roles["buyer"]])
    Invitation.objects.update(expires_at=utc_now() - timedelta(days=1))
    seen = preview(cast.dora, Kind.MEMBERS, moved)
    assert [one.note for one in seen.plan.outcomes] == ["The invitation has expired: it is sent again."]
    actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)
    invitation.refresh_from_db()
    assert invitation.expires_at > utc_now() + timedelta(days=13)
    assert Entry.objects.filter(topic="member.invitation_resent").count() == 1


def test_every_error_is_told_by_row_and_nobody_is_invited(cast: Cast, roles: dict[str, Role]) -> None:
    file = _file(
        ("ok@customer.example", "", "", cast.krakow.key),
        ("nobody", "", "", "NIE-MA", "Król, Zakupy", "de", "urlop"),
        ("ok@customer.example", "", "", cast.krakow.key),
        ("gone@customer.example", "x" * 151, "", "", "", "", "wyłączony"),
    )
    seen = preview(cast.dora, Kind.MEMBERS, file)
    assert errors(seen) == {
        3: [
            "Enter an e-mail address, for example anna@example.com.",
            "There is no unit with the code NIE-MA.",
            "There is no role named Król.",
            "urlop is not one of: active, deactivated, invited.",
            "Choose one of the languages.",
        ],
        4: ["ok@customer.example is already in row 2."],
        5: [
            "The code of the unit is missing.",
            "gone@customer.example is not a member who can be deactivated.",
            "This may have up to 150 characters.",
        ],
    }
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["pl", "en"])
def test_export_comes_back_as_it_is(cast: Cast, roles: dict[str, Role], file_format: str, language: str) -> None:
    _member(cast.ewa).roles.set(roles.values())
    _invitation(cast, role_ids=[roles["boss"].pk])
    Member.objects.filter(pk=cast.jan.member.pk).update(active=False)
    rows = list(queries.export_rows(cast.dora.actor, Kind.MEMBERS))
    assert len(rows) == 8
    file = written(rows, kind=Kind.MEMBERS, file_format=file_format, language=language)
    assert preview(cast.dora, Kind.MEMBERS, file).plan.counts == {"wrong": 0, "created": 0, "changed": 0, "left": 8}


def test_removed_member_is_in_no_file_and_comes_back_by_invitation(cast: Cast) -> None:
    actions.remove_member(cast.ewa.member.pk, actor=cast.dora.actor, version=1)
    assert cast.ewa.user.email not in {row[0] for row in queries.export_rows(cast.dora.actor, Kind.MEMBERS)}
    assert bring_in(cast.dora, Kind.MEMBERS, _file((cast.ewa.user.email, "", "", cast.krakow.key)))["created"] == 1


def test_last_administrator_stays(cast: Cast) -> None:
    for row in (
        (cast.dora.user.email, "", "", cast.krakow.key),
        (cast.dora.user.email, "", "", cast.head_office.key, "", "", "deactivated"),
    ):
        seen = preview(cast.dora, Kind.MEMBERS, _file(row))
        assert (seen.plan.possible, len(seen.plan.errors)) == (False, 1)
    Unit.objects.filter(pk=cast.head_office.pk).update(code="HQ")
    heir = person("Halina", "Heir", seat=cast.krakow, rights="manage_members")
    both = _file((cast.dora.user.email, "", "", cast.krakow.key), (heir.user.email, "", "", "hq"))
    assert bring_in(cast.dora, Kind.MEMBERS, both)["changed"] == 2


def test_branch_manager_gives_and_takes_only_what_they_have(cast: Cast, roles: dict[str, Role]) -> None:
    manager = person("Kora", "Kier", seat=cast.krakow, rights="manage_members place_orders")
    file = _file(
        ("nadia@customer.example", "", "", cast.krakow.key, "Zakupy"),
        ("nils@customer.example", "", "", cast.krakow.key, "Szef, oddział"),
        (cast.ben.user.email, "", "", cast.skawina.key),
        (cast.ben.user.email.replace("ben", "ewa"), "", "", cast.tarnow.key),
        (cast.jan.user.email, "", "", cast.krakow.key),
    )
    only_head_office = "You can only give or take what you may do yourself; this needs head office: accepting orders."
    assert errors(preview(manager, Kind.MEMBERS, file)) == {
        3: [only_head_office],
        4: [only_head_office],
        5: [f"There is no unit with the code {cast.tarnow.key}."],
        6: ["jan@customer.example belongs to a unit you do not manage."],
    }
    assert {row[0] for row in queries.export_rows(manager.actor, Kind.MEMBERS)} == {
        f"{name}@customer.example" for name in ("anna", "ben", "ewa", "piotr", "kora")
    }


def test_otto_reaches_nobody_of_acme(cast: Cast, roles: dict[str, Role]) -> None:
    seen = preview(cast.dora, Kind.MEMBERS, _file((cast.ewa.user.email, "", "", cast.tarnow.key)))
    with pytest.raises(NotFound):
        actions.carry_out_import(seen.draft.pk, actor=cast.otto.actor, digest=seen.plan.digest)
    theirs = preview(cast.otto, Kind.MEMBERS, _file((cast.ewa.user.email, "", "", cast.krakow.key, "Zakupy")))
    assert errors(theirs) == {
        2: [f"There is no unit with the code {cast.krakow.key}.", "There is no role named Zakupy."]
    }
    assert [row[0] for row in queries.export_rows(cast.otto.actor, Kind.MEMBERS)] == ["otto@customer.example"]
    with pytest.raises(NotAllowed):
        list(queries.export_rows(cast.anna.actor, Kind.MEMBERS))


def test_member_changed_since_the_preview(cast: Cast) -> None:
    seen = preview(cast.dora, Kind.MEMBERS, _file((cast.ewa.user.email, "", "", cast.tarnow.key)))
    actions.change_member(
        cast.ewa.member.pk,
        actor=cast.dora.actor,
        unit_id=cast.skawina.pk,
        permissions=frozenset(),
        active=True,
        version=1,
    )
    with pytest.raises(Changed):
        actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)
    assert _member(cast.ewa).unit == cast.skawina


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_seen(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.krakow.pk).update(code="30415")
    file = xlsx_file(("email", "unit", "first_name"), ("nadia@customer.example", 30415.0, 7))
    seen = preview(cast.dora, Kind.MEMBERS, file)
    assert changes(seen)["nadia@customer.example"]["unit"] == ("", "Oddział Kraków")
    assert changes(seen)["nadia@customer.example"]["first_name"] == ("", "7")


def test_statements_do_not_grow_with_the_rows(cast: Cast, roles: dict[str, Role]) -> None:
    _invitation(cast)  # an organisation without any is spared a statement

    def taken(numbers: range, unit: Unit) -> tuple[int, int]:
        rows = [(f"n{n}@customer.example", "N", str(n), unit.key, "Zakupy") for n in numbers]
        seen = preview(cast.dora, Kind.MEMBERS, _file(*rows))
        looked = len(statements(lambda: queries.import_preview(cast.dora.actor, seen.draft.pk)))
        call = lambda: actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)  # noqa: E731
        return looked, len(statements(call))

    assert taken(range(1), cast.krakow) == taken(range(10, 40), cast.krakow)
    assert taken(range(1), cast.tarnow) == taken(range(10, 40), cast.tarnow)  # invitations changed now
    for n in range(60, 64):
        person(f"n{n}", "x", seat=cast.krakow)
    assert taken(range(60, 61), cast.tarnow) == taken(range(61, 64), cast.tarnow)  # and members
