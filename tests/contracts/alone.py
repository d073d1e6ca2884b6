"""Run by `test_without_rooms.py` in a shop without the optional rooms it names, never in a whole one."""

from __future__ import annotations

import os
from typing import Any

from django.apps import apps
from django.core import mail
from django.core.management import call_command

from akcept.ordering import actions as ordering
from akcept.organizations.models import Profile
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.api import System, system_of
from tools import openapi

WITHOUT = os.environ["AKCEPT_TEST_WITHOUT"].split(",")
#: What an operation needs a room for.
OF_ROOM = {
    "handover": {"claim_work", "acknowledge_work", "mark_work_exported", "set_stock", "set_prices"},
    "fulfilment": {"ship_work", "set_work_status"},
    "agreements": {"list_agreements", "list_price_lists", "add_customer_agreement"},
}


def test_they_are_not_here_and_the_shop_is_in_order() -> None:
    assert not [room for room in WITHOUT if apps.is_installed(f"akcept.{room}")]
    call_command("check", fail_level="WARNING")


def test_the_schema_has_exactly_the_operations_of_the_rooms_that_are_here() -> None:
    names = openapi.text()
    for room, operations in OF_ROOM.items():
        for name in operations:
            assert (f'"operationId": "{name}"' in names) == (room not in WITHOUT), name


def _released(cast: Cast) -> str:
    number = orders.place(cast.anna, lines=2, quantity=5).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    return number


def test_orders_are_placed_accepted_and_sent_and_their_buyer_is_told(
    cast: Cast, visit: Visit, mailoutbox: list[Any]
) -> None:
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    Profile.objects.update_or_create(user=cast.anna.user, defaults={"language": "en"})
    number, mia = _released(cast), visit(cast.mia)
    deliver()
    mail.outbox.clear()
    for to in ("in_progress", "packed", "shipped"):
        moved = {"order_action": "change_order_status", "new_status": to}
        assert mia.post(f"/dashboard/orders/{number}/", moved).status_code == 302
    deliver()
    assert f"Order {number} is on its way" in [found.subject for found in mailoutbox]
    page = visit(cast.anna, language="en").get(f"/orders/{number}/").content.decode()
    assert "sent 10 pieces, the rest of the order" in page


def test_pages_and_files_of_the_panel_answer(cast: Cast, visit: Visit) -> None:
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    number, mia = _released(cast), visit(cast.mia, language="en")
    for path in (
        "/dashboard/",
        "/dashboard/acceptance/",
        f"/dashboard/acceptance/{number}/",
        f"/dashboard/orders/{number}/",
        "/dashboard/order-files/",
        "/dashboard/order-files/?exported=no",
        "/dashboard/changes/",
        "/dashboard/systems/",
        "/dashboard/webhooks/",
        f"/dashboard/organizations/{cast.acme.pk}/",
        f"/dashboard/order-files/order/{number}.xml",
    ):
        answer = mia.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
    for kind in ("csv", "xlsx", "json", "zip"):
        answer = mia.get(f"/dashboard/order-files/download/{kind}/")
        assert answer.status_code == 200
        assert len(b"".join(answer.streaming_content)) > 10, kind  # type: ignore[attr-defined]


def test_other_systems_work_with_what_is_here_and_are_told_what_is_not(cast: Cast) -> None:
    number, mia, anna = _released(cast), system_of(cast.mia), system_of(cast.anna)
    work = mia.get(f"/work/orders/{number}").json()
    assert [line["left"] for line in work["lines"]] == [5, 5]
    assert mia.get("/work/orders").json()["items"][0]["number"] == number
    assert anna.get(f"/orders/{number}").json()["shipments"] == []
    assert mia.get("/work/journal").status_code == 200
    if "handover" in WITHOUT:
        refused = mia.get("/work/orders?exported=false")
        assert (refused.status_code, refused.json()["field"]) == (422, "exported")
        _is_nothing(mia, "/work/claim")
        _is_nothing(mia, "/work/stock")
    if "fulfilment" in WITHOUT:
        _is_nothing(mia, f"/work/orders/{number}/shipments")
    if "agreements" in WITHOUT:
        _is_nothing(mia, "/price-lists")


def _is_nothing(system: System, path: str) -> None:
    answer = system.post(path, {})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


def test_files_are_written_into_a_folder(cast: Cast, tmp_path: Any) -> None:
    number = _released(cast)
    call_command("erp_files", str(tmp_path), verbosity=0)
    assert [path.stem for path in tmp_path.glob("*.json")] != []
    assert number in "".join(path.name for path in tmp_path.iterdir())
