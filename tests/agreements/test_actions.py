"""Making and changing agreements and lists: who may, what is refused, what is kept and journalled."""

from __future__ import annotations

import inspect
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from akcept.agreements import actions
from akcept.agreements.answers import Assorted
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput, PriceInput
from akcept.agreements.models import Agreement, AgreementVersion, ListedPrice, PriceList
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, NotFound, Refused, Stale
from akcept.testing import carts
from akcept.testing import cast as people
from akcept.testing.cast import Cast, person

pytestmark = pytest.mark.django_db

ALL = GoodsInput()


@pytest.fixture
def cast() -> Cast:
    return people.make()


def _list(cast: Cast, name: str = "L", **columns: Any) -> PriceList:
    return actions.add_list(ListInput(**{"name": name, "currency": "PLN", **columns}), actor=cast.mia.actor)


def _agreement(cast: Cast, name: str = "A", unit: Any = None, **columns: Any) -> Agreement:
    wanted = AgreementInput(name=name, **columns)
    return actions.add_agreement(wanted, actor=cast.mia.actor, unit_id=(unit or cast.krakow).pk)


TRIES = {
    "add_agreement": lambda cast, actor: actions.add_agreement(
        AgreementInput(name="N"), actor=actor, unit_id=cast.krakow.pk
    ),
    "change_agreement": lambda cast, actor: actions.change_agreement(
        _agreement(cast).pk, AgreementInput(name="N"), actor=actor, version=1
    ),
    "add_list": lambda cast, actor: actions.add_list(ListInput(name="N", currency="PLN"), actor=actor),
    "change_list": lambda cast, actor: actions.change_list(
        _list(cast).pk, ListInput(name="N", currency="PLN"), actor=actor, version=1
    ),
    "set_prices": lambda cast, actor: actions.set_prices(_list(cast).pk, [], actor=actor, version=1),
}


@pytest.mark.parametrize("name", sorted(TRIES))
def test_only_those_of_the_shop_who_manage_organisations_may(cast: Cast, name: str) -> None:
    everybody = {each: getattr(cast, each).actor for each in ("anna", "ben", "cora", "dora", "jan", "otto", "paul")}
    clerk = person("Karl", "Kasa", staff=True)
    for who, actor in {**everybody, "clerk": clerk.actor, "nobody": Actor.anonymous()}.items():
        with pytest.raises(Refused) as refused:
            TRIES[name](cast, actor)
        assert type(refused.value).__name__ == "NotAllowed", who
        Agreement.objects.all().delete()
        PriceList.objects.all().delete()
    assert TRIES[name](cast, cast.mia.actor)


def test_no_action_is_missing_from_the_table() -> None:
    assert {name for name in actions.__all__ if inspect.isfunction(getattr(actions, name))} == {
        *TRIES,
        "tell_ending",  # the clock's: test_telling.py
    }


def test_an_agreement_is_kept_in_versions_and_journalled_with_what_it_was(cast: Cast) -> None:
    record, first = carts.stock("P1"), _list(cast)
    made = _agreement(
        cast,
        list_ids=(first.pk,),
        assorted=Assorted.ONLY,
        goods=(GoodsInput(product_id=record.product_id),),
        packs=(PackInput(product_id=record.product_id, unit="karton", multiple=12, smallest=24),),
        starts=date(2026, 1, 1),
    )
    changed = actions.change_agreement(made.pk, AgreementInput(name="B"), actor=cast.mia.actor, version=1)
    assert (changed.version, changed.agreed_lists.count(), changed.goods.count(), changed.packs.count()) == (2, 0, 0, 0)
    before, after = AgreementVersion.objects.filter(agreement=made).order_by("version")
    assert (before.content["name"], after.content["name"]) == ("A", "B")
    assert before.content["packs"] == [[record.product_id, "karton", 12, 24]]
    assert before.content["products"] == [record.product_id]
    added, told = Entry.objects.filter(organization_id=cast.acme.pk, topic__startswith="agreement.").order_by("seq")
    assert (added.topic, told.topic, told.actor_user_id) == (
        "agreement.added",
        "agreement.changed",
        cast.mia.user.pk,
    )
    assert (told.payload["before"]["name"], told.payload["after"]["name"]) == ("A", "B")


