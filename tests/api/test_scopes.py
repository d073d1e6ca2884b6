"""What a token may be used for: as it is stored, and as it is said to whoever gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils import translation

from akcept.api.scope_words import WORDS
from akcept.api.scopes import OF_MEMBERS, OF_MERCHANT, Scope, known
from tests.api.test_openapi import OPERATIONS

#: By scope: which of its words tells of which operations.
TOLD: Final[Mapping[str, Mapping[str, str]]] = {
    "orders:read": {"read the orders": "list_orders get_order list_inbox"},
    "orders:place": {
        "place orders": "place_order order_again",
        "change": "resubmit_order",
        "withdraw": "withdraw_order",
    },
    "orders:decide": {
        **{"accept": "accept_order accept_orders", "reject": "reject_order reject_orders", "reduce": "amend_order"},
        **{"send back": "send_order_back", "pass on": "forward_order", "update their prices": "update_prices"},
        "take an acceptance back": "revoke_acceptance",
    },
    "orders:comment": {"comment": "comment_order"},
    "catalogue:read": {"products": "list_products", "agreed": "list_agreements"},
    "organization:read": {
        **{"organisation's data": "get_organization get_me", "units": "list_units get_unit list_closed_units"},
        **{"people": "list_members get_member list_invitations", "roles": "list_roles get_role"},
        **{"substitutes": "list_substitutions", "addresses": "list_addresses"},
    },
    "organization:write": {
        **{"organisation's data": "change_organization", "roles": "add_role change_role remove_role"},
        "units": "add_unit change_unit move_unit close_unit reopen_unit",
        "people": "invite resend_invitation revoke_invitation change_member remove_member",
        "substitutes": "name_substitute end_substitution",
        **{"addresses": "add_address change_address remove_address", "who sees prices": "show_prices"},
    },
    "budgets:read": {"budgets": "list_budgets", "ledgers": "get_budget", "fiscal year": "get_calendar"},
    "budgets:write": {
        **{"budgets": "add_budget change_budget copy_budgets", "fiscal year": "set_calendar"},
        **{"corrections": "correct_budget", "transfers": "transfer_budget"},
    },
    "rules:read": {
        "acceptance rules": "list_rules list_rules_versions get_rules_version list_rechecks",
        **{"try": "try_rules", "terms of acceptance": "get_terms"},
    },
    "rules:write": {
        "acceptance rules": "add_rule change_rule move_rule remove_rule switch_rule",
        **{"terms of acceptance": "change_terms", "apply them to pending orders": "recheck_order"},
    },
    "journal:read": {"what was changed in the organisation": "list_changes", "what happened": "read_journal"},
    "work:read": {"orders": "list_work get_work", "changed in the shop": "read_work_journal"},
    "work:write": {
        **{"fetch": "claim_work", "answer": "acknowledge_work report_work_failed"},
        **{
            "exported": "mark_work_exported unmark_work_exported",
            "parcels": "ship_work",
            "statuses": "set_work_status",
        },
    },
    "held:read": {"waiting": "list_held"},
    "held:write": {"remind": "remind_held", "write": "write_held"},
    "stock:write": {"stock": "set_stock"},
    "prices:write": {"prices": "set_prices"},
    "customers:read": {
        **{"organisations": "list_customers get_customer", "members": "list_customer_members"},
        **{"credit": "get_customer_credit get_customer_unit_credit"},
        **{"agreements": "list_customer_agreements get_customer_agreement"},
        **{"price lists": "list_price_lists get_price_list list_prices", "happened": "read_customer_journal"},
    },
    "customers:write": {
        **{"add": "add_customer", "confirm": "confirm_customer", "block": "block_customer unblock_customer"},
        **{"invite": "invite_administrator", "credit limits": "set_customer_credit set_customer_unit_credit"},
        "agreements": "add_customer_agreement change_customer_agreement",
        "price lists": "add_price_list change_price_list set_list_prices",
        "which prices are shown": "choose_customer_prices",
    },
    "shop:read": {"terms of all orders": "get_shop_terms", "whom the shop": "get_shop_gate"},
    "shop:write": {"terms of all orders": "change_shop_terms", "whom the shop": "open_shop"},
}


def test_a_scope_that_is_no_more_is_forgotten() -> None:
    assert known(["orders:read", "stars:read", "work:read"]) == {Scope.ORDERS_READ, Scope.WORK_READ}
    assert known([]) == frozenset()


def test_every_scope_is_for_members_or_for_the_merchant() -> None:
    assert set(Scope) == OF_MEMBERS | OF_MERCHANT
    assert not OF_MEMBERS & OF_MERCHANT


def test_the_words_of_a_scope_name_all_that_it_opens() -> None:
    told: dict[str, str] = {}
    with translation.override("en"):
        for scope, parts in TOLD.items():
            for words, names in parts.items():
                assert words in str(WORDS[Scope(scope)]), f"{scope} says nothing of {words}"
                told |= dict.fromkeys(names.split(), scope)
    opened = {
        name: details["security"][0]["oauth2"][0]
        for name, (_method, _path, details) in OPERATIONS.items()
        if details.get("security")
    }
    assert told == opened, "an operation that no words of its scope tell of"
