"""Prices are frozen for the merchant's term; after it the decision is about today's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals import cases
from akcept.approvals.cases import Deciding
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Changed
from akcept.ordering import effects, revisions, topics
from akcept.ordering.actions.placing import summary_of
from akcept.ordering.actions.replanning import Replanned, plan_again
from akcept.ordering.actions.rows import Held, ask_next
from akcept.ordering.models import Revision, ShopTerms
from akcept.ordering.ports import Quote, order_book, order_reader
from akcept.ordering.revisions import Difference
from akcept.ordering.shop_terms import beyond_tolerance, prices_end
from akcept.organizations import queries as organizations
from akcept.organizations.grants import Amounts, covered
from akcept.organizations.wording import money


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """An order at today's prices: what to write down, and why nothing is accepted on them (None: go on)."""

    facts: list[Fact]
    refusal: Changed | None


def bring_prices_up_to_date(
    held: Held, act: Deciding, terms: ShopTerms, *, actor: Actor, at: datetime
) -> Repriced | None:
    """Bring a locked order up to date when its prices' term has passed; None when it has not, or nothing differs.

    A rise refuses the decision, so that it is seen first. Beyond the tolerance, or where the rules the order was placed
    under ask somebody else at its new value, all steps start anew as those rules plan them now. A fall does not: the
    decision then is about the lower price. Raises Stale as deciding does, OverBudget, RefusedByRule.
    """
    ends = prices_end(terms, held.placement)
    if ends is None or at < ends:
        return None
    cases.require_version(held.case, act.version, seat=held.seat)
    before = order_reader().document(held.order.id)
    quote = order_book().reprice(held.order)
    held.placement.repriced_at = at
    held.placement.save(update_fields=["repriced_at"])
    if quote is None:
        return None
    difference = revisions.record(
        held.placement,
        before=before,
        after=quote,
        kind=Revision.Kind.REPRICED,
        by_name="",
        reason="",
        case_version=held.case.version + 1,
        at=at,
    )
    bring_up_to_date(held, quote)
    budgets = effects.revised(held.placement, revision=difference.number, actor=actor, now=at)
    again = plan_again(held, quote, budgets) if quote.amounts.exceeds(before.amounts) else None
    others_too = again is not None and (bool(again.more) or _outgrown(act, quote.amounts))
    anew = others_too or beyond_tolerance(terms, difference.net_before, difference.net_after)
    start = again if anew else None
    cases.amend(act, start_anew=anew, plan=start.plan if start else None)
    facts = [Fact(topics.REPRICED, held.subject, _payload(held, difference, anew=anew, others_too=others_too))]
    if difference.net_after <= difference.net_before and not anew:
        return Repriced(facts=facts, refusal=None)
    if start is not None:
        start.keep(held, at=at)
        facts.append(ask_next(held, at=at))
    return Repriced(facts=facts, refusal=Changed(_in_words(held, difference, start)))


def _outgrown(act: Deciding, amounts: Amounts) -> bool:
    """Whether somebody accepted the open step whose limit does not reach so far; one statement where it matters."""
    given = [decision.for_member_id or decision.member_id for decision in act.standing.accepted]
    if not given or not act.standing.step.needs_cover:
        return False
    return not all(covered(limits, amounts) for limits in organizations.limits_of(given))


def bring_up_to_date(held: Held, quote: Quote) -> None:
    """Let the placement repeat the order's sums again; one statement."""
    placement = held.placement
    placement.goods_net, placement.goods_gross = quote.goods_net, quote.amounts.goods_gross
    placement.total_net, placement.total_gross = quote.total_net, quote.total_gross
    placement.line_count, placement.summary = len(quote.lines), summary_of(quote)
    placement.save(update_fields=["goods_net", "goods_gross", "total_net", "total_gross", "line_count", "summary"])


def _payload(held: Held, difference: Difference, *, anew: bool, others_too: bool) -> dict[str, object]:
    return {
        "order_id": held.order.id,
        "revision": held.case.revision,
        "anew": anew,
        "others_too": others_too,
        **difference.as_json(),
        "prices": [
            {"title": line.title, "from": line.net_before, "to": line.net_after}
            for line in difference.lines
            if line.net_before != line.net_after
        ],
    }


SHOWN_LINES = 5


def _in_words(held: Held, difference: Difference, start: Replanned | None) -> str:
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
    text = _(
        "The time for which the shop keeps its prices has passed, and they are up to date now: %(lines)s; in total, "
        "net with delivery, %(before)s → %(after)s. Nothing was accepted."
    ) % {
        "lines": ", ".join(parts),
        "before": money(difference.net_before, currency),
        "after": money(difference.net_after, currency),
    }
    then = [_("Decide again on the new prices.")]
    if start is not None:
        then = [_("Everybody is asked about it anew."), start.in_words()]
    return " ".join(part for part in (text, *then) if part)
