"""What an order costs the relay: statements, whatever its lines; what is read once, and never kept too long."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.journal import relay, sharing
from akcept.journal.models import Delivery
from akcept.ordering import actions
from akcept.organizations.models import Member, Profile
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def _flow(cast: Cast, *, lines: int) -> tuple[int, int]:
    """Return the relay's statements after placing, and after accepting; transaction control included."""
    placed = orders.place(cast.anna, records=[carts.stock(f"R{n}", price="10.00") for n in range(lines)])
    after_placing = len(statements(relay.run_once))
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    after_accepting = len(statements(relay.run_once))
    assert not Delivery.objects.exclude(state="done").exists(), "one round each hands everything on"
    return after_placing, after_accepting


def test_a_flow_takes_forty_three_statements_for_one_line_and_three(cast: Cast, mailoutbox: list[Any]) -> None:
    for lines in (1, 3):  # the first purchase of a product, or by somebody, begins what Oscar counts of them
        _flow(cast, lines=lines)
    mailoutbox.clear()
    assert {lines: _flow(cast, lines=lines) for lines in (1, 3)} == dict.fromkeys((1, 3), (25, 18))
    assert sorted(mail.to[0].split("@")[0] for mail in mailoutbox) == ["anna"] * 4 + ["ben"] * 2 + ["cora"] * 2


def test_deliveries_nobody_is_told_by_are_not_written(cast: Cast) -> None:
    orders.place(cast.anna)
    written = sorted(Delivery.objects.values_list("subscriber", "target"))
    assert written == sorted(
        [
            ("mail.acceptance_asked", f"user:{cast.ben.user.pk}"),
            ("mail.acceptance_asked", f"user:{cast.cora.user.pk}"),
            ("mail.order_received", f"user:{cast.anna.user.pk}"),
            ("ordering.reroute", "now"),
            ("webhooks", ""),  # only the database knows who listens
        ]
    )


def test_a_right_taken_away_between_two_rounds_is_seen_at_once(cast: Cast, mailoutbox: list[Any]) -> None:
    orders.place(cast.anna)
    relay.run_once()
    assert "ben" in {mail.to[0].split("@")[0] for mail in mailoutbox}
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_orders=False)
    mailoutbox.clear()
    orders.place(cast.anna)
    relay.run_once()
    assert {mail.to[0].split("@")[0] for mail in mailoutbox} == {"anna", "cora"}


def test_a_right_taken_away_while_a_batch_is_sent_is_seen_after_a_second(
    cast: Cast, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mails of one batch share what they read; where they go out slowly, each looks again."""
    now = [0.0]
    monkeypatch.setattr(sharing, "_now", lambda: now[0])
    from akcept.notices import sending

    deliver = sending.deliver

    def slowly(kind: Any, entry: Any, target: str) -> None:
        deliver(kind, entry, target)
        if kind.name == "acceptance_asked":
            Member.objects.filter(pk=cast.cora.member.pk).update(accept_orders=False)
            Profile.objects.filter(user=cast.anna.user).update(muted=["own"])
            now[0] += sharing.FRESH

    monkeypatch.setattr(sending, "deliver", slowly)
    Profile.objects.get_or_create(user=cast.anna.user, defaults={"language": "pl"})
    orders.place(cast.anna)
    relay.run_once()
    assert [mail.to[0].split("@")[0] for mail in mailoutbox] == ["ben"]


def test_each_reader_gets_their_own_link_language_and_words(cast: Cast, mailoutbox: list[Any]) -> None:
    """What is read once for two readers says nothing of the one to the other."""
    Profile.objects.update_or_create(user=cast.ben.user, defaults={"language": "en"})
    Profile.objects.update_or_create(user=cast.cora.user, defaults={"language": "pl"})
    orders.place(cast.anna)
    relay.run_once()
    by_reader = {mail.to[0].split("@")[0]: mail for mail in mailoutbox}
    links = {name: set(_links(by_reader[name].body)) for name in ("ben", "cora", "anna")}
    assert len(links["ben"]) == len(links["cora"]) == 1
    assert not links["ben"] & links["cora"]
    assert not links["anna"]
    assert "Courier" in by_reader["ben"].body
    assert "Kurier" in by_reader["cora"].body


def _links(body: str) -> list[str]:
    return [part for part in body.split() if "/by-mail/" in part]
