"""D6: a refusal for want of somebody names the cause: permission, limits, currency, or only oneself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from akcept.approvals.conditions import Compare, Value
from akcept.approvals.models import Step
from akcept.kernel.amounts import Basis, Limit
from akcept.kernel.errors import NobodyCanDecide, NotAllowed
from akcept.ordering import actions
from akcept.ordering.routing import reasons
from akcept.organizations.models import Member
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.ordering.routing.test_rules import add, place, someone

pytestmark = pytest.mark.django_db


def _limit(who: Person, amount: str, currency: str = "PLN") -> None:
    stored = Limit(amount=Decimal(amount), currency=currency, basis=Basis.GOODS_NET).as_json()
    Member.objects.filter(pk=who.member.pk).update(accept_limits=[stored])  # type: ignore[union-attr]


def _refused(who: Person, **more: Any) -> str:
    with pytest.raises(NobodyCanDecide) as refused:
        place(who, "600.00", **more)
    return str(refused.value)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "and nobody's limit reaches that far: somebody needs a higher one."),
        ("pl", "a niczyj limit nie sięga tak daleko: ktoś musi mieć wyższy."),
    ],
)
def test_d6_nobodys_limit_suffices(cast: Cast, language: str, said: str) -> None:
    _limit(cast.ben, "500")
    _limit(cast.cora, "500")
    with translation.override(language):
        text = _refused(cast.anna)
    assert said in text
    assert "Dora" in text
    assert "permission" not in text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Only you could accept it"), ("pl", "Tylko Ty możesz je zaakceptować")],
)
def test_d6_only_the_requester_could(cast: Cast, language: str, said: str) -> None:
    with translation.override(language):
        add(
            cast,
            someone(cast.ben),
            when=(Value(compare=Compare.ABOVE, amount=Decimal(1), currency="PLN"),),
            name="Ben",
        )
        text = _refused(cast.ben)
    assert said in text
    assert "„Ben”" in text or "“Ben”" in text


@pytest.mark.parametrize(
    ("language", "nobody", "why", "refused"),
    [
        (
            "en",
            "do not cover an order in EUR",
            "it is in EUR, which your limit of PLN 500.00",
            "that does not cover orders in EUR",
        ),
        (
            "pl",
            "nie obejmują zamówienia w EUR",
            "jest w walucie EUR, której Twój limit 500,00",
            "nie obejmuje to zamówień w EUR",
        ),
    ],
)
def test_d6_a_limit_in_one_currency_does_not_cover_another(
    cast: Cast, language: str, nobody: str, why: str, refused: str
) -> None:
    record = carts.stock("E1", price="119.00")
    record.price_currency = "EUR"
    record.save()
    _limit(cast.ben, "500")
    placed = orders.place(cast.ben, records=[record], quantity=1)
    with translation.override(language):
        assert why in reasons.to_requester(*_reason(placed.order_id), unit_name="").replace("\N{NO-BREAK SPACE}", " ")
        other = orders.place(cast.anna, records=[record], quantity=1)
        with pytest.raises(NotAllowed, match=refused):
            actions.accept(other.order_number, actor=cast.ben.actor, version=1)
        _limit(cast.cora, "500")
        with pytest.raises(NobodyCanDecide, match=nobody):
            orders.place(cast.anna, records=[record], quantity=1)


def _reason(order_id: int) -> tuple[str, dict[str, Any]]:
    step = Step.objects.get(case_id=order_id)
    return step.reason, step.detail
