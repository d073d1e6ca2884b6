"""Gathers what rules look at: for a cart that is about to be ordered, or for many orders at once.

What no rule asks for is not read, and the number of statements does not depend on lines or orders.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Q

from akcept.approvals.facts import Acceptor, Facts, Scope, Window
from akcept.approvals.rules import Needs
from akcept.kernel.amounts import Amounts, Limit
from akcept.ordering import status
from akcept.ordering.models import Placement
from akcept.ordering.ports import CategoryRef, OrderDocument, OrderedLine, Quote, QuoteLine, assortment
from akcept.organizations.models import Member, Role, Unit
from akcept.organizations.paths import ids_in
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.transactions.locking import lock

#: Orders that came to nothing: they count for no sum, and what was in them is as good as never bought.
CAME_TO_NOTHING: Final = (*sorted(status.ENDED), "cancelled")
_SUMS: Final = ("goods_net", "goods_gross", "total_net", "total_gross")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An order, or a cart (`order_id` None) at the moment it is placed, with its requester as they are now."""

    order_id: int | None
    organization_id: int
    unit_id: int
    unit_path: str
    at: datetime
    amounts: Amounts
    lines: tuple[OrderedLine, ...]
    requester_id: int
    requester_email: str
    may_accept: bool
    limits: tuple[Limit, ...]
    role_ids: frozenset[int]
    #: It is placed or resubmitted now: every other order that is there counts, those placed after it too.
    is_now: bool = False


def subject_of_cart(seat: Seat, quote: Quote | OrderDocument, *, at: datetime, order_id: int | None = None) -> Subject:
    """Return what the seat is about to order; with `order_id` what it resubmits."""
    return Subject(
        order_id=order_id,
        organization_id=seat.organization_id,
        unit_id=seat.unit_id,
        unit_path=seat.unit_path,
        at=at,
        amounts=quote.amounts,
        lines=tuple(_line(line) for line in quote.lines),
        requester_id=seat.member_id,
        requester_email=seat.email,
        may_accept=seat.holds(Permission.ACCEPT_ORDERS),
        limits=seat.limits,
        role_ids=seat.role_ids,
        is_now=True,
    )


def one_after_another(unit_id: int) -> None:
    """Let a unit's orders be placed one after another until the transaction ends: each counts those before it."""
    lock(Unit.objects.only("pk")).get(pk=unit_id)


def _line(line: QuoteLine) -> OrderedLine:
    return OrderedLine(product_id=line.product_id, sku=line.sku, quantity=line.quantity)


def subjects_of(placements: Sequence[Placement]) -> list[Subject]:
    """Return orders of one organisation with their requesters' present rights; one statement.

    The placements must have come with `requester__user`, `requester__unit` and `unit`.
    """
    lines = assortment().ordered_lines([placement.order_id for placement in placements])
    return [_subject(placement, lines.get(placement.order_id, ())) for placement in placements]


def subject_of_order(placement: Placement, quote: Quote) -> Subject:
    """Return one order at what it costs, or would cost, by now; its placement came as for `subjects_of`."""
    return replace(_subject(placement, tuple(_line(line) for line in quote.lines)), amounts=quote.amounts)


def _subject(placement: Placement, lines: tuple[OrderedLine, ...]) -> Subject:
    member, unit = placement.requester, placement.unit
    assert member is not None and unit is not None and placement.organization_id is not None  # noqa: S101, PT018
    return Subject(
        order_id=placement.order_id,
        organization_id=placement.organization_id,
        unit_id=unit.pk,
        unit_path=unit.path,
        at=placement.placed_at,
        amounts=placement.amounts,
        lines=lines,
        requester_id=member.pk,
        requester_email=member.user.email,
        may_accept=_may_accept(member, unit),
        limits=member.limits,
        role_ids=frozenset(member.role_ids),
    )


