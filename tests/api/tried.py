"""How each operation is called: what it needs is made by those who may, then somebody calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from django.db import transaction

from akcept.agreements import actions as agreements
from akcept.agreements.inputs import AgreementInput, ListInput
from akcept.approvals import actions as policy
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.testing import budgets
from akcept.testing.cast import Cast, organization, person
from tests.api.test_openapi import OPERATIONS
from tests.api.test_orders import address
from tests.contracts import trying
from tests.support.api import System, order_of

#: Given the cast and the number of Anna's waiting order: `body`, `version`, `key`, and `ids` for the address.
Call = Callable[[Cast, str], dict[str, Any]]

POSTAL = {"recipient": "Nowa", "line1": "ul. Nowa 1", "postcode": "00-001", "city": "Warszawa"}
PERSON = {"email": "n@n.example", "first_name": "N", "last_name": "N"}
BUDGET = {"name": "New", "amount": "10.00"}


def _none(_cast: Cast, _number: str) -> dict[str, Any]:
    return {}


def _member(cast: Cast, _number: str) -> dict[str, Any]:
    assert cast.ewa.member is not None
    grant = {"unit_id": cast.krakow.pk, "permissions": ["place_orders"], "active": True}
    return {"ids": {"member_id": cast.ewa.member.pk}, "version": 1, "body": grant}


def _removing(cast: Cast, number: str) -> dict[str, Any]:
    return {**_member(cast, number), "body": {}}


def _role(cast: Cast, _number: str) -> dict[str, Any]:
    return {"ids": {"role_id": trying.role(cast).pk}, "version": 1, "body": {"name": "Other", "permissions": []}}


def _rule_of(cast: Cast) -> dict[str, Any]:
    steps = [{"asks": [{"kind": "acceptors"}]}]
    value = {"kind": "value", "compare": "above", "amount": "10.00", "currency": "PLN"}
    terms = {"name": "All", "outcome": "ask", "conditions": [value], "steps": steps}
    return {**terms, "unit_id": cast.head_office.pk}


def _rule(cast: Cast, **body: Any) -> dict[str, Any]:
    made = policy.save_rule(trying.typed_rule(cast), actor=cast.dora.actor, version=0)
    return {"ids": {"rule_id": made.number}, "version": 1, "body": body}


def _version(cast: Cast, _number: str) -> dict[str, Any]:
    return {"ids": {"number": _rule(cast)["ids"]["rule_id"]}}


def _budget(cast: Cast, **body: Any) -> dict[str, Any]:
    return {"ids": {"budget_id": budgets.make(cast.krakow, name="Kraków").pk}, "version": 1, "body": body}


def _transfer(cast: Cast, _number: str) -> dict[str, Any]:
    to = budgets.make(cast.skawina, name="Skawina").pk
    return _budget(cast, amount="1.00", reason="x", to_id=to)


def _substitution(cast: Cast, _number: str) -> dict[str, Any]:
    return {"ids": {"substitution_id": trying.substitute(cast, cast.ben.actor).pk}}


def _substitute(cast: Cast, _number: str) -> dict[str, Any]:
    assert cast.ben.member is not None
    assert cast.ewa.member is not None
    now = utc_now()
    period = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=2)).isoformat()}
    return {"body": {"absent_id": cast.ben.member.pk, "substitute_id": cast.ewa.member.pk, **period}}


def _invitation(cast: Cast, _number: str) -> dict[str, Any]:
    return {"ids": {"invitation_id": trying.invitation(cast)}}


def _closed(cast: Cast, _number: str) -> dict[str, Any]:
    body = {"parent_id": cast.krakow.pk, "name": "Skawina"}
    return {"ids": {"unit_id": trying.closed(cast)}, "version": 2, "body": body}


def _on_unit(**body: Any) -> Call:
    return lambda cast, _number: {"ids": {"unit_id": cast.krakow.pk}, "version": 1, "body": body}


def _second_address(cast: Cast, _number: str) -> dict[str, Any]:
    return {"ids": {"unit_id": cast.krakow.pk, "address_id": trying.second_address(cast)}, "body": POSTAL}


def _recheck(cast: Cast, _number: str) -> dict[str, Any]:
    policy.save_rule(trying.rule_asking_cora(cast), actor=cast.dora.actor, version=0)
    return {}


SHOP_TERMS = {"price_days": 30, "price_tolerance": "5", "order_from": None, "order_up_to": "900.00", "mails": True}
TERMS = {
    "self_acceptance": False,
    "skip_already_accepted": True,
    "approver_may_amend": True,
    "remind_after_days": None,
    "escalate_after_days": None,
    "expire_after_days": None,
    "mail_links": False,
    "mail_link_login_above": None,
    "second_factor_above": None,
}


def _customer(cast: Cast, **body: Any) -> dict[str, Any]:
    return {"ids": {"organization_id": cast.acme.pk}, "body": body}


def _of_unit(cast: Cast, **body: Any) -> dict[str, Any]:
    return {"ids": {"organization_id": cast.acme.pk, "unit_id": cast.krakow.pk}, "body": body}


def _manager() -> Actor:
    """Return another one of the shop, who may make what is called about: Mia may be who may not."""
    maker = person("Maja", "Sowa", staff=True)
    maker.user.is_superuser = True
    maker.user.save()
    return maker.actor


def _price_list(_cast: Cast, **body: Any) -> dict[str, Any]:
    made = agreements.add_list(ListInput(name="L", currency="PLN"), actor=_manager())
    return {"ids": {"list_id": made.pk}, "version": 1, "body": body}


def _agreement(cast: Cast, **body: Any) -> dict[str, Any]:
    made = agreements.add_agreement(AgreementInput(name="A"), actor=_manager(), unit_id=cast.krakow.pk)
    return {"ids": {"agreement_id": made.pk}, "version": 1, "body": body}


#: What is called: by the name of the operation. Reads without ids need no line.
CALLS: dict[str, Call] = {
    "place_order": lambda cast, _number: {"body": order_of("P1", address_id=address(cast)), "key": "k"},
    "order_again": lambda cast, _number: {"body": {"delivery": "courier", "address_id": address(cast)}, "key": "k2"},
    "accept_order": lambda _cast, _number: {"version": 1},
    "reject_order": lambda _cast, _number: {"version": 1, "body": {"reason": "no"}},
    "send_order_back": lambda _cast, _number: {"version": 1, "body": {"question": "why"}},
    "forward_order": lambda cast, _number: {"version": 1, "body": {"member_id": cast.cora.member.pk}},  # type: ignore[union-attr]
    "revoke_acceptance": lambda _cast, _number: {"version": 1, "body": {"reason": "no"}},
    "amend_order": lambda _cast, _number: {"version": 1, "body": {"quantities": [], "reason": "less"}},
    "resubmit_order": lambda _cast, _number: {"version": 1},
    "withdraw_order": lambda _cast, _number: {"version": 1},
    "update_prices": lambda _cast, _number: {"version": 1},
    "write_held": lambda _cast, _number: {"body": {"text": "hello"}},
    "comment_order": lambda _cast, _number: {"body": {"text": "hello"}},
    "recheck_order": _recheck,
    "accept_orders": lambda _cast, number: {"body": {"orders": [{"number": number, "version": 1}]}},
    "reject_orders": lambda _cast, number: {"body": {"orders": [{"number": number, "version": 1}], "reason": "no"}},
    "change_organization": lambda _cast, _number: {
        "body": {"name": "New", "line1": "ul. Nowa 1", "postcode": "00-001", "city": "Warszawa"}
    },
    "get_unit": _on_unit(),
    "add_unit": lambda cast, _number: {"body": {"parent_id": cast.krakow.pk, "name": "New", "address": POSTAL}},
    "change_unit": _on_unit(name="New"),
    "move_unit": lambda cast, _number: {
        "ids": {"unit_id": cast.krakow.pk},
        "version": 1,
        "body": {"parent_id": cast.tarnow.pk},
    },
    "close_unit": lambda cast, _number: {
        "ids": {"unit_id": cast.krakow.pk},
        "version": 1,
        "body": {"members_to": cast.tarnow.pk},
    },
    "reopen_unit": _closed,
    "add_address": lambda cast, _number: {"ids": {"unit_id": cast.krakow.pk}, "body": POSTAL},
    "change_address": _second_address,
    "remove_address": lambda cast, number: {**_second_address(cast, number), "body": {}},
    "get_member": _member,
    "change_member": _member,
    "remove_member": _removing,
    "invite": lambda cast, _number: {"body": {**PERSON, "unit_id": cast.krakow.pk}},
    "resend_invitation": _invitation,
    "revoke_invitation": _invitation,
    "get_role": _role,
    "add_role": lambda _cast, _number: {"body": {"name": "Buyer", "permissions": ["place_orders"]}},
    "change_role": _role,
    "remove_role": lambda cast, number: {**_role(cast, number), "body": {}},
    "name_substitute": _substitute,
    "end_substitution": _substitution,
    "get_budget": lambda cast, _number: _budget(cast),
    "add_budget": lambda cast, _number: {
        "body": {**BUDGET, "scope": "below", "unit_id": cast.krakow.pk, "starts": "2026-01-01"}
    },
    "change_budget": lambda cast, _number: _budget(cast, **BUDGET),
    "correct_budget": lambda cast, _number: _budget(cast, amount="-1.00", reason="x"),
    "transfer_budget": _transfer,
    "copy_budgets": lambda _cast, _number: {"body": {"year": 2026}},
    "set_calendar": lambda _cast, _number: {"body": {"time_zone": "Europe/Warsaw", "fiscal_month": 1}},
    "add_rule": lambda cast, _number: {"version": 0, "body": _rule_of(cast)},
    "change_rule": lambda cast, _number: _rule(cast, **_rule_of(cast)),
    "move_rule": lambda cast, _number: _rule(cast, to="up"),
    "switch_rule": lambda cast, _number: _rule(cast, active=False),
    "remove_rule": lambda cast, _number: _rule(cast),
    "get_rules_version": _version,
    "try_rules": lambda cast, number: {"body": {"order_number": number, "rule": _rule_of(cast)}},
    "change_terms": lambda _cast, _number: {"version": 1, "body": TERMS},
    "claim_work": _none,
    "acknowledge_work": lambda _cast, _number: {"body": {"lease": "x", "external_number": "ZK/1"}},
    "report_work_failed": lambda _cast, _number: {"body": {"lease": "x", "text": "no"}},
    "mark_work_exported": lambda _cast, number: {"body": {"numbers": [number]}},
    "unmark_work_exported": lambda _cast, number: {"body": {"numbers": [number]}},
    "set_stock": lambda _cast, _number: {"body": {"lines": [{"code": "P1", "in_stock": 1}]}},
    "set_prices": lambda _cast, _number: {"body": {"lines": [{"code": "P1", "price": "1.00", "currency": "PLN"}]}},
    "ship_work": lambda _cast, _number: {"body": {"parcel": "00-1"}},
    "set_work_status": lambda _cast, _number: {"body": {"status": "in_progress"}},
    "get_customer": lambda cast, _number: _customer(cast),
    "list_customer_members": lambda cast, _number: _customer(cast),
    "read_customer_journal": lambda cast, _number: _customer(cast),
    "add_customer": lambda _cast, _number: {
        "body": {**PERSON, "name": "N", "tax_number": "5261040828", "address": POSTAL}
    },
    "get_customer_agreement": lambda cast, _number: _agreement(cast),
    "add_customer_agreement": lambda cast, _number: {"body": {"name": "B", "unit_id": cast.krakow.pk}},
    "change_customer_agreement": lambda cast, _number: _agreement(cast, name="B"),
    "get_price_list": lambda cast, _number: _price_list(cast),
    "list_prices": lambda cast, _number: _price_list(cast),
    "add_price_list": lambda _cast, _number: {"body": {"name": "M", "currency": "PLN"}},
    "change_price_list": lambda cast, _number: _price_list(cast, name="M"),
    "set_list_prices": lambda cast, _number: _price_list(cast, lines=[]),
    "get_customer_credit": lambda cast, _number: _customer(cast),
    "set_customer_credit": lambda cast, _number: {**_customer(cast, limit="10.00"), "version": 1},
    "get_customer_unit_credit": lambda cast, _number: _of_unit(cast),
    "set_customer_unit_credit": lambda cast, _number: {**_of_unit(cast, limit="10.00"), "version": 1},
    "choose_customer_prices": lambda cast, _number: _customer(cast, shown="net", by_right=False),
    "show_prices": lambda _cast, _number: {"body": {"by_right": True}},
    "change_shop_terms": lambda _cast, _number: {"version": 1, "body": SHOP_TERMS},
    "open_shop": lambda _cast, _number: {"version": 1, "body": {"gate": "closed", "shown": "net"}},
    "confirm_customer": lambda _cast, _number: {
        "ids": {"organization_id": organization("New", "5261040828", status="pending").pk}
    },
    "block_customer": lambda cast, _number: _customer(cast, reason="unpaid"),
    "unblock_customer": lambda _cast, _number: {
        "ids": {"organization_id": organization("B", "5261040828", status="blocked").pk}
    },
    "invite_administrator": lambda cast, _number: _customer(cast, **PERSON, reason="gone"),
}


def call(system: System, name: str, cast: Cast, number: str) -> Any:
    """Call an operation and return its answer; behind a "?" in its name stands what is asked of it."""
    name, _sign, query = name.partition("?")
    method, path, _details = OPERATIONS[name]
    sent = CALLS.get(name, _none)(cast, number)
    path = path.removeprefix("/api/v1").format(**{"number": number} | sent.pop("ids", {}))
    return system.get(path, **dict(parse_qsl(query))) if method == "GET" else system.post(path, **sent)


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what is done inside, actions that are whole transactions too: the cast is made once for all who try."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as the test's own: actions may not begin inside any other
    with block:
        yield
        transaction.set_rollback(True)
