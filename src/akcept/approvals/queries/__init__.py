"""Every read of an organisation's rules and terms, and of who could be asked."""

from akcept.approvals.queries.deadends import (
    dead_ends_of,
    ends_left_behind,
    ends_of_other_terms,
    rules_leading_nowhere,
)
from akcept.approvals.queries.editing import Choices, choices, rule_to_edit
from akcept.approvals.queries.in_force import InForce, policy_at, policy_of
from akcept.approvals.queries.people import acceptor_of, acceptors_of, emails_of, members_by_email, places_of
from akcept.approvals.queries.readers import policy_maker
from akcept.approvals.queries.rule_book import RuleBook, UnitRules, rule_book
from akcept.approvals.queries.terms import asks_once, terms
from akcept.approvals.queries.uses import needing_role, rules_within
from akcept.approvals.queries.versions import unit_names, version, versions

__all__ = [
    "Choices",
    "InForce",
    "RuleBook",
    "UnitRules",
    "acceptor_of",
    "acceptors_of",
    "asks_once",
    "choices",
    "dead_ends_of",
    "emails_of",
    "ends_left_behind",
    "ends_of_other_terms",
    "members_by_email",
    "needing_role",
    "places_of",
    "policy_at",
    "policy_maker",
    "policy_of",
    "rule_book",
    "rule_to_edit",
    "rules_leading_nowhere",
    "rules_within",
    "terms",
    "unit_names",
    "version",
    "versions",
]
