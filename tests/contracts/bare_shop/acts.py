"""Every kind of act through its page, as people do it; run by the walks."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from akcept.approvals.models import Case, Terms
from akcept.organizations.models import Invitation, Member, Role, Unit
from akcept.oscar_edge.transactions import is_ours
from akcept.testing import carts, cast, orders


def client_of(person: cast.Person) -> Client:
    """Return somebody's browser, logged in as Oscar does it."""
    client = Client()
    client.force_login(person.user, backend="oscar.apps.customer.auth_backends.EmailBackend")
    return client


def _done(client: Client, path: str, **data: Any) -> Any:
    answer = client.post(path, data)
    assert answer.status_code == 302, (path, answer.status_code, answer.content.decode()[-4000:])
    return answer


def _status(number: str) -> str:
    return str(apps.get_model("order.Order").objects.get(number=number).status)


def decide(everybody: cast.Cast, *, delivery: str) -> dict[str, str]:
    """Accept, reject, send back, change, pass on, withdraw, revoke and comment on orders; return their statuses."""
    anna, ben = client_of(everybody.anna), client_of(everybody.ben)
    Terms.objects.update_or_create(organization=everybody.acme, defaults={"approver_may_amend": True})
    numbers = {
        act: orders.place(everybody.anna, delivery_code=delivery).order_number
        for act in ("accept", "reject", "send_back", "reduce", "forward", "withdraw", "revoke", "many")
    }
    page = {act: f"/orders/{number}/" for act, number in numbers.items()}

    def version(act: str) -> str:
        return str(Case.objects.get(order__number=numbers[act]).version)

    _done(anna, f"{page['accept']}comment/", text="Please soon.")
    _done(ben, f"{page['accept']}accept/", version=version("accept"))
    _done(ben, f"{page['reject']}reject/", version=version("reject"), remark="Too dear.")
    _done(ben, f"{page['send_back']}send-back/", version=version("send_back"), remark="What for?")
    lines = apps.get_model("order.Line").objects.filter(order__number=numbers["send_back"])
    quantities = {f"quantity-{pk}": "1" for pk in lines.values_list("pk", flat=True)}
    _done(anna, f"{page['send_back']}change/", version=version("send_back"), remark="For the fair.", **quantities)
    lines = apps.get_model("order.Line").objects.filter(order__number=numbers["reduce"])
    quantities = {f"quantity-{pk}": "1" for pk in lines.values_list("pk", flat=True)}
    _done(ben, f"{page['reduce']}change/", version=version("reduce"), reason="One is enough.", **quantities)
    _done(ben, f"{page['reduce']}accept/", version=version("reduce"))
    _done(
        ben, f"{page['forward']}forward/", version=version("forward"), to=str(everybody.cora.member.pk), text="Yours."
    )
    _done(anna, f"{page['withdraw']}withdraw/", version=version("withdraw"), remark="Not needed.")
    _done(ben, f"{page['revoke']}accept/", version=version("revoke"))
    _done(ben, f"{page['revoke']}revoke/", version=version("revoke"), remark="Wrong branch.")
    chosen = f"{numbers['many']}:{version('many')}"
    answer = ben.post("/acceptance/decide/", {"move": "accept", "chosen": chosen})
    assert answer.status_code in (200, 302), answer.status_code
    return {act: _status(number) for act, number in numbers.items()}


EXPECTED = {
    "accept": "unhandled",
    "reject": "rejected",
    "send_back": "awaiting_acceptance",
    "reduce": "unhandled",
    "forward": "awaiting_acceptance",
    "withdraw": "withdrawn",
    "revoke": "awaiting_acceptance",
    "many": "unhandled",
}


