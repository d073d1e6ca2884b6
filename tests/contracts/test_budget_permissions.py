"""Who may do what with budgets: every public action and read of the room, tried by everybody, as in test_permissions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from akcept.budgets import actions, queries
from akcept.budgets.inputs import BudgetChange, BudgetInput
from akcept.budgets.models import Budget
from akcept.budgets.queries import Question
from akcept.budgets.scope import Scope
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound, Refused
from akcept.organizations.bulk.planning import ImportPlan
from akcept.organizations.bulk.sheets import Row, Sheet
from akcept.testing import budgets
from akcept.testing.cast import Cast, Person, person

#: Fay keeps budgets at head office, Gil in Kraków, Hal in Tarnów, Rex at Umbra; Ida sees those of Kraków, Ben owns one.
PEOPLE = ("fay", "gil", "ida", "ben", "hal", "rex", "anna", "dora", "otto", "mia", "paul", "nobody")
Try = Callable[[Cast, Actor], Any]


def _krakow(cast: Cast) -> Budget:
    return budgets.make(cast.krakow, name="Kraków", owner=cast.ben.member)


def _input(cast: Cast) -> BudgetInput:
    return BudgetInput(
        name="New", amount=Decimal(1), scope=Scope.BELOW, unit_id=cast.krakow.pk, starts=date(2026, 1, 1)
    )


def _only_acme(cast: Cast, found: list[Any]) -> None:
    """Rex sees budgets too: his own."""
    if [row.budget.organization_id for row in found] != [cast.acme.pk]:
        raise Refused("not Acme's")


def _overview(cast: Cast, actor: Actor) -> None:
    _krakow(cast)
    budgets.make(cast.terminal, name="Umbra")
    _only_acme(cast, list(queries.overview(actor).rows))


def _export(cast: Cast, actor: Actor) -> None:
    _krakow(cast)
    budgets.make(cast.terminal, name="Umbra")
    _only_acme(cast, queries.export(actor))


ALL: dict[str, Try] = {
    "add": lambda cast, actor: actions.add(_input(cast), actor=actor),
    "change": lambda cast, actor: actions.change(
        _krakow(cast).pk, BudgetChange(name="N", amount=Decimal(1)), actor=actor, version=1
    ),
    "correct": lambda cast, actor: actions.correct(_krakow(cast).pk, actor=actor, amount=Decimal(1), reason="x"),
    "transfer": lambda cast, actor: actions.transfer(
        _krakow(cast).pk,
        to_id=budgets.make(cast.skawina, name="S").pk,
        actor=actor,
        amount=Decimal(1),
        reason="x",
    ),
    "set_calendar": lambda cast, actor: _acmes(
        cast, actions.set_calendar(actor=actor, time_zone="Europe/Warsaw", fiscal_month=1).organization_id
    ),
    "copy_to_next_year": lambda cast, actor: _copied(cast, actor),
    "store_rates": lambda cast, actor: actions.store_rates([], actor=actor),
    "import_budgets": lambda cast, actor: _imported(cast, actor),
    "import_plan": lambda cast, actor: _only_krakow(queries.import_plan(actor, _sheet(cast))),
    "export_rows": lambda cast, actor: _exported(cast, actor),
    "overview": _overview,
    "export": _export,
    "detail": lambda cast, actor: queries.detail(actor, _krakow(cast).pk),
    "ledger_file": lambda cast, actor: queries.ledger_file(actor, _krakow(cast).pk),
    "copies": lambda cast, actor: _would_copy(cast, actor),
    "budget_to_manage": lambda cast, actor: queries.budget_to_manage(actor, _krakow(cast).pk),
    "calendar": lambda cast, actor: _acmes(cast, queries.calendar(actor).organization_id),
    "people_to_name": lambda cast, actor: _acmes(cast, queries.people_to_name(actor)[0].organization_id),
    "preview": lambda cast, actor: queries.preview(actor, _krakow(cast).pk, BudgetChange(name="N", amount=Decimal(1))),
}


def _sheet(cast: Cast) -> Sheet:
    """A file that adds a budget to Kraków."""
    cells = {"name": "New", "amount": "1", "unit": cast.krakow.key, "starts": "2026-01-01"}
    return Sheet(columns=tuple(cells), rows=(Row(line=2, cells=cells),))


def _only_krakow(plan: ImportPlan[Budget]) -> None:
    if plan.outcomes[0].errors:
        raise NotFound(plan.outcomes[0].errors[0])


def _imported(cast: Cast, actor: Actor) -> None:
    """Hal and Rex may import, but not for Kraków."""
    plan = queries.import_plan(actor, _sheet(cast))
    actions.import_budgets(_sheet(cast), actor=actor, digest=plan.digest)


def _exported(cast: Cast, actor: Actor) -> None:
    _krakow(cast)
    budgets.make(cast.terminal, name="Umbra")
    if [row[0] for row in queries.export_rows(actor, Question())] != ["Kraków"]:
        raise Refused("not Acme's")


def _acmes(cast: Cast, organization_id: int) -> None:
    if organization_id != cast.acme.pk:
        raise Refused("not Acme's")


def _copied(cast: Cast, actor: Actor) -> None:
    budgets.make(cast.krakow, name="2026", ends=date(2026, 12, 31))
    if not actions.copy_to_next_year(2026, actor=actor):
        raise Refused("nothing of Acme's to copy")


def _would_copy(cast: Cast, actor: Actor) -> None:
    budgets.make(cast.krakow, name="2026", ends=date(2026, 12, 31))
    if not queries.copies(actor, 2026, percent=Decimal(0)):
        raise Refused("nothing of Acme's to copy")


# fmt: off
# ruff: noqa: E501  a table is read across
EXPECTED = {
    #                    fay          gil          ida          ben          hal          rex          anna         dora         otto         mia          paul         nobody
    "add":               "-            -            NotAllowed   NotAllowed   NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "change":            "-            -            NotAllowed   NotAllowed   NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "correct":           "-            -            NotAllowed   NotAllowed   NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "transfer":          "-            -            NotAllowed   NotAllowed   NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "set_calendar":      "-            NotAllowed   NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "copy_to_next_year": "-            -            NotAllowed   NotAllowed   Refused      Refused      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "store_rates":       "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "overview":          "-            -            -            -            Refused      Refused      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "export":            "-            -            -            -            Refused      Refused      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "detail":            "-            -            -            -            NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "ledger_file":       "-            -            -            -            NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "copies":            "-            -            NotAllowed   NotAllowed   Refused      Refused      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "budget_to_manage":  "-            -            NotAllowed   NotAllowed   NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "preview":           "-            -            NotAllowed   NotAllowed   NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "calendar":          "-            NotAllowed   NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "people_to_name":    "-            -            NotAllowed   NotAllowed   -            Refused      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "import_budgets":    "-            -            NotAllowed   NotAllowed   Invalid      Invalid      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "import_plan":       "-            -            NotAllowed   NotAllowed   NotFound     NotFound     NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "export_rows":       "-            -            -            -            Refused      Refused      NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed",
}
# fmt: on
#: Asked by the mails, for nobody in particular; of a budget or unit that was found visible before; a date.
OPEN = {"owners_to_tell", "budgets_within", "today"}


def _somebody(cast: Cast, name: str) -> Person:
    seats = {
        "fay": (cast.head_office, "manage_budgets"),
        "gil": (cast.krakow, "manage_budgets"),
        "ida": (cast.krakow, "see_budgets"),
        "hal": (cast.tarnow, "manage_budgets"),
        "rex": (cast.terminal, "manage_budgets"),
    }
    if name not in seats:
        found: Person = getattr(cast, name)
        return found
    seat, rights = seats[name]
    return person(name.capitalize(), "Budżet", seat=seat, rights=rights)


def _outcome(what: Try, cast: Cast, who: str) -> str:
    actor = Actor.anonymous() if who == "nobody" else _somebody(cast, who).actor
    try:
        what(cast, actor)
    except Refused as refusal:
        return type(refusal).__name__ if str(refusal) else "a refusal that says nothing"
    return "-"


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", sorted(ALL))
def test_everybody_may_do_exactly_this(cast: Cast, name: str, who: str) -> None:
    expected = dict(zip(PEOPLE, EXPECTED[name].split(), strict=True))
    assert _outcome(ALL[name], cast, who) == expected[who]


def test_no_action_or_read_is_missing_from_the_table() -> None:
    reads = {name for name in queries.__all__ if name.islower()}
    assert set(actions.__all__) | reads == set(ALL) | OPEN
    assert set(EXPECTED) == set(ALL)
