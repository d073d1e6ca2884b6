"""One order as mails tell of it: what it is, why it waits and who may decide it; no history, no buttons."""

from __future__ import annotations

from dataclasses import dataclass, replace

from akcept.approvals.current import CurrentStep, current_step
from akcept.approvals.models import Case, Decision
from akcept.approvals.states import OPEN, State
from akcept.ordering.changes import again
from akcept.ordering.changes.again import Other
from akcept.ordering.models import Placement
from akcept.ordering.money import order_budgets
from akcept.ordering.money.order_budgets import Standings
from akcept.ordering.ports import OrderDocument, order_reader
from akcept.ordering.queries.asked import case_of, matter
from akcept.ordering.queries.steps import reason_of
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedOrder:
    """What mails show of an order; read in any language, told in the active one."""

    placement: Placement
    stored: OrderDocument
    case: Case | None
    #: The step that is asked now.
    at: CurrentStep | None
    #: Who may decide it now, nearest unit first.
    approvers: tuple[Person, ...]
    #: The budgets it holds money of while it is open; for mails to whoever may decide it.
    budgets: Standings
    #: The ended order it takes the place of, where its unit may see that.
    instead_of: Other | None

    @property
    def document(self) -> OrderDocument:
        """The order with its way of delivery named."""
        kept = self.stored
        name = order_reader().delivery_name(kept.delivery_code, stood=kept.delivery_name, surcharged=kept.surcharged)
        return replace(kept, delivery_name=name)

    @property
    def requester(self) -> str:
        """Who placed it."""
        placed_by = self.placement.requester
        return organizations.name_of(placed_by.user if placed_by else self.placement.buyer)

    @property
    def unit(self) -> str:
        """The name of the unit it was placed for; empty for none."""
        return self.placement.unit.name if self.placement.unit else ""

    @property
    def organization(self) -> str:
        """The name of the organisation it is of; empty for none."""
        return self.placement.organization.name if self.placement.organization else ""

    @property
    def why(self) -> str:
        """Why it waits, as others than its requester are told; empty unless it is asked about now."""
        if self.at is None:
            return ""
        return reason_of(self.at.step, requester=self.requester, unit_name=self.unit, mine=False)


def mailed(placement: Placement) -> MailedOrder:
    """Return an order for a mail to somebody who was found allowed to read of it.

    Two statements; while it is open one more for its budgets (three with some), while it waits two for its step.
    """
    case, at, approvers = case_of(placement), None, list[Person]()
    if case is not None and case.state == State.AWAITING:
        at = current_step(case)
        approvers = organizations.who_may_accept(matter(case, at))
    is_open = case is not None and State(case.state) in OPEN
    return MailedOrder(
        placement=placement,
        stored=order_reader().document(placement.order_id),
        case=case,
        at=at,
        approvers=tuple(approvers),
        budgets=order_budgets.of_order(placement.order_id, placement.amounts) if is_open else (),
        instead_of=again.instead_of(placement, seat=None, user_id=None),
    )


def acceptances(case: Case) -> list[Decision]:
    """Return the acceptances an order stands on, oldest first; one statement.

    What was accepted before a change, or an acceptance that was taken back, is not what released it.
    """
    return list(case.decisions.filter(kind=Decision.Kind.ACCEPT, voided=False).order_by("id"))
