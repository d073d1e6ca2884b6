"""What cannot be taken is told at its field, in pages of the organisation, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.storefront.organization.test_organization import DAYS, _stands, _text
from tests.storefront.organization.things import ADDRESS, Things

Edit = Callable[[Cast, Things], tuple[str, dict[str, str]]]


BAD: dict[str, tuple[Edit, str, str]] = {
    "unit without a name": (lambda c, t: (t.pages["unit"], {"name": "", "cost_centre": "KR-1"}), "name", "KR-1"),
    "unit of a name there is": (
        lambda c, t: (t.pages["unit"], {"name": "Serwis Tarnów", "cost_centre": "KR-1"}),
        "name",
        "Serwis Tarnów",
    ),
    "cost centre too long": (
        lambda c, t: (t.pages["unit"], {"name": "Kraków", "cost_centre": "x" * 41}),
        "cost_centre",
        "x" * 41,
    ),
    "moved belong to itself": (lambda c, t: (t.pages["move"], {"parent": str(c.skawina.pk)}), "parent", ""),
    "moved to another organisation": (lambda c, t: (t.pages["move"], {"parent": str(c.terminal.pk)}), "parent", ""),
    "closed into itself": (lambda c, t: (t.pages["close"], {"members_to": str(c.krakow.pk)}), "members_to", ""),
    "address without a street": (lambda c, t: (t.pages["address"], {**ADDRESS, "line1": ""}), "line1", "Warszawa"),
    "postcode": (lambda c, t: (t.pages["add address"], {**ADDRESS, "postcode": "1"}), "postcode", "Warszawa"),
    "role without a name": (lambda c, t: (t.pages["role"], {"name": "", "amount": "12,5"}), "name", "12,5"),
    "limit without acceptance": (
        lambda c, t: ("/organization/roles/add/", {"name": "Boss", "amount": "12"}),
        "amount",
        "Boss",
    ),
    "limit below nothing": (
        lambda c, t: (
            "/organization/roles/add/",
            {"name": "Boss", "amount": "-1", "permissions": "accept_orders"},
        ),
        "amount",
        "Boss",
    ),
    "limit that is no number": (
        lambda c, t: (
            "/organization/roles/add/",
            {"name": "Boss", "amount": "a lot", "permissions": "accept_orders"},
        ),
        "amount",
        "a lot",
    ),
    "member into another organisation's unit": (
        lambda c, t: (t.pages["member"], {"unit": str(c.terminal.pk)}),
        "unit",
        "",
    ),
    "already been invited": (
        lambda c, t: (
            "/organization/members/invite/",
            {"email": "new@customer.example", "unit": str(c.krakow.pk), "language": "pl", "first_name": "Nadia"},
        ),
        "email",
        "Nadia",
    ),
    "no e-mail address": (
        lambda c, t: (
            "/organization/members/invite/",
            {"email": "nadia", "unit": str(c.krakow.pk), "language": "pl", "first_name": "Nadia"},
        ),
        "email",
        "Nadia",
    ),
    "substitute of nobody here": (
        lambda c, t: (
            "/organization/substitutes/",
            {
                "absent": c.ben.user.email,
                "substitute": "otto@customer.example",
                "starts": DAYS[0],
                "ends": DAYS[1],
            },
        ),
        "substitute",
        "otto@customer.example",
    ),
    "absent of nobody here": (
        lambda c, t: (
            "/organization/substitutes/",
            {"absent": "x", "substitute": c.ewa.user.email, "starts": DAYS[0], "ends": DAYS[1]},
        ),
        "absent",
        "ewa@customer.example",
    ),
    "period backwards": (
        lambda c, t: (
            "/organization/substitutes/",
            {
                "absent": c.ben.user.email,
                "substitute": c.piotr.user.email,
                "starts": DAYS[2],
                "ends": DAYS[0],
            },
        ),
        "ends",
        DAYS[2],
    ),
    "no date": (
        lambda c, t: (
            "/organization/substitutes/",
            {"absent": c.ben.user.email, "substitute": c.piotr.user.email, "starts": "soon", "ends": DAYS[0]},
        ),
        "starts",
        "soon",
    ),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, things: Things, visit: Visit, case: str
) -> None:
    edit, field, kept = BAD[case]
    path, typed = edit(cast, things)
    before = _stands(cast)
    data = {"version": "1", "currency": "PLN", "basis": "goods_net", "active": "on", **typed}
    answer = visit(cast.dora).post(path, data)
    page = _text(answer)
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in page
    assert kept in page
    assert _stands(cast) == before


@pytest.mark.parametrize("version", ["", "x", "0", "99", "-1", "9" * 30])
def test_mangled_version_is_one_nobody_saw(cast: Cast, things: Things, visit: Visit, version: str) -> None:
    client = visit(cast.dora)
    before = _stands(cast)
    unit = client.post(things.pages["unit"], {"name": "New", "version": version})
    removed = client.post(things.posts["remove member"], {"version": version})
    assert {unit.status_code, removed.status_code} <= {409, 422}
    assert _stands(cast) == before
