"""The checkout as a test reads it and fills it in."""

from __future__ import annotations

from typing import Any

from django.test import Client

from akcept.organizations.models import UnitAddress
from akcept.testing import orders
from akcept.testing.cast import Person
from tests.support.visitors import hidden

CHECKOUT = "/checkout/"


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def form_of(client: Client, person: Person, **changes: Any) -> dict[str, Any]:
    page = text_of(client.get(CHECKOUT))
    form: dict[str, Any] = {
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "po_number": "",
        "note": "",
    }
    if person.member is not None:
        form["address"] = UnitAddress.objects.get(unit=person.member.unit, is_default=True).pk
    else:
        form |= {"name": "Paul", "line1": "ul. Długa 1", "postcode": "00-001", "city": "Warszawa", "phone": ""}
    return form | changes
