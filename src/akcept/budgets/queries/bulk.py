"""What importing a file of budgets would do, and the rows of an export."""

from __future__ import annotations

from datetime import datetime

from akcept.budgets import policies
from akcept.budgets.bulk.columns import figures_of, row_of
from akcept.budgets.bulk.planning import plan_budgets
from akcept.budgets.bulk.surroundings import surroundings
from akcept.budgets.models import Budget
from akcept.budgets.queries.overview import Question, export
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import queries as organizations
from akcept.organizations.bulk.planning import ImportPlan
from akcept.organizations.bulk.sheets import Cell, Sheet


def import_plan(actor: Actor, sheet: Sheet, *, now: datetime | None = None) -> ImportPlan[Budget]:
    """Return what a file would do; a constant number of statements, nothing is written. Raises NotAllowed."""
    seat = policies.require_manager(organizations.seat_of(actor))
    return plan_budgets(sheet, surroundings(seat, now=now or utc_now()))


def export_rows(actor: Actor, question: Question) -> list[list[Cell]]:
    """Return the budgets the actor may see as rows of the file, with what is spent, held and left in their period."""
    return [[*row_of(row.budget), *figures_of(row.funds)] for row in export(actor, question)]
