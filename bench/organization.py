"""What is asked of an organisation, at several sizes on one PostgreSQL: what does not grow with it, and what does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import connection

from akcept.organizations import actions, queries
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.bulk.sheets import written
from akcept.organizations.seats import Matter
from akcept.testing.cast import organization
from akcept.testing.companies import Company, grow
from bench.timing import ROUNDS, table, timed
from bench.visitors import client_of

#: Members of each company unless told otherwise; one unit for six of them, 300 at most, on up to five levels.
SIZES = (200, 2_000, 13_000)
_IMPORTED = 2_000
_MEMBERS_A_UNIT, _MOST_UNITS = 6, 300


def measure(sizes: Sequence[int], *, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return statements and milliseconds (median, p95) of every question at every size, and of an import.

    The import is measured on the second company, or the only one.
    """
    companies = [
        grow(
            organization(f"Acme {number}", f"{number:010}"),
            members=members,
            units=max(1, min(_MOST_UNITS, members // _MEMBERS_A_UNIT)),
        )
        for number, members in enumerate(sizes)
    ]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = {
        f"{len(company.people)} members, {len(company.units)} units": {
            name: timed(ask, rounds=rounds) for name, ask in _questions(company).items()
        }
        for company in companies
    }
    return {"asked": asked, "import": _import(companies[:2][-1])}


def _questions(company: Company) -> dict[str, Callable[[], Any]]:
    boss, someone = company.administrator, company.people[-1]
    question = Matter(
        organization_id=company.organization.pk,
        unit_path=company.deepest.path,
        requester_id=someone.member.pk if someone.member else None,
    )
    visitor = client_of(boss.user)
    middle = str(company.people[len(company.people) // 2].member.pk)  # type: ignore[union-attr]
    return {
        "who may accept": partial(queries.who_may_accept, question),
        "permission check": lambda: someone.seat,
        "member list": lambda: queries.members(boss.actor),
        "member list, middle": lambda: queries.members(boss.actor, after=middle),
        "member list, search": lambda: queries.members(boss.actor, text="osoba19 mazur"),
        "unit tree": lambda: queries.unit_tree(boss.actor),
        "unit tree, opened": lambda: queries.unit_tree(boss.actor, open_id=company.deepest.pk),
        "unit search": lambda: queries.find_units(boss.actor, text="oddział 002"),
        "page: organisation": lambda: visitor.get("/organization/"),
        "page: members": lambda: visitor.get("/organization/members/"),
    }


def _import(company: Company) -> dict[str, float]:
    """Return the seconds that a file with so many new people takes: from upload to preview, and the import itself."""
    boss = company.administrator.actor
    rows = [
        [f"nowa{n}@import.example", "Nowa", str(n), company.units[n % len(company.units)].code, "", "pl", ""]
        for n in range(_IMPORTED)
    ]
    content = written(rows, kind=Kind.MEMBERS, file_format="xlsx", language="pl")
    begin = time.perf_counter()
    draft = actions.draft_import(actor=boss, kind=Kind.MEMBERS, file_name="people.xlsx", content=content)
    plan = queries.import_preview(boss, draft.pk).plan
    previewed = time.perf_counter()
    actions.carry_out_import(draft.pk, actor=boss, digest=plan.digest)
    return {
        "rows": _IMPORTED,
        "preview_seconds": round(previewed - begin, 2),
        "import_seconds": round(time.perf_counter() - previewed, 2),
    }


def report(figures: dict[str, Any]) -> list[str]:
    """Return the figures as lines: statements, then median and p95 in milliseconds."""
    lines = ["Organisations: statements, median and p95 in ms", *table(figures["asked"])]
    done = figures["import"]
    return [
        *lines,
        f"  Import of {done['rows']} people from XLSX: {done['preview_seconds']} s to the preview, "
        f"{done['import_seconds']} s to import and queue the invitations",
    ]
