"""What is another organisation's, or is not there, is a 404 at every address that names something, asked or sent.

The addresses are read from the resolver, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from akcept.approvals.models import Case, PolicyVersion
from akcept.budgets.models import Budget
from akcept.kernel.clock import utc_now
from akcept.organizations.models import Invitation, Member, Role, Substitution, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.panel.urls import urlpatterns as panel_urls
from akcept.storefront.urls import urlpatterns as storefront_urls
from akcept.testing import budgets, orders
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.journeys.pages import _draft, _policy, _role, _rule_id, _token

#: What of an address names something of an organisation; the rest says which form it comes in.
NAMING = frozenset({"number"}) | {
    f"{kind}_id"
    for kind in ("rule", "unit", "address", "member", "role", "invitation", "substitution", "draft", "budget")
}
#: Versions a form may carry: what was seen, before the first, what nobody saw, mangled.
VERSIONS = ("1", "0", "3", "")
#: No number of anything, as a database can look for it.
NOWHERE = 987_654_321


def _patterns(urls: list[Any], before: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    for each in urls:
        route = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            named = frozenset(re.findall(r"<(?:\w+:)?(\w+)>", route))
            if named & (NAMING | {"organization_id"}):
                yield route, named


FRONT = sorted(_patterns(storefront_urls))
PANEL = sorted(_patterns(panel_urls))


def _filled(route: str, values: dict[str, Any]) -> str:
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("\\.", ".")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found.group(1)]), plain)


@pytest.fixture
def acmes(cast: Cast) -> dict[str, Any]:
    """Something of each kind of Acme's."""
    orders.place(cast.anna)
    budget = budgets.make(cast.krakow, "150.00", name="Kraków")
    _policy()
    _token()
    kept = Substitution.objects.create(
        organization=cast.acme,
        absent=cast.ben.member,
        substitute=cast.ewa.member,
        starts_at=utc_now(),
        ends_at=utc_now().replace(year=utc_now().year + 1),
        created_at=utc_now(),
        created_by="x",
    )
    return {
        "number": Case.objects.filter(state="awaiting").order_by("pk")[0].order.number,
        "rule_id": _rule_id(),
        "unit_id": cast.krakow.pk,
        "address_id": UnitAddress.objects.filter(unit=cast.krakow)[0].pk,
        "member_id": Member.objects.get(user=cast.ewa.user).pk,
        "role_id": _role().pk,
        "invitation_id": Invitation.objects.get().pk,
        "substitution_id": kept.pk,
        "draft_id": _draft(),
        "budget_id": budget.pk,
        "kind": "units",
        "file_format": "csv",
    }


def _answers(client: Client, path: str) -> dict[str, int]:
    # As a page's script asks, without which a part of a page leads to the whole of it.
    asked: dict[str, Any] = {"headers": {"HX-Request": "true"}} if path.endswith("/below/") else {}
    told = {
        "GET": client.get(path, follow=True, **asked).status_code
    }  # an act's address leads to the page it belongs to
    for version in VERSIONS:
        typed = {
            "version": version,
            "name": "X",
            "to": "up",
            "remark": "x",
            "reason": "x",
            "text": "x",
            "question": "x",
        }
        told[f"POST {version}"] = client.post(path, typed).status_code
    return told


def _found(client: Client, values: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return the answers that are neither 404 nor "this address takes no such request"."""
    wrong = {}
    for route, named in FRONT:
        if not named & NAMING:
            continue
        path = _filled(route, values)
        answers = {how: status for how, status in _answers(client, path).items() if status not in (404, 405)}
        if answers:
            wrong[path] = answers
    return wrong


def _stands() -> tuple[object, ...]:
    return (
        list(Case.objects.order_by("pk").values_list("state", "version")),
        list(PolicyVersion.objects.values_list("number")),
        list(Unit.objects.order_by("pk").values_list("name", "path", "closed_at", "version")),
        list(Member.objects.order_by("pk").values_list("unit_id", "active", "version", "removed_at")),
        list(Role.objects.order_by("pk").values_list("name", "version")),
        list(Invitation.objects.values_list("expires_at", "revoked_at")),
        list(UnitAddress.objects.order_by("pk").values_list("line1")),
        list(Substitution.objects.values_list("ended_at")),
        list(Budget.objects.order_by("pk").values_list("name", "state", "version")),
    )


def test_addresses_are_read_from_the_resolver() -> None:
    assert {name for _, named in FRONT for name in named} >= NAMING
    assert len(FRONT) > 35
    assert len(PANEL) > 10


def test_another_organisations_things_are_not_there_for_its_administrator(
    cast: Cast, visit: Visit, acmes: dict[str, Any]
) -> None:
    every = " ".join(permission.value for permission in Permission)
    olga = person("Olga", "Lis", seat=Unit.objects.get(organization=cast.umbra, parent=None), rights=every)
    before = _stands()
    assert _found(visit(olga), acmes) == {}
    assert _stands() == before


def test_what_is_not_there_is_a_404_for_whoever_may_do_everything(
    cast: Cast, visit: Visit, acmes: dict[str, Any]
) -> None:
    before = _stands()
    assert _found(visit(cast.dora), {**acmes, **dict.fromkeys(NAMING, NOWHERE)}) == {}
    assert _stands() == before


def test_the_panel_knows_no_organisation_that_is_not_there(cast: Cast, visit: Visit, acmes: dict[str, Any]) -> None:
    client = visit(cast.mia, superuser=True)
    nowhere = {**acmes, **dict.fromkeys((*NAMING, "organization_id"), NOWHERE)}
    wrong = {}
    for route, _named in PANEL:
        path = "/dashboard" + _filled(route, nowhere)
        answers = {how: status for how, status in _answers(client, path).items() if status not in (404, 405)}
        if answers:
            wrong[path] = answers
    assert wrong == {}
