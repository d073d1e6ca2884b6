"""Agreements that end soon are told to the merchant once, 30 days before (issue 16, point 7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import override_settings

from akcept.agreements import actions
from akcept.agreements.inputs import AgreementInput
from akcept.agreements.models import Agreement
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotAllowed
from akcept.ordering.reactions.ticking import tick
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.support.statements import statements

TODAY = date(2026, 3, 2)
CLOCK = Actor.system("clock")


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=ZoneInfo("Europe/Warsaw"))


def _agree(cast: Cast, name: str, days: int | None, *, everybody: bool = False) -> Agreement:
    ends = None if days is None else TODAY + timedelta(days=days)
    unit_id = None if everybody else cast.krakow.pk
    return actions.add_agreement(AgreementInput(name=name, ends=ends), actor=cast.mia.actor, unit_id=unit_id)


@override_settings(AKCEPT_MERCHANT_EMAIL="shop@shop.example")
def test_what_ends_within_thirty_days_is_told_once_in_one_mail(cast: Cast) -> None:
    for name, days in (("dziś", 0), ("trzydzieści", 30), ("trzydzieści jeden", 31), ("bez końca", None), ("była", -1)):
        _agree(cast, name, days)
    _agree(cast, "dla wszystkich", 5, everybody=True)
    mail.outbox.clear()
    tick(now=_at(TODAY))
    tick(now=_at(TODAY))
    deliver()
    (sent,) = [each for each in mail.outbox if each.to == ["shop@shop.example"]]
    assert sent.subject == "Kończą się 3 umowy"
    told = [line for line in sent.body.splitlines() if " 2026: " in line]
    unit = f"Acme, {cast.krakow.name}"
    assert told == [
        f"2 marca 2026: dziś, {unit}",
        "7 marca 2026: dla wszystkich, wszyscy",
        f"1 kwietnia 2026: trzydzieści, {unit}",
    ]
    tick(now=_at(TODAY + timedelta(days=1)))
    assert Entry.objects.filter(topic="agreement.ending").count() == 2, "the one that ended on day 31 is near now"


def test_a_last_day_that_was_changed_is_told_again(cast: Cast) -> None:
    row = _agree(cast, "Umowa", 10)
    clock = {"actor": CLOCK, "now": _at(TODAY)}
    assert [actions.tell_ending(**clock), actions.tell_ending(**clock)] == [1, 0]
    longer = AgreementInput(name="Umowa", ends=TODAY + timedelta(days=20))
    actions.change_agreement(row.pk, longer, actor=cast.mia.actor, version=1)
    assert [actions.tell_ending(**clock), actions.tell_ending(**clock)] == [1, 0]


@pytest.mark.parametrize("who", ["mia", "dora", "otto", "jan"])
def test_nobody_has_it_told_by_hand(cast: Cast, who: str) -> None:
    _agree(cast, "Umowa", 1)
    with pytest.raises(NotAllowed):
        actions.tell_ending(actor=getattr(cast, who).actor, now=_at(TODAY))


@pytest.mark.parametrize("number", [1, 3])
def test_three_take_as_many_statements_as_one(cast: Cast, number: int) -> None:
    for each in range(number):
        _agree(cast, f"U{each}", 1)
    assert len(statements(lambda: actions.tell_ending(actor=CLOCK, now=_at(TODAY)))) == 10
