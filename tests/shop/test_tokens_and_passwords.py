"""Tokens for other systems work without a password: what a new one does to them, and who is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail

from akcept.api import actions as access
from akcept.api.models import Credential
from akcept.api.queries import StillWorking, still_working
from akcept.journal.models import Entry
from akcept.kernel.errors import NotAllowed
from akcept.organizations.actions import choose_language
from akcept.testing.cast import PASSWORD, Cast
from tests.conftest import Visit
from tests.support.api import System
from tests.support.statements import statements

NEW = "quiet-harbour-42"
CHANGED = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
CHANGE = "/accounts/password/change/"


def _token(person: Any, name: str = "Arkusz") -> str:
    return access.give_token(actor=person.actor, name=name, scopes=["orders:read"]).secret


def _works(token: str) -> bool:
    return System(token=token).get("/orders").status_code == 200


def _told() -> tuple[str, str]:
    sent: Any = mail.outbox[-1]
    return str(sent.body), str(sent.alternatives[0][0])


def _reset(visit: Visit, email: str) -> None:
    owner = visit()
    owner.post("/accounts/password/reset/", {"email": email})
    link = re.search(r"http://127.0.0.1:8000(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert link is not None
    form = owner.get(link[1], follow=True).redirect_chain[-1][0]
    owner.post(form, {"password1": NEW, "password2": NEW})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["2 of your tokens for other systems still work.", "1 system you connected still works."]),
        (
            "pl",
            ["Nadal działają 2 Twoje tokeny dla innych systemów.", "Nadal działa 1 podłączony przez Ciebie system."],
        ),
    ],
)
def test_c1_a_changed_password_leaves_tokens_and_its_mail_says_how_many_work(
    cast: Cast, visit: Visit, language: str, said: list[str]
) -> None:
    choose_language(cast.dora.user.pk, language=language)
    tokens = [_token(cast.dora, "a"), _token(cast.dora, "b")]
    access.give_client(actor=cast.dora.actor, name="ERP", scopes=["orders:read"])
    visit(cast.dora, language=language).post(CHANGE, CHANGED)
    assert [_works(token) for token in tokens] == [True, True]
    for part in _told():
        assert [text for text in said if text not in part] == []
        assert "http://127.0.0.1:8000/account/tokens/" in part
        assert "http://127.0.0.1:8000/organization/systems/" in part
        assert "/dashboard/systems/" not in part


def test_c1_one_tick_ends_ones_own_tokens_with_the_old_password_and_nobody_elses(cast: Cast, visit: Visit) -> None:
    choose_language(cast.anna.user.pk, language="en")
    annas, bens = _token(cast.anna), _token(cast.ben)
    client = visit(cast.anna)
    assert "Also end my tokens for other systems" in client.get(CHANGE).content.decode()
    assert client.post(CHANGE, {**CHANGED, "oldpassword": "wrong", "end_tokens": "on"}).status_code in (200, 422)
    assert _works(annas), "a wrong password ends nothing"
    client.post(CHANGE, {**CHANGED, "end_tokens": "on"})
    assert (_works(annas), _works(bens)) == (False, True)
    for part in _told():
        assert "1 of your tokens for other systems ended with the old password." in part
        assert "still work" not in part
    ended = Entry.objects.get(topic="access.ended")
    assert (ended.actor_user_id, ended.organization_id) == (cast.anna.user.pk, cast.acme.pk)


def test_c1_whoever_has_no_token_is_asked_and_told_nothing_of_them(cast: Cast, visit: Visit) -> None:
    choose_language(cast.anna.user.pk, language="en")
    client = visit(cast.anna)
    assert "end_tokens" not in client.get(CHANGE).content.decode()
    client.post(CHANGE, {**CHANGED, "end_tokens": "on"})
    assert [part for part in _told() if "other systems" in part or "you connected" in part] == []


def test_c1_a_forgotten_password_ends_tokens_keeps_systems_and_says_so(cast: Cast, visit: Visit) -> None:
    """Whoever has to win an account back does not know who made its tokens; an organisation's ERP goes on."""
    choose_language(cast.dora.user.pk, language="en")
    own, annas = _token(cast.dora), _token(cast.anna)
    access.give_client(actor=cast.dora.actor, name="ERP", scopes=["orders:read"])
    _reset(visit, cast.dora.user.email)
    assert (_works(own), _works(annas)) == (False, True)
    assert Credential.objects.get(name="ERP").revoked_at is None
    for part in _told():
        assert "1 of your tokens for other systems ended with the old password." in part
        assert "1 system you connected still works." in part


