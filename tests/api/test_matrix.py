"""Every operation of the schema, tried by everybody: a new one without its row fails here.

Anna placed an order for Kraków, where Ben accepts, as Cora does for all of Acme; Dora administers, Jan is of another
branch, Otto of another organisation; Hal may do everything in Tarnów, Rex at Umbra. What the merchant's systems may is
theirs alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from akcept.api.scopes import OF_MEMBERS, OF_MERCHANT
from akcept.approvals.models import Terms
from akcept.organizations.permissions import Permission
from akcept.testing.cast import Cast, person
from tests.api.test_openapi import OPERATIONS
from tests.api.test_orders import placed
from tests.api.tried import call, taken_back
from tests.support.api import System, system_of

PEOPLE = ("anna", "ben", "cora", "dora", "jan", "hal", "otto", "rex")
#: May do everything in Tarnów, and at Umbra; orders of other units they do not see.
RIGHTS = " ".join(each.value for each in Permission if each is not Permission.SEE_ALL_ORDERS)
TAGS = sorted({details["tags"][0] for _method, _path, details in OPERATIONS.values()} - {"access"})

#: How each of `PEOPLE` is answered. Of several at once, each has its own answer inside.
# fmt: off
EXPECTED = {
    #                           anna ben cora dora jan hal otto rex
    "copy_budgets":            "403 403 403 201 403 201 403 201",
    "list_budgets":            "403 403 403 200 403 200 403 200",
    "add_budget":              "403 403 403 201 403 404 403 404",
    "get_budget":              "403 403 403 200 403 404 403 404",
    "change_budget":           "403 403 403 200 403 404 403 404",
    "correct_budget":          "403 403 403 201 403 404 403 404",
    "transfer_budget":         "403 403 403 201 403 404 403 404",
    "get_calendar":            "403 403 403 200 403 403 403 200",
    "set_calendar":            "403 403 403 200 403 403 403 200",
    "list_agreements":         "200 200 200 200 200 200 200 200",
    "list_customer_agreements":"403 403 403 403 403 403 403 403",
    "get_customer_agreement": "403 403 403 403 403 403 403 403",
    "add_customer_agreement": "403 403 403 403 403 403 403 403",
    "change_customer_agreement":"403 403 403 403 403 403 403 403",
    "list_price_lists":       "403 403 403 403 403 403 403 403",
    "get_price_list":         "403 403 403 403 403 403 403 403",
    "list_prices":            "403 403 403 403 403 403 403 403",
    "add_price_list":         "403 403 403 403 403 403 403 403",
    "change_price_list":      "403 403 403 403 403 403 403 403",
    "set_list_prices":        "403 403 403 403 403 403 403 403",
    "list_products":           "200 200 200 200 200 200 200 200",
    "list_customers":          "403 403 403 403 403 403 403 403",
    "add_customer":            "403 403 403 403 403 403 403 403",
    "get_customer":            "403 403 403 403 403 403 403 403",
    "invite_administrator":    "403 403 403 403 403 403 403 403",
    "block_customer":          "403 403 403 403 403 403 403 403",
    "get_customer_credit":     "403 403 403 403 403 403 403 403",
    "set_customer_credit":     "403 403 403 403 403 403 403 403",
    "get_customer_unit_credit": "403 403 403 403 403 403 403 403",
    "set_customer_unit_credit": "403 403 403 403 403 403 403 403",
    "choose_customer_prices":  "403 403 403 403 403 403 403 403",
    "get_shop_terms":          "403 403 403 403 403 403 403 403",
    "change_shop_terms":       "403 403 403 403 403 403 403 403",
    "get_shop_gate":           "403 403 403 403 403 403 403 403",
    "open_shop":               "403 403 403 403 403 403 403 403",
    "confirm_customer":        "403 403 403 403 403 403 403 403",
    "list_customer_members":   "403 403 403 403 403 403 403 403",
    "unblock_customer":        "403 403 403 403 403 403 403 403",
    "read_customer_journal":   "403 403 403 403 403 403 403 403",
    "read_work_journal":       "403 403 403 403 403 403 403 403",
    "read_journal":            "200 200 200 200 200 200 200 200",
    "list_inbox":              "200 200 200 200 200 200 200 200",
    "accept_orders":           "200 200 200 200 200 200 200 200",
    "reject_orders":           "200 200 200 200 200 200 200 200",
    "list_orders":             "200 200 200 200 200 200 200 200",
    "list_orders?for_work=1":  "403 403 403 403 403 403 403 403",
    "list_orders?for_work=1&held=1":"403 403 403 403 403 403 403 403",
    "order_again":             "201 201 403 404 404 404 404 404",
    "place_order":             "201 201 403 403 422 422 422 422",
    "get_order":               "200 200 200 404 404 404 404 404",
    "accept_order":            "403 200 200 404 404 404 404 404",
    "amend_order":             "403 422 422 404 404 404 404 404",
    "comment_order":           "201 201 201 404 404 404 404 404",
    "forward_order":           "403 200 422 404 404 404 404 404",
    "reject_order":            "403 200 200 404 404 404 404 404",
    "resubmit_order":          "200 403 403 404 404 404 404 404",
    "revoke_acceptance":       "403 409 409 404 404 404 404 404",
    "send_order_back":         "403 200 200 404 404 404 404 404",
    "update_prices":           "403 409 409 404 404 404 404 404",
    "withdraw_order":          "200 403 403 404 404 404 404 404",
    "list_addresses":          "200 200 200 200 200 200 200 200",
    "list_changes":            "403 403 403 200 403 403 200 200",
    "list_closed_units":       "403 403 403 200 403 200 200 200",
    "reopen_unit":             "403 403 403 200 403 404 404 404",
    "list_invitations":        "403 403 403 200 403 200 200 200",
    "invite":                  "403 403 403 201 403 422 422 422",
    "resend_invitation":       "403 403 403 200 403 404 404 404",
    "revoke_invitation":       "403 403 403 200 403 404 404 404",
    "get_me":                  "200 200 200 200 200 200 200 200",
    "list_members":            "403 403 403 200 403 200 200 200",
    "get_member":              "403 403 403 200 403 404 404 404",
    "change_member":           "403 403 403 200 403 404 404 404",
    "remove_member":           "403 403 403 200 403 404 404 404",
    "get_organization":        "403 403 403 200 403 403 200 200",
    "change_organization":     "403 403 403 200 403 403 200 200",
    "show_prices":             "403 403 403 200 403 403 200 200",
    "list_roles":              "403 403 403 200 403 200 200 200",
    "add_role":                "403 403 403 201 403 403 201 201",
    "get_role":                "403 403 403 200 403 403 404 404",
    "change_role":             "403 403 403 200 403 403 404 404",
    "remove_role":             "403 403 403 200 403 403 404 404",
    "list_substitutions":      "200 200 200 200 200 200 200 200",
    "name_substitute":         "422 201 422 201 422 422 422 422",
    "end_substitution":        "404 200 404 200 404 404 404 404",
    "list_units":              "200 200 200 200 200 200 200 200",
    "add_unit":                "403 403 403 201 403 404 404 404",
    "get_unit":                "403 403 403 200 403 404 404 404",
    "change_unit":             "403 403 403 200 403 404 404 404",
    "add_address":             "403 403 403 201 403 404 404 404",
    "change_address":          "403 403 403 200 403 404 404 404",
    "remove_address":          "403 403 403 200 403 404 404 404",
    "close_unit":              "403 403 403 200 403 404 404 404",
    "move_unit":               "403 403 403 200 403 404 404 404",
    "recheck_order":           "403 403 403 200 403 404 404 404",
    "list_rules":              "403 403 403 200 403 200 200 200",
    "add_rule":                "403 403 403 201 403 422 422 422",
    "list_rechecks":           "403 403 403 200 403 200 200 200",
    "try_rules":               "403 403 403 404 403 422 422 422",
    "list_rules_versions":     "403 403 403 200 403 403 200 200",
    "get_rules_version":       "403 403 403 200 403 403 404 404",
    "change_rule":             "403 403 403 200 403 404 404 404",
    "move_rule":               "403 403 403 422 403 404 404 404",
    "remove_rule":             "403 403 403 200 403 404 404 404",
    "switch_rule":             "403 403 403 200 403 404 404 404",
    "get_terms":               "403 403 403 200 403 403 200 200",
    "change_terms":            "403 403 403 200 403 403 200 200",
    "list_held":               "403 403 403 403 403 403 403 403",
    "remind_held":             "403 403 403 403 403 403 403 403",
    "write_held":              "403 403 403 403 403 403 403 403",
    "claim_work":              "403 403 403 403 403 403 403 403",
    "list_work":               "403 403 403 403 403 403 403 403",
    "get_work":                "403 403 403 403 403 403 403 403",
    "acknowledge_work":        "403 403 403 403 403 403 403 403",
    "report_work_failed":      "403 403 403 403 403 403 403 403",
    "mark_work_exported":      "403 403 403 403 403 403 403 403",
    "unmark_work_exported":    "403 403 403 403 403 403 403 403",
    "set_stock":               "403 403 403 403 403 403 403 403",
    "set_prices":              "403 403 403 403 403 403 403 403",
    "ship_work":               "403 403 403 403 403 403 403 403",
    "set_work_status":         "403 403 403 403 403 403 403 403",
}
#: How the merchant's systems are answered: of whoever manages organisations, and of one of the shop's other people.
OF_SHOP = {
    #                           mia another
    "list_customers":          "200 200",
    "add_customer":            "201 403",
    "get_customer":            "200 200",
    "invite_administrator":    "201 403",
    "block_customer":          "200 403",
    "get_customer_credit":     "200 200",
    "set_customer_credit":     "200 403",
    "get_customer_unit_credit": "200 200",
    "set_customer_unit_credit": "200 403",
    "choose_customer_prices":  "200 403",
    "get_shop_terms":          "200 200",
    "change_shop_terms":       "200 403",
    "get_shop_gate":           "200 200",
    "open_shop":               "200 403",
    "confirm_customer":        "200 403",
    "list_customer_members":   "200 200",
    "unblock_customer":        "200 403",
    "claim_work":              "200 200",
    "list_work":               "200 200",
    "list_orders?for_work=1":  "200 200",
    "list_orders?for_work=1&held=1":"200 200",
    "get_work":                "403 403",
    "acknowledge_work":        "403 403",
    "report_work_failed":      "403 403",
    "mark_work_exported":      "200 200",
    "unmark_work_exported":    "200 200",
    "set_stock":               "200 200",
    "set_prices":              "200 200",
    "ship_work":               "403 403",
    "set_work_status":         "403 403",
    "read_customer_journal":   "200 200",
    "list_customer_agreements":"200 200",
    "get_customer_agreement": "200 200",
    "add_customer_agreement": "201 403",
    "change_customer_agreement":"200 403",
    "list_price_lists":       "200 200",
    "get_price_list":         "200 200",
    "list_prices":            "200 200",
    "add_price_list":         "201 403",
    "change_price_list":      "200 403",
    "set_list_prices":        "200 403",
    "read_work_journal":       "200 200",
    "list_held":               "200 200",
    "remind_held":             "429 429",
    "write_held":              "201 201",
}
# fmt: on
#: Need no token: where tokens are given.
OPEN = {"exchange_token"}


def test_no_operation_is_missing_from_the_table() -> None:
    assert {name.partition("?")[0] for name in EXPECTED} | OPEN == set(OPERATIONS)
    of_shop = {name for name in EXPECTED if "?" in name or _details(name)["security"][0]["oauth2"][0] in OF_MERCHANT}
    assert set(OF_SHOP) == of_shop


def _details(name: str) -> Any:
    return OPERATIONS[name.partition("?")[0]][2]


def _waiting(cast: Cast) -> str:
    Terms.objects.get_or_create(organization=cast.acme, defaults={"approver_may_amend": True})
    return str(placed(cast, system_of(cast.anna), key="waiting").json()["number"])


def _of(tag: str, among: Iterable[str]) -> list[str]:
    return [name for name in among if _details(name)["tags"] == [tag]]


def _people(cast: Cast) -> dict[str, System]:
    more = {
        "hal": person("Hal", "Nowy", seat=cast.tarnow, rights=RIGHTS),
        "rex": person("Rex", "Nowy", seat=cast.terminal, rights=RIGHTS),
    }
    return {who: system_of(more.get(who) or getattr(cast, who)) for who in PEOPLE}


def _tried(systems: Mapping[str, System], name: str, cast: Cast, number: str) -> Iterator[str]:
    for who, system in systems.items():
        with taken_back():
            answer = call(system, name, cast, number)
            assert str(answer.status_code) in _details(name)["responses"], f"{name}, {who}: not documented"
            if who in ("jan", "hal", "otto", "rex"):
                assert number not in answer.content.decode() or "refused" in answer.content.decode(), (name, who)
            yield str(answer.status_code)


@pytest.mark.parametrize("tag", TAGS)
def test_everybody_may_do_exactly_this(cast: Cast, tag: str) -> None:
    number, systems = _waiting(cast), _people(cast)
    names = _of(tag, EXPECTED)
    found = {name: list(_tried(systems, name, cast, number)) for name in names}
    assert found == {name: EXPECTED[name].split() for name in names}


@pytest.mark.parametrize("tag", TAGS)
def test_nobody_a_narrower_token_and_the_merchant_s_get_nothing(cast: Cast, tag: str) -> None:
    number = _waiting(cast)
    nobody = System(token="")
    strangers = {True: system_of(cast.mia), False: system_of(cast.ben)}
    narrower: dict[str, System] = {}
    for name in _of(tag, (each for each in EXPECTED if "?" not in each)):
        scope = OPERATIONS[name][2]["security"][0]["oauth2"][0]
        everything = next({each.value for each in of} for of in (OF_MEMBERS, OF_MERCHANT) if scope in of)
        of_members = scope in OF_MEMBERS
        owner = cast.ben if of_members else cast.mia
        narrow = narrower.get(scope) or system_of(owner, scopes=sorted(everything - {scope}))
        narrower[scope] = narrow
        tried = ((nobody, "invalid_token"), (narrow, "scope_missing"), (strangers[of_members], "scope_missing"))
        for system, code in tried:
            with taken_back():
                assert call(system, name, cast, number).json()["code"] == code, name


def test_the_merchant_s_people_may_do_exactly_this(cast: Cast) -> None:
    """Mia manages organisations; whoever of the shop's people does not, reads."""
    number, system = _waiting(cast), system_of(cast.mia)
    found = {name: list(_tried({"mia": system}, name, cast, number)) for name in OF_SHOP}
    cast.mia.user.user_permissions.clear()
    for name in OF_SHOP:
        found[name] += _tried({"another": system}, name, cast, number)
    assert found == {name: row.split() for name, row in OF_SHOP.items()}
