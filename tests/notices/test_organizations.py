"""Mails about organisations: sign-up, confirmation, invitations."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.template.loader import get_template

from akcept.notices.kinds import ALL
from akcept.organizations import actions
from akcept.organizations.actions import AddressInput
from akcept.organizations.models import Organization
from akcept.organizations.permissions import Permission
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _sign_up() -> Organization:
    return actions.sign_up(
        name="Nowa sp. z o.o.",
        nip="526-104-08-28",
        address=AddressInput(recipient="Nowa", line1="ul. Nowa 1", postcode="00-001", city="Warszawa"),
        first_name="Nina",
        last_name="Nowa",
        email="nina@nowa.example",
        password="correct-horse-battery",
        language="en",
    )


def test_sign_up_tells_the_administrator_and_the_shop(cast: Cast, settings: Any) -> None:
    settings.AKCEPT_MERCHANT_EMAIL = "sales@shop.example"
    _sign_up()
    deliver()
    sent = {message.to[0]: message for message in mail.outbox}
    assert set(sent) == {"nina@nowa.example", "sales@shop.example"}
    assert sent["nina@nowa.example"].subject == "We received the application of Nowa sp. z o.o."
    assert sent["sales@shop.example"].subject.startswith("Nowa organizacja")
    assert "/dashboard/organizations/" in sent["sales@shop.example"].body
    assert "/dashboard/" not in sent["nina@nowa.example"].body


def test_confirmation_tells_the_administrators_only(cast: Cast) -> None:
    organization = _sign_up()
    deliver()
    mail.outbox.clear()
    actions.confirm(organization.pk, actor=cast.mia.actor)
    deliver()
    assert [message.to for message in mail.outbox] == [["nina@nowa.example"]]


def _invite(cast: Cast) -> Any:
    return actions.invite(
        actor=cast.dora.actor,
        email="new@customer.example",
        first_name="Nadia",
        last_name="Nowa",
        unit_id=cast.krakow.pk,
        permissions=frozenset({Permission.PLACE_ORDERS}),
        language="en",
    )


def _link(body: str) -> str:
    found = re.search(r"https?://\S+/organization/join/\S+/", body)
    assert found is not None, body
    return found[0]


def test_invitation_is_mailed_in_its_language_with_a_working_link(cast: Cast) -> None:
    _invite(cast)
    deliver()
    (sent,) = mail.outbox
    assert sent.to == ["new@customer.example"]
    assert "Acme" in sent.subject
    assert "Dora Zielińska" in sent.body
    token = _link(sent.body).rstrip("/").rpartition("/")[2]
    member = actions.accept_invitation(token, first_name="Nadia", last_name="Nowa", password="correct-horse-battery")
    assert (member.unit_id, member.permissions) == (cast.krakow.pk, {Permission.PLACE_ORDERS})


def test_invitation_taken_back_before_the_mail_is_not_sent(cast: Cast) -> None:
    invitation = _invite(cast)
    actions.revoke_invitation(invitation.pk, actor=cast.dora.actor)
    deliver()
    assert mail.outbox == []


def test_resent_invitation_has_a_new_link_and_the_old_one_is_dead(cast: Cast) -> None:
    invitation = _invite(cast)
    deliver()
    actions.resend_invitation(invitation.pk, actor=cast.dora.actor)
    deliver()
    old, new = (_link(message.body) for message in mail.outbox)
    assert old != new


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_every_kind_has_a_text_and_an_html_part(kind: Any) -> None:
    assert get_template(f"akcept/mail/{kind.name}.txt")
    assert get_template(f"akcept/mail/{kind.name}.html")
