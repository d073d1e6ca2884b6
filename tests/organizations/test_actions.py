"""What an organisation does with itself: sign-up, units, invitations, members; every refusal names what would help."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from akcept.organizations import actions, queries
from akcept.organizations.actions import AddressInput
from akcept.organizations.actions.rows import stored_grant
from akcept.organizations.models import Invitation, Member, Organization, Profile, Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing.cast import PASSWORD, Cast
from tests.support.databases import Private
from tests.support.threads import together

PLACE, ACCEPT, MANAGE = Permission.PLACE_ORDERS, Permission.ACCEPT_ORDERS, Permission.MANAGE_MEMBERS
ADDRESS = AddressInput(recipient="Nowa", line1="ul. Nowa 1", postcode="00-001", city="Warszawa")


def _sign_up(**changes: Any) -> Organization:
    typed: dict[str, Any] = {
        "name": "Nowa sp. z o.o.",
        "nip": "526-104-08-28",
        "address": ADDRESS,
        "first_name": "Nina",
        "last_name": "Nowa",
        "email": "Nina@Nowa.example",
        "password": PASSWORD,
        "language": "pl",
    }
    return actions.sign_up(**(typed | changes))


def test_sign_up_makes_a_pending_organisation_with_its_first_administrator(db: None) -> None:
    made = _sign_up()
    assert (made.status, made.nip) == ("pending", "5261040828")
    member = made.members.get()
    assert (member.user.email, member.permissions) == ("nina@nowa.example", set(Permission))
    assert member.unit.parent is None
    assert member.unit.addresses.get().line1 == "ul. Nowa 1"


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"nip": "526-104-08-29"}, "nip", "check digit"),
        ({"nip": "123"}, "nip", "ten digits"),
        ({"nip": ""}, "nip", "ten digits"),
        ({"nip": "PL 676 243 58 05"}, "nip", "already has an account"),
        ({"name": "  "}, "name", "organisation's name"),
        ({"email": "anna@CUSTOMER.example"}, "email", "already an account"),
        ({"first_name": ""}, "first_name", "first name"),
        ({"last_name": " "}, "last_name", "last name"),
        ({"address": AddressInput(recipient="x", line1="", postcode="00-001", city="W")}, "line1", "street"),
        ({"address": AddressInput(recipient="x", line1="x", postcode="1", city="W")}, "postcode", "30-415"),
        ({"address": AddressInput(recipient="x", line1="x", postcode="00-001", city="")}, "city", "town"),
    ],
)
def test_sign_up_names_the_field(cast: Cast, changes: dict[str, Any], field: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        _sign_up(**changes)
    assert refused.value.field == field
    assert Organization.objects.count() == 2


def test_same_nip_signed_up_twice_at_once_is_one_organisation(pg: Private) -> None:
    results = together(*[lambda n=n: _sign_up(email=f"n{n}@nowa.example") for n in range(4)])
    assert sum(isinstance(result, Organization) for result in results) == 1, results
    assert all(isinstance(result, (Organization, Invalid)) for result in results), results


def test_merchant_confirms_once(cast: Cast) -> None:
    made = _sign_up()
    assert actions.confirm(made.pk, actor=cast.mia.actor).status == "active"
    with pytest.raises(Stale):
        actions.confirm(made.pk, actor=cast.mia.actor)
    with pytest.raises(NotFound):
        actions.confirm(10**6, actor=cast.mia.actor)


# --- units ---


def test_unit_is_added_below_another_with_its_address(cast: Cast) -> None:
    made = actions.add_unit(actor=cast.dora.actor, parent_id=cast.krakow.pk, name=" Wieliczka ", address=ADDRESS)
    assert (made.name, made.path, made.depth) == ("Wieliczka", f"{cast.krakow.path}{made.pk}/", 2)
    assert made.addresses.get().is_default


@pytest.mark.parametrize(
    ("name", "parent", "error"),
    [
        ("", "krakow", Invalid),
        ("Magazyn Skawina", "krakow", Invalid),
        ("X", "terminal", NotFound),
    ],
)
def test_unit_is_refused(cast: Cast, name: str, parent: str, error: type[Refused]) -> None:
    with pytest.raises(error):
        actions.add_unit(actor=cast.dora.actor, parent_id=getattr(cast, parent).pk, name=name, address=ADDRESS)
    assert Unit.objects.count() == 5


def test_unit_is_renamed_and_the_journal_keeps_before_and_after(cast: Cast) -> None:
    made = actions.change_unit(
        cast.krakow.pk, actor=cast.dora.actor, name="Kraków Centrum", cost_centre="KR-01", version=1
    )
    assert (made.cost_centre, made.version) == ("KR-01", 2)
    entry = Entry.objects.get(topic="unit.changed")
    assert (entry.payload["before"]["name"], entry.payload["after"]["name"]) == ("Oddział Kraków", "Kraków Centrum")


# --- invitations ---


def _invite(cast: Cast, email: str = "new@customer.example", **changes: Any) -> Invitation:
    asked: dict[str, Any] = {
        "actor": cast.dora.actor,
        "email": email,
        "first_name": "Nadia",
        "last_name": "Nowa",
        "unit_id": cast.krakow.pk,
        "permissions": frozenset({PLACE}),
        "language": "en",
    }
    return actions.invite(**(asked | changes))


def _join(invitation: Invitation, **changes: Any) -> Member:
    typed: dict[str, Any] = {"first_name": "Nadia", "last_name": "Nowa", "password": PASSWORD}
    return actions.accept_invitation(token_for(invitation), **(typed | changes))


def test_invited_person_joins_with_unit_rights_and_language(cast: Cast) -> None:
    member = _join(_invite(cast, " New@Customer.example "))
    assert (member.unit, member.permissions) == (cast.krakow, {PLACE})
    assert member.user.check_password(PASSWORD)
    assert queries.language_of(member.user_id) == "en"


@pytest.mark.parametrize(
    ("email", "says"),
    [("anna@customer.example", "already a member"), ("twice@customer.example", "already been invited")],
)
def test_who_is_here_or_asked_already_is_not_invited(cast: Cast, email: str, says: str) -> None:
    _invite(cast, "twice@customer.example")
    with pytest.raises(Invalid, match=says) as refused:
        _invite(cast, email)
    assert refused.value.field == "email"


def test_nobody_is_invited_into_a_unit_of_others(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        _invite(cast, unit_id=cast.terminal.pk)
    assert refused.value.field == "unit"


def test_expired_revoked_used_and_forged_links_are_told_apart(cast: Cast) -> None:
    expired = _invite(cast, "a@customer.example", now=utc_now() - timedelta(days=15))
    with pytest.raises(Stale, match="expired"):
        _join(expired)
    revoked = _invite(cast, "b@customer.example")
    actions.revoke_invitation(revoked.pk, actor=cast.dora.actor)
    with pytest.raises(Stale, match="been cancelled"):
        _join(revoked)
    used = _invite(cast, "c@customer.example")
    _join(used)
    with pytest.raises(Stale, match="already been accepted"):
        _join(used)
    with pytest.raises(NotFound, match="not valid"):
        actions.accept_invitation(token_for(used)[:-1] + "x", first_name="a", last_name="b", password=PASSWORD)


def test_resending_renews_the_term_and_kills_the_old_link(cast: Cast) -> None:
    invitation = _invite(cast, now=utc_now() - timedelta(days=13))
    old = token_for(invitation)
    renewed = actions.resend_invitation(invitation.pk, actor=cast.dora.actor)
    assert renewed.expires_at > utc_now() + timedelta(days=13)
    with pytest.raises(Stale, match="replaced by a newer one"):
        actions.accept_invitation(old, first_name="a", last_name="b", password=PASSWORD)
    assert _join(renewed).active


def test_somebody_with_an_account_joins_with_it_and_only_with_their_own(cast: Cast) -> None:
    invitation = _invite(cast, "paul@customer.example")
    with pytest.raises(Invalid, match="already an account"):
        _join(invitation)
    with pytest.raises(NotAllowed, match="Log out first"):
        _join(invitation, actor=cast.jan.actor)
    assert _join(invitation, actor=cast.paul.actor).user == cast.paul.user


def test_link_opened_twice_at_once_makes_one_member(pg: Private, cast: Cast) -> None:
    invitation = _invite(cast)
    results = together(*[lambda: _join(invitation)] * 3)
    assert sum(isinstance(result, Member) for result in results) == 1, results
    assert all(isinstance(result, (Member, Stale, Invalid)) for result in results), results
    assert Member.objects.filter(user__email="new@customer.example").count() == 1


# --- members ---


def _change(cast: Cast, who: str, *, by: str = "dora", **changes: Any) -> Member:
    member = Member.objects.get(pk=getattr(cast, who).member.pk)
    wanted: dict[str, Any] = {
        "unit_id": member.unit_id,
        "permissions": member.permissions,
        "active": member.active,
        "version": member.version,
    }
    return actions.change_member(member.pk, actor=getattr(cast, by).actor, **(wanted | changes))


def test_change_counts_from_the_next_look_and_is_written_down(cast: Cast) -> None:
    _change(cast, "anna", permissions=frozenset({PLACE, ACCEPT}), unit_id=cast.tarnow.pk)
    seat = cast.anna.seat
    assert seat is not None
    assert (seat.unit_id, seat.permissions) == (cast.tarnow.pk, {PLACE, ACCEPT})
    payload = Entry.objects.get(topic="member.changed").payload
    assert payload["before"]["permissions"] == ["place_orders"]
    assert payload["after"]["permissions"] == ["accept_orders", "place_orders"]


def test_deactivating_and_back(cast: Cast) -> None:
    _change(cast, "anna", active=False)
    assert cast.anna.seat is not None
    assert not cast.anna.seat.active
    assert not cast.anna.seat.holds(PLACE)
    _change(cast, "anna", active=True)
    assert cast.anna.seat.holds(PLACE)
    assert list(Entry.objects.filter(topic__startswith="member.").order_by("id").values_list("topic", flat=True)) == [
        "member.deactivated",
        "member.reactivated",
    ]


@pytest.mark.parametrize("change", [{"active": False}, {"permissions": frozenset({PLACE})}])
def test_last_administrator_stays(cast: Cast, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="nobody at head office"):
        _change(cast, "dora", **change)
    _change(cast, "ben", permissions=frozenset({MANAGE}))
    with pytest.raises(Invalid, match="nobody at head office"):
        _change(cast, "dora", **change)  # Ben manages a branch only
    _change(cast, "ben", unit_id=cast.head_office.pk)
    _change(cast, "dora", **change)


def test_two_administrators_cannot_remove_each_other_at_once(pg: Private, cast: Cast) -> None:
    _change(cast, "ben", permissions=frozenset({MANAGE}), unit_id=cast.head_office.pk)
    for _ in range(10):
        results = together(
            lambda: _change(cast, "ben", by="dora", permissions=frozenset({PLACE})),
            lambda: _change(cast, "dora", by="ben", permissions=frozenset({PLACE})),
        )
        assert all(isinstance(result, (Member, Refused)) for result in results), results
        left = Member.objects.filter(organization=cast.acme, active=True, manage_members=True)
        assert left.count() == 1
        for member in Member.objects.filter(pk__in=[cast.ben.member.pk, cast.dora.member.pk]):
            member.granted = stored_grant({MANAGE}, None)
            member.recompute()
            member.save()


def test_member_changed_meanwhile_is_told(cast: Cast) -> None:
    _change(cast, "anna", permissions=frozenset())
    with pytest.raises(Stale):
        _change(cast, "anna", version=1)


def test_member_is_not_moved_into_a_unit_of_others(cast: Cast) -> None:
    with pytest.raises(Invalid):
        _change(cast, "anna", unit_id=cast.terminal.pk)


def test_language_is_remembered(cast: Cast) -> None:
    actions.choose_language(cast.anna.user.pk, language="en")
    assert queries.language_of(cast.anna.user.pk) == "en"
    Profile.objects.filter(user=cast.anna.user).delete()
    assert queries.language_of(cast.anna.user.pk) == "pl"


def test_switching_the_module_names_who_did_it(cast: Cast, settings: Any) -> None:
    assert not actions.switch_module(actor=cast.mia.actor, enabled=False).enabled
    entry = Entry.objects.get(topic="module.switched")
    assert (entry.actor_name, entry.payload) == ("Mia Sikora", {"enabled": False})
    settings.AKCEPT_B2B_AVAILABLE = False
    with pytest.raises(NotAllowed):
        actions.switch_module(actor=cast.mia.actor, enabled=True)
