"""Run in a process of its own: takes the shop's tables back to what they were earlier, several times, and forth again.

A process of its own for each step would spend most of its time on starting, and on Django's states between migrations.
"""

from __future__ import annotations

import datetime
import os
import re
from decimal import Decimal
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from tests.support.migrating import back, forth, spare_time  # noqa: E402

#: The last state before prices, countries, composed names, who was asked and counted attempts were kept.
OLDER: Final = (
    ("accounts", "0001"),
    ("akcept_oscar_edge", "0002"),
    ("akcept_approvals", "0010"),
    ("akcept_budgets", "0003"),
    ("akcept_ordering", "0012"),
    ("akcept_organizations", "0009"),
)

#: "Łódź": as one types it, with its marks as letters of their own, and with something invisible.
COMPOSED: Final = "Łódź"
APART: Final = "Ło\u0301dz\u0301"
INVISIBLE: Final = "Łódź\u200b"
NOW: Final = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


def fill() -> None:
    """Names in several spellings, addresses added to accounts, prices of every kind, cases with who was asked."""
    loader = MigrationExecutor(connection).loader
    apps = loader.project_state([each for each in loader.applied_migrations if each in loader.graph.nodes]).apps
    Organization, Unit, Role = (
        apps.get_model("akcept_organizations", name) for name in ("Organization", "Unit", "Role")
    )
    acme = Organization.objects.get(name="Acme")
    root = Unit.objects.get(organization=acme, parent=None)
    Organization.objects.create(
        name=APART, nip="1234563218", status="active", line1="Prosta 1", postcode="00-850", city=APART, created_at=NOW
    )
    beside = {"organization": acme, "parent": root, "cost_centre": "old"}
    for number, (name, code) in enumerate(((COMPOSED, "Z1"), (APART, "Ó-1"), (INVISIBLE, "O\u0301-1"))):
        Unit.objects.create(**beside, name=name, code=code, path=f"{root.path}9{number}/")
    Unit.objects.create(**beside, name=APART, path=f"{root.path}99/", closed_at=NOW)
    for name in (COMPOSED, APART, "Z\u0301ro\u0301dło"):
        Role.objects.create(organization=acme, name=name)
    Budget = apps.get_model("akcept_budgets", "Budget")
    for name in (COMPOSED, APART, "Z\u0301ro\u0301dło"):
        Budget.objects.create(
            **{"organization_id": acme.pk, "name": name, "scope": "cost_centre", "cost_centre": APART},
            **{"currency": "PLN", "basis": "goods_net", "period_kind": "month", "starts": NOW.date()},
            **{"effect": "ask", "created_at": NOW, "amounts": [["2026-06-01", "100.00"]]},
        )
    _addresses(apps)
    _orders(apps)
    _cases(apps)


def _addresses(apps: Any) -> None:
    user = apps.get_model("accounts", "User").objects.get(email="anna@customer.example")
    EmailAddress, Confirmation = (apps.get_model("account", name) for name in ("EmailAddress", "EmailConfirmation"))
    EmailAddress.objects.filter(user_id=user.pk).delete()
    EmailAddress.objects.create(user_id=user.pk, email="Anna@customer.example", verified=True, primary=True)
    other = EmailAddress.objects.create(user_id=user.pk, email="stranger@other.example", verified=True)
    Confirmation.objects.create(email_address=other, key="k" * 64)


def _orders(apps: Any) -> None:
    """The oldest order allows several VAT rates, the next has no lines any more."""
    Order, Line = apps.get_model("order", "Order"), apps.get_model("order", "Line")
    plain = Order.objects.create(number="old-1", currency="PLN", total_incl_tax=Decimal("0.02"), **_NOTHING)
    bare = Order.objects.create(number="old-2", currency="PLN", total_incl_tax=Decimal(0), **_NOTHING)
    Line.objects.create(
        **{"order": plain, "title": "Screw", "partner_sku": "S", "quantity": 1, "num_allocated": 0},
        **{f"line_price_{side}_tax": Decimal("0.02") for side in ("excl", "incl")},
        **{f"line_price_before_discounts_{side}_tax": Decimal("0.02") for side in ("excl", "incl")},
        **{f"unit_price_{side}_tax": Decimal("0.02") for side in ("excl", "incl")},
    )
    assert not bare.lines.exists()


