"""Choosing several of many people, units and categories: found by typing, told apart, never all listed."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from django.apps import apps
from django.test import Client

from akcept.approvals import queries
from akcept.storefront.rules.forms.rows import BOXES_AT_MOST
from akcept.testing.cast import Cast, Person, person, unit
from tests.storefront.rules.writing import BASE, STEP, VALUE, text_of

pytestmark = pytest.mark.django_db


def _crowd(cast: Cast, count: int = BOXES_AT_MOST) -> list[Person]:
    """Give Kraków so many more people who may accept that nobody wants a box for each."""
    return [person(f"Osoba{n:03}", "Żak", seat=cast.krakow, rights="accept_orders") for n in range(count)]


def _boxes(text: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="(\d+)"', text)


def test_few_are_boxes_and_of_many_only_the_chosen(cast: Cast, dora: Client) -> None:
    data = {**BASE, "unit": cast.head_office.pk, "step": ["0:people"], "do": "add"}
    text = text_of(dora.post("/organization/rules/add/", data))
    assert len(_boxes(text, "step-0-of")) == 2
    assert "step-0-find" not in text
    _crowd(cast)
    text = text_of(dora.post("/organization/rules/add/", {**data, "step-0-of": [str(cast.cora.member.pk)]}))
    assert _boxes(text, "step-0-of") == [str(cast.cora.member.pk)]
    assert 'name="step-0-find"' in text
    assert '<option value="Ben Nowak · Oddział Kraków">ben@customer.example</option>' in text


@pytest.mark.parametrize("typed", ["Ben Nowak · Oddział Kraków", "ben nowak", "BEN@customer.example", "nowak krak"])
def test_person_is_found_by_typing_and_added_to_the_chosen(cast: Cast, dora: Client, typed: str) -> None:
    _crowd(cast)
    ben, cora = str(cast.ben.member.pk), str(cast.cora.member.pk)
    data = {**BASE, "unit": cast.head_office.pk, **VALUE, "step": ["0:people"], "step-0-how": "all"}
    data |= {"step-0-of": [cora], "step-0-find": typed}
    text = text_of(dora.post("/organization/rules/add/", {**data, "name": "", "do": "find-step-0"}))
    assert sorted(_boxes(text, "step-0-of")) == sorted([ben, cora])
    assert 'name="step-0-find" value' not in text
    assert "is-invalid" not in text, "nobody has asked to save yet"
    assert queries.policy_of(cast.acme.pk).version is None
    # What is still typed when the rule is saved counts as chosen.
    assert dora.post("/organization/rules/add/", data).status_code == 302
    (saved,) = queries.policy_of(cast.acme.pk).rules
    assert {ask.id for ask in saved.steps[0].asks} == {cast.ben.member.pk, cast.cora.member.pk}
    assert sorted(_boxes(text_of(dora.get("/organization/rules/1/")), "step-0-of")) == sorted([ben, cora])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("nobody", "Nobody who may accept orders has this name."),
        ("anna@customer.example", "Nobody who may accept orders has this name."),
        ("otto", "Nobody who may accept orders has this name."),
        ("żak", "20 people match, such as Osoba000 Żak · Oddział Kraków, Osoba001 Żak · Oddział Kraków, "),
    ],
)
def test_who_fits_not_or_not_alone_is_told_in_the_row(cast: Cast, dora: Client, typed: str, told: str) -> None:
    _crowd(cast)
    data = {**BASE, "unit": cast.head_office.pk, "step": ["0:people"], "step-0-find": typed}
    text = text_of(dora.post("/organization/rules/add/", {**data, "name": "", "do": "find-step-0"}))
    assert told in text
    assert f'name="step-0-find" value="{typed}"' in text
    assert "This field is required" not in text
    assert told in text_of(dora.post("/organization/rules/add/", data))
    assert queries.policy_of(cast.acme.pk).version is None


def test_two_of_one_name_are_told_apart_and_nobody_is_beyond_the_suggestions(cast: Cast, dora: Client) -> None:
    _crowd(cast)
    twins = [cast.ben, person("Bena", "Nowak", seat=cast.krakow, rights="accept_orders")]
    twins[1].user.first_name = "Ben"
    twins[1].user.save()
    data = {**BASE, "unit": cast.head_office.pk, "step": ["0:people"], "do": "find-step-0"}
    text = text_of(dora.post("/organization/rules/add/", {**data, "step-0-find": "Ben Nowak"}))
    labels = [f"Ben Nowak · Oddział Kraków · {twin.user.email}" for twin in twins]
    assert f"2 people match, such as {labels[0]}, {labels[1]}. Type more of the name." in text
    with patch("akcept.storefront.rules.forms.rows.SUGGESTED", 3):
        text = text_of(dora.post("/organization/rules/add/", {**data, "step-0-find": labels[1]}))
    assert text.partition("<datalist")[2].partition("</datalist>")[0].count("<option") == 3
    assert _boxes(text, "step-0-of") == [str(twins[1].member.pk)]


def test_units_and_categories_are_found_likewise(cast: Cast, dora: Client) -> None:
    for number in range(BOXES_AT_MOST):
        unit(cast.acme, f"Salon {number:02}", under=cast.krakow)
    category = apps.get_model("catalogue.Category")
    root = category.objects.add_root({"name": "Biuro", "slug": "biuro"})
    wanted = category.objects.get(pk=category.objects.add_child(root, {"name": "Pisanie", "slug": "pisanie"}).pk)
    for number in range(BOXES_AT_MOST):
        parent = category.objects.get(pk=root.pk)
        category.objects.add_child(parent, {"name": f"Dział {number}", "slug": f"dzial-{number}"})
    data = {**BASE, "unit": cast.head_office.pk, **STEP, "condition": ["0:unit", "1:category"]}
    data |= {"condition-0-inside": "1", "condition-1-inside": "1"}
    typed = {"condition-0-find": "krak", "condition-1-find": "pisanie"}
    text = text_of(dora.post("/organization/rules/add/", {**data, **typed, "do": "find-condition-1"}))
    assert _boxes(text, "condition-1-of") == [str(wanted.pk)]
    assert "Biuro › Pisanie" in text
    assert 'name="condition-0-find" value="krak"' in text, "the other line keeps what was typed"
    assert dora.post("/organization/rules/add/", {**data, **typed}).status_code == 302
    (saved,) = queries.policy_of(cast.acme.pk).rules
    named = [[(each.id, each.name) for each in condition.of] for condition in saved.conditions]  # type: ignore[attr-defined]
    assert named == [[(cast.krakow.pk, "Oddział Kraków")], [(wanted.pk, "Pisanie")]]