def test_what_somebody_changed_meanwhile_is_not_written_over(cast: Cast) -> None:
    made, found = _agreement(cast), _list(cast)
    actions.change_agreement(made.pk, AgreementInput(name="B"), actor=cast.mia.actor, version=1)
    actions.set_prices(found.pk, [PriceInput(goods=ALL, per_cent=Decimal(5))], actor=cast.mia.actor, version=1)
    with pytest.raises(Stale):
        actions.change_agreement(made.pk, AgreementInput(name="C"), actor=cast.mia.actor, version=1)
    with pytest.raises(Stale):
        actions.set_prices(found.pk, [], actor=cast.mia.actor, version=1)
    with pytest.raises(Stale):
        actions.change_list(found.pk, ListInput(name="C", currency="PLN"), actor=cast.mia.actor, version=1)
    assert ListedPrice.objects.count() == 1


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (AgreementInput(name=" "), "name"),
        (AgreementInput(name="A"), "name"),
        (AgreementInput(name="N", starts=date(2026, 2, 1), ends=date(2026, 1, 31)), "ends"),
        (AgreementInput(name="N", starts=date(1026, 2, 1)), "starts"),
        (AgreementInput(name="N", assorted=Assorted.ONLY), "goods"),
        (AgreementInput(name="N", assorted=Assorted.ALL_BUT, goods=(GoodsInput(),)), "goods"),
        (AgreementInput(name="N", packs=(PackInput(product_id=1, multiple=0),)), "packs"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_with_its_field(cast: Cast, wanted: AgreementInput, field: str) -> None:
    _agreement(cast)
    with pytest.raises(Invalid) as refused:
        actions.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.krakow.pk)
    assert refused.value.field == field
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([PriceInput(goods=ALL)], "net"),
        ([PriceInput(goods=ALL, net=Decimal(1), per_cent=Decimal(1))], "net"),
        ([PriceInput(goods=ALL, net=Decimal("-0.01"))], "net"),
        ([PriceInput(goods=ALL, net=Decimal("0.000000001"))], "net"),
        ([PriceInput(goods=ALL, net=Decimal("NaN"))], "net"),
        ([PriceInput(goods=ALL, per_cent=Decimal("100.01"))], "per_cent"),
        ([PriceInput(goods=ALL, net=Decimal(1), least=0)], "least"),
        ([PriceInput(goods=ALL, net=Decimal(1)), PriceInput(goods=ALL, net=Decimal(2))], "goods"),
        ([PriceInput(goods=GoodsInput(product_id=1, category_id=1), net=Decimal(1))], "goods"),
    ],
)
def test_prices_that_cannot_be_are_refused_and_the_old_ones_stay(
    cast: Cast, rows: list[PriceInput], field: str
) -> None:
    found = _list(cast)
    kept = actions.set_prices(found.pk, [PriceInput(goods=ALL, net=Decimal("0.00"))], actor=cast.mia.actor, version=1)
    with pytest.raises(Invalid) as refused:
        actions.set_prices(found.pk, rows, actor=cast.mia.actor, version=kept.version)
    assert refused.value.field == field
    assert [row.net for row in ListedPrice.objects.all()] == [Decimal(0)]
    assert PriceList.objects.get().version == kept.version


def test_bases_lead_neither_in_a_circle_nor_too_deep_nor_to_another_currency(cast: Cast) -> None:
    lists = [_list(cast, "1")]
    for number in "234":
        lists.append(_list(cast, number, base_id=lists[-1].pk))
    euro = _list(cast, "EUR", currency="EUR")
    for base, of in ((lists[-1], lists[0]), (lists[0], lists[0]), (euro, lists[0])):
        with pytest.raises(Invalid) as refused:
            actions.change_list(
                of.pk,
                ListInput(name=of.name, currency="PLN", base_id=base.pk),
                actor=cast.mia.actor,
                version=of.version,
            )
        assert refused.value.field == "base"
    with pytest.raises(Invalid):
        _list(cast, "5", base_id=lists[-1].pk)
    root = _list(cast, "0")
    with pytest.raises(Invalid):  # and from below: what hangs on it would lie too deep
        actions.change_list(
            lists[0].pk, ListInput(name="1", currency="PLN", base_id=root.pk), actor=cast.mia.actor, version=1
        )


def test_what_is_not_there_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        actions.add_agreement(AgreementInput(name="N"), actor=cast.mia.actor, unit_id=0)
    with pytest.raises(NotFound):
        _agreement(cast, list_ids=(0,))
    with pytest.raises(NotFound):
        actions.set_prices(0, [], actor=cast.mia.actor, version=1)
    with pytest.raises(NotFound):
        actions.change_agreement(0, AgreementInput(name="N"), actor=cast.mia.actor, version=1)