_NOTHING: Final = {
    "date_placed": NOW,
    "total_excl_tax": Decimal(0),
    "shipping_incl_tax": Decimal(0),
    "shipping_excl_tax": Decimal(0),
}


def _cases(apps: Any) -> None:
    """One was asked who is no member any more."""
    Case, Member = apps.get_model("akcept_approvals", "Case"), apps.get_model("akcept_organizations", "Member")
    cora = Member.objects.get(user__email="cora@customer.example")
    Case.objects.update(asked=[cora.pk, 999_999], forwarded_to=None)


def look() -> None:
    """Assert what today's tables hold."""
    from django.apps import apps

    from akcept.approvals.models import Asked, Case
    from akcept.budgets.models import Budget
    from akcept.organizations.models import Organization, Role, Unit

    assert Organization.objects.get(nip="1234563218").name == COMPOSED
    # What would clash with another one beside it stays as it is.
    units = Unit.objects.filter(cost_centre="old").order_by("path")
    assert [(unit.name, unit.code) for unit in units] == [
        (COMPOSED, "Z1"),
        (APART, "Ó-1"),
        (INVISIBLE, "O\u0301-1"),
        (COMPOSED, ""),
    ], list(units)
    names = ["Źródło", COMPOSED, APART]
    assert set(Role.objects.filter(name__in=names).values_list("name", flat=True)) == set(names)
    budgets = Budget.objects.filter(scope="cost_centre")
    assert set(budgets.values_list("name", flat=True)) == set(names)
    assert set(budgets.values_list("cost_centre", flat=True)) == {COMPOSED}

    addresses = apps.get_model("account", "EmailAddress").objects.filter(user__email="anna@customer.example")
    assert list(addresses.values_list("email", flat=True)) == ["Anna@customer.example"]

    kept = apps.get_model("akcept_oscar_edge", "PriceFacts").objects
    placed = apps.get_model("order", "Order").objects.exclude(number__startswith="old-")
    assert placed.count() == 4
    lines = [line for order in placed for line in order.lines.all()]
    assert sorted(kept.exclude(line=None).values_list("line", flat=True)) == sorted(line.pk for line in lines)
    assert set(kept.exclude(line=None).values_list("rate", flat=True)) == {Decimal("0.23")}
    assert kept.filter(order__in=placed).count() == 4
    assert not kept.filter(order__number__startswith="old-").exists()

    cases = Case.objects.all()
    cora = apps.get_model("akcept_organizations", "Member").objects.get(user__email="cora@customer.example")
    assert Asked.objects.filter(member=cora).count() == cases.count() == 4
    assert not Asked.objects.filter(member_id=999_999).exists()


def number_of_abroad(number: str, country: str) -> None:
    """Give the customer abroad, made where there is none yet, a tax number."""
    from akcept.approvals.models import Terms
    from akcept.organizations.models import Organization
    from akcept.testing import cast

    if not Organization.objects.filter(name="Abroad").exists():
        abroad = cast.organization("Abroad", "5260250274")
        Terms.objects.create(organization=abroad, second_factor_above=Decimal(5), second_factor_currency="GBP")
    Organization.objects.filter(name="Abroad").update(nip=number, country=country)


def main() -> None:
    """Back to what is listed above, to the beginning of two rooms, and forth each time.

    The beginning is for PostgreSQL only: on SQLite a shop that is used goes there in `test_bare_shop`.
    """
    back(*OLDER)
    fill()
    forth()
    look()
    # The rows of prices and of who was asked are there when only the migration that fills them is taken back.
    back(("akcept_oscar_edge", "0003"))
    forth()
    look()
    number_of_abroad("GB123456789", "GB")
    try:
        back(("akcept_organizations", "0009"))
    except Exception as refused:
        said = str(refused)
        assert re.search(r"1 organisations have tax numbers longer .* Abroad \(GB123456789\)", said), said
    else:
        raise AssertionError("what has no room is not refused")
    forth()  # what was taken back before the refusal
    number_of_abroad("6762476337", "PL")
    if connection.vendor == "postgresql":
        # With data that no earlier version could hold.
        back(("akcept_approvals", "0001"), ("akcept_organizations", "0001"))
        forth()
    number_of_abroad("GB123456789", "GB")


if __name__ == "__main__":
    spare_time()
    main()
