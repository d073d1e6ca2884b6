"""Who gets in: tokens and systems, their scopes, and what takes effect on the very next call."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from akcept.api import access, actions, secret
from akcept.api.models import AccessToken, Call, Credential
from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from akcept.organizations import actions as organizations
from akcept.organizations.models import Member
from akcept.testing.cast import Cast
from tests.support.api import ROOT, System, exchanged, system_of


def _refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_token_is_shown_once_and_kept_as_a_digest(cast: Cast) -> None:
    given = actions.give_token(actor=cast.anna.actor, name="Arkusz", scopes=["orders:read"])
    assert given.secret.startswith("akcept_pat_")
    row = Credential.objects.get()
    stored = " ".join(str(getattr(row, field.attname)) for field in Credential._meta.fields)
    assert given.secret.rpartition("_")[2] not in stored
    (entry,) = Entry.objects.filter(topic="access.given")
    assert entry.payload == {"name": "Arkusz", "kind": "personal", "scopes": ["orders:read"], "key": row.key}
    assert given.secret not in str(entry.payload)


def test_nothing_but_a_token_lets_anybody_in(cast: Cast, visit: Any) -> None:
    logged_in: Client = visit(cast.anna)
    assert _refused(logged_in.get(f"{ROOT}/orders")) == (401, "invalid_token")
    for token in (
        "",
        "x",
        "akcept_pat_a_b",
        "akcept_pat_" + "ą" * 5,
        "akcept_at_" + "a" * 18 + "_" + "b" * 64,
        "a" * 999,
    ):
        answer = System(token=token).get("/orders")
        assert _refused(answer) == (401, "invalid_token"), token
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert _refused(System(token="x").get("/nowhere/at/all")) == (404, "not_found")


def test_a_scope_that_was_not_given_is_named(cast: Cast) -> None:
    reader = system_of(cast.ben, scopes=["orders:read"])
    assert reader.get("/orders").status_code == 200
    answer = reader.post("/orders/1/accept", version=1)
    assert _refused(answer) == (403, "scope_missing")
    assert "orders:decide" in answer.json()["detail"]


def test_a_right_taken_away_is_gone_with_the_next_call(cast: Cast) -> None:
    ben = system_of(cast.ben)
    number = _placed(cast)
    assert ben.get(f"/orders/{number}").status_code == 200
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_orders=False)  # type: ignore[union-attr]
    assert _refused(ben.get(f"/orders/{number}")) == (404, "not_found")
    assert _refused(ben.post(f"/orders/{number}/accept", version=1)) == (404, "not_found")


def _placed(cast: Cast) -> str:
    from akcept.testing import orders

    return orders.place(cast.anna).order_number


def _deactivated(cast: Cast) -> None:
    cast.ben.user.is_active = False
    cast.ben.user.save()


def _left(cast: Cast) -> None:
    organizations.remove_member(cast.ben.member.pk, actor=cast.dora.actor, version=1)  # type: ignore[union-attr]


def _expired(cast: Cast) -> None:
    Credential.objects.update(expires_at=utc_now())


def _ended(cast: Cast) -> None:
    actions.end_access(Credential.objects.get().pk, actor=cast.ben.actor)


@pytest.mark.parametrize("what", [_deactivated, _left, _expired, _ended])
def test_who_is_gone_is_out_with_the_next_call(cast: Cast, what: Any) -> None:
    ben = system_of(cast.ben)
    assert ben.get("/orders").status_code == 200
    what(cast)
    assert _refused(ben.get("/orders")) == (401, "invalid_token")


def test_nobody_is_let_in_while_the_host_withholds_the_module(cast: Cast) -> None:
    ben = system_of(cast.ben)
    with override_settings(AKCEPT_B2B_AVAILABLE=False):
        assert _refused(ben.get("/orders")) == (401, "invalid_token")


def test_a_system_exchanges_its_secret_for_an_hour(cast: Cast) -> None:
    given = actions.give_client(actor=cast.dora.actor, name="Optima", scopes=["orders:read", "rules:read"])
    sent = {"grant_type": "client_credentials", "scope": "orders:read"}
    basic = base64.b64encode(f"{given.credential.key}:{given.secret}".encode()).decode()
    answer = Client().post(f"{ROOT}/oauth/token", sent, headers={"Authorization": f"Basic {basic}"})
    told = answer.json()
    assert (answer.status_code, told["token_type"], told["expires_in"]) == (200, "Bearer", 3600)
    assert told["scope"] == "orders:read"
    assert answer["Cache-Control"] == "no-store"
    assert System(token=told["access_token"]).get("/orders").status_code == 200
    assert told["access_token"].rpartition("_")[2] not in str(AccessToken.objects.values())
    with pytest.raises(access.NoAccess):
        access.caller_of(told["access_token"], now=utc_now() + timedelta(seconds=3601))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, (401, "invalid_client")),
        ({"grant_type": "client_credentials"}, (401, "invalid_client")),
        ({}, (422, "invalid")),
    ],
)
def test_what_cannot_be_exchanged_is_said(cast: Cast, sent: dict[str, str], code: tuple[int, str]) -> None:
    assert _refused(Client().post(f"{ROOT}/oauth/token", sent)) == code


@pytest.mark.parametrize("pair", [b"a\x00b:c", "Ł:c".encode(), b"\xff:c", b":", b"a" * 5_000 + b":c", b"a:\x00"])
def test_an_id_that_is_none_asks_the_database_for_nothing_odd(cast: Cast, pair: bytes) -> None:
    """A NUL in an id is no text that PostgreSQL takes."""
    basic = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    answer = Client().post(f"{ROOT}/oauth/token", {"grant_type": "client_credentials"}, headers=basic)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_client")


def test_a_new_secret_leaves_the_old_one_a_day_and_ends_a_personal_one_at_once(cast: Cast) -> None:
    given = actions.give_client(actor=cast.dora.actor, name="Optima", scopes=["orders:read"])
    new = actions.exchange_secret(given.credential.pk, actor=cast.dora.actor)
    assert exchanged(given.credential.key, given.secret) != exchanged(given.credential.key, new.secret)
    tomorrow = utc_now() + timedelta(hours=25)
    with pytest.raises(access.InvalidClient):
        access.exchange(given.credential.key, given.secret, now=tomorrow)
    assert access.exchange(given.credential.key, new.secret, now=tomorrow).scopes == ("orders:read",)
    token = actions.give_token(actor=cast.ben.actor, name="t", scopes=["orders:read"])
    newer = actions.exchange_secret(token.credential.pk, actor=cast.ben.actor)
    assert System(token=token.secret).get("/orders").status_code == 401
    assert System(token=newer.secret).get("/orders").status_code == 200


def test_access_that_is_ended_takes_its_tokens_along(cast: Cast) -> None:
    given = actions.give_client(actor=cast.dora.actor, name="Optima", scopes=["orders:read"])
    system = System(token=exchanged(given.credential.key, given.secret))
    assert system.get("/orders").status_code == 200
    actions.end_access(given.credential.pk, actor=cast.dora.actor)
    assert system.get("/orders").status_code == 401
    with pytest.raises(Stale):
        actions.end_access(given.credential.pk, actor=cast.dora.actor)


def test_systems_are_given_by_whoever_administers_and_only_what_is_theirs(cast: Cast) -> None:
    for who in ("anna", "ben", "cora", "paul"):
        with pytest.raises(NotAllowed):
            actions.give_client(actor=getattr(cast, who).actor, name="x", scopes=["orders:read"])
    with pytest.raises(Invalid, match="used for"):
        actions.give_client(actor=cast.dora.actor, name="x", scopes=["work:read"])
    with pytest.raises(Invalid, match="used for"):
        actions.give_client(actor=cast.mia.actor, name="x", scopes=["orders:read"])
    with pytest.raises(Invalid):
        actions.give_token(actor=cast.anna.actor, name=" ", scopes=["orders:read"])
    with pytest.raises(Invalid):
        actions.give_token(actor=cast.anna.actor, name="x", scopes=["orders:read"], days=1000)


def test_others_of_another_organisation_or_branch_end_nothing(cast: Cast) -> None:
    token = actions.give_token(actor=cast.anna.actor, name="t", scopes=["orders:read"]).credential
    client = actions.give_client(actor=cast.dora.actor, name="c", scopes=["orders:read"]).credential
    for who in ("otto", "jan", "ben"):
        for row in (token, client):
            with pytest.raises(NotFound):
                actions.end_access(row.pk, actor=getattr(cast, who).actor)
    with pytest.raises(NotFound):
        actions.exchange_secret(token.pk, actor=cast.dora.actor)  # nobody gets at a token of somebody else
    actions.end_access(token.pk, actor=cast.dora.actor)  # but whoever manages them ends it
    with pytest.raises(Refused):
        actions.end_access(client.pk, actor=cast.mia.actor)


def test_there_is_an_end_to_how_many_there_may_be(cast: Cast) -> None:
    for number in range(actions.TOKENS_LIMIT):
        actions.give_token(actor=cast.anna.actor, name=str(number), scopes=["orders:read"])
    with pytest.raises(Invalid, match="20"):
        actions.give_token(actor=cast.anna.actor, name="one more", scopes=["orders:read"])


def test_calls_are_noted_and_the_last_use_is(cast: Cast) -> None:
    ben = system_of(cast.ben)
    ben.get("/orders")
    ben.get("/orders/none")
    assert list(Call.objects.order_by("pk").values_list("method", "path", "status", "code")) == [
        ("GET", "/api/v1/orders", 200, ""),
        ("GET", "/api/v1/orders/none", 404, "not_found"),
    ]
    assert Credential.objects.get().last_used_at is not None


def test_a_digest_is_compared_whole() -> None:
    kept = secret.digest("a")
    assert secret.matches("a", kept)
    assert not secret.matches("b", kept)
    assert secret.parts_of(secret.token(secret.ACCESS, "k", "s")) == secret.Parts(
        kind=secret.ACCESS, key="k", secret="s"
    )
