"""What happened to an order while it waited is told to systems as it is on pages, before they decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine

from akcept.kernel.clock import utc_now
from akcept.ordering.models import ShopTerms
from akcept.testing.cast import Cast
from tests.ordering.validity.test_agreed_since import AS_IT_STANDS, Agreed
from tests.support.api import system_of


def _told(cast: Cast, number: str, who: str = "ben") -> Any:
    """Return what a token made at that moment is told."""
    answer = system_of(getattr(cast, who)).get(f"/orders/{number}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_what_was_agreed_and_no_longer_is(cast: Cast) -> None:
    agreed = Agreed(cast)
    number = agreed.place().order_number
    before = _told(cast, number)
    assert (before["problems"], before["since_placed"], before["today"]) == ([], [], None)
    agreed.reprice("9.00")
    for who in ("anna", "ben"):
        told = _told(cast, number, who)
        assert told["since_placed"] == [
            "By now another price applies to: “Produkt A0”, “Produkt A1”.",
            AS_IT_STANDS,
        ]
        assert (told["total_net"], told["today"]) == (before["total_net"], None)
    for who in ("otto", "jan"):
        assert system_of(getattr(cast, who)).get(f"/orders/{number}").status_code == 404
    ben = system_of(cast.ben)
    assert ben.post(f"/orders/{number}/accept", version=1, key="a").status_code == 200
    assert _told(cast, number)["since_placed"] == []


def test_what_it_costs_today_and_what_accepting_does(cast: Cast) -> None:
    """Two pieces each of two products of 8.00, now 9.00, and 19.00 of delivery: 32 + 19 = 51, 36 + 19 = 55 net."""
    agreed = Agreed(cast)
    number = agreed.place().order_number
    ShopTerms.objects.create(pk=1, price_days=7)
    agreed.reprice("9.00")
    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        told = _told(cast, number)
        assert told["total_net"] == {"amount": "51.00", "currency": "PLN"}
        assert told["today"]["outcome"] == "anew", "the shop tolerates no rise"
        assert told["today"]["total_net"] == {"amount": "55.00", "currency": "PLN"}
        assert told["today"]["total_gross"] == {"amount": "67.65", "currency": "PLN"}
        assert told["since_placed"] == []


def test_what_keeps_it_from_the_shop(cast: Cast) -> None:
    agreed = Agreed(cast)
    number = agreed.place().order_number
    gone = agreed.records[0].product
    gone.is_public = False
    gone.save()
    (problem,) = _told(cast, number)["problems"]
    assert "Produkt A0" in problem
