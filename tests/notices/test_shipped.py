"""A parcel that left is told to whoever ordered it: what is in it, at which carrier, and what is still to come."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from akcept.fulfilment import actions as fulfilment
from akcept.fulfilment.actions import Packed
from akcept.ordering import actions
from akcept.organizations.actions import choose_mails
from akcept.organizations.mailing import MailChoices, Topic
from akcept.organizations.models import Member, Profile
from akcept.testing import orders
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _released(cast: Cast, who: Person, **terms: Any) -> str:
    number = orders.place(who, **terms).order_number
    if who is cast.anna:
        actions.accept(number, actor=cast.ben.actor, version=1)
    deliver()
    mail.outbox.clear()
    return number


def _ship(cast: Cast, number: str, parcel: str, *packed: Packed, carrier: str = "DPD") -> list[Any]:
    fulfilment.ship(number, actor=cast.mia.actor, parcel=parcel, carrier=carrier, packed=list(packed) or None)
    deliver()
    sent = list(mail.outbox)
    mail.outbox.clear()
    return sent


def _texts(message: EmailMultiAlternatives) -> list[str]:
    """Plain text and HTML."""
    return [str(message.body), str(message.alternatives[0][0])]


def test_each_parcel_is_told_to_whoever_ordered_and_to_nobody_else(cast: Cast) -> None:
    number = _released(cast, cast.anna, lines=2, quantity=5)
    Profile.objects.update_or_create(user=cast.anna.user, defaults={"language": "en"})
    (first,) = _ship(cast, number, "00-1", Packed(code="S1", quantity=3))
    assert (first.to, first.subject) == (["anna@customer.example"], f"Parcel of order {number} is on its way")
    for text in _texts(first):
        for said in ("00-1", "DPD", "Produkt S1", "7 pieces are still to come.", f"/orders/{number}/"):
            assert said in text, said
        assert "S2" not in text, "which did not leave"
    (rest,) = _ship(cast, number, "<b>00-2", carrier="")
    plain, html = _texts(rest)
    for text in (plain, html):
        assert "Nothing more is to come: the order is complete." in text
        assert "Carrier" not in text
    assert "<b>00-2" in plain
    assert "&lt;b&gt;00-2" in html
    assert "2 × Produkt S1" in plain
    assert "5 × Produkt S2" in plain


def test_it_is_told_in_the_readers_language(cast: Cast) -> None:
    Profile.objects.update_or_create(user=cast.anna.user, defaults={"language": "pl"})
    number = _released(cast, cast.anna, lines=1, quantity=3)
    (told,) = _ship(cast, number, "00-1", Packed(code="S1", quantity=1))
    assert told.subject == f"Paczka z zamówienia {number} jest w drodze"
    for text in _texts(told):
        assert "Do wysłania zostały jeszcze 2 sztuki." in text
        assert "Przewoźnik" in text


def test_a_private_customer_and_one_of_another_organisation_are_told_of_theirs(cast: Cast) -> None:
    for who, address in ((cast.paul, "paul@customer.example"), (cast.otto, "otto@customer.example")):
        (told,) = _ship(cast, _released(cast, who), "00-1")
        assert told.to == [address]


@pytest.mark.parametrize("why", ["muted", "left"])
def test_who_wants_no_mails_of_their_orders_or_left_is_not_told(cast: Cast, why: str) -> None:
    number = _released(cast, cast.anna)
    if why == "muted":
        choose_mails(cast.anna.actor, MailChoices(muted=frozenset({Topic.OWN})))
    else:
        Member.objects.filter(pk=cast.anna.member.pk).update(active=False)
    assert _ship(cast, number, "00-1") == []


def test_the_same_parcel_told_again_is_mailed_once(cast: Cast) -> None:
    number = _released(cast, cast.anna)
    assert len(_ship(cast, number, "00-1")) == 1
    assert _ship(cast, number, "00-1") == []
