"""Run in a process of its own: fills a migrated database of the shop with what earlier migrations did not know."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from akcept.approvals.models import Case  # noqa: E402
from akcept.ordering import actions  # noqa: E402
from akcept.organizations import actions as organizations  # noqa: E402
from akcept.organizations.models import Unit  # noqa: E402
from akcept.testing import carts, cast, orders  # noqa: E402


def main() -> None:
    """Two rounds of an order, decisions of every kind, and two closed units of one name."""
    everybody = cast.make()
    carts.country()
    anna, ben, dora = everybody.anna.actor, everybody.ben.actor, everybody.dora.actor
    numbers = [orders.place(everybody.anna).order_number for _ in range(4)]
    actions.send_back(numbers[0], actor=ben, version=1, question="What for?")
    quantities = dict.fromkeys(_lines(numbers[0]), 1)
    actions.resubmit(numbers[0], actor=anna, version=2, quantities=quantities, remark="For the fair.")
    actions.accept(numbers[1], actor=ben, version=1)
    actions.revoke(numbers[1], actor=ben, version=2, reason="Wrong branch.")
    actions.withdraw(numbers[2], actor=anna, version=1)
    actions.send_back(numbers[3], actor=ben, version=1, question="Which size?")
    for _ in range(2):
        unit = Unit.objects.create(
            organization=everybody.acme, parent=everybody.krakow, name="Old", path=f"{everybody.krakow.path}0/"
        )
        unit.path = f"{everybody.krakow.path}{unit.pk}/"
        unit.save(update_fields=["path"])
        organizations.close_unit(unit.pk, actor=dora, members_to=everybody.krakow.pk, version=unit.version)
    assert Case.objects.filter(round__gt=1).exists()
    assert set(Case.objects.values_list("state", flat=True)) >= {"awaiting", "returned", "withdrawn"}


def _lines(number: str) -> list[int]:
    from django.apps import apps

    found = apps.get_model("order.Line").objects.filter(order__number=number)
    return list(found.values_list("pk", flat=True))


if __name__ == "__main__":
    main()
