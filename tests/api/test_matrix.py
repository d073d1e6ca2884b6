"""Every operation of the schema, tried by everybody: a new one without its row fails here.

Anna placed an order for Kraków, where Ben accepts, as Cora does for all of Acme; Dora administers, Jan is of another
branch, Otto of another organisation. What the merchant's systems may is theirs alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from akcept.api.scopes import OF_MEMBERS, OF_MERCHANT
from akcept.approvals.models import Terms
from akcept.testing.cast import Cast
from tests.api.test_openapi import OPERATIONS
from tests.api.test_orders import address, placed
from tests.support.api import System, order_of, system_of

PEOPLE = ("anna", "ben", "cora", "dora", "jan", "otto")

Call = Callable[[Cast, str], dict[str, Any]]

#: What is sent: a body, and the version of Anna's order where one is needed.
SENT: dict[str, Call] = {
    "place_order": lambda cast, _number: {"body": order_of("P1", address_id=address(cast)), "key": "k"},
    "accept_order": lambda _cast, _number: {"version": 1},
    "reject_order": lambda _cast, _number: {"version": 1, "body": {"reason": "no"}},
    "send_order_back": lambda _cast, _number: {"version": 1, "body": {"question": "why"}},
    "forward_order": lambda cast, _number: {"version": 1, "body": {"member_id": cast.cora.member.pk}},  # type: ignore[union-attr]
    "revoke_acceptance": lambda _cast, _number: {"version": 1, "body": {"reason": "no"}},
    "amend_order": lambda _cast, _number: {"version": 1, "body": {"quantities": [], "reason": "less"}},
    "resubmit_order": lambda _cast, _number: {"version": 1},
    "withdraw_order": lambda _cast, _number: {"version": 1},
    "comment_order": lambda _cast, _number: {"body": {"text": "hello"}},
    "claim_work": lambda _cast, _number: {},
    "acknowledge_work": lambda _cast, _number: {"body": {"lease": "x", "external_number": "ZK/1"}},
    "report_work_failed": lambda _cast, _number: {"body": {"lease": "x", "text": "no"}},
    "ship_work": lambda _cast, _number: {"body": {"parcel": "00-1"}},
    "set_work_status": lambda _cast, _number: {"body": {"status": "in_progress"}},
    "accept_orders": lambda _cast, number: {"body": {"orders": [{"number": number, "version": 1}]}},
    "reject_orders": lambda _cast, number: {"body": {"orders": [{"number": number, "version": 1}], "reason": "no"}},
}

#: How each of `PEOPLE` is answered. Of several at once, each has its own answer inside.
# fmt: off
EXPECTED = {
    #                     anna ben cora dora jan otto
    "list_orders":       "200  200 200  200  200 200",
    "get_order":         "200  200 200  404  404 404",
    "place_order":       "201  201 403  403  422 422",
    "accept_order":      "403  200 200  404  404 404",
    "reject_order":      "403  200 200  404  404 404",
    "send_order_back":   "403  200 200  404  404 404",
    "forward_order":     "403  200 422  404  404 404",
    "revoke_acceptance": "403  409 409  404  404 404",
    "amend_order":       "403  422 422  404  404 404",
    "resubmit_order":    "200  403 403  404  404 404",
    "withdraw_order":    "200  403 403  404  404 404",
    "comment_order":     "201  201 201  404  404 404",
    "accept_orders":     "200  200 200  200  200 200",
    "reject_orders":     "200  200 200  200  200 200",
    "get_me":            "200  200 200  200  200 200",
    "list_addresses":    "200  200 200  200  200 200",
    "list_units":        "200  200 200  200  200 200",
    "list_members":      "403  403 403  200  403 200",
    "get_member":        "403  403 403  200  403 404",
    "list_invitations":  "403  403 403  200  403 200",
    "list_roles":        "403  403 403  200  403 200",
    "list_substitutions": "200 200 200  200  200 200",
    "list_budgets":      "403  403 403  200  403 403",
    "get_budget":        "403  403 403  404  403 403",
    "list_rules":        "403  403 403  200  403 200",
    "list_changes":      "403  403 403  200  403 200",
    "list_work":         "403  403 403  403  403 403",
    "get_work":          "403  403 403  403  403 403",
    "claim_work":        "403  403 403  403  403 403",
    "acknowledge_work":  "403  403 403  403  403 403",
    "report_work_failed": "403 403 403  403  403 403",
    "ship_work":         "403  403 403  403  403 403",
    "set_work_status":   "403  403 403  403  403 403",
}
# fmt: on
#: Need no token: where tokens are given.
OPEN = {"exchange_token"}


def test_no_operation_is_missing_from_the_table() -> None:
    assert set(EXPECTED) | OPEN == set(OPERATIONS)


def _call(system: System, name: str, cast: Cast, number: str) -> Any:
    method, path, _details = OPERATIONS[name]
    ids = {"member_id": cast.anna.member.pk, "budget_id": 1}  # type: ignore[union-attr]
    path = path.removeprefix("/api/v1").format(number=number, **ids)
    if method == "GET":
        return system.get(path)
    return system.post(path, **(SENT[name](cast, number) | {}))


def _waiting(cast: Cast) -> str:
    Terms.objects.get_or_create(organization=cast.acme, defaults={"approver_may_amend": True})
    return str(placed(cast, system_of(cast.anna), key="waiting").json()["number"])


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_may_do_exactly_this(cast: Cast, name: str, who: str) -> None:
    number = _waiting(cast)
    expected = dict(zip(PEOPLE, EXPECTED[name].split(), strict=True))
    answer = _call(system_of(getattr(cast, who)), name, cast, number)
    assert str(answer.status_code) == expected[who], answer.content
    assert str(answer.status_code) in OPERATIONS[name][2]["responses"], "an answer that is not documented"
    if who in ("jan", "otto", "dora") and name != "place_order":
        assert number not in answer.content.decode() or "refused" in answer.content.decode()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_nobody_a_narrower_token_and_the_merchant_s_get_nothing(cast: Cast, name: str) -> None:
    number = _waiting(cast)
    scope = OPERATIONS[name][2]["security"][0]["oauth2"][0]
    of_members = scope in {each.value for each in OF_MEMBERS}
    everything = {each.value for each in (OF_MEMBERS if of_members else OF_MERCHANT)}
    assert _call(System(token=""), name, cast, number).status_code == 401
    if others := everything - {scope}:
        narrower = system_of(cast.ben if of_members else cast.mia, scopes=sorted(others))
        assert _call(narrower, name, cast, number).json()["code"] == "scope_missing"
    stranger = system_of(cast.mia if of_members else cast.ben)
    assert _call(stranger, name, cast, number).json()["code"] == "scope_missing"
