"""What rules look at (pure): an order as it is placed, who places it, and who could be asked about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from akcept.kernel.amounts import Amounts, Limit, covered, limit_from
from akcept.organizations.paths import ids_in

_SUMS = ("goods_net", "goods_gross", "total_net", "total_gross")


class Scope(StrEnum):
    """Whose earlier orders are counted together with the one that is placed."""

    REQUESTER = "requester"
    UNIT = "unit"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Earlier orders of the requester or of the order's unit, so many hours back from placing."""

    scope: Scope
    hours: int

    def as_key(self) -> str:
        """Return the window as it is stored."""
        return f"{self.scope.value}:{self.hours}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptor:
    """Somebody active who may accept orders of their unit and below; without `limits` of any value."""

    member_id: int
    name: str
    unit_id: int
    unit_name: str
    unit_path: str
    role_ids: frozenset[int] = frozenset()
    limits: tuple[Limit, ...] = ()
    places_orders: bool = False

    def reaches(self, unit_path: str) -> bool:
        """Whether the unit is their own or one below it."""
        return unit_path.startswith(self.unit_path)

    def covers(self, amounts: Amounts) -> bool:
        """Whether they may accept that much."""
        return covered(self.limits, amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One order. `requester_limits` bind a requester who may accept, none of them means no limit.

    The sums in `amounts` and `recent` are in the order's currency; what is not given is nothing.
    """

    requester_may_accept: bool
    requester_limits: tuple[Limit, ...]
    amounts: Amounts
    requester_id: int = 0
    role_ids: frozenset[int] = frozenset()
    unit_path: str = ""
    #: Different products, and pieces of all of them.
    products: int = 0
    quantity: int = 0
    product_ids: frozenset[int] = frozenset()
    #: With every category above those the products are in.
    category_ids: frozenset[int] = frozenset()
    #: Products the order's unit has not bought before.
    first_bought: frozenset[int] = frozenset()
    #: Names of the budgets this order would exceed.
    over_budgets: tuple[str, ...] = ()
    #: Sums of earlier orders that were not refused or withdrawn, without this one.
    recent: Mapping[Window, Amounts] = field(default_factory=dict)
    #: For expressions only.
    skus: tuple[str, ...] = ()
    category_names: tuple[str, ...] = ()
    role_names: tuple[str, ...] = ()
    requester_email: str = ""
    #: From head office down to the order's unit.
    unit_names: tuple[str, ...] = ()
    #: Whether the organisation lets people accept what they placed themselves.
    self_acceptance: bool = False
    #: Whether the organisation asks nobody twice, so that a rule's repeated step is asked once.
    asks_once: bool = True
    #: Who may accept orders of the unit at all, the requester perhaps among them.
    acceptors: tuple[Acceptor, ...] = ()

    @property
    def unit_ids(self) -> tuple[int, ...]:
        """The units from the head office down to the order's own."""
        return ids_in(self.unit_path)

    @property
    def delivery_net(self) -> Decimal:
        """What delivery costs without VAT."""
        return self.amounts.total_net - self.amounts.goods_net

    @property
    def delivery_gross(self) -> Decimal:
        """What delivery costs with VAT."""
        return self.amounts.total_gross - self.amounts.goods_gross

    def with_recent(self, window: Window) -> Amounts:
        """Return the sums of this order and the earlier ones of a window."""
        earlier = self.recent.get(window)
        if earlier is None:
            return self.amounts
        sums = {name: getattr(self.amounts, name) + getattr(earlier, name) for name in _SUMS}
        return replace(self.amounts, **sums)

    def as_json(self) -> dict[str, Any]:
        """Return the facts as they are kept with an order, without the people who could be asked."""
        return {
            "requester_may_accept": self.requester_may_accept,
            "requester_limits": [limit.as_json() for limit in self.requester_limits],
            "amounts": _amounts_json(self.amounts),
            "requester_id": self.requester_id,
            "role_ids": sorted(self.role_ids),
            "unit_path": self.unit_path,
            "products": self.products,
            "quantity": self.quantity,
            "product_ids": sorted(self.product_ids),
            "category_ids": sorted(self.category_ids),
            "first_bought": sorted(self.first_bought),
            "over_budgets": list(self.over_budgets),
            "recent": {window.as_key(): _amounts_json(sums) for window, sums in sorted(self.recent.items())},
            **{name: list(getattr(self, name)) for name in ("skus", "category_names", "role_names", "unit_names")},
            "requester_email": self.requester_email,
            "asks_once": self.asks_once,
        }


def facts_from(stored: Mapping[str, Any]) -> Facts:
    """Return facts that were kept with an order."""
    return Facts(
        requester_may_accept=stored["requester_may_accept"],
        requester_limits=tuple(limit for row in stored["requester_limits"] if (limit := limit_from(row)) is not None),
        amounts=_amounts_from(stored["amounts"]),
        requester_id=stored["requester_id"],
        role_ids=frozenset(stored["role_ids"]),
        unit_path=stored["unit_path"],
        products=stored["products"],
        quantity=stored["quantity"],
        product_ids=frozenset(stored["product_ids"]),
        category_ids=frozenset(stored["category_ids"]),
        first_bought=frozenset(stored["first_bought"]),
        over_budgets=tuple(stored["over_budgets"]),
        recent={_window_from(key): _amounts_from(sums) for key, sums in stored["recent"].items()},
        skus=tuple(stored["skus"]),
        category_names=tuple(stored["category_names"]),
        role_names=tuple(stored["role_names"]),
        unit_names=tuple(stored["unit_names"]),
        requester_email=stored["requester_email"],
        # Before it was kept, what a rule asked for again was always asked once.
        asks_once=stored.get("asks_once", True),
    )


def _amounts_json(amounts: Amounts) -> dict[str, str]:
    return {"currency": amounts.currency} | {name: str(getattr(amounts, name)) for name in _SUMS}


def _amounts_from(stored: Mapping[str, str]) -> Amounts:
    return Amounts(currency=stored["currency"], **{name: Decimal(stored[name]) for name in _SUMS})


def _window_from(key: str) -> Window:
    scope, _, hours = key.partition(":")
    return Window(Scope(scope), int(hours))