def test_c1_the_shops_own_people_are_led_to_the_panel(cast: Cast, visit: Visit) -> None:
    choose_language(cast.mia.user.pk, language="en")
    access.give_client(actor=cast.mia.actor, name="ERP", scopes=["work:read"])
    _reset(visit, cast.mia.user.email)
    for part in _told():
        assert "http://127.0.0.1:8000/dashboard/systems/" in part
        assert "/organization/systems/" not in part


def test_c1_the_link_that_the_shops_people_send_takes_as_much_away(cast: Cast, visit: Visit) -> None:
    """It was Oscar's own page, which knew of no tokens, no second factor of a stranger's, and told nobody."""
    choose_language(cast.anna.user.pk, language="en")
    token = _token(cast.anna)
    EmailAddress.objects.filter(user=cast.anna.user).update(verified=False)
    TOTP.activate(cast.anna.user, generate_totp_secret())
    visit(cast.mia, superuser=True).post(f"/dashboard/users/{cast.anna.user.pk}/password-reset/")
    link = re.search(r"http://127.0.0.1:8000(/password-reset/confirm/\S+)", mail.outbox[-1].body)
    assert link is not None
    owner = visit()
    form = owner.get(link[1])["Location"]
    assert owner.post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 302
    assert not _works(token)
    assert not Authenticator.objects.filter(user=cast.anna.user).exists()
    assert EmailAddress.objects.get(user=cast.anna.user).verified
    assert mail.outbox[-1].to == [cast.anna.user.email]
    for part in _told():
        assert "1 of your tokens for other systems ended with the old password." in part


def test_c1_a_password_set_in_the_admin_ends_tokens_too(cast: Cast, visit: Visit) -> None:
    token, bens = _token(cast.anna), _token(cast.ben)
    page = f"/admin/accounts/user/{cast.anna.user.pk}/password/"
    mia = visit(cast.mia, superuser=True)
    assert mia.post(page, {"password1": NEW, "password2": "x", "usable_password": "true"}).status_code == 422
    assert _works(token)
    assert mia.post(page, {"password1": NEW, "password2": NEW, "usable_password": "true"}).status_code == 302
    assert (_works(token), _works(bens)) == (False, True)
    assert Entry.objects.get(topic="access.ended").actor_user_id == cast.mia.user.pk


def test_ending_ones_tokens_reaches_every_organisation_and_only_oneself(cast: Cast) -> None:
    _token(cast.anna, "a")
    _token(cast.otto, "o")
    assert still_working(cast.anna.user.pk) == StillWorking(tokens=1, systems=0, of_shop=False, of_organization=False)
    assert access.end_tokens_of(cast.anna.user.pk, actor=cast.anna.actor) == 1
    assert access.end_tokens_of(cast.anna.user.pk, actor=cast.anna.actor) == 0
    assert still_working(cast.otto.user.pk).tokens == 1
    for other in (cast.anna, cast.dora, cast.otto):
        with pytest.raises(NotAllowed):
            access.end_tokens_of(cast.ben.user.pk, actor=other.actor)


def test_what_still_works_takes_one_statement_for_one_and_three(cast: Cast) -> None:
    taken = []
    for names in ("a", "bc"):
        for name in names:
            _token(cast.anna, name)
        taken.append(len(statements(lambda: still_working(cast.anna.user.pk))))
    assert taken == [1, 1]
