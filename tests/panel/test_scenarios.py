"""What other systems' back offices got wrong (docs/concepts/scenarios.md, M5 to M11)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.journal.models import Entry
from akcept.kernel.errors import NotAllowed
from akcept.ordering import actions as ordering
from akcept.ordering.actions import ShopTermsInput
from akcept.ordering.shop_terms import in_force
from akcept.organizations import actions, topics
from akcept.organizations.models import Module, Organization
from akcept.testing import orders
from akcept.testing.cast import Cast, Person, organization, person
from akcept.testing.companies import Company, grow
from tests.conftest import Visit
from tests.support.statements import statements

HELD = "/dashboard/acceptance/"


def text(answer: Any) -> str:
    return str(answer.content.decode().replace("\u00a0", " "))


def main(answer: Any) -> str:
    return text(answer).partition("<main")[2]


# --- M5: staff with and without the permission ---


@pytest.fixture
def wanda(cast: Cast) -> Person:
    """One of the shop's people who packs parcels and manages no customer."""
    return person("Wanda", "Paczka", staff=True)


def _addresses(cast: Cast) -> dict[str, list[str]]:
    """Return what only changes something by POST, and forms."""
    own = [cast.acme.pk]
    of_anna = [cast.acme.pk, cast.anna.member.pk]  # type: ignore[union-attr]
    return {
        "posts": [reverse(f"akcept_panel:{name}", args=own) for name in ("confirm", "unblock")]
        + [reverse(f"akcept_panel:{name}", args=of_anna) for name in ("member_data", "forget_member")]
        + [reverse("akcept_panel:b2b")],
        "forms": [reverse(f"akcept_panel:{name}", args=own) for name in ("block", "invite_administrator")]
        + [reverse("akcept_panel:add_organization"), reverse("akcept_panel:terms")],
    }


def _pages(cast: Cast) -> list[str]:
    return [
        reverse("akcept_panel:organizations"),
        reverse("akcept_panel:organization", args=[cast.acme.pk]),
        reverse("akcept_panel:member", args=[cast.acme.pk, cast.anna.member.pk]),  # type: ignore[union-attr]
        reverse("akcept_panel:former_members", args=[cast.acme.pk]),
        reverse("akcept_panel:b2b"),
    ]


def test_staff_without_the_permission_look_and_find_no_control(cast: Cast, wanda: Person, visit: Visit) -> None:
    changing = [path for paths in _addresses(cast).values() for path in paths]
    for who, controls in ((cast.mia, True), (wanda, False)):
        pages = [visit(who).get(path) for path in _pages(cast)]
        assert [page.status_code for page in pages] == [200] * len(pages)
        shown = [path for path in changing if any(f'="{path}"' in main(page) for page in pages)]
        posting = [page for page in pages if 'method="post"' in main(page)]
        assert bool(shown) is controls, (who, shown)
        assert bool(posting) is controls, who
    assert "Anna Kowalska" in main(visit(wanda).get(_pages(cast)[1]))


def test_direct_addresses_refuse_staff_without_the_permission(cast: Cast, wanda: Person, visit: Visit) -> None:
    client = visit(wanda)
    before = Entry.objects.count()
    told = {}
    for path in _addresses(cast)["forms"]:
        told[path] = client.get(path)
        assert client.post(path, {"reason": "x"}).status_code == 403, path
    for path in _addresses(cast)["posts"]:
        told[path] = client.post(path, {"reason": "x", "enabled": "0"})
    for path, answer in told.items():
        assert answer.status_code == 403, path
        assert "“managing organisations”" in text(answer), path
    assert Entry.objects.count() == before
    assert Organization.objects.get(pk=cast.acme.pk).status == "active"
    assert not Module.objects.filter(enabled=False).exists()


def test_permission_is_asked_in_the_action_and_taken_away_at_once(cast: Cast, wanda: Person) -> None:
    terms = in_force()
    typed = ShopTermsInput(**{name: getattr(terms, name) for name in ShopTermsInput.__dataclass_fields__})
    tries = (
        lambda who: actions.switch_module(enabled=True, actor=who.actor),
        lambda who: actions.block(cast.umbra.pk, actor=who.actor, reason="x"),
        lambda who: actions.unblock(cast.umbra.pk, actor=who.actor),
        lambda who: ordering.change_shop_terms(typed, actor=who.actor, version=1),
        lambda who: actions.copy_member_data(cast.anna.member.pk, actor=who.actor, reason="x"),  # type: ignore[union-attr]
    )
    for act in tries:
        with pytest.raises(NotAllowed):
            act(wanda)
        act(cast.mia)
    cast.mia.user.user_permissions.clear()
    for act in tries:
        with pytest.raises(NotAllowed):
            act(cast.mia)


# --- M7: large customers ---


