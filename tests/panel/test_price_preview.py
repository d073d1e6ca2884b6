"""What a customer pays on a day, and why, told to staff (issue 16, point 7)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from akcept.agreements import actions
from akcept.agreements.answers import Assorted
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput, PriceInput
from akcept.testing import carts
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.support.statements import statements

PREVIEW = "/dashboard/agreements/preview/"
WINTER = date(2026, 12, 1)


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia)


def _text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).replace("\u00a0", " ").split())


def _agree(cast: Cast, unit: Any, name: str, rows: list[PriceInput], **said: Any) -> None:
    listed = actions.add_list(ListInput(name=f"Lista {name}", currency="PLN"), actor=cast.mia.actor)
    actions.set_prices(listed.pk, rows, actor=cast.mia.actor, version=1)
    wanted = AgreementInput(name=name, list_ids=(listed.pk,), **said)
    actions.add_agreement(wanted, actor=cast.mia.actor, unit_id=unit.pk)


def _net(product_id: int, net: str, least: int = 1) -> PriceInput:
    return PriceInput(goods=GoodsInput(product_id=product_id), least=least, net=Decimal(net))


def _prices(answer: Any) -> list[list[str]]:
    rows = answer.context["rows"]
    return [[str(told.offered.answer.price and told.offered.answer.price.net) for told in row.told] for row in rows]


def test_what_a_member_pays_on_a_day_and_why(cast: Cast, mia: Client) -> None:
    first, second = (carts.stock(code, price="10.00").product_id for code in ("P1", "P2"))
    pack = PackInput(product_id=first, multiple=12, unit="karton")
    dearer = PriceInput(goods=GoodsInput(), per_cent=Decimal("-12.5"))
    rows = [_net(first, "9.5055"), _net(first, "8.00", 24), dearer]
    _agree(cast, cast.krakow, "Zimowa", rows, starts=WINTER, packs=(pack,))

    anna = cast.anna.user.email
    sent = {"customer": anna.upper(), "day": WINTER.isoformat(), "codes": "P1;24\nP2\nP3\nP1;x"}
    answer = mia.post(PREVIEW, sent)
    assert _prices(answer) == [["8.00"], ["11.25"]]
    text = _text(answer)
    assert "list “Lista Zimowa”, version 2, from 24 pieces, agreed in “Zimowa”" in text
    assert "list “Lista Zimowa”, version 2, 12.5% on the shop&#x27;s price, agreed in “Zimowa”" in text
    assert "from 1: 9.5055 PLN" in text
    assert "sold by 12, at least 12 (karton)" in text
    assert "line 3: P3: there is no product" in text
    assert "line 4: P1;x" in text or "line 4: P1:" in text
    before = mia.post(PREVIEW, {**sent, "day": (WINTER - timedelta(days=1)).isoformat()})
    assert _prices(before) == [["10.00"], ["10.00"]]
    assert "the shop&#x27;s own price" in _text(before)
    assert second


def test_two_customers_are_compared_and_nothing_agreed_elsewhere_is_mixed_in(cast: Cast, mia: Client) -> None:
    first, second = (carts.stock(code, price="10.00").product_id for code in ("P1", "P2"))
    _agree(cast, cast.head_office, "Centrala", [_net(first, "9.00")])
    _agree(
        cast,
        cast.krakow,
        "Oddział",
        [_net(first, "7.00")],
        assorted=Assorted.ALL_BUT,
        goods=(GoodsInput(product_id=second),),
    )
    _agree(cast, cast.otto.member.unit, "Umbra", [_net(first, "5.00")])
    today, codes = timezone.localdate().isoformat(), "P1\nP2"

    def asked(customer: str, other: str = "") -> Any:
        return mia.post(PREVIEW, {"customer": customer, "other": other, "day": today, "codes": codes})

    both = asked(f"{cast.acme.name}, {cast.krakow.name}", cast.acme.nip)
    assert _prices(both) == [["7.00", "9.00"], ["None", "10.00"]]
    assert [row.differs for row in both.context["rows"]] == [True, True]
    assert "“Oddział” keeps it out of what may be bought" in _text(both)
    assert _prices(asked(cast.otto.user.email)) == [["5.00"], ["10.00"]]
    alone = asked("")
    assert (_prices(alone), alone.context["customers"]) == ([["10.00"], ["10.00"]], ["visitors"])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"customer": "Nikt taki"}, "customer"),
        ({"other": "nikt@example.com"}, "other"),
        ({"day": "0001-01-01"}, "day"),
        ({"codes": "\n".join(f"P{each}" for each in range(501))}, "codes"),
    ],
)
def test_what_cannot_be_told_is_refused_at_its_field_and_nothing_typed_is_lost(
    mia: Client, sent: dict[str, str], field: str
) -> None:
    answer = mia.post(PREVIEW, {"day": "2026-12-01", "codes": "P1", **sent})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert sent[field].splitlines()[-1] in _text(answer)


def test_a_name_of_several_customers_offers_them(cast: Cast, mia: Client) -> None:
    answer = mia.post(PREVIEW, {"customer": "acm", "day": "2026-12-01", "codes": "P1"})
    assert answer.status_code == 422
    assert f"{cast.acme.name}, {cast.krakow.name}" in _text(answer)


@pytest.mark.parametrize("who", ["dora", "jan", "otto", "paul"])
def test_no_customer_asks_what_others_pay(cast: Cast, visit: Visit, who: str) -> None:
    client = visit(getattr(cast, who))
    assert [client.get(PREVIEW).status_code, client.post(PREVIEW, {"codes": "P1"}).status_code] == [403, 403]


def test_staff_without_any_other_right_may_ask(visit: Visit, cast: Cast) -> None:
    assert visit(person("Karl", "Kasa", staff=True)).get(f"{PREVIEW}?customer=Acme").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_three_products_take_no_more_statements_than_one(cast: Cast, mia: Client, number: int) -> None:
    ids = [carts.stock(f"S{each}").product_id for each in range(number)]
    _agree(cast, cast.head_office, "Centrala", [_net(each, "9.00") for each in ids])
    sent = {"customer": cast.acme.nip, "day": "2026-12-01", "codes": "\n".join(f"S{each}" for each in range(number))}
    mia.post(PREVIEW, sent)
    assert len(statements(lambda: mia.post(PREVIEW, sent))) == 14
