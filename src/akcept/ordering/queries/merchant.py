"""The merchant's reads: orders that wait for the customer's acceptance. Never part of any other list of the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from akcept.approvals.models import Case
from akcept.approvals.states import State
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import COUNTED, PAGE_SIZE, Page, key_of, page_of
from akcept.ordering import shop_terms as terms_of_shop
from akcept.ordering import status
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.queries import OrderView, asked_about, loaded, view_of
from akcept.ordering.queries.narrowing import LOOKED_AT, NO_CHOICES, Choices, by_name, called, choices_of, mentioned
from akcept.organizations import policies
from akcept.organizations import queries as organizations
from akcept.organizations.models import Organization
from akcept.organizations.searching import mentions

_SEARCHED = (
    "organization__name",
    "unit__name",
    "requester__user__first_name",
    "requester__user__last_name",
    "requester__user__email",
    "order__akcept_placement__po_number",
    "order__akcept_placement__summary",
)
#: Of one customer, on its page.
LATEST = 5
#: More words of a search than this are not looked at.
SEARCHED_WORDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFilter:
    """What the merchant narrows the list by; empty values do not. Values are net with delivery, age in whole days."""

    organization_id: int | None = None
    unit_id: int | None = None
    requester_id: int | None = None
    #: Parts of names, typed where there are too many to choose from; the latter two within the organisation.
    organization_text: str = ""
    unit_text: str = ""
    requester_text: str = ""
    older_than_days: int | None = None
    net_from: Decimal | None = None
    net_to: Decimal | None = None
    text: str = ""
    #: Only orders that nobody may decide.
    stuck: bool = False


def shop_terms(actor: Actor) -> ShopTerms:
    """Return the terms of all orders; one statement. Raises NotAllowed."""
    policies.require_staff(actor)
    return terms_of_shop.in_force()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One held order in the merchant's list."""

    order_id: int
    number: str
    organization_id: int
    organization: str
    #: The shop has blocked it: nobody can decide until it is unblocked.
    blocked: bool
    nip: str
    unit: str
    cost_centre: str
    requester: str
    summary: str
    line_count: int
    currency: str
    total_net: Decimal
    total_gross: Decimal
    waiting_since: datetime
    #: The customer's requester has it back, to change or withdraw it: nobody is asked meanwhile.
    returned: bool
    asked: tuple[str, ...]


def _open_cases() -> QuerySet[Case]:
    return Case.objects.filter(state__in=[State.AWAITING.value, State.RETURNED.value])


def _held(actor: Actor, wanted: HeldFilter, *, now: datetime) -> QuerySet[Case]:
    policies.require_staff(actor)
    found = _open_cases().select_related(
        "order__akcept_placement", "organization__acceptance_terms", "unit", "requester__user"
    )
    if wanted.organization_id is not None:
        found = found.filter(organization_id=wanted.organization_id)
    if wanted.organization_text:
        found = found.filter(organization_id__in=organizations_like(wanted.organization_text).values("pk"))
    if wanted.organization_id is not None:
        names = {"unit": wanted.unit_text, "requester": wanted.requester_text}
        found = called(found, organization_id=wanted.organization_id, **names)
    if wanted.unit_id is not None:
        found = found.filter(unit_id=wanted.unit_id)
    if wanted.requester_id is not None:
        found = found.filter(requester_id=wanted.requester_id)
    if wanted.older_than_days is not None:
        found = found.filter(opened_at__lte=now - timedelta(days=wanted.older_than_days))
    if wanted.net_from is not None:
        found = found.filter(order__akcept_placement__total_net__gte=wanted.net_from)
    if wanted.net_to is not None:
        found = found.filter(order__akcept_placement__total_net__lte=wanted.net_to)
    if wanted.stuck:
        found = found.filter(stuck_since__isnull=False)
    for word in wanted.text.split()[:SEARCHED_WORDS]:
        found = found.filter(_mentions(word))
    return found.order_by("order_id")


def _mentions(word: str) -> Q:
    """Return what finds a word: in the order's numbers and goods, the organisation, its unit, or the requester."""
    found = Q(order__number__startswith=word) | mentions(word, *_SEARCHED)
    digits = word.replace("-", "")
    return found | Q(organization__nip__startswith=digits) if digits.isdigit() else found


def held_count() -> int:
    """Return how many orders wait, up to `COUNTED` + 1, which stands for more: for the panel's menu; one statement."""
    return _open_cases().order_by("order_id")[: COUNTED + 1].count()


def held_since() -> list[datetime]:
    """Return since when orders wait, the longest first, of `COUNTED` + 1 at most; one statement."""
    found = _open_cases().order_by("opened_at", "order_id")
    return list(found.values_list("opened_at", flat=True)[: COUNTED + 1])


def stuck_count() -> int:
    """Return how many orders nobody can decide, up to `COUNTED` + 1, which stands for more; one statement."""
    stuck = Case.objects.filter(state=State.AWAITING.value, stuck_since__isnull=False)
    return stuck.order_by()[: COUNTED + 1].count()


def held_total() -> int:
    """Return how many orders wait in all; one statement that reads each of them in a partial index."""
    return _open_cases().count()


