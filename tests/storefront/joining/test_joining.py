"""The link of an invitation: who it is for, and what becomes of one that no longer counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from akcept.kernel.clock import utc_now
from akcept.organizations import actions
from akcept.organizations.models import Invitation, Member
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing.cast import PASSWORD, Cast
from tests.conftest import Visit

NADIA = {"first_name": "Nadia", "last_name": "Nowa", "password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def invitation(cast: Cast) -> Invitation:
    """Somebody who has no account yet is invited into Kraków."""
    return actions.invite(
        actor=cast.dora.actor,
        email="nadia@customer.example",
        first_name="Nadia",
        last_name="Nowa",
        unit_id=cast.krakow.pk,
        permissions=frozenset({Permission.PLACE_ORDERS}),
        language="pl",
    )


def _link(invitation: Invitation) -> str:
    return f"/organization/join/{token_for(invitation)}/"


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_whoever_is_logged_in_as_somebody_else_is_told_at_once_and_logs_out_there(
    invitation: Invitation, cast: Cast, visit: Visit
) -> None:
    client, link = visit(cast.otto), _link(invitation)
    page = _text(client.get(link))
    assert "But you are logged in as <b>otto@customer.example</b>" in page
    assert ">Join</button>" not in page
    assert client.post(link).status_code == 403
    answer = client.post(link, {"leave": "1"})
    assert (answer.status_code, answer["Location"]) == (302, link)
    page = _text(client.get(link))
    assert "Create my account and join" in page
    assert client.post(link, NADIA)["Location"] == "/organization/"
    assert Member.objects.get(user__email="nadia@customer.example").unit == cast.krakow


def test_whoever_it_is_for_is_not_logged_out(cast: Cast, visit: Visit) -> None:
    invitation = actions.invite(
        actor=cast.otto.actor,
        email="EWA@customer.example",
        first_name="",
        last_name="",
        unit_id=cast.terminal.pk,
        permissions=frozenset({Permission.PLACE_ORDERS}),
        language="pl",
    )
    client = visit(cast.ewa)
    assert ">Join</button>" in _text(client.get(_link(invitation)))
    assert client.post(_link(invitation), {"leave": "1"})["Location"] == "/organization/"
    assert Member.objects.filter(user=cast.ewa.user).count() == 2


@pytest.mark.parametrize(
    ("what", "status", "says"),
    [
        ("resent", 410, "replaced by a newer one"),
        ("revoked", 410, "has been cancelled"),
        ("expired", 410, "has expired"),
        ("used", 410, "already been accepted"),
        ("forged", 404, "not valid"),
    ],
)
def test_link_that_no_longer_counts_says_why(
    invitation: Invitation, cast: Cast, visit: Visit, what: str, status: int, says: str
) -> None:
    link = _link(invitation)
    if what == "resent":
        actions.resend_invitation(invitation.pk, actor=cast.dora.actor)
    elif what == "revoked":
        actions.revoke_invitation(invitation.pk, actor=cast.dora.actor)
    elif what == "expired":
        Invitation.objects.update(expires_at=utc_now() - timedelta(seconds=1))
        link = _link(Invitation.objects.get())
    elif what == "used":
        visit().post(link, NADIA)
    else:
        link = f"{link[:-2]}x/"
    for answer in (visit().get(link), visit().post(link, NADIA)):
        assert (answer.status_code, says in _text(answer)) == (status, True), _text(answer)
    assert Member.objects.filter(user__email="nadia@customer.example").count() == (what == "used")


def test_welcome_does_not_end_in_two_full_stops(invitation: Invitation, cast: Cast, visit: Visit) -> None:
    cast.acme.name = "Acme sp. z o.o."
    cast.acme.save()
    client = visit()
    page = _text(client.post(_link(invitation), NADIA, follow=True))
    assert "You are now a member of Acme sp. z o.o., Oddział Kraków." in page
