"""`manage.py countries`: a new shop can deliver somewhere."""

from __future__ import annotations

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def _run(*codes: str) -> str:
    told = io.StringIO()
    call_command("countries", "--language=en", *codes, stdout=told)
    return told.getvalue()


def test_countries_are_added_in_the_shops_language_and_listed() -> None:
    assert _run() == "The shop does not deliver to any country yet.\n"
    assert _run("pl", "DE") == "The shop delivers to: DE, PL.\n"
    Country = apps.get_model("address.Country")
    assert Country.objects.get(pk="DE").printable_name == "Niemcy"
    assert _run("PL") == "The shop delivers to: DE, PL.\n"


def test_a_country_that_the_shop_named_itself_keeps_its_name_and_is_delivered_to_again() -> None:
    Country = apps.get_model("address.Country")
    Country.objects.create(pk="CZ", name="Bohemia", printable_name="Bohemia", is_shipping_country=False)
    assert _run("CZ") == "The shop delivers to: CZ.\n"
    assert Country.objects.get(pk="CZ").printable_name == "Bohemia"


@pytest.mark.parametrize("wrong", ["XX", "POL", "001", "", "P1"])
def test_what_is_no_country_is_named_and_nothing_is_added(wrong: str) -> None:
    with pytest.raises(CommandError, match="There is no such country: "):
        _run("PL", wrong)
    assert not apps.get_model("address.Country").objects.exists()
