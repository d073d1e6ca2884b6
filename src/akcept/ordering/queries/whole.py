"""Orders as whole documents, for files and papers: lines, people, who accepted; read chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from akcept.approvals.models import Case, Decision, Step
from akcept.approvals.states import OPEN, State
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.errors import NotFound
from akcept.ordering import status
from akcept.ordering.models import Placement
from akcept.ordering.ports import OrderDocument, order_reader
from akcept.ordering.queries.asked import case_of
from akcept.ordering.queries.merchant import organizations_like
from akcept.ordering.queries.narrowing import midnight
from akcept.ordering.visibility import visible_placements
from akcept.organizations import policies
from akcept.organizations import queries as organizations

#: So many orders are in memory at a time.
CHUNK: Final = 50
_JOINED: Final = ("order__akcept_case", "organization", "unit", "buyer", "requester__user")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One decision that was made on an order; `stood_for` is whose right it was, empty for the own one."""

    kind: str
    by: str
    stood_for: str
    #: The organisation's rule that asked for the step; empty where none has a name.
    rule: str
    at: datetime
    #: It counts no more: the order was changed afterwards, or the acceptance taken back.
    voided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeOrder:
    """An order with all that is booked from it; money is in the document's currency."""

    placement: Placement
    document: OrderDocument
    case: Case | None
    decisions: tuple[DecisionRow, ...]

    @property
    def number(self) -> str:
        """The order's number."""
        return self.placement.number

    @property
    def status(self) -> str:
        """The shop's status of it."""
        return self.document.status

    @property
    def is_held(self) -> bool:
        """Whether its customer has not accepted it yet."""
        return self.case is not None and State(self.case.state) in OPEN

    @property
    def is_work(self) -> bool:
        """Whether it is the shop's to handle: it is not held and did not end without acceptance."""
        return self.document.status not in status.NOT_WORK

    @property
    def requester(self) -> str:
        """Who placed it."""
        placed_by = self.placement.requester
        return organizations.name_of(placed_by.user if placed_by else self.placement.buyer)

    @property
    def acceptances(self) -> tuple[DecisionRow, ...]:
        """What it stands on, oldest first; none where nobody had to accept it."""
        return tuple(
            decision for decision in self.decisions if decision.kind == Decision.Kind.ACCEPT and not decision.voided
        )

    @property
    def accepted_by(self) -> str:
        """Who accepted it, each with whom they stood in for; empty where nobody had to."""
        return ", ".join(organizations.acting_name(row.by, row.stood_for) for row in self.acceptances)

    @property
    def accepted_at(self) -> datetime | None:
        """When the last acceptance was given; None where nobody had to."""
        return self.acceptances[-1].at if self.acceptances else None

    @property
    def given_at(self) -> datetime:
        """When it became the shop's: released after acceptance, or placed."""
        released = self.case.released_at if self.case else None
        return released or self.placement.placed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFilter:
    """Which of the shop's orders a file has; empty values do not narrow. Days are local, both ends included."""

    since: date | None = None
    until: date | None = None
    statuses: tuple[str, ...] = ()
    organization_id: int | None = None
    organization_text: str = ""
    numbers: tuple[str, ...] = ()


def work_orders(actor: Actor, wanted: WorkFilter) -> QuerySet[Placement]:
    """Return the orders that are the shop's to handle, never held or unaccepted ones. Raises NotAllowed."""
    if actor.kind is not ActorKind.SYSTEM:
        policies.require_staff(actor)
    found = Placement.objects.exclude(order__status__in=status.NOT_WORK)
    if wanted.since or wanted.until:
        found = found.annotate(given_at=Coalesce(F("order__akcept_case__released_at"), F("placed_at")))
        within = {"given_at__gte": wanted.since and midnight(wanted.since)}
        within["given_at__lt"] = wanted.until and midnight(wanted.until + timedelta(days=1))
        found = found.filter(**{name: at for name, at in within.items() if at})
    if wanted.statuses:
        found = found.filter(order__status__in=wanted.statuses)
    if wanted.organization_id is not None:
        found = found.filter(organization_id=wanted.organization_id)
    elif wanted.organization_text:
        found = found.filter(organization__in=organizations_like(wanted.organization_text).values("pk"))
    if wanted.numbers:
        found = found.filter(number__in=wanted.numbers)
    return found


