"""Conditions written in CEL, Google's Common Expression Language (ADR 0007).

Names and types are checked when a rule is saved. What could take long is not in the language: no joining of texts or
lists, no `map`, `filter` or `dyn`, a bounded length, and the runtime's own limits of iteration and nesting.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from cel_expr_python import cel

from akcept.approvals.facts import Facts

LENGTH_LIMIT: Final = 500
#: More of a list is not looked at: it bounds what an expression costs.
LIST_LIMIT: Final = 300

#: What an expression may name, with its type. Money is in the order's currency.
FACTS: Final = {
    "goods_net": "double",
    "goods_gross": "double",
    "total_net": "double",
    "total_gross": "double",
    "delivery_net": "double",
    "delivery_gross": "double",
    "currency": "string",
    "products": "int",
    "quantity": "int",
    "skus": "list<string>",
    "categories": "list<string>",
    "first_bought": "int",
    "requester": "string",
    "roles": "list<string>",
    "unit": "string",
    "units": "list<string>",
    "over_budget": "bool",
}

_LANGUAGE: Final = "\n".join(
    [
        "stdlib:",
        "  exclude_functions:",
        '    - name: "dyn"',
        '    - name: "_+_"',
        "      overloads:",
        *(f"        - id: {overload}" for overload in ("add_list", "add_string", "add_bytes")),
        "variables:",
        *(f"  - name: {name}\n    type: {kind}" for name, kind in FACTS.items()),
    ]
)


class BadExpression(ValueError):
    """An expression that cannot be taken; `kind` says how it fails, `detail` is the compiler's own line."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


def check(text: str) -> None:
    """Raise BadExpression unless the text is an expression over the facts that is true or false."""
    if len(text) > LENGTH_LIMIT:
        raise BadExpression("long", str(LENGTH_LIMIT))
    try:
        compiled = _compiled(text)
    except RuntimeError as error:
        raise BadExpression(_kind_of(str(error)), _first_line(str(error))) from None
    if compiled.return_type() != cel.Type.BOOL:
        raise BadExpression("not_bool", compiled.return_type().name().lower())


def holds(text: str, facts: Facts) -> bool | None:
    """Return whether the expression is true of an order; None when it fails on it, such as by dividing by zero."""
    try:
        found = _compiled(text).eval(data=_data(facts)).value()
    except RuntimeError:
        return None
    return found if isinstance(found, bool) else None


@lru_cache(maxsize=1)
def _environment() -> Any:
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(_LANGUAGE))


@lru_cache(maxsize=2048)
def _compiled(text: str) -> Any:
    return _environment().compile(text)


def _data(facts: Facts) -> dict[str, Any]:
    sums = facts.amounts
    return {
        # The nearest double of both sides of a comparison with a written number: to the cent that is exact.
        "goods_net": float(sums.goods_net),
        "goods_gross": float(sums.goods_gross),
        "total_net": float(sums.total_net),
        "total_gross": float(sums.total_gross),
        "delivery_net": float(facts.delivery_net),
        "delivery_gross": float(facts.delivery_gross),
        "currency": sums.currency,
        "products": facts.products,
        "quantity": facts.quantity,
        "skus": list(facts.skus[:LIST_LIMIT]),
        "categories": list(facts.category_names[:LIST_LIMIT]),
        "first_bought": len(facts.first_bought),
        "requester": facts.requester_email,
        "roles": list(facts.role_names[:LIST_LIMIT]),
        "unit": facts.unit_names[-1] if facts.unit_names else "",
        "units": list(facts.unit_names),
        "over_budget": bool(facts.over_budgets),
    }


def _kind_of(error: str) -> str:
    if "undeclared reference" in error:
        return "unknown_name"
    if "(double, int)" in error or "(int, double)" in error:
        return "whole_number"
    return "types" if "no matching overload" in error else "syntax"


def _first_line(error: str) -> str:
    line = error.split("\n", 1)[0]
    return line.split("<input>:", 1)[-1][:300]
