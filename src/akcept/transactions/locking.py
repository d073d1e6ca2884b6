"""The one door through which rows are locked, in one order for everybody; see docs/adr/0015.

Two transactions that take the same locks in different orders wait for each other for ever, and the database ends one
of them. So there is one order (`ORDER`), by which each transaction only ever goes on; rows of one kind are locked by
their key. The door looks at every lock: out of order it raises where `AKCEPT_ASSERT_LOCKS` is set, as in all tests, and
logs it elsewhere.

Locks leave the key alone (`FOR NO KEY UPDATE`): deferred foreign keys are checked at commit with a share of it, and a
full lock would meet that check. On SQLite, where writers queue for the whole database, nothing is locked; the order is
looked at all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final, TypeVar, cast

from django.conf import settings
from django.db.models import Model, QuerySet

log = logging.getLogger("akcept.locks")

#: Every kind of row that is locked, by its model, in the order in which one transaction takes them.
ORDER: Final = (
    "akcept_organizations.module",
    "akcept_ordering.shopterms",
    "akcept_organizations.organization",
    "akcept_organizations.invitation",
    "akcept_organizations.substitution",
    "user",  # whatever model the project has for it
    "akcept_agreements.agreement",
    "akcept_agreements.pricelist",
    "akcept_ordering.maillink",
    "order.order",
    "akcept_approvals.case",
    "akcept_ordering.creditlimit",
    "akcept_budgets.calendar",
    "akcept_budgets.budget",
    "akcept_organizations.unit",
    "basket.basket",
    "partner.partner",  # whose goods a file brings: one import after another
    "catalogue.category",  # the roots, where a file brings categories: one import that does after another
    "partner.stockrecord",
    "offer.conditionaloffer",
    "voucher.voucher",
    "akcept_insight.keptmonth",  # nothing else is held with it
    "akcept_webhooks.endpoint",  # of one organisation, or the merchant: nothing else is held with it but its keeper
    "akcept_journal.chain",
    "akcept_journal.delivery",
)
_RANK: Final = {label: rank for rank, label in enumerate(ORDER)}
#: The shop's own chain is everybody's: it comes after those of organisations, so that it is held the shortest.
_SHOP_CHAIN: Final = 0

Row = TypeVar("Row", bound=Model)


class OutOfOrder(RuntimeError):
    """Rows are locked after rows that come later in `ORDER`, or have no place in it."""


class Locks:
    """What one transaction has locked so far: of each kind, by its rank, the keys as far as they are known."""

    def __init__(self) -> None:
        self.held: dict[int, set[Any]] = {}

    def take(self, rank: int) -> None:
        """Note that rows of a kind are about to be locked. Raises OutOfOrder, see the module."""
        if rank not in self.held and (later := max(self.held, default=-1)) > rank:
            _complain(f"{ORDER[rank]} is locked after {ORDER[later]}")
        self.held.setdefault(rank, set())

    def took(self, rank: int, keys: Collection[Any]) -> None:
        """Note which rows of a kind were locked, in the order in which they came. Raises OutOfOrder, see the module."""
        known = self.held.setdefault(rank, set())
        last = max(known, default=None)
        for key in keys:
            if key in known:
                continue
            if last is not None and key < last:
                _complain(f"{ORDER[rank]} {key} is locked after {last}")
            if (later := max(self.held)) > rank:
                _complain(f"{ORDER[rank]} {key} is locked after {ORDER[later]}")
            known.add(key)
            last = key


_current: ContextVar[Locks | None] = ContextVar("akcept_locks", default=None)


@contextmanager
def watched() -> Iterator[None]:
    """Look at the locks of one transaction; one inside another is part of it."""
    if _current.get() is not None:
        yield
        return
    token = _current.set(Locks())
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Locks | None:
    """Return what the transaction at work has locked; None outside of one."""
    return _current.get()


def rank_of(model: type[Model]) -> int | None:
    """Return where a kind of row stands in `ORDER`; None for one that nobody locks."""
    label = model._meta.label_lower
    return _RANK.get("user" if label == settings.AUTH_USER_MODEL.lower() else label)


def lock(rows: QuerySet[Row], *, of: Collection[str] = ("self",), skip_locked: bool = False) -> QuerySet[Row]:
    """Return the rows to be locked until the transaction ends; several are locked by their primary keys.

    `of` names the rows of a join that are locked, `self` or a foreign key. With `skip_locked` what others hold is left
    out. Raises OutOfOrder as the module says.
    """
    _announce(rows.model, of, waits=not skip_locked)
    locked = rows.select_for_update(no_key=True, of=tuple(of), skip_locked=skip_locked)
    if _asserted() and not skip_locked:
        locked.__class__ = _watching(type(locked))
    return locked


def _announce(model: type[Model], of: Collection[str], *, waits: bool) -> None:
    locks = _current.get()
    if locks is None:
        return  # somebody else's transaction
    for rank in sorted(_ranks(model, of)):
        if waits:
            locks.take(rank)
        else:
            locks.held.setdefault(rank, set())  # whoever does not wait makes nobody wait for ever


def _ranks(model: type[Model], of: Collection[str]) -> Iterator[int]:
    for name in of:
        kind = model if name == "self" else model._meta.get_field(name).related_model
        rank = rank_of(cast("type[Model]", kind))
        if rank is None:
            _complain(f"{kind} has no place in the order of locks")
            continue
        yield rank


@cache
def _watching(kind: type[Any]) -> type[Any]:
    """Return a class of querysets that tells the door which rows came; only made where the order is asserted."""

    def _fetch_all(self: Any) -> None:
        fresh = self._result_cache is None
        super(made, self)._fetch_all()
        locks, rank = _current.get(), rank_of(self.model)
        if fresh and locks is not None and rank is not None:
            locks.took(rank, [_key(row) for row in self._result_cache if isinstance(row, self.model)])

    made: type[Any] = type(kind.__name__, (kind,), {"_fetch_all": _fetch_all})
    return made


def _key(row: Any) -> Any:
    return (row.pk == _SHOP_CHAIN, row.pk) if row._meta.label_lower == "akcept_journal.chain" else row.pk


def _asserted() -> bool:
    return bool(getattr(settings, "AKCEPT_ASSERT_LOCKS", False))


def _complain(text: str) -> None:
    if _asserted():
        raise OutOfOrder(text)
    log.warning("locks out of order: %s", text)
