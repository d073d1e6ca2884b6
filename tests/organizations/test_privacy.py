"""A member's data: a copy of it, and a past that stays readable when the name is taken out of it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client

from akcept.journal import queries as journal
from akcept.journal.models import Delivery, Entry
from akcept.kernel.errors import IllegalMove, Invalid, NotAllowed, NotFound, Stale
from akcept.ordering import actions as ordering
from akcept.ordering import queries as orders_seen
from akcept.ordering.models import Placement
from akcept.organizations import actions, queries
from akcept.organizations.models import Invitation, Member, Substitution
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person, seated
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.conftest import Visit
from tests.support.history import history


def _leaves(cast: Cast, who: Person) -> Member:
    member = Member.objects.get(pk=who.member.pk)
    return actions.remove_member(member.pk, actor=cast.dora.actor, version=member.version)


def _forget(cast: Cast, who: Person) -> Member:
    _leaves(cast, who)
    return actions.forget_member(who.member.pk, actor=cast.dora.actor)


def _everything() -> str:
    """Every row of every table, as text."""
    rows = []
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            rows += [f"{model._meta.label} {row}" for row in model._default_manager.values()]
    return "\n".join(rows)


@pytest.fixture
def past(cast: Cast) -> str:
    """Ben's life at Acme: invited Ewa's successor, decided, substituted, wrote and was written about."""
    first = orders.place(cast.anna, note="Ben Nowak wie, o co chodzi (ben@customer.example)")
    ordering.accept(first.order_number, actor=cast.ben.actor, version=1, remark="ok, Ben Nowak")
    second = orders.place(cast.ewa)
    ordering.reject(second.order_number, actor=cast.cora.actor, version=1, reason="Ben Nowak is against it")
    orders.place(cast.ben, lines=1)
    deliver()
    EmailAddress.objects.create(user=cast.ben.user, email="b.nowak@home.example", verified=True)
    carts.fill(cast.ben, lines=1)
    return first.order_number


def test_name_is_nowhere_any_more_and_the_history_is_readable(cast: Cast, past: str) -> None:
    assert "Ben Nowak" in _everything()
    member = _forget(cast, cast.ben)
    alias = f"former member {member.pk}"
    left = _everything()
    for name in ("Ben Nowak", "ben@customer.example", "Nowak", "nowak"):
        assert name not in left
    told = sentences(history("order", past))
    assert [(line.who, line.what) for line in told if line.who] == [
        ("Anna Kowalska", "placed the order"),
        (alias, "accepted the order"),
    ]
    assert f"ok, {alias}" in [line.said for line in told]
    view = orders_seen.order(cast.anna.actor, past)
    assert view.placement.note == f"{alias} wie, o co chodzi ({alias})"
    row = next(row for row in orders_seen.orders(cast.anna.actor).rows if row.number == past)
    assert row.decided_by == alias
    assert all(journal.verify(chain) is None for chain in journal.chains())


def test_pseudonym_is_read_in_the_readers_language(cast: Cast, past: str, visit: Visit) -> None:
    member = _forget(cast, cast.ben)
    for language, said in (("en", f"former member {member.pk}"), ("pl", f"były członek nr {member.pk}")):
        page = visit(cast.anna, language=language).get(f"/orders/{past}/").content.decode()
        assert said in page
        assert "Nowak" not in page


def test_login_is_closed(cast: Cast, past: str) -> None:
    browser = Client()
    browser.force_login(cast.ben.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    _forget(cast, cast.ben)
    assert browser.get("/orders/").status_code == 302
    user = get_user_model().objects.get(pk=cast.ben.user.pk)
    assert (user.is_active, user.has_usable_password(), user.get_full_name()) == (
        False,
        False,
        f"former member {cast.ben.member.pk}",
    )
    assert not EmailAddress.objects.filter(user=user).exists()
    assert not apps.get_model("basket.Basket").objects.filter(owner=user, status="Open").exists()
    assert apps.get_model("order.Order").objects.filter(user=user).count() == 1


def test_address_may_come_back_as_somebody_new(cast: Cast, past: str) -> None:
    _forget(cast, cast.ben)
    again = person("Ben", "Nowak", seat=cast.krakow, rights="place_orders")
    assert again.user.pk != cast.ben.user.pk
    assert not orders_seen.orders(again.actor).rows


def test_whoever_belongs_elsewhere_keeps_their_login_and_their_name_there(cast: Cast, past: str) -> None:
    seated(cast.ben.user, cast.terminal, rights="place_orders accept_orders")
    there = orders.place(cast.otto)
    member = _forget(cast, cast.ben)
    user = get_user_model().objects.get(pk=cast.ben.user.pk)
    assert (user.is_active, user.email, user.get_full_name()) == (True, "ben@customer.example", "Ben Nowak")
    assert member.user_id != user.pk
    assert queries.name_of(member.user) == f"former member {member.pk}"
    seat = queries.seat_of(cast.ben.actor)
    assert seat is not None
    assert seat.organization_name == "Umbra"
    assert not orders_seen.orders(cast.ben.actor).rows  # what Ben ordered for Acme is no longer his
    acmes = Placement.objects.get(requester=member)
    assert (acmes.buyer, acmes.order.user) == (member.user, member.user)
    said = "\n".join(str(row) for row in Entry.objects.filter(organization_id=cast.acme.pk).values())
    assert "Nowak" not in said
    assert there.order_number
    assert all(journal.verify(chain) is None for chain in journal.chains())


def test_account_goes_with_the_last_membership(cast: Cast) -> None:
    second = seated(cast.ben.user, cast.terminal, rights="place_orders")
    _forget(cast, cast.ben)
    actions.remove_member(second.pk, actor=cast.otto.actor, version=1)
    actions.forget_member(second.pk, actor=cast.otto.actor)
    assert "Nowak" not in _everything()
    assert not get_user_model().objects.get(pk=cast.ben.user.pk).is_active


def test_staff_who_belonged_to_an_organisation_keep_their_login(cast: Cast) -> None:
    cast.ben.user.is_staff = True
    cast.ben.user.save(update_fields=["is_staff"])
    member = _forget(cast, cast.ben)
    assert member.user_id != cast.ben.user.pk
    assert get_user_model().objects.get(pk=cast.ben.user.pk).is_active


def test_namesake_keeps_their_mentions(cast: Cast) -> None:
    namesake = person("Benedykt", "Nowak", seat=cast.krakow, rights="accept_orders")
    namesake.user.first_name = "Ben"
    namesake.user.save(update_fields=["first_name"])
    placed = orders.place(cast.anna)
    ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
    member = _forget(cast, cast.ben)
    placing, accepting = history("order", placed.order_number)[:2]
    assert (
        placing.payload["asked"].count("Ben Nowak") >= 1
    )  # which of the two it was, nobody can tell: neither is named wrongly
    assert accepting.actor_name == f"former member {member.pk}"


def test_former_name_and_invited_address_go_too(cast: Cast) -> None:
    invitation = Invitation.objects.create(
        organization=cast.acme,
        unit=cast.krakow,
        email="b.nowak@old.example",
        first_name="Ben",
        last_name="Nowak",
        created_at=cast.acme.created_at,
        expires_at=cast.acme.created_at,
        accepted_at=cast.acme.created_at,
        member=cast.ben.member,
    )
    placed = orders.place(cast.anna)
    ordering.accept(placed.order_number, actor=cast.ben.actor, version=1)
    cast.ben.user.last_name = "Kos"
    cast.ben.user.save(update_fields=["last_name"])
    member = _forget(cast, cast.ben)
    invitation.refresh_from_db()
    assert (invitation.email, invitation.first_name) == (f"former-member-{member.pk}@anonymous.invalid", "")
    left = _everything()
    for name in ("Ben Nowak", "Ben Kos", "b.nowak@old.example", "Nowak"):
        assert name not in left


def test_what_still_waits_has_to_be_decided_first(cast: Cast) -> None:
    placed = orders.place(cast.anna)
    _leaves(cast, cast.anna)
    with pytest.raises(IllegalMove, match=placed.order_number):
        actions.forget_member(cast.anna.member.pk, actor=cast.dora.actor)
    assert "anna@customer.example" in _everything()
    ordering.reject(placed.order_number, actor=cast.ben.actor, version=1, reason="She has left")
    actions.forget_member(cast.anna.member.pk, actor=cast.dora.actor)


def test_only_whoever_was_removed_and_only_once(cast: Cast) -> None:
    with pytest.raises(IllegalMove, match="Ben Nowak is still a member"):
        actions.forget_member(cast.ben.member.pk, actor=cast.dora.actor)
    _forget(cast, cast.ben)
    with pytest.raises(Stale):
        actions.forget_member(cast.ben.member.pk, actor=cast.dora.actor)
    with pytest.raises(Stale):
        actions.copy_member_data(cast.ben.member.pk, actor=cast.dora.actor)


def test_shop_gives_a_reason_both_sides_read(cast: Cast) -> None:
    _leaves(cast, cast.ben)
    for act in (actions.forget_member, actions.copy_member_data):
        with pytest.raises(Invalid) as refused:
            act(cast.ben.member.pk, actor=cast.mia.actor, reason="  ")
        assert refused.value.field == "reason"
    actions.copy_member_data(cast.ben.member.pk, actor=cast.mia.actor, reason="Request of 20 November")
    actions.forget_member(cast.ben.member.pk, actor=cast.mia.actor, reason="Request of 24 November")
    told = sentences(history("member", str(cast.ben.member.pk)))
    assert [(line.who, line.said) for line in told][-2:] == [
        ("Mia Sikora (shop)", "Request of 20 November"),
        ("Mia Sikora (shop)", "Request of 24 November"),
    ]


@pytest.mark.parametrize("act", [actions.forget_member, actions.copy_member_data])
def test_others_may_not(cast: Cast, act: Any) -> None:
    branch = person("Teresa", "Tar", seat=cast.krakow, rights="manage_members")
    _leaves(cast, cast.ben)
    for who in (cast.anna, cast.cora, branch):
        with pytest.raises(NotAllowed):
            act(cast.ben.member.pk, actor=who.actor)
    boss = person("Olga", "Umb", seat=cast.terminal, rights="manage_members")
    for outsider in (boss, cast.otto):
        with pytest.raises(NotFound):
            act(cast.ben.member.pk, actor=outsider.actor)
    with pytest.raises(NotAllowed):
        act(cast.ben.member.pk, actor=cast.paul.actor)
    assert "ben@customer.example" in _everything()


def _sections(copy: actions.PersonalData) -> dict[str, list[dict[str, Any]]]:
    return {section.code: section.as_json() for section in copy.sections}


def test_copy_holds_what_is_held_and_nothing_of_others(cast: Cast, past: str) -> None:
    orders.place(cast.anna, note="for the archive")
    copy = _sections(actions.copy_own_data(actor=cast.anna.actor))
    assert copy["account"][0]["email"] == "anna@customer.example"
    assert copy["membership"][0]["organization"] == "Acme"
    assert copy["membership"][0]["permissions"] == "placing orders"
    assert [row["note"] for row in copy["orders"]][-1] == "for the archive"
    assert {row["topic"] for row in copy["acts"]} == {"order.placed"}
    assert [row["email"] for row in copy["login_addresses"]] == ["anna@customer.example"]
    ben = _sections(actions.copy_own_data(actor=cast.ben.actor))
    assert [(row["number"], row["decision"]) for row in ben["decisions"]] == [(past, "accept")]
    assert [row["quantity"] for row in ben["basket"]] == [2]
    assert "ewa" not in str(copy).lower()


def test_copying_is_written_down(cast: Cast) -> None:
    actions.copy_own_data(actor=cast.anna.actor)
    actions.copy_member_data(cast.anna.member.pk, actor=cast.dora.actor)
    told = sentences(history("member", str(cast.anna.member.pk)))
    assert [line.who for line in told] == ["Anna Kowalska", "Dora Zielińska"]


def test_member_of_two_gets_what_the_organisation_they_act_for_holds(cast: Cast) -> None:
    seated(cast.anna.user, cast.terminal)
    orders.place(cast.anna)
    umbra = type(cast.anna.actor).person(cast.anna.user.pk, "Anna", organization_id=cast.umbra.pk)
    copy = _sections(actions.copy_own_data(actor=umbra))
    assert (copy["membership"][0]["organization"], copy["orders"]) == ("Umbra", [])


def test_substitutions_keep_their_rows(cast: Cast) -> None:
    Substitution.objects.create(
        organization=cast.acme,
        absent=cast.ben.member,
        substitute=cast.ewa.member,
        starts_at=cast.acme.created_at,
        ends_at=cast.acme.created_at.replace(year=2027),
        created_at=cast.acme.created_at,
        created_by="Ben Nowak",
    )
    member = _forget(cast, cast.ben)
    assert Substitution.objects.get().created_by == f"former member {member.pk}"


def test_invitation_mail_that_went_out_is_forgotten(cast: Cast) -> None:
    actions.invite(
        actor=cast.dora.actor,
        email="nina@customer.example",
        first_name="Nina",
        last_name="Nowa",
        unit_id=cast.krakow.pk,
        permissions=frozenset({Permission.PLACE_ORDERS}),
        language="pl",
    )
    deliver()
    assert Delivery.objects.filter(target="email:nina@customer.example").exists()
    invitation = Invitation.objects.get(email="nina@customer.example")
    member = actions.accept_invitation(
        token_for(invitation), first_name="Nina", last_name="Nowa", password="correct-horse-battery"
    )
    actions.remove_member(member.pk, actor=cast.dora.actor, version=member.version)
    actions.forget_member(member.pk, actor=cast.dora.actor)
    left = _everything()
    assert "nina@customer.example" not in left
    assert "Nina Nowa" not in left
