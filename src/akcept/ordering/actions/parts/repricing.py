"""Prices are frozen for the merchant's term; after it the decision is about today's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals import cases
from akcept.approvals.cases import Deciding
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Changed
from akcept.ordering import topics
from akcept.ordering.actions.parts.locked import LockedOrder, ask_next, lock_budgets
from akcept.ordering.actions.parts.sums import record_new_prices
from akcept.ordering.changes.revisions import Difference
from akcept.ordering.models import ShopTerms
from akcept.ordering.ports import order_book, order_reader
from akcept.ordering.routing.new_value import NewPlan, Repriced, repriced
from akcept.ordering.shop_terms import prices_end
from akcept.organizations.wording import money


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtUpToDate:
    """An order at today's prices: what to write down, and why nothing is accepted on them (None: go on)."""

    events: list[Event]
    difference: Difference
    anew: bool
    refusal: Changed | None


def bring_prices_up_to_date(
    held: LockedOrder, act: Deciding, terms: ShopTerms, *, actor: Actor, at: datetime
) -> BroughtUpToDate | None:
    """Bring a locked order up to date when its prices' term has passed; None when it has not, or nothing differs.

    A rise refuses the decision, so that it is seen first. Beyond the tolerance, or where the rules the order was placed
    under ask somebody else at its new value, all steps start anew as those rules plan them now. A fall does not: the
    decision then is about the lower price. Raises Stale as deciding does, OverBudget, RefusedByRule.
    """
    ends = prices_end(terms, held.placement)
    if ends is None or at < ends:
        return None
    cases.require_version(held.case, act.version, seat=held.seat)
    locked = lock_budgets(held)
    before = order_reader().document(held.order.id)
    quote = order_book().reprice(held.order)
    held.placement.repriced_at = at
    held.placement.save(update_fields=["repriced_at"])
    if quote is None:
        return None
    difference, budgets = record_new_prices(held.case, before, quote, budgets=locked, actor=actor, at=at)
    found = repriced(held.case, held.placement, act.current, before=before, after=quote, budgets=budgets, terms=terms)
    again = found.again
    cases.amend(act, start_anew=again is not None, plan=again.plan if again else None)
    events = [Event(topics.REPRICED, held.subject, _payload(held, difference, found))]
    if again is not None:
        again.keep(held.case, at=at)
        events.append(ask_next(held, at=at))
    stays = again is None and not difference.is_dearer
    return BroughtUpToDate(
        events=events,
        difference=difference,
        anew=again is not None,
        refusal=None if stays else Changed(_in_words(held, difference, again)),
    )


def _payload(held: LockedOrder, difference: Difference, found: Repriced) -> dict[str, object]:
    return held.told | {
        "revision": held.case.revision,
        "anew": found.again is not None,
        "others_too": found.others_too,
        **difference.as_json(),
    }


SHOWN_LINES = 5


def _in_words(held: LockedOrder, difference: Difference, again: NewPlan | None) -> str:
    currency = held.placement.currency
    parts = [
        _("“%(title)s” %(before)s → %(after)s")
        % {
            "title": line.title,
            "before": money(line.net_before, currency),
            "after": money(line.net_after, currency),
        }
        for line in difference.lines[:SHOWN_LINES]
    ]
    if difference.delivery is not None:
        before, after = difference.delivery.before, difference.delivery.after
        words = {"before": money(before.net, currency), "after": money(after.net, currency)}
        parts.append(_("delivery %(before)s → %(after)s") % words)
    if more := len(difference.lines) - SHOWN_LINES:
        parts += [_("and %(n)d more") % {"n": more}] if more > 0 else []
    if difference.only_tax:
        words = {"before": money(difference.gross_before, currency), "after": money(difference.gross_after, currency)}
        parts = [_("VAT changed, gross %(before)s → %(after)s") % words]
    text = _(
        "The time for which the shop keeps its prices has passed, and they are up to date now: %(lines)s; in total, "
        "net with delivery, %(before)s → %(after)s. Nothing was accepted."
    ) % {
        "lines": ", ".join(parts),
        "before": money(difference.net_before, currency),
        "after": money(difference.net_after, currency),
    }
    then = [_("Decide again on the new prices.")]
    if again is not None:
        then = [_("Everybody is asked again."), again.in_words()]
    return " ".join(part for part in (text, *then) if part)
