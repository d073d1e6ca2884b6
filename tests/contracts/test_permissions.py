"""Who may do what, all of it in one table: every public action and read of the core, tried by everybody.

An action that is missing here fails the test, so a new one cannot be forgotten. "-" is done; anything else is the name
of the refusal. Otto is of another organisation, Jan of another branch, Paul of none, Mia the merchant's.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from akcept.approvals import actions as policy_actions
from akcept.approvals import queries as policy_queries
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Refused
from akcept.ordering import actions as ordering_actions
from akcept.ordering import queries as ordering_queries
from akcept.ordering.actions import Chosen
from akcept.ordering.queries import merchant, spending
from akcept.ordering.queries.merchant import HeldFilter
from akcept.ordering.routing import trials
from akcept.ordering.routing.newer_rules import to_recheck
from akcept.organizations import actions, queries
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.gate import Gate, Shown
from akcept.organizations.permissions import Permission
from akcept.testing.cast import Cast, organization, person
from tests.contracts import trying
from tests.contracts.trying import PEOPLE, Try

ACTIONS: dict[str, Try] = {
    "save_rule": lambda cast, actor: policy_actions.save_rule(trying.typed_rule(cast), actor=actor, version=0),
    "move_rule": lambda cast, actor: (
        policy_actions.save_rule(trying.typed_rule(cast), actor=cast.dora.actor, version=0),
        policy_actions.save_rule(trying.rule_asking_cora(cast), actor=cast.dora.actor, version=1),
        policy_actions.move_rule(2, actor=actor, version=0 if actor == cast.otto.actor else 2, up=True),
    ),
    "switch_rule": trying.on_rule(policy_actions.switch_rule, active=False),
    "remove_rule": trying.on_rule(policy_actions.remove_rule),
    "change_terms": lambda cast, actor: trying.only_acme(
        cast, policy_actions.change_terms(trying.TERMS, actor=actor, version=1).organization_id
    ),
    "recheck": lambda cast, actor: trying.recheck(cast, actor),
    "place": trying.place,
    "place_within": lambda cast, actor: trying.place(cast, actor, ordering_actions.place_within),
    "place_list": lambda cast, actor: trying.place_list(cast, actor, ordering_actions.place_list),
    "try_list": lambda cast, actor: trying.place_list(cast, actor, ordering_actions.try_list),
    "accept": lambda cast, actor: ordering_actions.accept(trying.waiting(cast), actor=actor, version=1),
    "reject": lambda cast, actor: ordering_actions.reject(trying.waiting(cast), actor=actor, version=1, reason="no"),
    "accept_many": lambda cast, actor: trying.one_of_many(
        ordering_actions.accept_many([Chosen(order_number=trying.waiting(cast), version=1)], actor=actor)
    ),
    "reject_many": lambda cast, actor: trying.one_of_many(
        ordering_actions.reject_many([Chosen(order_number=trying.waiting(cast), version=1)], actor=actor, reason="no")
    ),
    # Whoever is logged in as somebody else than its reader; nobody logged in is whoever holds the mail.
    "accept_by_link": lambda cast, actor: ordering_actions.accept_by_link(trying.link(cast), actor=actor),
    "reject_by_link": lambda cast, actor: ordering_actions.reject_by_link(trying.link(cast), actor=actor, reason="no"),
    "update_prices": lambda cast, actor: ordering_actions.update_prices(
        trying.waiting(cast), actor=actor, version=1, **trying.in_two_days()
    ),
    "update_prices_by_link": lambda cast, actor: ordering_actions.update_prices_by_link(
        trying.link(cast), actor=actor, **trying.in_two_days()
    ),
    "offer_links": trying.offer,
    "send_back": lambda cast, actor: ordering_actions.send_back(
        trying.waiting(cast), actor=actor, version=1, question="why"
    ),
    "amend": lambda cast, actor: trying.amend(cast, actor),
    "forward": lambda cast, actor: trying.forward(cast, actor),
    "revoke": lambda cast, actor: ordering_actions.revoke(trying.accepted(cast), actor=actor, version=2, reason="no"),
    "resubmit": lambda cast, actor: ordering_actions.resubmit(trying.waiting(cast), actor=actor, version=1),
    "withdraw": lambda cast, actor: ordering_actions.withdraw(trying.waiting(cast), actor=actor, version=1),
    "comment": lambda cast, actor: ordering_actions.comment(trying.waiting(cast), actor=actor, text="hello"),
    "remind": lambda cast, actor: ordering_actions.remind(trying.waiting(cast), actor=actor, **trying.in_two_days()),
    "write_to_customer": lambda cast, actor: ordering_actions.write_to_customer(
        trying.waiting(cast), actor=actor, text="hello"
    ),
    "expire": lambda cast, actor: ordering_actions.expire(trying.waiting(cast), actor=actor),
    "tend": lambda cast, actor: ordering_actions.tend(trying.waiting(cast), actor=actor),
    "correct_sums": lambda cast, actor: ordering_actions.correct_sums(trying.waiting(cast), actor=actor),
    "add_unit": lambda cast, actor: actions.add_unit(
        actor=actor, parent_id=cast.krakow.pk, name="New", address=trying.ADDRESS
    ),
    "change_unit": lambda cast, actor: actions.change_unit(cast.krakow.pk, actor=actor, name="New", version=1),
    "move_unit": lambda cast, actor: actions.move_unit(
        cast.krakow.pk, actor=actor, parent_id=cast.tarnow.pk, version=1
    ),
    "close_unit": lambda cast, actor: actions.close_unit(
        cast.krakow.pk, actor=actor, members_to=cast.tarnow.pk, version=1
    ),
    "reopen_unit": lambda cast, actor: actions.reopen_unit(
        trying.closed(cast), actor=actor, parent_id=cast.krakow.pk, name="Skawina", code="", version=2
    ),
    "save_address": lambda cast, actor: actions.save_address(cast.krakow.pk, actor=actor, address=trying.ADDRESS),
    "remove_address": lambda cast, actor: actions.remove_address(
        cast.krakow.pk, actor=actor, address_id=trying.second_address(cast)
    ),
    "add_role": lambda cast, actor: actions.add_role(actor=actor, name="Buyer", permissions={Permission.PLACE_ORDERS}),
    "change_role": lambda cast, actor: actions.change_role(
        trying.role(cast).pk, actor=actor, name="Other", permissions=set(), version=1
    ),
    "remove_role": lambda cast, actor: actions.remove_role(trying.role(cast).pk, actor=actor, version=1),
    "remove_member": lambda cast, actor: actions.remove_member(cast.ewa.member.pk, actor=actor, version=1),
    "name_substitute": lambda cast, actor: trying.substitute(cast, actor),
    "end_substitution": lambda cast, actor: actions.end_substitution(
        trying.substitute(cast, cast.ben.actor).pk, actor=actor
    ),
    "copy_own_data": lambda cast, actor: actions.copy_own_data(actor=actor),
    "copy_member_data": lambda cast, actor: actions.copy_member_data(cast.ewa.member.pk, actor=actor, reason="asked"),
    "forget_member": lambda cast, actor: actions.forget_member(trying.left(cast), actor=actor, reason="asked"),
    "invite": lambda cast, actor: actions.invite(
        actor=actor,
        email="x@customer.example",
        first_name="X",
        last_name="X",
        unit_id=cast.krakow.pk,
        permissions=frozenset(),
        language="pl",
    ),
    "resend_invitation": lambda cast, actor: actions.resend_invitation(trying.invitation(cast), actor=actor),
    "revoke_invitation": lambda cast, actor: actions.revoke_invitation(trying.invitation(cast), actor=actor),
    "change_member": trying.change_member,
    "confirm": lambda cast, actor: actions.confirm(organization("New", "5261040828", status="pending").pk, actor=actor),
    "change_organization": lambda cast, actor: trying.only_acme(
        cast, actions.change_organization(actor=actor, name="New", address=trying.ADDRESS, invoice_email="").pk
    ),
    "block": lambda cast, actor: actions.block(cast.acme.pk, actor=actor, reason="unpaid"),
    "unblock": lambda cast, actor: actions.unblock(organization("B", "5261040828", status="blocked").pk, actor=actor),
    "add_organization": lambda cast, actor: actions.add_organization(
        actor=actor, name="N", nip="5261040828", address=trying.ADDRESS, **trying.SOMEBODY
    ),
    "invite_administrator": lambda cast, actor: actions.invite_administrator(
        cast.acme.pk, actor=actor, reason="gone", **trying.SOMEBODY
    ),
    "draft_import": trying.draft,
    "carry_out_import": trying.carry_out,
    "change_shop_terms": lambda cast, actor: ordering_actions.change_shop_terms(
        trying.SHOP_TERMS, actor=actor, version=1
    ),
    "set_credit_limit": lambda cast, actor: ordering_actions.set_credit_limit(
        cast.acme.pk, actor=actor, amount=Decimal(10), version=1
    ),
    "set_unit_credit_limit": lambda cast, actor: ordering_actions.set_unit_credit_limit(
        cast.krakow.pk, actor=actor, organization_id=cast.acme.pk, amount=Decimal(10), version=1
    ),
    "open_shop": lambda cast, actor: actions.open_shop(actor=actor, gate=Gate.CLOSED, shown=Shown.NET, version=1),
    "choose_prices": lambda cast, actor: actions.choose_prices(
        cast.acme.pk, actor=actor, shown=Shown.GROSS, by_right=True
    ),
    "show_prices": lambda cast, actor: trying.only_acme(cast, actions.show_prices(actor=actor, by_right=True).pk),
    "switch_module": lambda cast, actor: actions.switch_module(actor=actor, enabled=False),
}
#: Need no permission: they are about the actor alone, or about nobody yet. Tested in tests/organizations.
OPEN = {
    "sign_up",
    "accept_invitation",
    "account_waiting_for_its_owner",
    "choose_language",
    "choose_mails",
    "require_open",
}

READS: dict[str, Try] = {
    "rule_book of Acme": lambda cast, actor: trying.only_acme(
        cast, policy_queries.rule_book(actor).seat.organization_id
    ),
    "rule_to_edit": lambda cast, actor: policy_queries.rule_to_edit(actor, trying.rule(cast, actor)[0]),
    "choices of Acme": lambda cast, actor: trying.only_acme(cast, policy_queries.choices(actor).seat.organization_id),
    "rule version": lambda cast, actor: policy_queries.version(actor, trying.rule(cast, actor)[0]),
    "rule versions": lambda cast, actor: policy_queries.versions(actor),
    "terms of Acme": lambda cast, actor: trying.only_acme(cast, policy_queries.terms(actor).organization_id),
    "rules_leading_nowhere": lambda cast, actor: policy_queries.rules_leading_nowhere(actor),
    "try_on_orders": lambda cast, actor: trials.try_on_orders(actor),
    "try_on_order": lambda cast, actor: trials.try_on_order(actor, trying.waiting(cast)),
    "to_recheck": lambda cast, actor: to_recheck(actor),
    "spending": lambda cast, actor: spending.report(actor, spending.Question()),
    "order": lambda cast, actor: ordering_queries.order(actor, trying.waiting(cast)),
    "structure of Acme": lambda cast, actor: trying.only_acme(cast, queries.structure(actor).organization.pk),
    "tree of Acme": lambda cast, actor: trying.only_acme(cast, queries.unit_tree(actor).root.unit.organization_id),
    "units_below": lambda cast, actor: queries.units_below(actor, cast.krakow.pk),
    "find_units of Acme": lambda cast, actor: trying.only_acme(
        cast, cast.acme.pk if queries.find_units(actor, text="Skawina").rows else 0
    ),
    "units_to_choose": lambda cast, actor: trying.only_acme(cast, queries.units_to_choose(actor)[0][0].organization_id),
    "organization_of_manager": lambda cast, actor: trying.only_acme(cast, queries.organization_of_manager(actor).pk),
    "organization_to_manage": lambda cast, actor: trying.only_acme(cast, queries.organization_to_manage(actor).pk),
    "units_to_manage": lambda cast, actor: trying.only_acme(cast, queries.units_to_manage(actor)[0].organization_id),
    "members of Acme": lambda cast, actor: trying.only_acme(cast, queries.members(actor).rows[0].organization_id),
    "invitations of Acme": lambda cast, actor: trying.only_acme(
        cast, _of_first(trying.invitation(cast), queries.invitations(actor).rows)
    ),
    "roles of Acme": lambda cast, actor: trying.only_acme(cast, _of_first(trying.role(cast).pk, queries.roles(actor))),
    "roles_to_give": lambda cast, actor: trying.only_acme(
        cast, _of_first(trying.role(cast).pk, queries.roles_to_give(actor))
    ),
    "role_to_manage": lambda cast, actor: queries.role_to_manage(actor, trying.role(cast).pk),
    "require_role_editor": lambda cast, actor: trying.only_acme(
        cast, queries.require_role_editor(actor).organization_id
    ),
    "substitutions": lambda cast, actor: trying.only_acme(
        cast, _of_first(trying.substitute(cast, cast.ben.actor).pk, queries.substitutions(actor))
    ),
    "substitutes_to_choose": lambda cast, actor: trying.only_acme(
        cast, _of_first(0, queries.substitutes_to_choose(actor).absent)
    ),
    "colleague of Acme": lambda cast, actor: trying.only_acme(
        cast, cast.acme.pk if queries.colleague(actor, cast.ewa.user.email) else 0
    ),
    "require_bulk": lambda cast, actor: trying.only_acme(
        cast, queries.require_bulk(actor, Kind.MEMBERS).organization_id
    ),
    "bulk_kinds": lambda cast, actor: queries.bulk_kinds(actor),
    "import_preview": lambda cast, actor: queries.import_preview(actor, trying.draft(cast, cast.dora.actor).pk),
    "export_rows of Acme": lambda cast, actor: trying.only_acme(
        cast, 0 if "Terminal" in [row[1] for row in queries.export_rows(actor, Kind.UNITS)] else cast.acme.pk
    ),
    "member_to_manage": lambda cast, actor: queries.member_to_manage(actor, cast.ewa.member.pk),
    "any_member": lambda cast, actor: queries.any_member(actor, cast.ewa.member.pk, organization_id=cast.acme.pk),
    "changes": lambda cast, actor: trying.only_acme(cast, trying.changed_first(cast, actor)),
    "former_members of Acme": trying.former_of_acme,
    "closed_unit": lambda cast, actor: queries.closed_unit(actor, trying.closed(cast)),
    "closed_units of Acme": trying.closed_of_acme,
    "unit_to_manage": lambda cast, actor: queries.unit_to_manage(actor, cast.krakow.pk),
    "organizations": lambda cast, actor: list(queries.organizations(actor)),
    "organization_for_staff": lambda cast, actor: queries.organization_for_staff(actor, cast.acme.pk),
    "members_for_staff": lambda cast, actor: queries.members_for_staff(actor, cast.acme.pk),
    "held": lambda cast, actor: merchant.held(actor, HeldFilter(net_from=Decimal(0))),
    "held_rows": lambda cast, actor: list(merchant.held_rows(actor, HeldFilter())),
    "held_choices": lambda cast, actor: merchant.held_choices(actor),
    "organization_called": lambda cast, actor: merchant.organization_called(actor, "Acme"),
    "order_for_staff": lambda cast, actor: merchant.order_for_staff(actor, trying.waiting(cast)),
}


def _of_first(made: int, found: Sequence[Any]) -> int:
    """Return whose the first row found is; `made` is what there is to be found."""
    if not found:
        raise Refused(f"nothing found, not even {made}")
    return int(found[0].organization_id)


# fmt: off
# ruff: noqa: E501  a table is read across
EXPECTED = {
    "save_rule":          "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Invalid      NotAllowed   NotAllowed   NotAllowed",
    "move_rule":          "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "switch_rule":        "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "remove_rule":        "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "change_terms":       "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "recheck":            "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "rule_book of Acme":  "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "rule_to_edit":       "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "choices of Acme":    "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "rule version":       "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "rule versions":      "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed",
    "terms of Acme":      "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "rules_leading_nowhere": "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed",
    "try_on_orders":      "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed",
    "try_on_order":       "NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "to_recheck":         "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed",
    "spending":           "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    #                      anna         ben          cora         dora         ewa          piotr        jan          otto         mia          paul         nobody
    "place":              "-            -            NotAllowed   NotAllowed   -            -            -            -            NotAllowed   -            NotAllowed",
    "place_within":       "-            -            NotAllowed   NotAllowed   -            -            -            -            NotAllowed   -            NotAllowed",
    "place_list":         "-            -            NotAllowed   NotAllowed   -            -            -            -            NotAllowed   -            NotAllowed",
    "try_list":           "-            -            NotAllowed   NotAllowed   -            -            -            -            NotAllowed   -            NotAllowed",
    "accept":             "NotAllowed   -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "reject":             "NotAllowed   -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "accept_many":        "Refused      -            -            Refused      Refused      Refused      Refused      Refused      Refused      Refused      Refused",
    "reject_many":        "Refused      -            -            Refused      Refused      Refused      Refused      Refused      Refused      Refused      Refused",
    "accept_by_link":     "NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -",
    "reject_by_link":     "NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -",
    "update_prices":      "NotAllowed   -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "update_prices_by_link": "NotAllowed   -         NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -",
    "offer_links":         "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "send_back":          "NotAllowed   -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "amend":              "NotAllowed   -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "forward":            "NotAllowed   -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "revoke":             "NotAllowed   -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "resubmit":           "-            NotAllowed   NotAllowed   NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "withdraw":           "-            NotAllowed   NotAllowed   NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "comment":            "-            -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "remind":             "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "write_to_customer":  "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "expire":             "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "tend":               "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "correct_sums":       "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed",
    "add_unit":           "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "change_unit":        "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "move_unit":          "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "close_unit":         "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "reopen_unit":        "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "closed_unit":        "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "closed_units of Acme": "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "save_address":       "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "remove_address":     "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "add_role":           "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed",
    "change_role":        "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "remove_role":        "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "remove_member":      "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "name_substitute":    "Invalid      -            Invalid      -            Invalid      Invalid      Invalid      Invalid      NotAllowed   NotAllowed   NotAllowed",
    "end_substitution":   "NotFound     -            NotFound     -            -            NotFound     NotFound     NotFound     NotAllowed   NotAllowed   NotAllowed",
    "members of Acme":    "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "invitations of Acme": "NotAllowed  NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "roles of Acme":      "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "roles_to_give":      "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "role_to_manage":     "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "require_role_editor": "NotAllowed  NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "substitutions":      "Refused      -            Refused      -            -            Refused      Refused      Refused      NotAllowed   NotAllowed   NotAllowed",
    "substitutes_to_choose": "Refused   -            -            -            Refused      Refused      Refused      Refused      NotAllowed   NotAllowed   NotAllowed",
    "copy_own_data":      "-            -            -            -            -            -            -            -            NotAllowed   NotAllowed   NotAllowed",
    "copy_member_data":   "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     -            NotAllowed   NotAllowed",
    "forget_member":      "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     -            NotAllowed   NotAllowed",
    "any_member":         "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     -            NotAllowed   NotAllowed",
    "changes":            "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "former_members of Acme": "NotAllowed NotAllowed NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      -            NotAllowed   NotAllowed",
    "invite":             "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Invalid      NotAllowed   NotAllowed   NotAllowed",
    "resend_invitation":  "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "revoke_invitation":  "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "change_member":      "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "confirm":            "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "change_organization": "NotAllowed   NotAllowed   NotAllowed   -   NotAllowed   NotAllowed   NotAllowed   Refused   NotAllowed   NotAllowed   NotAllowed",
    "organization_of_manager": "NotAllowed   NotAllowed   NotAllowed   -   NotAllowed   NotAllowed   NotAllowed   Refused   NotAllowed   NotAllowed   NotAllowed",
    "show_prices": "NotAllowed   NotAllowed   NotAllowed   -   NotAllowed   NotAllowed   NotAllowed   Refused   NotAllowed   NotAllowed   NotAllowed",
    "organization_to_manage": "NotAllowed   NotAllowed   NotAllowed   -   NotAllowed   NotAllowed   NotAllowed   Refused   NotAllowed   NotAllowed   NotAllowed",
    "block":             "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "unblock":           "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "add_organization":  "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "invite_administrator": "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "colleague of Acme": "-            -            -            -            -            -            -            Refused      NotAllowed   NotAllowed   NotAllowed",
    "members_for_staff": "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "draft_import":       "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed",
    "carry_out_import":   "NotFound     NotFound     NotFound     -            NotFound     NotFound     NotFound     NotFound     NotAllowed   NotAllowed   NotAllowed",
    "require_bulk":       "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "bulk_kinds":         "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed",
    "import_preview":     "NotFound     NotFound     NotFound     -            NotFound     NotFound     NotFound     NotFound     NotAllowed   NotAllowed   NotAllowed",
    "export_rows of Acme": "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "change_shop_terms":  "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "set_credit_limit":   "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "set_unit_credit_limit": "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "open_shop":          "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "choose_prices":      "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "switch_module":      "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "order":              "-            -            -            NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound     NotFound",
    "structure of Acme":  "-            -            -            -            -            -            -            Refused      NotAllowed   NotAllowed   NotAllowed",
    "tree of Acme":       "-            -            -            -            -            -            -            Refused      NotAllowed   NotAllowed   NotAllowed",
    "units_below":        "-            -            -            -            -            -            -            NotFound     NotAllowed   NotAllowed   NotAllowed",
    "find_units of Acme": "-            -            -            -            -            -            -            Refused      NotAllowed   NotAllowed   NotAllowed",
    "units_to_choose":    "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "units_to_manage":    "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   Refused      NotAllowed   NotAllowed   NotAllowed",
    "member_to_manage":   "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "unit_to_manage":     "NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed   NotAllowed   NotFound     NotAllowed   NotAllowed   NotAllowed",
    "organizations":      "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "organization_for_staff": "NotAllowed NotAllowed NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "held":               "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "held_rows":          "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "held_choices":       "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "organization_called": "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
    "order_for_staff":    "NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   NotAllowed   -            NotAllowed   NotAllowed",
}
# fmt: on


def _outcome(what: Try, cast: Cast, who: str) -> str:
    actor = Actor.anonymous() if who == "nobody" else getattr(cast, who).actor
    try:
        what(cast, actor)
    except Refused as refusal:
        return type(refusal).__name__ if str(refusal) else "a refusal that says nothing"
    return "-"


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", sorted(ACTIONS | READS))
def test_everybody_may_do_exactly_this(cast: Cast, name: str, who: str) -> None:
    expected = dict(zip(PEOPLE, EXPECTED[name].split(), strict=True))
    assert _outcome((ACTIONS | READS)[name], cast, who) == expected[who]


def test_permission_in_another_branch_counts_for_nothing_here(cast: Cast) -> None:
    boss = person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    for name in ("accept", "reject"):
        with pytest.raises(Refused) as refused:
            ACTIONS[name](cast, boss.actor)
        assert type(refused.value).__name__ == "NotFound"


def _public(module: ModuleType) -> set[str]:
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return {
        name
        for name in names
        if inspect.isfunction(getattr(module, name)) and getattr(module, name).__module__.startswith(module.__name__)
    }


def test_no_action_is_missing_from_the_table() -> None:
    assert _public(actions) | _public(ordering_actions) | _public(policy_actions) == set(ACTIONS) | OPEN
    assert set(EXPECTED) == set(ACTIONS) | set(READS)
