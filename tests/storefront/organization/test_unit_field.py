"""Choosing a unit: from a list while they are few, by typing among many, without script."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django import forms

from akcept.organizations.models import Invitation, Member, Unit
from akcept.organizations.queries import UNITS_OFFERED
from akcept.storefront.unit_field import UnitField
from akcept.testing.cast import Cast, unit
from tests.conftest import Visit


class _Form(forms.Form):
    unit = UnitField()


def _tree(*names: str, many: bool) -> list[Unit]:
    """Return units below a head office, and so many more that they are typed where `many`."""
    more = [f"Filia {n}" for n in range(UNITS_OFFERED)] if many else []
    units = [Unit(pk=1, name="Centrala", path="1/")]
    return units + [
        Unit(pk=n, name=name, code="", path=f"1/{n}/", parent_id=1) for n, name in enumerate([*names, *more], start=2)
    ]


def _chosen(units: list[Unit], typed: str) -> Any:
    form = _Form({"unit": typed})
    form.fields["unit"].offer(units)  # type: ignore[attr-defined]
    return form.cleaned_data["unit"] if form.is_valid() else form.errors["unit"][0]


UNITS = _tree("Oddział Łódź", "Oddział Kraków", "Oddział Kraków Północ", "Sklep", "Sklep", many=True)
UNITS[2].code = "KR-1"


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("Oddział Łódź · U2", 2),
        ("oddzial lodz", 2),
        ("lodz", 2),
        ("kr-1", 3),
        ("U4", 4),
        ("Oddział Kraków", 3),  # a whole name wins over one that only holds it
        ("północ krak", 4),
        ("  Centrala ", 1),
    ],
)
def test_label_code_name_or_parts_of_it_find_the_one_unit(typed: str, chosen: int) -> None:
    assert _chosen(UNITS, typed) == chosen


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "required"),
        ("Wrocław", "No unit is called that."),
        ("Sklep", "2 units match, such as Sklep · U5, Sklep · U6. Type more of the name."),
        ("krak", "2 units match, such as Oddział Kraków · KR-1, Oddział Kraków Północ · U4. Type more of the name."),
        ("filia", f"{UNITS_OFFERED} units match, such as Filia 0 · U7, Filia 1 · U8, "),
        ("\0", "No unit"),
    ],
)
def test_what_fits_none_or_several_is_told_with_the_names(typed: str, says: str) -> None:
    assert says in _chosen(UNITS, typed)


def test_few_are_chosen_from_a_list() -> None:
    units = _tree("Oddział Łódź", many=False)
    assert _chosen(units, "2") == 2
    assert "valid" in _chosen(units, "Oddział Łódź")


def _large(cast: Cast) -> Unit:
    """Give Acme so many units that they are typed; return one that hangs below Kraków."""
    for number in range(UNITS_OFFERED):
        made = unit(cast.acme, f"Salon {number:02}", under=cast.krakow)
    return made


def test_pages_of_a_large_organisation_take_what_is_typed_and_keep_it(cast: Cast, visit: Visit) -> None:
    salon, client = _large(cast), visit(cast.dora)
    page = client.get("/organization/members/invite/").content.decode()
    assert page.count("<datalist") == 1
    assert f'<option value="{salon.name} · {salon.key}">Centrala › Oddział Kraków</option>' in page
    typed = {"email": "nadia@customer.example", "language": "pl", "currency": "PLN", "basis": "goods_net"}
    answer = client.post("/organization/members/invite/", {**typed, "unit": "Salon"})
    assert answer.status_code == 422
    assert f"{UNITS_OFFERED} units match" in answer.content.decode()
    assert 'value="Salon"' in answer.content.decode()
    assert client.post("/organization/members/invite/", {**typed, "unit": salon.name}).status_code == 302
    assert Invitation.objects.get().unit == salon
    path = f"/organization/members/{cast.ewa.member.pk}/"  # type: ignore[union-attr]
    page = client.get(path).content.decode()
    assert f'value="Oddział Kraków · {cast.krakow.key}"' in page
    form = dict(re.findall(r'name="(version|currency|basis)"[^>]*value="([^"]*)"', page))
    saved = client.post(path, {**typed, **form, "unit": salon.key.lower(), "active": "on"})
    assert saved.status_code == 302, saved.content.decode()
    assert Member.objects.get(pk=cast.ewa.member.pk).unit == salon  # type: ignore[union-attr]


def test_closing_asks_twice_about_what_was_typed(cast: Cast, visit: Visit) -> None:
    salon, client = _large(cast), visit(cast.dora)
    path = f"/organization/units/{cast.tarnow.pk}/close/"
    page = client.get(path).content.decode()
    assert f'value="Centrala · {cast.head_office.key}"' in page
    form = {"members_to": salon.name, "version": "1"}
    page = unescape(client.post(path, form).content.decode())
    assert Unit.objects.get(pk=cast.tarnow.pk).closed_at is None
    assert f'value="{salon.name}"' in page
    assert client.post(path, {**form, "seen": str(salon.pk)}).status_code == 302
    assert Member.objects.get(pk=cast.jan.member.pk).unit == salon  # type: ignore[union-attr]


@pytest.mark.parametrize("where", ["/organization/units/add/?parent=", "/organization/budgets/add/?unit="])
def test_link_to_a_unit_fills_it_in_and_a_mangled_one_does_no_harm(cast: Cast, visit: Visit, where: str) -> None:
    salon, client = _large(cast), visit(cast.dora)
    assert f'value="{salon.name} · {salon.key}"' in client.get(f"{where}{salon.pk}").content.decode()
    for mangled in ("x", str(cast.terminal.pk), "9" * 30):
        assert client.get(f"{where}{mangled}").status_code == 200
