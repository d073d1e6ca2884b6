"""Rules, their conditions and what came of them for an order, in plain words of the active language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, takewhile
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.approvals.conditions import (
    Among,
    Compare,
    Condition,
    Count,
    Counted,
    Delivery,
    Expression,
    Flag,
    Group,
    Is,
    OfMoney,
    Together,
    condition_from,
)
from akcept.approvals.deadends import DeadEnd, Lack
from akcept.approvals.facts import Scope
from akcept.approvals.routing import Check
from akcept.approvals.rules import Outcome, Rule, RuleStep, as_asked, repeated
from akcept.kernel.amounts import Limit
from akcept.organizations import wording
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.labels import BASIS_LABELS, role_name

#: What holds instead when a comparison does not.
_INVERSE: Final = {
    Compare.ABOVE: Compare.UP_TO,
    Compare.UP_TO: Compare.ABOVE,
    Compare.FROM: Compare.BELOW,
    Compare.BELOW: Compare.FROM,
}


def one_of(names: Sequence[str]) -> str:
    """Return "Ben Nowak or Cora Wiśniewska"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


# --- conditions ---


def condition(value: Condition) -> str:
    """Return a condition as a clause: "the value (net, without delivery) is above PLN 1,000.00"."""
    return _clause(value, seen=None)


def check(value: Condition, found: bool | None, seen: Mapping[str, Any]) -> str:
    """Return what an order had to show: "the value (…) of PLN 2,846.10 is above PLN 1,000.00", or its opposite."""
    if found is None:
        if isinstance(value, Expression):
            return _("the expression %(text)s cannot be worked out for it") % {"text": value.text}
        return _("it is in %(currency)s, and no rule knows that currency") % {"currency": seen["currency"]}
    return _clause(value if found else _opposite(value), seen=seen)


def of_check(value: Check) -> str:
    """Return one check of an explanation."""
    return check(value.condition, value.found, value.seen)