def administer(everybody: cast.Cast) -> None:
    """Change an organisation as its administrator and as the merchant."""
    dora = client_of(everybody.dora)
    _done(
        dora,
        "/organization/members/invite/",
        **{"email": "new@acme.example", "unit": str(everybody.krakow.pk), "language": "en"},
        **{"permissions": "place_orders", "currency": "PLN", "basis": "goods_net", "amount": ""},
    )
    assert Invitation.objects.filter(email="new@acme.example").exists()
    address = {"recipient": "Acme", "line1": "Prosta 1", "postcode": "30-415", "city": "Kraków"}
    for name in ("Old", "Old"):
        _done(dora, "/organization/units/add/", name=name, parent=str(everybody.krakow.pk), **address)
        unit = Unit.objects.get(name=name, closed_at=None)
        _done(
            dora,
            f"/organization/units/{unit.pk}/close/",
            members_to=str(everybody.krakow.pk),
            seen=str(everybody.krakow.pk),
            version=str(unit.version),
        )
    assert Unit.objects.filter(name="Old").count() == 2, "two closed units of one name"
    _done(
        dora,
        "/organization/roles/add/",
        **{"name": "Buyer", "permissions": "place_orders", "amount": "", "currency": "PLN", "basis": "goods_net"},
    )
    assert Role.objects.filter(name="Buyer").exists()
    mia = client_of(everybody.mia)
    base = f"/dashboard/organizations/{everybody.umbra.pk}/"
    _done(mia, f"{base}block/", reason="Invoices are unpaid.")
    _done(mia, f"{base}unblock/")
    _done(mia, "/dashboard/b2b/", enabled="0")
    _done(mia, "/dashboard/b2b/", enabled="1")


def join(everybody: cast.Cast) -> Member:
    """Let whom an administrator invited follow the link and join."""
    from django.core import mail

    links = [
        re.search(r"/organization/join/[^\s/]+/", str(sent.body))
        for sent in mail.outbox
        if "new@acme.example" in sent.to
    ]
    path = next(link[0] for link in links if link)
    typed = {
        "first_name": "Nina",
        "last_name": "Nowa",
        "password": "a-long-Pass-78",
        "password_again": "a-long-Pass-78",
    }
    _done(Client(), path, **typed)
    return Member.objects.get(user__email="new@acme.example", organization=everybody.acme)


def work(everybody: cast.Cast, number: str) -> None:
    """Use Oscar's own pages on an accepted order and on the basket."""
    mia, anna = client_of(everybody.mia), client_of(everybody.anna)
    _done(mia, f"/dashboard/orders/{number}/", order_action="change_order_status", new_status="in_progress")
    assert _status(number) == "in_progress"
    _done(mia, f"/dashboard/orders/{number}/", order_action="save_note", message="Packed.", note_type="Info")
    record = carts.stock("BARE-1")
    _done(anna, f"/basket/add/{record.product_id}/", quantity="2")
    _done(anna, "/basket/quick-order/", lines="BARE-1 3")
    _done(anna, f"/basket/order-again/{number}/")
    basket = apps.get_model("basket.Basket").objects.get(owner=everybody.anna.user, status="Open")
    assert basket.lines.get(stockrecord=record).quantity == 5
    profile = {"first_name": "Anna", "last_name": "Nowa", "email": everybody.anna.user.email, "language": "en"}
    _done(anna, "/accounts/profile/edit/", **profile)


def views_of_ours() -> dict[str, Any]:
    """Return every address of ours with its view, however it is decorated."""
    found: dict[str, Any] = {}

    def walk(patterns: Any, prefix: str) -> None:
        for pattern in patterns:
            path = f"{prefix}{pattern.pattern}"
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, path)
            elif isinstance(pattern, URLPattern) and str(pattern.lookup_str).startswith("akcept."):
                found[path] = pattern.callback

    walk(get_resolver().url_patterns, "")
    return found


def require_own_transactions() -> None:
    """Assert that each page of ours is told apart from Oscar's, so that it leaves the request's transaction."""
    views = views_of_ours()
    assert len(views) > 60, len(views)
    kept = {path for path, view in views.items() if not is_ours(view)}
    for path in kept:  # Oscar's own pages with a little of ours in them
        assert any(base.__module__.startswith("oscar.") for base in views[path].view_class.__mro__), path
    assert kept, "Oscar's pages stay in the shop's transaction"
