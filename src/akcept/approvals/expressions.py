"""Conditions written in CEL, Google's Common Expression Language (ADR 0007), checked and run (pure).

Names, types and cost are checked when a rule is saved, and again before it runs: what an expression can cost at most is
read from its syntax tree (`expression_cost`), so that one saved under older limits does no harm. There are no patterns
(`matches`), no joining of texts or lists, no `map`, `filter`, `dyn`, dates, maps or lists of lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from cel_expr_python import cel

from akcept.approvals.expression_cost import NotOffered, cost_of
from akcept.approvals.facts import Facts

LENGTH_LIMIT: Final = 500
#: What an expression may cost: a look at 300 products against 100 roles is below it.
STEP_LIMIT: Final = 50_000
#: So many expressions are worked out for one order; the rest of an organisation's cannot be told.
EXPRESSION_LIMIT: Final = 100
#: More of a list is not looked at: it bounds what an expression costs.
LIST_LIMITS: Final[Mapping[str, int]] = {"skus": 300, "categories": 300, "roles": 100, "units": 100}

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
        '    - name: "matches"',
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
    """Raise BadExpression unless the text is an expression over the facts that is true or false, and cheap enough."""
    made = _made(text)
    if isinstance(made, BadExpression):
        raise made


def fault(text: str) -> BadExpression | None:
    """Return why a saved expression is not worked out any more; None where it is."""
    made = _made(text)
    return made if isinstance(made, BadExpression) else None


def steps(text: str) -> int:
    """Return how many steps an expression takes at most; 0 for one that is not worked out."""
    made = _made(text)
    return 0 if isinstance(made, BadExpression) else made.steps


def holds(text: str, facts: Facts) -> bool | None:
    """Return whether the expression is true of an order.

    None when it fails on it, such as by dividing by zero, and when `check` would not take it.
    """
    made = _made(text)
    if isinstance(made, BadExpression):
        return None
    try:
        found = made.program.eval(data={name: FACT_OF[name](facts) for name in made.names}).value()
    except RuntimeError:
        return None
    return found if isinstance(found, bool) else None


@dataclass(frozen=True, slots=True)
class _Made:
    """A compiled expression, what it costs at most, and the facts it names."""

    program: Any
    steps: int
    names: frozenset[str]


@lru_cache(maxsize=2048)
def _made(text: str) -> _Made | BadExpression:
    if len(text) > LENGTH_LIMIT:
        return BadExpression("long", str(LENGTH_LIMIT))
    try:
        program = _environment().compile(text)
        cost = cost_of(program.serialize(), LIST_LIMITS)
    except RuntimeError as error:
        return BadExpression(_kind_of(str(error)), _first_line(str(error)))
    except NotOffered as error:
        return BadExpression("not_offered", error.name)
    if program.return_type() != cel.Type.BOOL:
        return BadExpression("not_bool", program.return_type().name().lower())
    if cost.steps > STEP_LIMIT:
        return BadExpression("costly", str(cost.steps))
    return _Made(program, cost.steps, cost.names & FACTS.keys())


@lru_cache(maxsize=1)
def _environment() -> Any:
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(_LANGUAGE))


def _few(name: str, values: tuple[str, ...]) -> list[str]:
    return list(values[: LIST_LIMITS[name]])


#: Only what an expression names is handed over.
FACT_OF: Final[Mapping[str, Callable[[Facts], Any]]] = {
    # The nearest double of both sides of a comparison with a written number: to the cent that is exact.
    "goods_net": lambda facts: float(facts.amounts.goods_net),
    "goods_gross": lambda facts: float(facts.amounts.goods_gross),
    "total_net": lambda facts: float(facts.amounts.total_net),
    "total_gross": lambda facts: float(facts.amounts.total_gross),
    "delivery_net": lambda facts: float(facts.delivery_net),
    "delivery_gross": lambda facts: float(facts.delivery_gross),
    "currency": lambda facts: facts.amounts.currency,
    "products": lambda facts: facts.products,
    "quantity": lambda facts: facts.quantity,
    "skus": lambda facts: _few("skus", facts.skus),
    "categories": lambda facts: _few("categories", facts.category_names),
    "first_bought": lambda facts: len(facts.first_bought),
    "requester": lambda facts: facts.requester_email,
    "roles": lambda facts: _few("roles", facts.role_names),
    "unit": lambda facts: facts.unit_names[-1] if facts.unit_names else "",
    "units": lambda facts: _few("units", facts.unit_names),
    "over_budget": lambda facts: bool(facts.over_budgets),
}


def _kind_of(error: str) -> str:
    if "undeclared reference to 'matches'" in error:
        return "not_offered"
    if "undeclared reference" in error:
        return "unknown_name"
    if "(double, int)" in error or "(int, double)" in error:
        return "whole_number"
    return "types" if "no matching overload" in error else "syntax"


def _first_line(error: str) -> str:
    line = error.partition("\n")[0]
    return line.split("<input>:", 1)[-1][:300]
