"""B7: looking changes nothing. No page writes or locks anything when it is asked for, but sessions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from akcept.approvals.models import Case
from akcept.budgets.models import Budget
from akcept.kernel.clock import utc_now
from akcept.ordering.reactions.foresight import foreseen
from akcept.organizations.models import Organization, Unit
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.journeys.pages import NO_PAGE, PAGES, user
from tests.journeys.test_every_page import company
from tests.shop.test_doors import routes
from tests.support import offers
from tests.support.reading import only_reading

#: Beside sessions: Oscar counts who looks at a product, and keeps what a picture is shrunk to. Nobody waits for either.
ALLOWED = frozenset(
    {
        *("django_session", "thumbnail_kvstore"),
        *("analytics_productrecord", "analytics_userrecord", "analytics_userproductview"),
    }
)


class _Visitors:
    """A client for each person, logged in beforehand."""

    def __init__(self) -> None:
        self.clients: dict[str | None, Client] = {None: Client()}

    def written_by(self, who: str | None, path: str) -> tuple[int, list[str]]:
        """Return the status, and what asking for an address wrote or locked."""
        if who not in self.clients:
            self.clients[who] = Client()
            self.clients[who].force_login(user(str(who)))
        with only_reading(but=ALLOWED) as written:
            status = self.clients[who].get(path).status_code
        return status, written


def test_b7_no_page_writes_or_locks_when_it_is_asked_for(cast: Cast) -> None:
    company(cast)
    visitors = _Visitors()
    found: dict[str, Any] = {}
    for page in PAGES:
        path = page.path()  # may make what it shows
        status, written = visitors.written_by(page.who, path)
        if written or status >= 500:
            found[page.name] = (status, written)
    assert found == {}


def _arguments() -> dict[str, Any]:
    return {
        "number": Case.objects.filter(state="awaiting").order_by("pk").values_list("order__number", flat=True)[0],
        "file_format": "csv",
        "kind": "units",
        "contents": "orders",
        "budget_id": Budget.objects.values_list("pk", flat=True)[0],
        "unit_id": Unit.objects.exclude(parent=None).values_list("pk", flat=True)[0],
        "organization_id": Organization.objects.values_list("pk", flat=True)[0],
        **dict.fromkeys(("rule_id", "invitation_id", "member_id", "role_id", "address_id", "substitution_id"), 1),
        **dict.fromkeys(("list_id", "export_id", "credential_id", "endpoint_id", "message_id"), 1),
        "act": "pause",
    }


def _paths(name: str, given: dict[str, Any]) -> list[str]:
    """Return the address of a name with those of the arguments that it takes."""
    for wanted in ((), ("number",), ("file_format",), ("kind",), ("kind", "file_format"), ("budget_id", "file_format")):
        try:
            return [reverse(name, kwargs={key: given[key] for key in wanted})]
        except NoReverseMatch:
            continue
    for pair in [(key,) for key in given] + [(a, b) for a in given for b in given if a != b]:
        try:
            return [reverse(name, kwargs={key: given[key] for key in pair})]
        except NoReverseMatch:
            continue
    return []


@pytest.mark.parametrize("who", ["Dora", "Ben", "Mia"])
def test_b7_nor_does_what_is_no_page(cast: Cast, who: str) -> None:
    company(cast)
    visitors, found, given = _Visitors(), {}, _arguments()
    for name in NO_PAGE:
        paths = _paths(name, given)
        assert paths, name
        for path in paths:
            status, written = visitors.written_by(who, path)
            if written or status >= 500:
                found[name] = (status, written)
    assert found == {}


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: Unit.objects.update(cost_centre="x"), "UPDATE"),
        (lambda: Organization.objects.create(name="x", nip="1", created_at=utc_now()), "INSERT"),
        (lambda: list(Unit.objects.select_for_update()), "lock: Unit"),
        (lambda: foreseen(lambda: None, organization_id=Organization.objects.all()[0].pk), "lock: "),
    ],
)
def test_b7_guard_notices_writes_and_locks(cast: Cast, act: Callable[[], object], said: str) -> None:
    with only_reading(but=ALLOWED) as written, transaction.atomic():
        act()
    assert any(each.startswith(said) for each in written)


#: By a part of the address: whose key leads to something there. What has no row here is asked with 1.
_ROWS = {
    "alerts/": ("customer.ProductAlert", "pk"),
    "addresses/": ("address.UserAddress", "pk"),
    "notifications/": ("communication.Notification", "pk"),
    "comms/": ("communication.CommunicationEventType", "pk"),
    "emails/": ("communication.Email", "pk"),
    "ranges/": ("offer.Range", "pk"),
    "offers/": ("offer.ConditionalOffer", "pk"),
    "vouchers/": ("voucher.Voucher", "pk"),
    "reviews/": ("reviews.ProductReview", "pk"),
    "users/": ("accounts.User", "pk"),
    "partners/": ("partner.Partner", "pk"),
    "categories/": ("catalogue.Category", "pk"),
    "category/": ("catalogue.Category", "pk"),
    "basket/vouchers/": ("voucher.Voucher", "pk"),
    "catalogue/": ("catalogue.Product", "pk"),
    "wishlists/": ("catalogue.Product", "pk"),
}
#: What the tests above ask, and what is Django's own.
_OURS = ("organization", "orders/", "acceptance/", "budgets/", "api/", "admin/", "^media/", "demo/")
#: Reading a notification is what marks it as read.
_READING = frozenset({"communication_notification"})


def _furnish(person: Any) -> dict[str, str]:
    """Make a row of what Oscar's addresses lead to; return the other names in them."""
    model, product = apps.get_model, carts.stock("S1", number=0).product
    poland = {"printable_name": "Poland", "is_shipping_country": True}
    country, _made = model("address.Country").objects.get_or_create(iso_3166_1_a2="PL", defaults=poland)
    model("address.UserAddress").objects.create(user=person, line1="Prosta 1", line4="Kraków", country=country)
    model("communication.Notification").objects.create(recipient=person, subject="s", body="b")
    model("communication.CommunicationEventType").objects.create(code="HELLO", name="Hello")
    model("communication.Email").objects.create(user=person, email=person.email, subject="s", body_text="b")
    model("reviews.ProductReview").objects.create(product=product, user=person, score=5, title="x", body="x")
    shown = model("offer.Range").objects.create(name="Zakres", slug="zakres", is_public=True)
    voucher = offers.voucher(offers.make("Percentage", "10", on=[product.stockrecords.get()], voucher=True))
    alert = model("customer.ProductAlert").objects.create(email="gina@guest.example", product=product)
    wished = model("wishlists.WishList").objects.create(owner=person, name="Lista")
    other = model("wishlists.WishList").objects.create(owner=person, name="Inna")
    wished.add(product)
    return {
        "key": wished.key,
        "to_key": other.key,
        "line_pk": str(wished.lines.get().pk),
        "product_pk": str(product.pk),
        "product_slug": product.slug,
        "alert_key": alert.key,
        "slug": shown.slug,
        "code": "HELLO",
        "voucher": str(voucher.pk),
        "action": "default_for_shipping",
    }