def given_since(actor: Actor, at: datetime) -> QuerySet[Placement]:
    """Return the work that the shop got since `at`: accepted then (once more, too), or placed. Raises NotAllowed.

    What the shop has cancelled is left out.
    """
    accepted = Q(order__akcept_case__state=State.ACCEPTED.value)
    accepted &= Q(order__akcept_case__ended_at__gte=at) | Q(order__akcept_case__released_at__gte=at)
    placed = Q(order__akcept_case=None, placed_at__gte=at)
    return work_orders(actor, WorkFilter()).exclude(order__status=status.CANCELLED).filter(accepted | placed)


def keys_in_chunks(found: QuerySet[Placement], *, size: int = 500) -> Iterator[list[tuple[int, str, int]]]:
    """Yield key, number and the case's version (0 without one) of orders by their keys; one statement a chunk."""
    last = 0
    while rows := list(
        found.filter(order_id__gt=last)
        .order_by("order_id")
        .values_list("order_id", "number", Coalesce(F("order__akcept_case__version"), 0))[:size]
    ):
        last = rows[-1][0]
        yield rows
        if len(rows) < size:
            return


def whole_by_keys(found: QuerySet[Placement], order_ids: Sequence[int]) -> list[WholeOrder]:
    """Return those of the orders with these keys, as they are now; five statements."""
    return whole(list(found.filter(order_id__in=order_ids).select_related(*_JOINED).order_by("order_id")))


def taken_back() -> QuerySet[Case]:
    """Return the cases whose acceptance was revoked: the shop had the order, and it waits again."""
    return Case.objects.filter(state__in=[state.value for state in OPEN], released_at__isnull=False)


def in_chunks(found: QuerySet[Placement], *, size: int = CHUNK) -> Iterator[list[WholeOrder]]:
    """Yield orders by their keys, `size` at a time: five statements each, and no more than one chunk in memory."""
    last = 0
    while rows := list(found.filter(order_id__gt=last).select_related(*_JOINED).order_by("order_id")[:size]):
        last = rows[-1].order_id
        yield whole(rows)
        if len(rows) < size:
            return


def whole(rows: Sequence[Placement]) -> list[WholeOrder]:
    """Return placements that whoever asks was found allowed to see as whole orders; four statements."""
    documents = order_reader().documents([row.order_id for row in rows])
    cases = {row.order_id: case_of(row) for row in rows}
    decisions = _decisions([key for key, case in cases.items() if case is not None])
    return [
        WholeOrder(
            placement=row,
            document=documents[row.order_id],
            case=cases[row.order_id],
            decisions=tuple(decisions.get(row.order_id, ())),
        )
        for row in rows
        if row.order_id in documents
    ]


def _decisions(case_ids: Sequence[int]) -> dict[int, list[DecisionRow]]:
    """Return what was decided on cases, oldest first; two statements, none for no case."""
    if not case_ids:
        return {}
    steps = Step.objects.filter(case_id__in=case_ids).values_list("case_id", "round", "position", "rule")
    rules = {(case_id, turn, position): rule for case_id, turn, position, rule in steps}
    decisions: dict[int, list[DecisionRow]] = {}
    for row in Decision.objects.filter(case_id__in=case_ids).order_by("case_id", "pk"):
        decision = DecisionRow(
            kind=row.kind,
            by=row.member_name,
            stood_for=row.for_member_name,
            rule=rules.get((row.case_id, row.round, row.position), ""),
            at=row.at,
            voided=row.voided,
        )
        decisions.setdefault(row.case_id, []).append(decision)
    return decisions


def whole_order(actor: Actor, number: str) -> WholeOrder:
    """Return one order that the actor may see at the shop's front. Raises NotFound for any other."""
    found = visible_placements(actor, organizations.seat_of(actor)).filter(number=number)
    return _one(found, _("There is no such order, or you may not see it."))


def whole_order_for_staff(actor: Actor, number: str) -> WholeOrder:
    """Return any order, held ones too, for the merchant's own people. Raises NotAllowed, NotFound."""
    policies.require_staff(actor)
    return _one(Placement.objects.filter(number=number), _("There is no such order."))


def _one(found: QuerySet[Placement], refusal: str) -> WholeOrder:
    rows = list(found.select_related(*_JOINED)[:1])
    if not rows:
        raise NotFound(refusal)
    return whole(rows)[0]


def number_found(found: QuerySet[Placement], *, most: int) -> int:
    """Return how many orders there are, counted up to one more than `most`; one statement."""
    return int(found.order_by()[: most + 1].count())
