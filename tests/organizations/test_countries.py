"""G4: postcode and tax number are those of the country, and the country is the shop's, not ours."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from akcept.kernel.errors import Invalid
from akcept.organizations import checks, countries
from akcept.organizations.models import Organization, UnitAddress
from akcept.testing import carts
from akcept.testing.cast import Cast
from akcept.ui.forms import currencies
from akcept.ui.templatetags.akcept import tax_number
from tests.conftest import Visit
from tests.support.visitors import hidden


@pytest.mark.parametrize(
    ("country", "typed", "found"),
    [
        ("GB", "N1 9GU", "N1 9GU"),
        ("GB", " n1 9gu ", "N1 9GU"),
        ("DE", "10115", "10115"),
        ("PL", "30415", "30-415"),
        ("PL", "30-415", "30-415"),
        ("IE", "", ""),  # Oscar knows of no postcodes there
        ("HK", "whatever 1", "WHATEVER 1"),
    ],
)
def test_g4_postcode_is_one_of_its_country(country: str, typed: str, found: str) -> None:
    assert checks.postcode(typed, country=country) == found


@pytest.mark.parametrize(
    ("country", "typed", "said"),
    [
        ("GB", "30-415", "“30-415” is not a valid postcode (country: United Kingdom)."),
        ("DE", "N1 9GU", "“N1 9GU” is not a valid postcode (country: Germany)."),
        ("DE", " ", "Enter a postcode."),
        ("PL", "N1 9GU", "A Polish postcode looks like 30-415."),
    ],
)
def test_g4_postcode_of_another_country_is_refused_by_name(country: str, typed: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        checks.postcode(typed, country=country)
    assert (str(refused.value), refused.value.field) == (said, "postcode")


@pytest.mark.parametrize(
    ("country", "typed", "found"),
    [
        ("PL", "526-000-12-46", "5260001246"),
        ("PL", "PL 5260001246", "5260001246"),
        ("GB", "GB 980 7806 84", "GB980780684"),
        ("GB", "980780684", "GB980780684"),
        ("DE", "DE 136,695 976", "DE136695976"),
        ("NL", "NL4495445B01", "NL004495445B01"),
        ("US", "12-3456789", "US123456789"),  # a country that stdnum knows no number of
    ],
)
def test_g4_tax_number_is_checked_by_the_rules_of_its_country(country: str, typed: str, found: str) -> None:
    assert checks.tax_number(typed, country=country) == found


@pytest.mark.parametrize(
    ("country", "typed"), [("GB", "5260001246"), ("DE", "136695977"), ("US", " - "), ("US", "9" * 30), ("PL", "1")]
)
def test_g4_wrong_tax_number_is_refused_at_its_field(country: str, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        checks.tax_number(typed, country=country)
    assert refused.value.field == "nip"


@pytest.mark.django_db
def test_g4_countries_are_the_settings_or_those_the_shop_delivers_to(settings: Any) -> None:
    settings.AKCEPT_COUNTRIES = ["PL"]
    assert (countries.codes(), countries.default()) == (("PL",), "PL")
    del settings.AKCEPT_COUNTRIES
    assert countries.codes() == ()
    Country = apps.get_model("address.Country")
    for code, ships, order in (("GB", True, 5), ("IE", True, 9), ("FR", False, 9)):
        Country.objects.create(
            iso_3166_1_a2=code, printable_name=code, name=code, is_shipping_country=ships, display_order=order
        )
    assert (countries.codes(), countries.default()) == (("IE", "GB"), "IE")
    assert countries.choices(own="FR") == [("IE", "Ireland"), ("GB", "United Kingdom"), ("FR", "France")]


@pytest.fixture
def london(settings: Any) -> None:
    """A shop in pounds that delivers to the United Kingdom and to Ireland."""
    settings.AKCEPT_COUNTRIES = ["GB", "IE"]
    settings.OSCAR_DEFAULT_CURRENCY = "GBP"
    Country = apps.get_model("address.Country")
    for code in ("GB", "IE"):
        Country.objects.create(iso_3166_1_a2=code, printable_name=code, name=code, is_shipping_country=True)


SIGN_UP = {
    "name": "Acme Ltd",
    "nip": "GB 980 7806 84",
    "line1": "1 Upper Street",
    "postcode": "N1 9GU",
    "city": "London",
    "country": "GB",
    "first_name": "Ada",
    "last_name": "King",
    "email": "ada@acme.example",
    "password": "a-Long-pass-7",
    "password_again": "a-Long-pass-7",
}


@pytest.mark.django_db
@pytest.mark.usefixtures("london")
def test_g4_company_in_london_opens_an_account() -> None:
    client = Client(headers={"accept-language": "en"})
    page = client.get("/organization/sign-up/").content.decode()
    assert '<option value="GB" selected>' in page
    wrong = client.post("/organization/sign-up/", SIGN_UP | {"postcode": "30-415", "nip": "5260001246"})
    assert wrong.status_code == 422
    told = unescape(wrong.content.decode())
    assert "“30-415” is not a valid postcode (country: " in told
    assert "This is not a valid VAT number (country: " in told
    assert client.post("/organization/sign-up/", SIGN_UP).status_code == 302
    found = Organization.objects.get()
    assert (found.nip, found.postcode, found.country) == ("GB980780684", "N1 9GU", "GB")
    assert UnitAddress.objects.get().country == "GB"


@pytest.mark.usefixtures("london")
def test_g4_private_customer_in_london_orders_by_the_checkout(cast: Cast, visit: Visit) -> None:
    cart = carts.fill(cast.paul)
    client = visit(cast.paul)
    page = client.get("/checkout/").content.decode()
    assert '<option value="GB" selected>' in page
    typed = {"name": "Ada King", "line1": "1 Upper Street", "postcode": "n1 9gu", "city": "London", "country": "GB"}
    posted = {**typed, "cart": cart, "delivery": "pickup", "payment": "transfer", "seen": hidden(page, "seen")}
    refused = client.post("/checkout/", posted | {"country": "IE", "postcode": "x" * 20})
    assert refused.status_code == 422
    answer = client.post("/checkout/", posted)
    assert answer.status_code == 302, unescape(answer.content.decode())
    address = apps.get_model("order.Order").objects.get().shipping_address
    assert (address.country_id, address.postcode) == ("GB", "N1 9GU")


@pytest.mark.usefixtures("london")
def test_g4_currency_preset_is_the_shops(cast: Cast, visit: Visit) -> None:
    client = visit(cast.dora)
    assert '<option value="GBP" selected>GBP</option>' in client.get("/organization/budgets/add/").content.decode()
    assert currencies()[0] == ("GBP", "GBP")


def test_g4_address_keeps_its_country_where_the_shop_has_one_only(cast: Cast, visit: Visit) -> None:
    """Somebody's address abroad, entered while the shop delivered there."""
    row = UnitAddress.objects.filter(unit=cast.krakow).get()
    UnitAddress.objects.filter(pk=row.pk).update(country="DE", postcode="10115")
    path = f"/organization/units/{cast.krakow.pk}/addresses/{row.pk}/"
    page = visit(cast.dora).get(path).content.decode()
    assert '<option value="DE" selected>' in page
    typed = {"recipient": "x", "line1": "y", "postcode": "10117", "city": "Berlin", "country": "DE"}
    assert visit(cast.dora).post(path, typed).status_code == 302
    row.refresh_from_db()
    assert (row.country, row.postcode) == ("DE", "10117")


def test_g4_tax_number_is_called_what_it_is() -> None:
    assert (tax_number("5260001246"), tax_number("GB980780684")) == ("NIP 5260001246", "VAT GB980780684")
