"""C1: what a stranger who opens an account under somebody's address can do before, while and after it is invited."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from akcept.kernel.errors import NotAllowed
from akcept.organizations import accounts, actions
from akcept.organizations.models import Invitation, Member
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing.cast import PASSWORD, Cast
from shop.accounts import limits
from shop.accounts.models import User
from tests.conftest import Visit

INVITED = "nina@customer.example"
STRANGER = "stranger@elsewhere.example"
THEIRS = "the-strangers-own-77"
HERS = "ninas-very-own-88"


@pytest.fixture(autouse=True)
def _nothing_counted(settings: Any) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": None}


def _sign_up(client: Client, email: str, password: str = THEIRS):
    return client.post("/accounts/signup/", {"email": email, "password1": password, "password2": password})


def _log_in(client: Client, email: str, password: str):
    return client.post("/accounts/login/", {"login": email, "password": password})


def _code() -> str:
    found = re.findall(r"^ {4}(\S+)$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return str(found[0])


def _enter(client: Client, code: str):
    return client.post(reverse("account_email_verification_sent"), {"code": code})


def _inside(client: Client) -> bool:
    return client.get("/orders/").status_code == 200


def _invite(cast: Cast) -> Invitation:
    return actions.invite(
        actor=cast.dora.actor,
        email=INVITED,
        first_name="Nina",
        last_name="Nowa",
        unit_id=cast.krakow.pk,
        permissions=frozenset({Permission.PLACE_ORDERS}),
        language="en",
    )


def _join(client: Client, invitation: Invitation, password: str = HERS):
    typed = {"first_name": "Nina", "last_name": "Nowa", "password": password, "password_again": password}
    return client.post(f"/organization/join/{token_for(invitation)}/", typed)


# --- before ---


def test_c1_an_account_opens_only_with_the_code_that_was_mailed(cast: Cast, visit: Visit) -> None:
    stranger = visit()
    assert _sign_up(stranger, INVITED)["Location"] == reverse("account_email_verification_sent")
    assert [m.to for m in mail.outbox] == [[INVITED]]
    assert not _inside(stranger)
    assert _enter(stranger, "WRONG1").status_code == 422
    assert not _inside(stranger)
    assert _enter(stranger, _code()).status_code == 302
    assert _inside(stranger)


def test_c1_the_code_is_worth_nothing_in_another_browser(cast: Cast, visit: Visit) -> None:
    _sign_up(visit(), INVITED)
    other = visit()
    assert _enter(other, _code())["Location"] == "/accounts/login/"
    assert not _inside(other)


def test_c1_logging_in_again_does_not_help_without_the_code(cast: Cast, visit: Visit) -> None:
    _sign_up(visit(), INVITED)
    stranger = visit()
    assert _log_in(stranger, INVITED, THEIRS)["Location"] == reverse("account_email_verification_sent")
    assert not _inside(stranger)
    for path in (
        "/checkout/",
        "/organization/",
        reverse("akcept:inbox"),
        "/accounts/profile/",
        "/accounts/email/",
        "/accounts/2fa/",
    ):
        assert stranger.get(path).status_code in (302, 404), path
        assert stranger.post(path).status_code in (302, 403, 404), path


def test_c1_an_unproved_account_sets_up_no_second_factor_and_no_second_address(cast: Cast, visit: Visit) -> None:
    stranger = visit()
    _sign_up(stranger, INVITED)
    stranger.post("/accounts/email/", {"email": STRANGER, "action_add": ""})
    stranger.post("/accounts/2fa/totp/activate/", {"code": "123456"})
    user = User.objects.get(email=INVITED)
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified")) == [(INVITED, False)]
    assert not Authenticator.objects.filter(user=user).exists()


def test_c1_a_company_signed_up_under_a_foreign_address_is_not_entered(cast: Cast, visit: Visit) -> None:
    typed = {"name": "Lis i Syn", "nip": "5260001246", "line1": "Polna 1", "postcode": "00-850", "city": "Warszawa"}
    typed |= {"first_name": "Nina", "last_name": "Nowa", "email": INVITED, "password": THEIRS, "password_again": THEIRS}
    stranger = visit()
    answer = stranger.post(reverse("akcept:organization_sign_up"), typed)
    assert answer["Location"] == reverse("account_email_verification_sent")
    assert stranger.get("/organization/").status_code == 302
    assert _enter(stranger, _code())["Location"] == reverse("akcept:signed_up")
    assert stranger.get(reverse("akcept:signed_up")).status_code == 200


# --- what was possible before the upgrade: one who sits in the account with all they can set up ---


@pytest.fixture
def entrenched(cast: Cast) -> User:
    """An account under the address to be invited, unproved, with everything a stranger may have set up in it."""
    user = User.objects.create_user(email=INVITED, password=THEIRS, first_name="S", last_name="T")
    EmailAddress.objects.create(user=user, email=INVITED, primary=True, verified=False)
    EmailAddress.objects.create(user=user, email=STRANGER, primary=False, verified=True)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def test_c1_the_strangers_own_second_address_lets_nobody_in(entrenched: User, visit: Visit) -> None:
    stranger = visit()
    _log_in(stranger, STRANGER, THEIRS)
    assert not _inside(stranger)
    stranger.post("/accounts/password/reset/", {"email": STRANGER})
    assert mail.outbox == []


def test_c1_joining_takes_the_account_from_the_stranger(cast: Cast, entrenched: User, visit: Visit) -> None:
    stranger = visit()
    stranger.force_login(entrenched, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert _inside(stranger)
    invitation = _invite(cast)
    owner = visit()
    page = owner.get(f"/organization/join/{token_for(invitation)}/").content.decode()
    assert 'name="password"' in page, "an account that nobody proved counts as none"
    assert _join(owner, invitation).status_code == 302
    assert _inside(owner)
    assert not _inside(stranger)
    user = User.objects.get(email=INVITED)
    assert user.pk == entrenched.pk
    assert (user.get_full_name(), user.check_password(HERS), user.check_password(THEIRS)) == ("Nina Nowa", True, False)
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")) == [
        (INVITED, True, True)
    ]
    assert not Authenticator.objects.filter(user=user).exists()
    assert not EmailAddress.objects.filter(email=STRANGER).exists()
    for email, password in ((INVITED, THEIRS), (STRANGER, THEIRS), (STRANGER, HERS)):
        again = visit()
        _log_in(again, email, password)
        assert not _inside(again), email
    mail.outbox.clear()
    visit().post("/accounts/password/reset/", {"email": STRANGER})
    assert [(m.to, "/password/reset/key/" in m.body) for m in mail.outbox] == [([STRANGER], False)]


def test_c1_a_stranger_who_is_in_while_the_owner_joins_is_out(cast: Cast, entrenched: User, visit: Visit) -> None:
    stranger = visit()
    stranger.force_login(entrenched, backend="allauth.account.auth_backends.AuthenticationBackend")
    invitation = _invite(cast)
    assert stranger.get("/organization/join/not-the-link/").status_code == 404, "the link goes to the mailbox only"
    assert not Member.objects.filter(user=entrenched).exists()
    _join(visit(), invitation)
    for path in (
        "/orders/",
        "/organization/",
        reverse("akcept:inbox"),
        "/checkout/",
        "/accounts/profile/",
        "/accounts/2fa/",
    ):
        assert stranger.get(path).status_code == 302, path


def test_c1_the_action_itself_takes_no_unproved_account(cast: Cast, entrenched: User) -> None:
    from akcept.kernel.actor import Actor

    invitation = _invite(cast)
    with pytest.raises(NotAllowed):
        actions.accept_invitation(token_for(invitation), actor=Actor.person(entrenched.pk, "S T"))
    assert not Member.objects.filter(user=entrenched).exists()


def test_c1_a_link_the_stranger_had_mailed_before_is_dead_after_joining(
    cast: Cast, entrenched: User, visit: Visit
) -> None:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str
    from django.contrib.auth.tokens import default_token_generator as django_tokens

    key = default_token_generator.make_token(entrenched)
    other = django_tokens.make_token(entrenched)
    _join(visit(), _invite(cast))
    page = visit().get(f"/accounts/password/reset/key/{user_pk_to_url_str(entrenched)}-{key}/", follow=True)
    assert 'name="password1"' not in page.content.decode()
    assert not django_tokens.check_token(User.objects.get(pk=entrenched.pk), other)


def test_c1_a_password_reset_by_mail_proves_the_address_and_clears_the_account(
    cast: Cast, entrenched: User, visit: Visit
) -> None:
    EmailAddress.objects.filter(email=STRANGER).delete()
    stranger = visit()
    stranger.force_login(entrenched, backend="allauth.account.auth_backends.AuthenticationBackend")
    owner = visit()
    owner.post("/accounts/password/reset/", {"email": INVITED})
    link = re.search(r"http://127.0.0.1:8000(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert link is not None
    form = owner.get(link[1], follow=True).redirect_chain[-1][0]
    owner.post(form, {"password1": HERS, "password2": HERS})
    assert not _inside(stranger)
    assert _log_in(owner, INVITED, HERS).status_code == 302
    assert _inside(owner), "neither a code nor the stranger's second factor is asked for"


def test_c1_joining_with_a_proved_account_ends_its_other_sessions_and_keeps_its_factors(
    cast: Cast, visit: Visit
) -> None:
    user = User.objects.create_user(email=INVITED, password=HERS)
    accounts.of_login().claim(user)
    EmailAddress.objects.create(user=user, email=STRANGER, verified=True)
    TOTP.activate(user, generate_totp_secret())
    here, elsewhere = visit(), visit()
    for client in (here, elsewhere):
        client.force_login(User.objects.get(pk=user.pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    invitation = _invite(cast)
    assert _join(here, invitation)["Location"] == "/organization/"
    assert _inside(here)
    assert not _inside(elsewhere)
    assert Authenticator.objects.filter(user=user).exists()
    assert list(EmailAddress.objects.filter(user=user).values_list("email", flat=True)) == [INVITED]


def test_c1_somebody_else_cannot_join_and_learns_nothing(cast: Cast, visit: Visit) -> None:
    invitation = _invite(cast)
    otto = visit(cast.otto)
    assert _join(otto, invitation).status_code == 403
    assert not Member.objects.filter(organization=cast.acme, user=cast.otto.user).exists()
    assert otto.get(f"/organization/join/{token_for(invitation)[:-2]}xx/").status_code == 404


def test_c1_another_account_cannot_take_the_address_meanwhile(cast: Cast, visit: Visit) -> None:
    client = visit(cast.paul)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"email": INVITED, "action_add": ""})
    code = _code()
    _join(visit(), _invite(cast))
    assert _enter(client, code).status_code == 422
    cast.paul.user.refresh_from_db()
    assert cast.paul.user.email == "paul@customer.example"


def test_c1_the_upgrade_leaves_each_account_its_own_address(entrenched: User, cast: Cast) -> None:
    import importlib

    from django.apps import apps

    migration = importlib.import_module("shop.accounts.migrations.0002_sessions_and_counts")
    EmailAddress.objects.create(user=cast.anna.user, email="other@customer.example", verified=True)
    migration.leave_one_address(apps, None)
    assert list(EmailAddress.objects.filter(user=entrenched).values_list("email", "verified")) == [(INVITED, False)]
    assert list(EmailAddress.objects.filter(user=cast.anna.user).values_list("email", "verified")) == [
        ("anna@customer.example", True)
    ]


def test_c1_whoever_creates_a_login_at_the_machine_gets_in(db: None, visit: Visit) -> None:
    User.objects.create_superuser(email="root@shop.example", password=HERS)
    client = visit()
    _log_in(client, "root@shop.example", HERS)
    assert client.get("/dashboard/").status_code == 200


# --- what a stranger can have mailed to an address ---


def test_c3_nobody_floods_an_address_with_codes_by_logging_in_again(cast: Cast, visit: Visit) -> None:
    """One mail every ten seconds, for ever, to somebody who never asked for one; each code with three guesses."""
    assert _sign_up(Client(), INVITED).status_code == 302
    answers = [_log_in(Client(), INVITED, THEIRS).status_code for _ in range(limits.MAILS_TO.attempts + 2)]
    assert answers == [302] * (limits.MAILS_TO.attempts - 1) + [429] * 3
    assert len([message for message in mail.outbox if message.to == [INVITED]]) == limits.MAILS_TO.attempts
    assert _sign_up(Client(), "somebody.else@customer.example").status_code == 302


def test_c3_the_count_of_mails_does_not_tell_which_address_has_an_account(cast: Cast) -> None:
    mailed = limits.MAILS_TO.attempts

    def answers(email: str) -> list[int]:
        return [_sign_up(Client(), email).status_code for _ in range(mailed + 1)]

    assert answers(cast.anna.user.email) == answers("nobody@customer.example") == [302] * mailed + [429]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Wait a moment, then log in again"), ("pl", "Odczekaj chwilę i zaloguj się ponownie")],
)
def test_c4_logging_in_while_a_code_is_on_its_way_is_not_called_a_failure(
    cast: Cast, settings: Any, language: str, said: str
) -> None:
    """Right after signing up, the right password was "too many failed attempts"."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": "1/10s/key"}
    client = Client(headers={"accept-language": language})
    assert _sign_up(client, INVITED).status_code == 302
    again = Client(headers={"accept-language": language})
    page = _log_in(again, INVITED, THEIRS).content.decode()
    assert said in page
    assert "failed" not in page
    assert "nieudan" not in page
    for _ in range(3):
        _enter(client, "AAAA-AAAA")
    assert said in client.get("/accounts/login/").content.decode()


def test_c5_an_address_somebody_takes_in_this_moment_is_refused_in_words(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Client()
    assert _sign_up(taken, INVITED).status_code == 302
    monkeypatch.setattr(User.objects, "filter", lambda **_given: User.objects.none())  # looked a moment too early
    address = EmailAddress(user=cast.anna.user, email=INVITED, verified=False, primary=False)
    request = RequestFactory().post("/")
    request.session, request.user = taken.session, cast.anna.user
    monkeypatch.setattr("shop.accounts.adapter.messages.error", lambda _request, text: said.append(text))
    said: list[str] = []
    with allauth_context.request_context(request):
        assert get_adapter().confirm_email(request, address) is False
    assert len(said) == 1
    assert INVITED in said[0]
