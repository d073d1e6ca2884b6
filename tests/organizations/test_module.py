"""Switched off, withheld, pending, blocked, deactivated: what each of them stops."""

from __future__ import annotations

import re
from typing import Any

import pytest

from akcept.journal.models import Entry
from akcept.kernel.errors import NotAllowed, Refused
from akcept.organizations import actions, module, queries
from akcept.organizations.actions import AddressInput
from akcept.organizations.models import Invitation, Member, Organization
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing import orders
from akcept.testing.cast import PASSWORD, Cast, organization
from tests.conftest import Visit
from tests.support.statements import statements

ADDRESS = AddressInput(recipient="Nowa", line1="ul. Nowa 1", postcode="00-001", city="Warszawa")


def _outcome(call: Any) -> str:
    try:
        call()
    except Refused as refusal:
        return type(refusal).__name__
    return "done"


def _try_everything(cast: Cast, invitation: Invitation) -> dict[str, str]:
    """Try what an organisation's people and newcomers do; return what each came to."""
    dora, member = cast.dora.actor, Member.objects.get(pk=cast.ewa.member.pk)
    who = {"first_name": "N", "last_name": "N"}
    calls: dict[str, Any] = {
        "sign_up": lambda: actions.sign_up(
            name="N", nip="5261040828", address=ADDRESS, email="n@n.example", password=PASSWORD, language="pl", **who
        ),
        "accept_invitation": lambda: actions.accept_invitation(token_for(invitation), password=PASSWORD, **who),
        "invite": lambda: _invite(cast, "second@customer.example"),
        "add_unit": lambda: actions.add_unit(actor=dora, parent_id=cast.krakow.pk, name="New", address=ADDRESS),
        "change_unit": lambda: actions.change_unit(cast.krakow.pk, actor=dora, name="New", version=1),
        "change_member": lambda: actions.change_member(
            member.pk, actor=dora, unit_id=member.unit_id, permissions=frozenset(), active=True, version=1
        ),
        "confirm": lambda: actions.confirm(organization("P", "5260001246", status="pending").pk, actor=cast.mia.actor),
    }
    return {name: _outcome(call) for name, call in calls.items()}


def _invite(cast: Cast, email: str) -> Invitation:
    return actions.invite(
        actor=cast.dora.actor,
        email=email,
        first_name="",
        last_name="",
        unit_id=cast.krakow.pk,
        permissions=frozenset({Permission.PLACE_ORDERS}),
        language="pl",
    )


ALL = ("sign_up", "accept_invitation", "invite", "add_unit", "change_unit", "change_member", "confirm")


@pytest.mark.parametrize(
    ("situation", "goes_on"),
    [
        ("normal", set(ALL)),
        ("switched off", {"confirm"}),
        ("withheld", set()),
        ("blocked", {"sign_up", "confirm"}),
        ("pending", {"sign_up", "confirm", "accept_invitation"}),
    ],
)
def test_what_goes_on(cast: Cast, settings: Any, situation: str, goes_on: set[str]) -> None:
    invitation = _invite(cast, "first@customer.example")
    if situation == "switched off":
        actions.switch_module(actor=cast.mia.actor, enabled=False)
    elif situation == "withheld":
        settings.AKCEPT_B2B_AVAILABLE = False
    elif situation != "normal":
        Organization.objects.filter(pk=cast.acme.pk).update(status=situation)
    expected = {name: "done" if name in goes_on else "NotAllowed" for name in ALL}
    assert _try_everything(cast, invitation) == expected


def test_switch_is_on_until_touched_and_journals_each_real_change(cast: Cast) -> None:
    assert module.is_enabled()
    for wanted in (False, False, True, True, False):
        assert actions.switch_module(actor=cast.mia.actor, enabled=wanted).enabled is wanted
        assert module.is_enabled() is wanted
    written = Entry.objects.filter(topic="module.switched").order_by("seq")
    assert [(entry.actor_name, entry.payload["enabled"]) for entry in written] == [
        ("Mia Sikora", False),
        ("Mia Sikora", True),
        ("Mia Sikora", False),
    ]


def test_withheld_module_cannot_be_switched_on_or_off(cast: Cast, settings: Any) -> None:
    settings.AKCEPT_B2B_AVAILABLE = False
    for wanted in (True, False):
        with pytest.raises(NotAllowed, match="hosting plan"):
            actions.switch_module(actor=cast.mia.actor, enabled=wanted)
    assert not module.is_enabled()
    assert not Entry.objects.filter(topic="module.switched").exists()


def test_deactivated_member_is_out_with_the_next_request(cast: Cast, visit: Visit) -> None:
    client = visit(cast.dora)
    _set(cast, "ben", permissions=frozenset({Permission.MANAGE_MEMBERS}), active=True, unit_id=cast.head_office.pk)
    assert client.get("/organization/").status_code == 200
    _set(cast, "dora", by="ben", permissions=frozenset({Permission.MANAGE_MEMBERS}), active=False)
    answer = client.get("/organization/", follow=True)
    assert answer.redirect_chain == [("/accounts/login/", 302)]
    assert "has been deactivated" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    # Whoever logs in again is told the same, and sees nothing.
    again = visit(cast.dora).get("/organization/")
    assert again.status_code == 403
    assert "deactivated" in again.content.decode()
    assert not re.search(r"\bEwa\b", again.content.decode())


def test_a_page_starts_from_one_seat_and_an_act_reads_its_own(cast: Cast, visit: Visit) -> None:
    waiting = orders.place(cast.anna)
    client = visit(cast.ben)
    path = f"/orders/{waiting.order_number}/"
    seats = [sql for sql in statements(lambda: client.get(path)) if '"switched_off"' in sql]
    assert len(seats) == 1
    with queries.looking_from(cast.ben.actor, None):
        assert queries.seat_of(cast.ben.actor) is None
        assert queries.seat_of(cast.cora.actor) == cast.cora.seat
    form = {"version": "1"}
    acted = [sql for sql in statements(lambda: client.post(f"{path}accept/", form)) if '"switched_off"' in sql]
    assert len(acted) == 1
    assert queries.seat_of(cast.ben.actor) == cast.ben.seat is not None


def _set(cast: Cast, who: str, *, by: str = "dora", **changes: Any) -> None:
    member = Member.objects.get(pk=getattr(cast, who).member.pk)
    wanted = {"unit_id": member.unit_id, "version": member.version} | changes
    actions.change_member(member.pk, actor=getattr(cast, by).actor, **wanted)