def because(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the rules a step was asked for by, each with what it saw, from what was kept with the step."""
    return [(row["rule"], _all(_stored_check(each) for each in row["checks"])) for row in detail.get("because", ())]


def _stored_check(stored: Mapping[str, Any]) -> str:
    return check(condition_from(stored["condition"]), stored["found"], stored["seen"])


def _all(clauses: Iterable[str]) -> str:
    found = list(clauses)
    if len(found) < 2:
        return "".join(found)
    return _("%(first)s and %(last)s") % {"first": ", ".join(found[:-1]), "last": found[-1]}


def _opposite(value: Condition) -> Condition:
    if isinstance(value, OfMoney | Count):
        return replace(value, compare=_INVERSE[value.compare])
    if isinstance(value, Among | Is):
        return replace(value, inside=not value.inside)
    return value


def _clause(value: Condition, *, seen: Mapping[str, Any] | None) -> str:
    if isinstance(value, OfMoney):
        shown = wording.money(Decimal(seen["amount"]), seen["currency"]) if seen else ""
        return _compared(_figure(value), value.compare, wording.money(value.amount, value.currency), shown=shown)
    if isinstance(value, Count):
        return _compared(_figure(value), value.compare, str(value.number), shown=str(seen["number"]) if seen else "")
    if isinstance(value, Among):
        names = seen["names"] if seen and value.inside and seen["names"] else [each.name for each in value.of]
        return _among(value) % {"names": one_of(names)}
    if isinstance(value, Is):
        return _is(value, seen)
    return _("the expression %(text)s is true") % {"text": value.text}


def _figure(value: OfMoney | Count) -> str:
    if isinstance(value, Count):
        return _("the number of different products") if value.kind is Counted.PRODUCTS else _("the number of pieces")
    if isinstance(value, Delivery):
        return _("the delivery charge (gross)") if value.gross else _("the delivery charge (net)")
    words: dict[str, Any] = {"basis": BASIS_LABELS[value.basis]}
    if not isinstance(value, Together):
        return _("the value (%(basis)s)") % words
    words["hours"] = value.hours
    if value.scope is Scope.REQUESTER:
        return (
            ngettext(
                "together with the requester's orders of the last hour the value (%(basis)s)",
                "together with the requester's orders of the last %(hours)d hours the value (%(basis)s)",
                value.hours,
            )
            % words
        )
    return (
        ngettext(
            "together with the unit's orders of the last hour the value (%(basis)s)",
            "together with the unit's orders of the last %(hours)d hours the value (%(basis)s)",
            value.hours,
        )
        % words
    )


def _compared(figure: str, compare: Compare, bound: str, *, shown: str) -> str:
    words = {"figure": f"{figure} ({shown})" if shown.isdecimal() else figure}
    if shown and not shown.isdecimal():
        words["figure"] = _("%(figure)s of %(shown)s") % {"figure": figure, "shown": shown}
    words["bound"] = bound
    if compare is Compare.ABOVE:
        return _("%(figure)s is above %(bound)s") % words
    if compare is Compare.FROM:
        return _("%(figure)s is %(bound)s or more") % words
    if compare is Compare.UP_TO:
        return _("%(figure)s is %(bound)s or less") % words
    return _("%(figure)s is below %(bound)s") % words


def _among(value: Among) -> str:
    inside, outside = {
        Group.CATEGORY: (_("something of %(names)s is ordered"), _("nothing of %(names)s is ordered")),
        Group.PRODUCT: (_("%(names)s is ordered"), _("%(names)s is not ordered")),
        Group.REQUESTER: (_("%(names)s places the order"), _("somebody other than %(names)s places the order")),
        Group.ROLE: (_("the requester holds the role %(names)s"), _("the requester does not hold the role %(names)s")),
        Group.UNIT: (
            _("the order is of %(names)s or a unit below"),
            _("the order is neither of %(names)s nor of a unit below"),
        ),
    }[value.kind]
    return inside if value.inside else outside


def _is(value: Is, seen: Mapping[str, Any] | None) -> str:
    if value.kind is Flag.OVER_BUDGET:
        if not value.inside:
            return _("it exceeds no budget")
        if seen and seen["names"]:
            return _("it exceeds the budget %(names)s") % {"names": ", ".join(seen["names"])}
        return _("it exceeds a budget")
    if not value.inside:
        return _("the unit has bought all of it before")
    if seen and seen["number"]:
        return ngettext(
            "%(n)d product in it is bought by the unit for the first time",
            "%(n)d products in it are bought by the unit for the first time",
            seen["number"],
        ) % {"n": seen["number"]}
    return _("something in it is bought by the unit for the first time")


# --- rules ---


def when(rule: Rule) -> str:
    """Return when a rule applies: "When … and …", or "Every order"."""
    if not rule.conditions:
        return _("Every order")
    return _("When %(conditions)s") % {"conditions": _all(condition(each) for each in rule.conditions)}


def then(rule: Rule, *, once: bool = False) -> str:
    """Return what a rule does: its steps as written or, where nobody is asked twice (`once`), as orders go."""
    if rule.outcome is Outcome.ALLOW:
        return _("goes to the shop without anybody being asked")
    if rule.outcome is Outcome.REFUSE:
        return _("may not be placed: “%(text)s”") % {"text": rule.refusal}
    return _("accepted by %(steps)s") % {"steps": in_turn([step(each) for each in as_asked(rule.steps, once=once)])}


def in_turn(steps: Sequence[str]) -> str:
    """Return "Ben, then Cora": who is asked several times in a row is said once, with how often."""
    return _one_after_another(counted(steps))


def _one_after_another(steps: Sequence[str]) -> str:
    if len(steps) < 2:
        return "".join(steps)
    return _("%(first)s, then %(rest)s") % {"first": steps[0], "rest": _one_after_another(steps[1:])}


def counted(steps: Iterable[str]) -> list[str]:
    """Return steps in words, those alike that follow each other as one: ["Cora", "Cora"] -> ["Cora (twice)"]."""
    return [
        who
        if (times := sum(1 for _same in group)) == 1
        else ngettext("%(who)s (%(n)d time)", "%(who)s (%(n)d times)", times) % {"who": who, "n": times}
        for who, group in groupby(steps)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """How often whoever is asked first is asked in a row, and in words whom the steps after that ask."""

    times: int = 1
    then: tuple[str, ...] = ()


def turns(steps: Sequence[str], *, answers: Sequence[str] = (), once: bool = False) -> Turns:
    """Return the turns of steps that are given in words.

    `answers` are the names of those who answer the first: where that is one person, they are who is asked, whatever the
    step says, and with `once` not again by a later step that asks them.
    """
    if len(answers) == 1 and steps:
        (who,) = answers
        steps = [who, *(step for step in steps[1:] if not once or step != who)]
    times = len(list(takewhile(lambda who: who == steps[0], steps)))
    return Turns(times=max(times, 1), then=tuple(counted(steps[times:])))


def left_out(rule: Rule) -> list[str]:
    """Return, one text each, which steps of a rule repeat an earlier one and are not asked where nobody is twice."""
    return [
        _("Step %(step)d asks the same people as step %(same)d: nobody is asked twice, so orders skip it.")
        % {"step": number, "same": same}
        for number, same in repeated(rule.steps).items()
    ]


def twin(name: str) -> str:
    """Return that another rule says the same already."""
    return _("The rule “%(rule)s” says the same for the same unit: one of the two is enough.") % {"rule": name}


def sentence(rule: Rule, *, once: bool = False) -> str:
    """Return a rule as one sentence."""
    return f"{when(rule)}: {then(rule, once=once)}."


def step(value: RuleStep) -> str:
    """Return whom a step asks."""
    if value.climb:
        return _("one unit after another upwards, until somebody's limit covers the value")
    return asked(value.asks, value.quorum)


def asked(asks: Sequence[Ask], quorum: int) -> str:
    """Return whom a step asks and how many of them: "somebody with the role Manager", "2 of: Amy, Bob, Carrie"."""
    if quorum == 1:
        return one_of([_any_of(each) for each in asks])
    names = [_those_of(each) for each in asks]
    if quorum == 0:
        return _("everybody of: %(names)s") % {"names": ", ".join(names)}
    return ngettext("%(n)d of: %(names)s", "%(n)d of: %(names)s", quorum) % {"n": quorum, "names": ", ".join(names)}


def _any_of(ask: Ask) -> str:
    if ask.kind is AskKind.MEMBER:
        return ask.label
    if ask.kind is AskKind.ROLE:
        return _("somebody with the role %(name)s") % {"name": role_name(ask.label)}
    if ask.kind is AskKind.UNIT:
        return _("anyone who may accept orders in %(name)s") % {"name": ask.label}
    return _("anyone who may accept the unit's orders")


def _those_of(ask: Ask) -> str:
    if ask.kind is AskKind.MEMBER:
        return ask.label
    if ask.kind is AskKind.ROLE:
        return _("holders of the role %(name)s") % {"name": role_name(ask.label)}
    if ask.kind is AskKind.UNIT:
        return _("those who may accept orders in %(name)s") % {"name": ask.label}
    return _("those who may accept the unit's orders")


def asked_for(rule_name: str, clause: str) -> str:
    """Return why a rule asked: "rule “Big orders”: the value … is above …"."""
    if not clause:
        return _("rule “%(rule)s”: every order") % {"rule": rule_name}
    return _("rule “%(rule)s”: %(clause)s") % {"rule": rule_name, "clause": clause}


# --- dead ends ---

_SHOWN_UNITS: Final = 5


def dead_end(end: DeadEnd) -> str:
    """Return a warning that names the rule and the step, the units, and whom or what is missing."""
    if not end.step:
        return _unruled_dead_end(end)
    if end.rule:
        return _("Rule “%(rule)s”. %(text)s") % {"rule": end.rule, "text": dead_end(replace(end, rule=""))}
    words = {"step": end.step, "units": _some(end.units), "name": end.person}
    if end.lack is Lack.PEOPLE:
        return _("Step %(step)d: in %(units)s there is nobody, or not enough people, to answer it.") % words
    if end.lack is Lack.OTHERS:
        return (
            _("Step %(step)d: orders that %(name)s places in %(units)s could not be accepted by anybody else.") % words
        )
    words["limit"] = wording.limit(Limit(amount=end.amount, currency=end.currency, basis=end.basis))
    if end.person:
        return (
            _(
                "Step %(step)d: orders above %(limit)s that %(name)s places in %(units)s could not be accepted by "
                "anybody else."
            )
            % words
        )
    return _("Step %(step)d: nobody it asks in %(units)s may accept orders above %(limit)s.") % words


def _unruled_dead_end(end: DeadEnd) -> str:
    words = {"units": _some(end.units)}
    if end.lack is Lack.PEOPLE:
        return _("If no rule matches: nobody in %(units)s may accept orders.") % words
    words["limit"] = wording.limit(Limit(amount=end.amount, currency=end.currency, basis=end.basis))
    return _("If no rule matches: nobody in %(units)s may accept orders above %(limit)s.") % words


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN_UNITS
    shown = ", ".join(names[:_SHOWN_UNITS])
    if more <= 0:
        return shown
    return ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", more) % {"names": shown, "n": more}
