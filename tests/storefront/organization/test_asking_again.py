"""C1: a screen that was left open lets nobody make administrators, or hear for months of what happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from akcept.organizations import actions
from akcept.organizations import queries as organizations
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.models import Invitation, Member, Organization, Role
from akcept.organizations.permissions import Permission
from akcept.testing.cast import PASSWORD, Cast
from akcept.webhooks import actions as webhooks
from akcept.webhooks.models import Endpoint
from tests.conftest import Visit

HOOK = {"url": "https://erp.example.com/hooks", "events": ["order.released"]}
LIMIT = {"amount": "", "currency": "PLN", "basis": "goods_net"}
NINA = {"email": "nina@nowa.example", "first_name": "Nina", "last_name": "Nowa", "language": "en"}


@dataclass(frozen=True, kw_only=True)
class _Act:
    """What is sent where by whom, and what there is of it in the database once it was done."""

    path: str
    sent: dict[str, Any]
    done: Callable[[], object]
    who: str = "dora"


def _invitation(cast: Cast) -> _Act:
    sent = {**NINA, **LIMIT, "unit": cast.krakow.pk, "permissions": ["manage_members"]}
    return _Act(path="/organization/members/invite/", sent=sent, done=Invitation.objects.count)


def _by_role(cast: Cast) -> _Act:
    role = actions.add_role(actor=cast.dora.actor, name="Chief", permissions=frozenset({Permission.MANAGE_MEMBERS}))
    sent = {**NINA, **LIMIT, "unit": cast.krakow.pk, "roles": [role.pk]}
    return _Act(path="/organization/members/invite/", sent=sent, done=Invitation.objects.count)


def _promotion(cast: Cast) -> _Act:
    member = Member.objects.get(pk=cast.ben.member.pk)  # type: ignore[union-attr]
    sent = {
        **LIMIT,
        "unit": member.unit_id,
        "roles": [],
        "permissions": ["accept_orders", "manage_members"],
        "active": "on",
        "version": member.version,
    }

    def done() -> object:
        return Member.objects.get(pk=member.pk).version

    return _Act(path=f"/organization/members/{member.pk}/", sent=sent, done=done)


def _role(cast: Cast) -> _Act:
    role = actions.add_role(actor=cast.dora.actor, name="Chief", permissions=frozenset({Permission.PLACE_ORDERS}))
    sent = {**LIMIT, "name": "Chief", "permissions": ["place_orders", "manage_members"], "version": role.version}
    return _Act(
        path=f"/organization/roles/{role.pk}/", sent=sent, done=lambda: Role.objects.get(pk=role.pk).permissions
    )


def _file(cast: Cast) -> _Act:
    actions.add_role(actor=cast.dora.actor, name="Chief", permissions=frozenset({Permission.MANAGE_MEMBERS}))
    content = f"e-mail;unit;roles\nnina@nowa.example;{cast.krakow.key};Chief\n".encode()
    draft = actions.draft_import(actor=cast.dora.actor, kind=Kind.MEMBERS, file_name="x.csv", content=content)
    digest = organizations.import_preview(cast.dora.actor, draft.pk).plan.digest
    sent = {"digest": digest}
    return _Act(path=f"/organization/files/import/{draft.pk}/", sent=sent, done=Invitation.objects.count)


def _webhook(_cast: Cast) -> _Act:
    return _Act(path="/organization/webhooks/", sent=HOOK, done=Endpoint.objects.count)


def _other_address(cast: Cast) -> _Act:
    row = webhooks.add_endpoint(actor=cast.dora.actor, **HOOK).endpoint
    sent = {**HOOK, "url": "https://elsewhere.example.com/hooks"}
    return _Act(path=f"/organization/webhooks/{row.pk}/", sent=sent, done=lambda: Endpoint.objects.get().url)


def _secret(cast: Cast) -> _Act:
    row = webhooks.add_endpoint(actor=cast.dora.actor, **HOOK).endpoint
    return _Act(path=f"/organization/webhooks/{row.pk}/secret/", sent={}, done=lambda: Endpoint.objects.get().secret)


def _shops_webhook(_cast: Cast) -> _Act:
    return _Act(path="/dashboard/webhooks/", sent=HOOK, done=Endpoint.objects.count, who="mia")


def _by_the_shop(cast: Cast) -> _Act:
    path = f"/dashboard/organizations/{cast.acme.pk}/invite-administrator/"
    return _Act(path=path, sent={**NINA, "reason": "Dora has left"}, done=Invitation.objects.count, who="mia")


def _added_by_the_shop(_cast: Cast) -> _Act:
    sent = {
        **NINA,
        "name": "Nowa",
        "nip": "5252248481",
        "line1": "ul. Nowa 1",
        "postcode": "00-001",
        "city": "Warszawa",
    }
    path = "/dashboard/organizations/add/"
    return _Act(path=path, sent={**sent, "country": "PL"}, done=Organization.objects.count, who="mia")


_GRAVE = [
    *(_invitation, _by_role, _promotion, _role, _file, _webhook, _other_address, _secret),
    *(_shops_webhook, _by_the_shop, _added_by_the_shop),
]


@pytest.mark.parametrize("grave", _GRAVE, ids=lambda act: act.__name__.strip("_"))
def test_c1_what_gives_rights_away_asks_again_and_is_done_once_the_password_came(
    cast: Cast, visit: Visit, grave: Callable[[Cast], _Act]
) -> None:
    act = grave(cast)
    before, client = act.done(), visit(getattr(cast, act.who), superuser=act.who == "mia")
    asked = client.post(act.path, act.sent)
    assert (asked.status_code, asked["Location"].partition("?")[0]) == (302, "/accounts/reauthenticate/")
    assert client.post("/accounts/reauthenticate/", {"password": "wrong", "next": act.path}).status_code == 422
    assert act.done() == before
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": act.path})
    assert answer.status_code in (200, 302)
    assert act.done() != before, "what was typed is done"


@pytest.mark.parametrize("grave", _GRAVE, ids=lambda act: act.__name__.strip("_"))
def test_c1_nobody_is_asked_anything_about_what_is_not_theirs(
    cast: Cast, visit: Visit, grave: Callable[[Cast], _Act]
) -> None:
    """Otto of another company, and Ben of a branch, are refused as before: no password leads there."""
    act = grave(cast)
    before = act.done()
    own = act.path in (
        "/organization/members/invite/",
        "/organization/webhooks/",
    )  # Otto's own page: Acme's unit is none
    for who in (cast.otto, cast.ben):
        answer = visit(who).post(act.path, act.sent)
        if own and who is cast.otto and act.path.endswith("webhooks/"):
            continue
        assert answer.status_code in (302, 403, 404, 422), answer.status_code
        assert not answer.get("Location", "").startswith("/accounts/reauthenticate/")
        assert act.done() == before


@pytest.mark.parametrize("permissions", [["place_orders"], ["accept_orders", "manage_units"]])
def test_c1_everybody_else_is_invited_without_a_word(cast: Cast, visit: Visit, permissions: list[str]) -> None:
    sent = {**NINA, **LIMIT, "unit": cast.krakow.pk, "permissions": permissions}
    assert visit(cast.dora).post("/organization/members/invite/", sent)["Location"] == "/organization/members/"
    assert Invitation.objects.get().email == "nina@nowa.example"


def test_c1_an_administrator_who_stays_one_is_changed_without_a_word(cast: Cast, visit: Visit) -> None:
    member = Member.objects.get(pk=cast.dora.member.pk)  # type: ignore[union-attr]
    sent = {
        **LIMIT,
        "unit": member.unit_id,
        "roles": [role.pk for role in member.roles.all()],
        "permissions": [*(permission.value for permission in member.direct.permissions), "use_free_address"],
        "active": "on",
        "version": member.version,
    }
    answer = visit(cast.dora).post(f"/organization/members/{member.pk}/", sent)
    assert answer["Location"] == "/organization/members/"
