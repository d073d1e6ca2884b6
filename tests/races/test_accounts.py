"""Accounts: whose an address is when several people claim it at the same moment. Real threads on PostgreSQL."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from akcept.journal.queries import verify
from akcept.organizations import actions
from akcept.organizations.models import Invitation, Member
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing.cast import Cast
from shop.accounts.models import User
from shop.accounts.proof import AllauthAccounts
from tests.support.threads import together

pytestmark = pytest.mark.postgres

INVITED = "nina@customer.example"
THEIRS = "the-strangers-own-77"
HERS = "ninas-very-own-88"


@pytest.fixture(autouse=True)
def _nothing_counted(settings: Any) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": None}


def _sign_up(email: str = INVITED) -> Any:
    client = Client(raise_request_exception=False)
    return client.post("/accounts/signup/", {"email": email, "password1": THEIRS, "password2": THEIRS})


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


def _join(invitation: Invitation) -> Any:
    typed = {"first_name": "Nina", "last_name": "Nowa", "password": HERS, "password_again": HERS}
    client = Client(raise_request_exception=False)
    return client.post(f"/organization/join/{token_for(invitation)}/", typed)


def test_c1_a_sign_up_sent_twice_makes_one_account_and_no_error(cast: Cast) -> None:
    for number in range(5):
        email = f"nina{number}@customer.example"
        results = together(*[partial(_sign_up, email)] * 3)
        assert [result.status_code for result in results] == [302, 302, 302]
        assert User.objects.filter(email=email).count() == 1
        assert EmailAddress.objects.filter(email=email).count() == 1


def test_c1_whoever_joins_has_the_account_whatever_a_stranger_does_at_that_moment(cast: Cast) -> None:
    for _time in range(4):
        invitation = _invite(cast)
        joined, signed_up, *again = together(
            partial(_join, invitation), _sign_up, partial(_join, invitation), partial(_sign_up)
        )
        codes = [joined.status_code, signed_up.status_code, *(result.status_code for result in again)]
        assert max(codes) < 500, codes
        member = Member.objects.filter(user__email=INVITED, removed_at=None).first()
        if member is None:  # the stranger was first: the link still works
            assert _join(invitation).status_code == 302
        user = User.objects.get(email=INVITED)
        assert user.check_password(HERS)
        assert not user.check_password(THEIRS)
        assert AllauthAccounts().is_proved(user)
        assert list(EmailAddress.objects.filter(email=INVITED).values_list("user_id", "verified")) == [(user.pk, True)]
        Member.objects.filter(user=user).delete()
        Invitation.objects.all().delete()
        EmailAddress.objects.filter(user=user).delete()
        user.delete()
    assert verify(cast.acme.pk) is None
