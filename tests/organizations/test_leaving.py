"""D4: somebody with open orders, own or to decide, is deactivated, removed or moved: said before, told after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from akcept.approvals.models import Case
from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.clock import utc_now
from akcept.notices.kinds import ALL
from akcept.notices.recipients import user_target
from akcept.ordering import actions, queries
from akcept.organizations import actions as organizations
from akcept.organizations.models import Member
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver
from akcept.ui.history import sentences

pytestmark = pytest.mark.django_db


def _order(who: Person) -> str:
    return orders.place(who, records=[carts.stock("T1", price="10.00")]).order_number


def _mails() -> list[tuple[str, str]]:
    deliver()
    found = [(m.to[0].partition("@")[0], m.extra_headers["Message-ID"].split(".")[2]) for m in mail.outbox]
    mail.outbox.clear()
    return sorted(found)


def _remove(cast: Cast, who: Person) -> None:
    assert who.member is not None
    organizations.remove_member(
        who.member.pk, actor=cast.dora.actor, version=Member.objects.get(pk=who.member.pk).version
    )


@pytest.fixture
def dora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.dora.user)
    client.cookies["django_language"] = "en"
    return client


def _posted(cast: Cast, who: Person, **more: Any) -> dict[str, Any]:
    assert who.member is not None
    return {
        "unit": cast.krakow.pk,
        "permissions": [permission.value for permission in who.member.permissions],
        "active": "on",
        "version": Member.objects.get(pk=who.member.pk).version,
        "currency": "PLN",
        "basis": "goods_net",
    } | more


def test_d4_removing_is_preceded_by_what_it_does_to_open_orders(cast: Cast, dora: Client) -> None:
    number = _order(cast.anna)
    deliver()
    assert cast.anna.member is not None
    url = f"/organization/members/{cast.anna.member.pk}/remove/"
    shown = dora.post(url, {"version": cast.anna.member.version})
    text = shown.content.decode()
    assert shown.status_code == 200
    assert f"<b>{number}</b>: Anna Kowalska, who placed it, can no longer act for the organisation" in text
    assert Member.objects.get(pk=cast.anna.member.pk).removed_at is None
    assert Entry.objects.filter(topic="order.requester_left").count() == 0
    assert dora.post(url, {"version": cast.anna.member.version, "seen": "True"}).status_code == 302
    assert Member.objects.get(pk=cast.anna.member.pk).removed_at is not None


def test_d4_somebody_without_open_orders_is_removed_at_once(cast: Cast, dora: Client) -> None:
    assert cast.ewa.member is not None
    url = f"/organization/members/{cast.ewa.member.pk}/remove/"
    assert dora.post(url, {"version": cast.ewa.member.version}).status_code == 302


def test_d4_deactivating_or_moving_the_only_decider_is_preceded_by_it_and_saved_as_shown(
    cast: Cast, dora: Client
) -> None:
    Member.objects.filter(pk=cast.cora.member.pk).update(accept_orders=False)  # type: ignore[union-attr]
    number = _order(cast.anna)
    deliver()
    assert cast.ben.member is not None
    url = f"/organization/members/{cast.ben.member.pk}/"
    for change in ({"active": ""}, {"unit": cast.tarnow.pk}):
        posted = _posted(cast, cast.ben, **change)
        text = dora.post(url, posted).content.decode()
        assert f"<b>{number}</b>: Nobody could decide on this order any more." in text
        assert "Save anyway" in text
        other = dora.post(url, posted | {"seen": "0" * 24})
        assert other.status_code == 200, "what was shown was another change"
    seen = text.partition('name="seen" value="')[2].partition('"')[0]
    assert dora.post(url, posted | {"seen": seen}).status_code == 302
    assert Member.objects.get(pk=cast.ben.member.pk).unit_id == cast.tarnow.pk


def test_d4_moving_says_which_own_orders_stay(cast: Cast, dora: Client) -> None:
    number = _order(cast.anna)
    deliver()
    assert cast.anna.member is not None
    text = dora.post(
        f"/organization/members/{cast.anna.member.pk}/", _posted(cast, cast.anna, unit=cast.tarnow.pk)
    ).content.decode()
    assert f"1 open order of this person stays with Oddział Kraków: {number}" in text
    assert ("Confirm and save" in text, "Save anyway" in text) == (True, False), "nothing is lost by it"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "can no longer act for the organisation"), ("pl", "nie może już działać w organizacji")],
)
def test_d4_administrators_and_whoever_is_asked_are_told_once_of_a_leaver(
    cast: Cast, mailoutbox: list[Any], language: str, said: str
) -> None:
    first, second, back = (_order(cast.anna) for _ in range(3))
    actions.send_back(back, actor=cast.ben.actor, version=1, question="?")
    _mails()
    with translation.override(language):
        _remove(cast, cast.anna)
        assert _mails() == [("ben", "order_left"), ("cora", "order_left"), ("dora", "order_left")]
        history = sentences(queries.order(cast.cora.actor, first).history.rows)
        assert any(said in line.what for line in history)
    assert set(Case.objects.filter(requester_left_at__isnull=False).values_list("order__number", flat=True)) == {
        first,
        second,
        back,
    }
    actions.accept(first, actor=cast.ben.actor, version=1)
    actions.reject(second, actor=cast.ben.actor, version=1, reason="Nie")
    assert _mails() == [], "she is no member any more"


def test_d4_who_comes_back_is_forgotten_as_a_leaver_and_told_of_once_more_when_leaving_again(
    cast: Cast, mailoutbox: list[Any]
) -> None:
    _order(cast.anna)
    _mails()
    anna = cast.anna.member
    assert anna is not None

    def set_active(active: bool) -> None:
        organizations.change_member(
            anna.pk,
            actor=cast.dora.actor,
            unit_id=anna.unit_id,
            permissions=frozenset(anna.permissions),
            active=active,
            version=Member.objects.get(pk=anna.pk).version,
        )

    for _times in range(2):
        set_active(False)
        assert _mails() == [("ben", "order_left"), ("cora", "order_left"), ("dora", "order_left")]
        set_active(True)
        assert _mails() == []
        assert Case.objects.get().requester_left_at is None


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind.name != "invitation"], ids=lambda kind: kind.name)
@pytest.mark.parametrize("left", ["removed", "deactivated"])
def test_d4_no_kind_of_mail_goes_to_a_former_member(cast: Cast, kind: Any, left: str) -> None:
    entry = Entry(organization_id=cast.acme.pk, topic=min(kind.topics), payload={})
    assert kind.recipient(entry, user_target(cast.anna.user.pk)).email == cast.anna.user.email
    assert cast.anna.member is not None
    gone = {"removed_at": utc_now() - timedelta(days=1)} if left == "removed" else {}
    Member.objects.filter(pk=cast.anna.member.pk).update(active=False, **gone)
    with pytest.raises(Skip):
        kind.recipient(entry, user_target(cast.anna.user.pk))
    with pytest.raises(Skip):
        kind.recipient(entry, user_target(cast.otto.user.pk))