def _plain(route: str) -> str:
    return re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<str:\1>", route.replace("^", "").replace("$", ""))


def _address(route: str, names: dict[str, str]) -> str:
    found = next((label for part, label in sorted(_ROWS.items(), reverse=True) if part in route), None)
    row = apps.get_model(found[0]).objects.order_by("-pk").first() if found else None
    known = {**names, "pk": str(row.pk) if row is not None else "1"}
    if "alerts/" in route:
        known["key"] = names["alert_key"]
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: known.get(name[1], "1"), _plain(route))
    return "/" + filled.replace("\\.", ".").replace("\\", "")


@pytest.mark.slow
def test_b7_no_address_of_the_shop_writes_when_it_is_asked_for_by_whoever_may_most(cast: Cast) -> None:
    """Every route that is no page of ours: Oscar's and the login's; by a member who is the shop's at once."""
    company(cast)
    cast.dora.user.is_staff = cast.dora.user.is_superuser = True
    cast.dora.user.save()
    names = _furnish(cast.dora.user)
    client, found, answered = Client(), {}, 0
    client.force_login(cast.dora.user)
    for route in sorted(route for route in set(routes()) if not route.startswith(_OURS)):
        path = _address(route, names)
        with only_reading(but=ALLOWED | _READING) as written:
            answer = client.get(path)
        answered += answer.status_code == 200
        if written or answer.status_code >= 500:
            found[path] = (answer.status_code, written)
    assert found == {}
    assert answered > 120, "most addresses lead somewhere"
