"""A company of 2,000 people in 300 branches on five levels: no page and no question takes more statements for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from akcept.organizations import queries
from akcept.organizations.models import Unit
from akcept.organizations.queries import Node
from akcept.organizations.queries.tree import LEVEL
from akcept.organizations.seats import Matter
from akcept.testing.cast import Cast, organization, person
from akcept.testing.companies import Company, grow
from tests.conftest import Visit
from tests.support.statements import statements

#: What is asked of a company, with the most statements it may take.
ASKED: dict[str, tuple[Callable[[Company], Any], int]] = {
    "who may accept": (lambda c: queries.who_may_accept(_question(c)), 3),
    "seat": (lambda c: c.people[-1].seat, 2),
    "members": (lambda c: queries.members(c.administrator.actor), 3),
    "members after": (lambda c: queries.members(c.administrator.actor, after=str(c.people[0].member.pk)), 4),
    "members called": (lambda c: queries.members(c.administrator.actor, text="nowak osoba1"), 3),
    "members of a unit": (lambda c: queries.members(c.administrator.actor, unit_id=c.units[3].pk), 3),
    "invitations": (lambda c: queries.invitations(c.administrator.actor), 3),
    "tree": (lambda c: queries.unit_tree(c.people[-1].actor), 7),
    "tree opened": (lambda c: queries.unit_tree(c.people[-1].actor, open_id=c.deepest.pk), 8),
    "level": (lambda c: queries.units_below(c.people[-1].actor, c.units[1].pk), 6),
    "units called": (lambda c: queries.find_units(c.people[-1].actor, text="Oddział 00"), 6),
}


def _question(company: Company) -> Matter:
    return Matter(
        organization_id=company.organization.pk,
        unit_path=company.deepest.path,
        requester_id=company.people[5].member.pk,
    )


@pytest.fixture
def companies(db: None) -> tuple[Company, Company]:
    """A middling company, and one as large as they come."""
    return (
        grow(organization("Mała", "5261040828"), units=80, members=90),
        grow(organization("Duża", "7740001454")),
    )


def test_large_company_is_as_large_as_it_says(companies: tuple[Company, Company]) -> None:
    _, large = companies
    assert (len(large.units), len(large.people), large.deepest.depth) == (300, 2000, 4)
    for unit in large.units:
        assert unit.path == f"{unit.parent.path if unit.parent else ''}{unit.pk}/"


def test_nothing_takes_more_statements_for_the_large_one(companies: tuple[Company, Company]) -> None:
    taken = [
        {name: len(statements(partial(ask, company))) for name, (ask, _) in ASKED.items()} for company in companies
    ]
    assert taken[0] == taken[1]
    assert {name: count for name, count in taken[1].items() if count > ASKED[name][1]} == {}


@pytest.mark.parametrize(
    "path", ["/organization/", "/organization/?text=00", "/organization/members/", "/organization/files/"]
)
def test_no_page_takes_more_statements_or_grows(companies: tuple[Company, Company], visit: Visit, path: str) -> None:
    taken, sizes = [], []
    for company in companies:
        client: Client = visit(company.administrator)
        client.get(path)
        answers: list[Any] = []
        taken.append(len(statements(lambda client=client, answers=answers: answers.append(client.get(path)))))
        sizes.append(len(answers[0].content))
    assert taken[0] == taken[1]
    assert sizes[1] < sizes[0] * 1.1


def _shown(node: Node) -> int:
    return 1 + sum(_shown(child) for child in node.children)


def test_tree_opens_down_to_the_own_unit_or_the_chosen_one(companies: tuple[Company, Company]) -> None:
    _, large = companies
    tree = queries.unit_tree(large.administrator.actor)
    assert (tree.whole, _shown(tree.root)) == (False, 5)
    tree = queries.unit_tree(large.administrator.actor, open_id=large.deepest.pk)
    path, node = [], tree.root
    while node.children:
        path.append(node.unit.pk)
        node = next(child for child in node.children if large.deepest.path.startswith(child.unit.path))
    assert f"{'/'.join(map(str, [*path, node.unit.pk]))}/" == large.deepest.path
    assert _shown(tree.root) == 16
    for wrong in (0, 10**9, companies[0].units[7].pk):
        assert _shown(queries.unit_tree(large.administrator.actor, open_id=wrong).root) == 5


def test_wide_level_shows_its_beginning_and_whatever_is_open(cast: Cast) -> None:
    made = Unit.objects.bulk_create(
        Unit(organization=cast.acme, parent=cast.head_office, name=f"S {n:03}", path="") for n in range(200)
    )
    for unit in made:
        unit.path = f"{cast.head_office.path}{unit.pk}/"
    Unit.objects.bulk_update(made, ["path"])
    root = queries.unit_tree(cast.dora.actor, open_id=made[-1].pk).root
    assert len(root.children) == LEVEL + 1
    assert root.children[-1].unit == made[-1]
    assert (root.below, root.more) == (202, 202 - LEVEL - 1)
    seen: list[str] = []
    after = ""
    while True:
        page = queries.find_units(cast.dora.actor, under=cast.head_office.pk, after=after)
        seen += [found.node.unit.name for found in page.rows]
        if page.next_after is None:
            break
        after = page.next_after
    assert len(seen) == len(set(seen)) == 202


def test_search_finds_by_name_code_and_cost_centre_and_says_where(companies: tuple[Company, Company]) -> None:
    _, large = companies
    (found,) = queries.find_units(large.people[9].actor, text="od-0299").rows
    assert found.node.unit == large.deepest
    assert found.above == ["Centrala", "Oddział 0004", "Oddział 0018", "Oddział 0074"]
    assert [f.node.unit for f in queries.find_units(large.people[9].actor, text="MPK 0042").rows] == [large.units[42]]


def test_member_list_pages_through_everybody_once(companies: tuple[Company, Company]) -> None:
    _, large = companies
    seen: list[int] = []
    after = ""
    while True:
        page = queries.members(large.administrator.actor, text="Król", after=after)
        seen += [row.pk for row in page.rows]
        if page.next_after is None:
            break
        after = page.next_after
    assert len(seen) == len(set(seen)) == 200


def test_few_units_are_offered_many_are_searched(companies: tuple[Company, Company], cast: Cast) -> None:
    _, large = companies
    assert queries.units_to_choose(large.administrator.actor, chosen=large.deepest.pk) == ([], large.deepest)
    assert queries.units_to_choose(large.administrator.actor, chosen=cast.krakow.pk) == ([], None)
    units, chosen = queries.units_to_choose(cast.dora.actor, chosen=cast.krakow.pk)
    assert (len(units), chosen) == (4, cast.krakow)


def test_level_by_htmx_is_a_part_and_without_it_the_whole_page(
    companies: tuple[Company, Company], visit: Visit
) -> None:
    _, large = companies
    client = visit(large.people[3])
    where = f"/organization/units/{large.units[1].pk}/below/"
    part = client.get(where, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith("<ul>")
    assert "Oddział 0005" in part
    plain = client.get(where)
    assert plain["Location"] == f"/organization/?open={large.units[1].pk}"
    assert "Oddział 0005" in client.get(plain["Location"]).content.decode()


def test_otto_opens_no_level_of_acme(cast: Cast, visit: Visit) -> None:
    client = visit(cast.otto)
    where = f"/organization/units/{cast.krakow.pk}/below/"
    assert client.get(where, headers={"HX-Request": "true"}).status_code == 404
    assert client.get(f"/organization/?under={cast.krakow.pk}").status_code == 404
    page = client.get(f"/organization/?open={cast.krakow.pk}").content.decode()
    assert "Skawina" not in page
    assert "Magazyn Skawina" not in client.get("/organization/?text=Skawina").content.decode()
    jan = visit(person("Jana", "Tar", seat=cast.tarnow))
    assert "Magazyn Skawina" in jan.get("/organization/").content.decode()  # the tree is everybody's to see