def _may_accept(member: Member, unit: Unit) -> bool:
    usable = member.active and member.user.is_active
    return usable and member.accept_orders and unit.path.startswith(member.unit.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read for all subjects at once."""

    categories: Mapping[int, tuple[CategoryRef, ...]] = field(default_factory=dict)
    first_orders: Mapping[tuple[int, int], int] | None = None
    earlier: _Earlier | None = None
    role_names: Mapping[int, str] = field(default_factory=dict)
    unit_names: Mapping[int, str] = field(default_factory=dict)


def facts_of(
    subjects: Sequence[Subject],
    needs: Needs,
    *,
    acceptors: tuple[Acceptor, ...] = (),
    self_acceptance: bool = False,
    asks_once: bool = True,
    over_budgets: Mapping[int | None, tuple[str, ...]] | None = None,
) -> list[Facts]:
    """Return the facts of orders of one organisation, in the same order; at most seven statements in all.

    `over_budgets` names the budgets each order would exceed, by order id.
    """
    if not subjects:
        return []
    read = _read(subjects, needs)
    over = over_budgets or {}
    near = {
        path: tuple(person for person in acceptors if person.reaches(path) or person.member_id in needs.people)
        for path in {each.unit_path for each in subjects}
    }
    return [
        _facts(
            each,
            needs,
            read,
            acceptors=near[each.unit_path],
            self_acceptance=self_acceptance,
            asks_once=asks_once,
            over_budgets=over.get(each.order_id, ()),
        )
        for each in subjects
    ]


def _read(subjects: Sequence[Subject], needs: Needs) -> _Read:
    products = {line.product_id for each in subjects for line in each.lines if line.product_id is not None}
    shop = assortment()
    units = {each.unit_id for each in subjects}
    names = dict[int, str]()
    if needs.texts:
        above = {unit_id for each in subjects for unit_id in ids_in(each.unit_path)}
        names = dict(Unit.objects.filter(pk__in=above).values_list("pk", "name"))
    return _Read(
        categories=shop.categories_of(products) if needs.categories else {},
        first_orders=shop.first_orders(products, unit_ids=units, without=CAME_TO_NOTHING)
        if needs.first_bought
        else None,
        earlier=_Earlier.read(subjects, needs.windows) if needs.windows else None,
        role_names=_role_names(subjects) if needs.texts else {},
        unit_names=names,
    )


def _role_names(subjects: Sequence[Subject]) -> dict[int, str]:
    held = {role_id for each in subjects for role_id in each.role_ids}
    return dict(Role.objects.filter(pk__in=held).values_list("pk", "name")) if held else {}


def _facts(
    subject: Subject,
    needs: Needs,
    read: _Read,
    *,
    acceptors: tuple[Acceptor, ...],
    self_acceptance: bool,
    asks_once: bool,
    over_budgets: tuple[str, ...],
) -> Facts:
    products = frozenset(line.product_id for line in subject.lines if line.product_id is not None)
    categories = {ref.id: ref for product_id in products for ref in read.categories.get(product_id, ())}
    return Facts(
        requester_may_accept=subject.may_accept,
        requester_limits=subject.limits,
        amounts=subject.amounts,
        requester_id=subject.requester_id,
        role_ids=subject.role_ids,
        unit_path=subject.unit_path,
        products=_different(subject.lines),
        quantity=sum(line.quantity for line in subject.lines),
        product_ids=products,
        category_ids=frozenset(categories),
        first_bought=_first_bought(subject, products, read.first_orders),
        over_budgets=over_budgets,
        recent=read.earlier.sums(subject, needs.windows) if read.earlier else {},
        skus=tuple(sorted({line.sku for line in subject.lines})) if needs.texts else (),
        category_names=tuple(sorted(ref.name for ref in categories.values())) if needs.texts else (),
        role_names=tuple(sorted(read.role_names[pk] for pk in subject.role_ids if pk in read.role_names)),
        requester_email=subject.requester_email,
        unit_names=tuple(read.unit_names.get(pk, "") for pk in ids_in(subject.unit_path)) if needs.texts else (),
        acceptors=acceptors,
        self_acceptance=self_acceptance,
        asks_once=asks_once,
    )


def _different(lines: Iterable[OrderedLine]) -> int:
    """Count different products; one that has left the catalogue is told apart by its code."""
    return len({line.product_id if line.product_id is not None else line.sku for line in lines})


def _first_bought(
    subject: Subject, products: Iterable[int], first_orders: Mapping[tuple[int, int], int] | None
) -> frozenset[int]:
    if first_orders is None:
        return frozenset()
    found = ((product_id, first_orders.get((subject.unit_id, product_id))) for product_id in products)
    return frozenset(
        product_id
        for product_id, first in found
        if first is None or (subject.order_id is not None and first >= subject.order_id)
    )


@dataclass(frozen=True, slots=True)
class _Order:
    """An earlier order, as far as sums over time ask for it."""

    at: datetime
    order_id: int
    amounts: Amounts


class _Earlier:
    """Orders of the hours before the subjects, by requester and by unit, to be summed up."""

    def __init__(self, rows: Iterable[tuple[int, int, _Order]]) -> None:
        self._rows: dict[tuple[Scope, int], list[_Order]] = {}
        for requester_id, unit_id, row in rows:
            self._rows.setdefault((Scope.REQUESTER, requester_id), []).append(row)
            self._rows.setdefault((Scope.UNIT, unit_id), []).append(row)

    @classmethod
    def read(cls, subjects: Sequence[Subject], windows: Collection[Window]) -> _Earlier:
        """Read the orders of the longest window before the first subject up to the last, or now; one statement."""
        since = min(each.at for each in subjects) - timedelta(hours=max(window.hours for window in windows))
        found = Placement.objects.filter(
            organization_id=subjects[0].organization_id,
            placed_at__gte=since,
        ).exclude(order__status__in=CAME_TO_NOTHING)
        if not any(each.is_now for each in subjects):  # what happens now comes after whatever is there already
            found = found.filter(placed_at__lte=max(each.at for each in subjects))
        if len(subjects) == 1:  # a cart: its own branch of the organisation is enough
            found = found.filter(Q(requester_id=subjects[0].requester_id) | Q(unit_id=subjects[0].unit_id))
        rows = found.order_by("placed_at", "order_id").values_list(
            "requester_id", "unit_id", "placed_at", "order_id", "currency", *_SUMS
        )
        return cls(
            (requester_id or 0, unit_id or 0, _Order(at, order_id, _amounts(currency, sums)))
            for requester_id, unit_id, at, order_id, currency, *sums in rows
        )

    def sums(self, subject: Subject, windows: Collection[Window]) -> dict[Window, Amounts]:
        """Return what each window adds up to before the subject, in its currency; empty windows are missing."""
        found = {}
        for window in windows:
            own = subject.requester_id if window.scope is Scope.REQUESTER else subject.unit_id
            earlier = self._before(self._rows.get((window.scope, own), []), subject, window.hours)
            if earlier:
                found[window] = _sum(subject.amounts.currency, earlier)
        return found

    @staticmethod
    def _before(rows: Sequence[_Order], subject: Subject, hours: int) -> list[Amounts]:
        first = bisect_left(rows, subject.at - timedelta(hours=hours), key=lambda row: row.at)
        found = []
        for row in rows[first:]:
            if not subject.is_now and row.at > subject.at:
                break
            if subject.is_now:
                counts = row.order_id != subject.order_id
            else:
                counts = subject.order_id is None or row.order_id < subject.order_id
            if counts and row.amounts.currency == subject.amounts.currency:
                found.append(row.amounts)
        return found


def _sum(currency: str, every: Sequence[Amounts]) -> Amounts:
    return _amounts(currency, [sum((getattr(each, name) for each in every), Decimal(0)) for name in _SUMS])


def _amounts(currency: str, sums: Sequence[Decimal]) -> Amounts:
    return Amounts(currency=currency, **dict(zip(_SUMS, sums, strict=True)))