def held(
    actor: Actor, wanted: HeldFilter, *, after: str = "", size: int = PAGE_SIZE, now: datetime | None = None
) -> Page[HeldRow]:
    """Return held orders, longest waiting first. A constant number of statements. Raises NotAllowed."""
    found = _held(actor, wanted, now=now or utc_now())
    if (key := key_of(after)) is not None:
        found = found.filter(order_id__gt=key)
    cases = list(found[: size + 1])
    return page_of(_rows(cases), [str(case.order_id) for case in cases], size=size, is_first=key is None)


def held_rows(actor: Actor, wanted: HeldFilter, *, now: datetime | None = None) -> Iterator[HeldRow]:
    """Yield every held order of the filter, for the export; in blocks, so that memory stays small."""
    found = _held(actor, wanted, now=now or utc_now())
    last = 0
    while block := list(found.filter(order_id__gt=last)[:500]):
        yield from _rows(block)
        last = block[-1].order_id


def _rows(cases: list[Case]) -> list[HeldRow]:
    waiting = [case for case in cases if case.state == State.AWAITING]
    asked = {case.pk: people for case, people in zip(waiting, asked_about(waiting), strict=True)}
    return [_row(case, tuple(person.name for person in asked.get(case.pk, ()))) for case in cases]


def _row(case: Case, asked: tuple[str, ...]) -> HeldRow:
    placement: Placement = case.order.akcept_placement
    return HeldRow(
        order_id=case.order_id,
        number=placement.number,
        organization_id=case.organization_id,
        organization=case.organization.name,
        blocked=case.organization.status == "blocked",
        nip=case.organization.nip,
        unit=case.unit.name,
        cost_centre=placement.cost_centre,
        requester=organizations.name_of(case.requester.user),
        summary=placement.summary,
        line_count=placement.line_count,
        currency=placement.currency,
        total_net=placement.total_net,
        total_gross=placement.total_gross,
        waiting_since=case.opened_at,
        returned=case.state == State.RETURNED,
        asked=asked,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChoices:
    """What the filters offer: organisations, units and requesters of the orders that have waited longest."""

    organizations: tuple[tuple[int, str], ...]
    #: There are no other organisations with an order that waits.
    whole: bool
    #: Within the chosen organisation; empty without one.
    within: Choices = NO_CHOICES


def held_choices(actor: Actor, *, organization_id: int | None = None) -> HeldChoices:
    """Return the choices of the filters; units and requesters once an organisation is chosen. Raises NotAllowed.

    One statement, or two; neither reads more than `LOOKED_AT` orders.
    """
    policies.require_staff(actor)
    first = _open_cases().select_related("organization").only("organization__name").order_by("order_id")
    looked_at = list(first[: LOOKED_AT + 1])
    named = by_name({case.organization_id: case.organization.name for case in looked_at})
    whole = len(looked_at) <= LOOKED_AT
    if organization_id is None:
        return HeldChoices(organizations=named, whole=whole)
    within = choices_of(_open_cases().filter(organization_id=organization_id))
    return HeldChoices(organizations=named, whole=whole, within=within)


def organization_called(actor: Actor, text: str) -> int | None:
    """Return the one organisation that a name or tax number means; None for none or several. Raises NotAllowed."""
    policies.require_staff(actor)
    found = list(organizations_like(text).values_list("pk", flat=True)[:2]) if text.strip() else []
    return found[0] if len(found) == 1 else None


def organizations_like(text: str) -> QuerySet[Organization]:
    """Return the organisations that part of a name, or the beginning of a tax number, means."""
    digits = text.replace("-", "").replace(" ", "")
    numbered = Q(nip__startswith=digits) if digits.isdigit() else Q(pk__in=[])
    return Organization.objects.filter(mentioned(text, "name") | numbered)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestOrder:
    """One of a customer's latest orders; `is_work`: the shop may handle it, its sum is gross with delivery."""

    number: str
    status: str
    is_work: bool
    placed_at: datetime
    unit: str
    currency: str
    total_gross: Decimal


def latest_orders(actor: Actor, organization_id: int, *, size: int = LATEST) -> tuple[LatestOrder, ...]:
    """Return a customer's latest orders whatever became of them, the newest first; one statement. Raises NotAllowed."""
    policies.require_staff(actor)
    found = Placement.objects.filter(organization_id=organization_id).select_related("order", "unit")
    return tuple(
        LatestOrder(
            number=placement.number,
            status=placement.order.status,
            is_work=placement.order.status not in status.NOT_WORK,
            placed_at=placement.placed_at,
            unit=placement.unit.name if placement.unit else "",
            currency=placement.currency,
            total_gross=placement.total_gross,
        )
        for placement in found.order_by("-order_id")[:size]
    )


def order_for_staff(actor: Actor, number: str, *, before: str = "") -> OrderView:
    """Return an organisation's order for the panel's page, with who is asked and since when.

    Raises NotAllowed, NotFound.
    """
    policies.require_staff(actor)
    placement = loaded(Placement.objects.all(), number)
    if placement is None:
        raise NotFound(_("There is no such order."))
    return view_of(placement, seat=None, user_id=None, before=before)