@pytest.fixture
def companies(cast: Cast) -> tuple[Company, Company]:
    """Two customers, one ten times as large; and a hundred things that happened between the shop and each."""
    grown = (
        grow(organization("Mała", "5261040828"), units=20, members=90),
        grow(organization("Duża", "7740001454"), units=20, members=900),
    )
    for company in grown:
        event = Event(topics.UNBLOCKED, ("organization", str(company.organization.pk)), {})
        journal.write([event] * 100, actor=cast.mia.actor, organization_id=company.organization.pk)
    return grown


def test_page_of_a_large_customer_is_paged_and_takes_no_more(
    cast: Cast, companies: tuple[Company, Company], visit: Visit
) -> None:
    mia = visit(cast.mia)
    taken, sizes = [], []
    for company in companies:
        path = reverse("akcept_panel:organization", args=[company.organization.pk])
        mia.get(path)
        answers: list[Any] = []
        taken.append(len(statements(lambda path=path, answers=answers: answers.append(mia.get(path)))))
        sizes.append(len(answers[0].content))
        page = main(answers[0])
        assert page.count("@") == 25, "members are paged"
        assert page.count("<li class=") <= 26, "and so is what happened"
    assert taken[0] == taken[1]
    assert sizes[1] < sizes[0] * 1.05


def test_history_between_shop_and_customer_is_walked_to_its_beginning_by_both(
    cast: Cast, companies: tuple[Company, Company], visit: Visit
) -> None:
    company = companies[0]
    customer = reverse("akcept:organization")
    shop = reverse("akcept_panel:organization", args=[company.organization.pk])
    for client, path in ((visit(cast.mia), shop), (visit(company.administrator), customer)):
        seen, following = 0, path
        while following:
            timeline = main(client.get(following)).partition('<ul class="timeline">')[2].partition("</ul>")[0]
            seen += timeline.count("<li ")
            link = re.search(r'href="(\?earlier=\d+)#history"', main(client.get(following)))
            following = f"{path}{link[1]}" if link else ""
        assert seen == 100


def test_history_of_a_customer_with_mangled_key_is_its_latest(cast: Cast, visit: Visit) -> None:
    for mangled in ("x", "-1", "9" * 30, "%00"):
        assert visit(cast.mia).get(f"{_pages(cast)[1]}?earlier={mangled}").status_code == 200


# --- M9: the panel tells of what waits ---


def test_every_panel_page_leads_to_what_waits_and_the_count_drops_at_once(cast: Cast, visit: Visit) -> None:
    placed = [orders.place(cast.anna) for _ in range(2)]
    mia = visit(cast.mia, superuser=True, language="pl")

    def said(path: str) -> list[str]:
        menu = text(mia.get(path)).partition("<aside")[2].partition("</aside>")[0]
        flat = re.sub(r"<[^>]+>|\s+", " ", menu)
        return re.findall(r"Zamówienia wymagające akceptacji klienta\s+(\d+)", flat)

    paths = ("/dashboard/", "/dashboard/orders/?status=unhandled", reverse("akcept_panel:organizations"))
    assert [said(path) for path in paths] == [["2"]] * 3
    for path in paths:
        assert f'href="{HELD}"' in text(mia.get(path))
    ordering.accept(placed[0].order_number, actor=cast.ben.actor, version=1)
    assert [said(path) for path in paths] == [["1"]] * 3
    ordering.reject(placed[1].order_number, actor=cast.ben.actor, version=1, reason="no")
    assert [said(path) for path in paths] == [[]] * 3


# --- M11: in bulk ---


def test_bulk_change_has_a_result_for_each_and_leaves_what_waits(cast: Cast, visit: Visit) -> None:
    mia: Client = visit(cast.mia, superuser=True)
    waiting = [orders.order(orders.place(cast.anna)) for _ in range(2)]
    work = [orders.order(orders.place(cast.ben)) for _ in range(2)]
    done = orders.order(orders.place(cast.ben))
    done.set_status("cancelled")
    chosen = [order.pk for order in (*waiting, *work, done)]
    data = {"action": "change_order_statuses", "new_status": "in_progress", "selected_order": chosen}
    page = text(mia.post(reverse("dashboard:order-list"), data, follow=True))
    for order in (*waiting, *work, done):
        order.refresh_from_db()
    assert [order.status for order in (*waiting, *work, done)] == [
        *["awaiting_acceptance"] * 2,
        *["in_progress"] * 2,
        "cancelled",
    ]
    for order in waiting:
        assert f"Order {order.number} awaits" in page
    for order in work:
        assert f"Order {order.number}: “unhandled” → “in progress”." in page
    assert f"Order {done.number} stays “cancelled”: it cannot become “in progress”." in page
    assert not {"withdrawn", "expired", "rejected"} & set(re.findall(r'<option value="(\w+)"', page))
