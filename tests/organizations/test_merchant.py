"""What the merchant does with organisations: each with its reason, in the journal, read by both sides."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.ordering import actions as ordering
from akcept.ordering import queries as ordering_queries
from akcept.ordering.queries import merchant
from akcept.ordering.queries.merchant import HeldFilter
from akcept.organizations import actions, queries
from akcept.organizations.actions import AddressInput
from akcept.organizations.models import Invitation, Organization, Role
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing import carts, orders
from akcept.testing.cast import PASSWORD, Cast, person
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.conftest import Visit
from tests.support.history import history
from tests.support.statements import statements

ADDRESS = AddressInput(recipient="Nowa", line1="ul. Nowa 1", postcode="00-001", city="Warszawa")
NINA: dict[str, Any] = {"email": "nina@nowa.example", "first_name": "Nina", "last_name": "Nowa", "language": "en"}


def _told(organization_id: int) -> list[tuple[str, str]]:
    return [(line.what, line.said) for line in sentences(history("organization", str(organization_id)))]


def test_blocked_organisation_looks_but_neither_orders_nor_decides_until_unblocked(
    cast: Cast, mailoutbox: list[Any]
) -> None:
    waiting = orders.place(cast.anna).order_number
    deliver()
    mail.outbox.clear()
    actions.block(cast.acme.pk, actor=cast.mia.actor, reason="unpaid invoices")
    basket = carts.fill(cast.ben)
    for refused in (
        lambda: orders.place_cart(cast.ben, basket),
        lambda: ordering.accept(waiting, actor=cast.ben.actor, version=1),
        lambda: ordering.reject(waiting, actor=cast.cora.actor, version=1, reason="x"),
    ):
        with pytest.raises(NotAllowed, match="unpaid invoices"):
            refused()
    assert ordering_queries.inbox_count(cast.ben.seat) == 0
    view = ordering_queries.order(cast.ben.actor, waiting)
    assert (view.may_decide, view.status) == (False, "awaiting_acceptance")
    (row,) = merchant.held(cast.mia.actor, HeldFilter()).rows
    assert row.blocked
    deliver()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["dora@customer.example"], "Biurodom: zamówienia zablokowane (Acme)")
    ]
    assert "unpaid invoices" in mail.outbox[0].body
    actions.unblock(cast.acme.pk, actor=cast.mia.actor)
    assert ordering.accept(waiting, actor=cast.ben.actor, version=1).state == "accepted"
    assert _told(cast.acme.pk) == [("blocked the organisation", "unpaid invoices"), ("unblocked the organisation", "")]
    deliver()
    assert [message.to for message in mail.outbox if "znów" in message.subject] == [["dora@customer.example"]]


def test_administrators_of_a_blocked_organisation_still_look_and_change_nothing(cast: Cast, visit: Visit) -> None:
    role = actions.add_role(actor=cast.dora.actor, name="Boss", permissions={Permission.ACCEPT_ORDERS})
    actions.block(cast.acme.pk, actor=cast.mia.actor, reason="unpaid invoices")
    client, ewa = visit(cast.dora), cast.ewa.member
    assert ewa is not None
    pages = [
        *(f"members/{ewa.pk}/", "members/", "members/former/", "roles/", f"roles/{role.pk}/", "changes/", "budgets/"),
        *(f"units/{cast.krakow.pk}/", "rules/", "rules/versions/", "reports/", "substitutes/"),
    ]
    for path in pages:
        assert client.get(f"/organization/{path}").status_code == 200, path
    assert "Ewa Dąbrowska" in client.get("/organization/members/").content.decode()
    refused = {
        f"members/{ewa.pk}/remove/": {"version": "1"},
        f"members/{ewa.pk}/": {"unit": cast.tarnow.pk, "version": "1", "currency": "PLN", "basis": "goods_net"},
        f"units/{cast.krakow.pk}/": {"name": "Other", "version": "1"},
        f"roles/{role.pk}/": {"name": "Other", "version": "1", "currency": "PLN", "basis": "goods_net"},
        "files/units/": {},
    }
    for path, form in refused.items():
        answer = client.post(f"/organization/{path}", form)
        assert answer.status_code == 403, path
        assert "unpaid invoices" in answer.content.decode(), path
    ewa.refresh_from_db()
    assert (ewa.unit, ewa.active, ewa.version) == (cast.krakow, True, 1)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_block_needs_a_reason(cast: Cast, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.block(cast.acme.pk, actor=cast.mia.actor, reason=reason)
    assert refused.value.field == "reason"
    assert Organization.objects.get(pk=cast.acme.pk).status == "active"


def test_what_is_done_already_is_told(cast: Cast) -> None:
    with pytest.raises(Stale):
        actions.unblock(cast.acme.pk, actor=cast.mia.actor)
    actions.block(cast.acme.pk, actor=cast.mia.actor, reason="x")
    with pytest.raises(Stale):
        actions.block(cast.acme.pk, actor=cast.mia.actor, reason="x")
    with pytest.raises(NotFound):
        actions.block(10**6, actor=cast.mia.actor, reason="x")


def test_organisation_added_by_the_shop_is_ready_when_its_administrator_joins(
    cast: Cast, mailoutbox: list[Any]
) -> None:
    made = actions.add_organization(actor=cast.mia.actor, name="Nowa", nip="526-104-08-28", address=ADDRESS, **NINA)
    assert made.status == "active"
    deliver()
    assert [message.to for message in mail.outbox] == [["nina@nowa.example"]]
    member = actions.accept_invitation(
        token_for(Invitation.objects.get()), first_name="Nina", last_name="Nowa", password=PASSWORD
    )
    assert member.unit.parent is None
    assert [role.name for role in member.roles.all()] == ["Administrator"]
    assert Permission.MANAGE_MEMBERS in member.permissions
    assert _told(made.pk) == [("added the organisation and invited nina@nowa.example", "")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"nip": "123"}, "nip"), ({"nip": "6762435805"}, "nip"), ({"name": ""}, "name"), ({"email": "x"}, "email")],
)
def test_organisation_is_refused_at_the_field(cast: Cast, changes: dict[str, str], field: str) -> None:
    typed: dict[str, Any] = {"name": "Nowa", "nip": "5261040828", "address": ADDRESS, **NINA} | changes
    with pytest.raises(Invalid) as refused:
        actions.add_organization(actor=cast.mia.actor, **typed)
    assert refused.value.field == field
    assert Organization.objects.count() == 2


@pytest.mark.parametrize("with_role", [True, False])
def test_shop_invites_an_administrator_for_a_customer_with_a_reason_both_sides_read(
    cast: Cast, with_role: bool
) -> None:
    if with_role:
        Role.objects.create(
            organization=cast.acme, name="Chief", permissions=["manage_members", "manage_units", "see_all_orders"]
        )
    made = actions.invite_administrator(
        cast.acme.pk, actor=cast.mia.actor, reason="Dora has left; asked by phone", **NINA
    )
    member = actions.accept_invitation(token_for(made), first_name="Nina", last_name="Nowa", password=PASSWORD)
    assert Permission.MANAGE_MEMBERS in member.permissions
    assert [role.name for role in member.roles.all()] == (["Chief"] if with_role else [])
    (line,) = sentences(history("organization", str(cast.acme.pk)))
    assert (line.who, line.said) == ("Mia Sikora (shop)", "Dora has left; asked by phone")


def test_shops_administrator_gets_the_customers_administrator_role_and_never_one_that_orders(cast: Cast) -> None:
    added = actions.add_organization(actor=cast.mia.actor, name="Nowa", nip="5261040828", address=ADDRESS, **NINA)
    asked: dict[str, Any] = {**NINA, "email": "second@nowa.example"}
    made = actions.invite_administrator(added.pk, actor=cast.mia.actor, reason="asked by phone", **asked)
    assert [role.name for role in made.roles.all()] == ["Administrator"]
    added.roles.filter(name="Administrator").delete()
    asked["email"] = "third@nowa.example"
    made = actions.invite_administrator(added.pk, actor=cast.mia.actor, reason="asked by phone", **asked)
    assert ([role.name for role in made.roles.all()], made.granted["permissions"]) == (
        [],
        ["manage_members", "manage_units"],
    )


def test_mail_to_the_first_administrator_comes_from_the_shop(cast: Cast, mailoutbox: list[Any]) -> None:
    actions.add_organization(
        actor=cast.mia.actor, name="Nowa", nip="5261040828", address=ADDRESS, **(NINA | {"language": "en"})
    )
    deliver()
    (asked,) = mailoutbox
    assert asked.subject == "You administer the account of Nowa"
    assert "has set up an account for Nowa, which you will administer" in asked.body


@pytest.mark.parametrize("reason", ["", " "])
def test_shop_does_not_act_without_a_reason(cast: Cast, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.invite_administrator(cast.acme.pk, actor=cast.mia.actor, reason=reason, **NINA)
    assert refused.value.field == "reason"
    assert not Invitation.objects.exists()


def test_overview_and_members_take_the_same_statements_for_one_and_three(cast: Cast) -> None:
    taken = []
    for people in (["A"], ["B", "C"]):
        for name in people:
            person(name, "Nowy", seat=cast.krakow, rights="place_orders")
        taken.append(
            (
                len(statements(lambda: queries.organization_for_staff(cast.mia.actor, cast.acme.pk))),
                len(statements(lambda: queries.members_for_staff(cast.mia.actor, cast.acme.pk))),
                len(statements(lambda: queries.members(cast.dora.actor))),
                len(statements(lambda: queries.structure(cast.dora.actor))),
            )
        )
    assert taken[0] == taken[1] == (3, 2, 3, 4)


def test_members_are_found_by_name_unit_and_page_by_page(cast: Cast) -> None:
    def names(**wanted: Any) -> list[str]:
        page = queries.members_for_staff(cast.mia.actor, cast.acme.pk, **wanted)
        return [member.user.first_name for member in page.rows]

    assert names(text="zieli") == ["Dora", "Piotr"]
    assert names(text="ewa@ dąbr") == ["Ewa"]
    assert names(unit_id=cast.tarnow.pk) == ["Jan"]
    everybody, after = [], ""
    while True:
        page = queries.members_for_staff(cast.mia.actor, cast.acme.pk, after=after, size=3)
        everybody += [member.user.first_name for member in page.rows]
        if page.next_after is None:
            break
        after = page.next_after
    assert everybody == ["Ewa", "Anna", "Jan", "Ben", "Cora", "Dora", "Piotr"]
