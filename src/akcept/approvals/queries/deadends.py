"""Rules that leave orders with nobody: as things are, and as a change would leave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from akcept.approvals.current import terms_for
from akcept.approvals.deadends import DeadEnd, dead_ends, left_behind
from akcept.approvals.queries.in_force import policy_of
from akcept.approvals.queries.people import acceptors_of, places_of
from akcept.approvals.queries.readers import reader_of
from akcept.approvals.rules import Rule
from akcept.kernel.actor import Actor
from akcept.organizations.seats import Seat

CHECKED_RULES = 200


def dead_ends_of(rule: Rule, seat: Seat) -> list[DeadEnd]:
    """Return where a rule leads nowhere as things are now; three statements."""
    terms = terms_for(seat.organization_id)
    return dead_ends(
        rule,
        places_of(seat.organization_id, below=seat.unit_path),
        acceptors_of(seat.organization_id),
        self_acceptance=terms.self_acceptance,
        asks_once=terms.skip_already_accepted,
    )


def ends_left_behind(former: Rule, before: Sequence[Rule], after: Sequence[Rule], seat: Seat) -> list[DeadEnd]:
    """Return where orders lead nowhere that a rule took before a change of the rules; three statements."""
    terms = terms_for(seat.organization_id)
    return left_behind(
        former,
        before,
        after,
        places_of(seat.organization_id, below=seat.unit_path),
        acceptors_of(seat.organization_id),
        self_acceptance=terms.self_acceptance,
        asks_once=terms.skip_already_accepted,
    )


def ends_of_other_terms(seat: Seat, *, self_acceptance: bool, asks_once: bool) -> list[DeadEnd]:
    """Return where the rules in force would lead nowhere under other terms and do not under today's.

    Who may accept their own orders, and whether somebody is asked again, decides who is left for a step, and whose
    limit has to reach: that of the last one. As `policy_of`, three statements more.
    """
    terms = terms_for(seat.organization_id)
    places, people = places_of(seat.organization_id, below=seat.unit_path), acceptors_of(seat.organization_id)
    rules = policy_of(seat.organization_id).rules

    def ends(own: bool, once: bool) -> list[DeadEnd]:
        return [
            replace(end, rule=rule.name)
            for rule in rules
            for end in dead_ends(rule, places, people, self_acceptance=own, asks_once=once)
        ]

    # The number of a step is not what makes a dead end another one.
    standing = {replace(end, step=0) for end in ends(terms.self_acceptance, terms.skip_already_accepted)}
    return [end for end in ends(self_acceptance, asks_once) if replace(end, step=0) not in standing]


def rules_leading_nowhere(actor: Actor) -> list[tuple[Rule, list[DeadEnd]]]:
    """Return the rules in force that leave some orders with nobody, as things are now. Raises NotAllowed.

    The first 200 rules, for the actor's units; a constant number of statements.
    """
    seat = reader_of(actor)
    terms = terms_for(seat.organization_id)
    places = places_of(seat.organization_id, below=seat.unit_path)
    people = acceptors_of(seat.organization_id)
    own, once = terms.self_acceptance, terms.skip_already_accepted
    found = (
        (rule, dead_ends(rule, places, people, self_acceptance=own, asks_once=once))
        for rule in policy_of(seat.organization_id).rules[:CHECKED_RULES]
    )
    return [(rule, ends) for rule, ends in found if ends]
