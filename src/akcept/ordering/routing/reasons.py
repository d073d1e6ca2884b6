"""Why an order waits, in words. Never a rule's key on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from akcept.approvals import sentences
from akcept.approvals.routing import Reason
from akcept.budgets import wording as budgets
from akcept.kernel.amounts import limit_from
from akcept.organizations import wording


def to_requester(reason: str, detail: Mapping[str, Any], *, unit_name: str) -> str:
    """Return the reason as told to the person who places the order."""
    if reason == Reason.MAY_NOT_ACCEPT:
        return _("you may place orders for %(unit)s, but not accept them") % {"unit": unit_name}
    if reason == Reason.OVER_LIMIT:
        words = {"limit": _limits(detail), "currency": detail.get("currency", "")}
        if _is_of_other_currencies(detail):
            return _("it is in %(currency)s, which your limit of %(limit)s does not cover") % words
        return _("it is above your limit of %(limit)s") % words
    if reason == Reason.OVER_BUDGET:
        names = ", ".join(stored["budget"] for stored in detail.get("budgets", []))
        over = _("it exceeds a budget: %(names)s") % {"names": names}
        return "; ".join(filter(None, (over, _by_rules(detail))))
    if reason == Reason.RULE:
        return _by_rules(detail)
    if reason == Reason.UNCLEAR:
        return _("no rule of your organisation knows its currency")
    return _("your organisation wants it accepted first")


def to_others(reason: str, detail: Mapping[str, Any], *, requester: str, unit_name: str) -> str:
    """Return the reason as told to approvers, administrators and the shop."""
    if reason == Reason.MAY_NOT_ACCEPT:
        return _("%(requester)s may place orders for %(unit)s, but not accept them.") % {
            "requester": requester,
            "unit": unit_name,
        }
    if reason == Reason.OVER_LIMIT:
        words = {"requester": requester, "limit": _limits(detail), "currency": detail.get("currency", "")}
        if _is_of_other_currencies(detail):
            return _("It is in %(currency)s, which %(requester)s's limit of %(limit)s does not cover.") % words
        return _("It is above %(requester)s's limit of %(limit)s.") % words
    if reason == Reason.OVER_BUDGET:
        said = [budgets.excess(budgets.excess_from(stored)) for stored in detail.get("budgets", [])]
        if ruled := _by_rules(detail):
            said.append(f"{capfirst(ruled)}.")
        return " ".join(said)
    if reason == Reason.RULE:
        return f"{capfirst(_by_rules(detail))}."
    if reason == Reason.UNCLEAR:
        return _("No rule of the organisation knows its currency.")
    return _("The organisation wants this order accepted first.")


def _by_rules(detail: Mapping[str, Any]) -> str:
    """Return which rules ask and what they saw: "rule “Big orders”: the value (…) of … is above …"."""
    said = (sentences.asked_for(rule, clause) for rule, clause in sentences.because(detail))
    return "; ".join(dict.fromkeys(said))  # rules of one name that saw the same are said once


def _is_of_other_currencies(detail: Mapping[str, Any]) -> bool:
    """Whether none of the limits is in the order's currency; orders from before it was kept are taken as they were."""
    currencies = {stored["currency"] for stored in detail.get("limits", []) if stored}
    return bool(currencies) and detail.get("currency", "") not in {"", *currencies}


def _limits(detail: Mapping[str, Any]) -> str:
    found = [limit_from(stored) for stored in detail.get("limits", [])]
    return wording.limits(limit for limit in found if limit is not None)
