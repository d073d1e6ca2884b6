"""Every page the shop answers for: one list for axe, for widths, and for the pictures in the documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.urls import reverse

from akcept.api.actions import give_client, give_token
from akcept.api.models import Call, Credential
from akcept.approvals.actions import LeadsNowhere, save_rule
from akcept.approvals.conditions import Compare, Together, Value
from akcept.approvals.facts import Scope
from akcept.approvals.models import Case
from akcept.approvals.queries import policy_of
from akcept.approvals.rules import Outcome, Policy, Rule, RuleStep
from akcept.budgets.models import Budget
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Basis
from akcept.kernel.clock import utc_now
from akcept.ordering import actions as ordering
from akcept.ordering.actions import offer_links
from akcept.organizations import actions
from akcept.organizations.asking import ANY_ACCEPTOR
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.models import Invitation, Member, Organization, Role, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.organizations.queries import name_of
from akcept.organizations.tokens import token_for
from akcept.testing.cast import person
from akcept.testing.cast import unit as make_unit
from akcept.webhooks.actions import add_endpoint, send_test
from akcept.webhooks.events import Type
from akcept.webhooks.models import Attempt, Endpoint

Path = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPage:
    """A page: its name in the documentation, who looks at it (by first name, None for nobody), and where it is."""

    name: str
    who: str | None
    path: Path
    #: The URL name it stands for, where it is one of the package's.
    url: str = ""
    status: int = 200


def user(first_name: str) -> Any:
    """Return the person of that first name, of the cast or of the demo."""
    return get_user_model().objects.get(first_name=first_name)


def _actor(first_name: str) -> Actor:
    found = user(first_name)
    return Actor.person(found.pk, name_of(found))


def _send_back(number: str) -> None:
    version = Case.objects.get(order__number=number).version
    ordering.send_back(number, actor=_actor("Ben"), version=version, question="Po co aż tyle?")


def _withdraw(number: str) -> None:
    version = Case.objects.get(order__number=number).version
    ordering.withdraw(number, actor=_actor("Anna"), version=version, reason="Pomyłka")


#: How an order of Anna's gets where the data at hand has none.
_MOVED_ON = {"returned": _send_back, "withdrawn": _withdraw}


def _order(state: str, *, of: str = "Anna") -> str:
    cases = Case.objects.filter(state=state, requester__user__first_name=of).order_by("-order_id")
    if not cases.exists() and state in _MOVED_ON:
        _MOVED_ON[state](_order("awaiting"))
    case = cases.first() or Case.objects.filter(state=state, unit=_unit()).order_by("-order_id").first()
    assert case is not None, state
    return str(case.order.number)


def _member() -> Member:
    return Member.objects.get(user__first_name="Ewa")


def _former() -> int:
    """Return somebody who has left Acme."""
    found = Member.objects.filter(organization=_acme(), removed_at__isnull=False).order_by("pk").first()
    if found is None:
        left = person("Zenon", "Wilk", seat=_unit(), rights="place_orders").member
        assert left is not None
        found = actions.remove_member(left.pk, actor=_dora(), version=left.version)
    return int(found.pk)


def _closed_unit() -> Unit:
    """Return a unit of Acme's that was closed."""
    found = Unit.objects.filter(organization=_acme(), closed_at__isnull=False).order_by("pk").first()
    if found is None:
        closed = make_unit(_acme(), "Sklep Wieliczka", under=_unit())
        found = actions.close_unit(closed.pk, actor=_dora(), members_to=_unit().pk, version=closed.version)
    return Unit.objects.get(pk=found.pk)


def _token() -> str:
    open_ = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    invitation = open_.first()
    if invitation is None:
        invitation = actions.invite(
            actor=_dora(),
            email="nadia@customer.example",
            first_name="Nadia",
            last_name="Nowicka",
            unit_id=_member().unit_id,
            permissions=frozenset({Permission.PLACE_ORDERS}),
            language="pl",
        )
    return token_for(invitation)


def _mail_link() -> str:
    """The link in Ben's mail about an order that waits."""
    case = Case.objects.get(order__number=_order("awaiting"))
    ben = Member.objects.get(user=user("Ben"))
    return offer_links(
        case.order.number,
        actor=Actor.system("mail"),
        member_ids=[ben.pk],
        revision=case.revision,
        version=case.version,
    )[ben.pk]


def _draft() -> int:
    """An import that adds, moves and has something wrong."""
    head = Unit.objects.get(organization_id=_member().organization_id, parent=None)
    place = "Magazyn;ul. Nowa 1;00-001;Warszawa"
    content = f"""code;name;parent;recipient;line1;postcode;city
POZ;Oddział Poznań;{head.key};{place}
POZ-1;Salon Poznań Stary Browar;POZ;{place}
{_unit().key};Oddział Kraków i okolice;{head.key};;;;
LUB;;LUBLIN;Magazyn;;20;
"""
    made = actions.draft_import(actor=_dora(), kind=Kind.UNITS, file_name="units.csv", content=content.encode())
    return int(made.pk)


_ADDRESS = {"line1": "Prosta 1", "line4": "Kraków", "postcode": "30-001", "country_id": "PL"}
_SENT = {"email": "anna@customer.example", "subject": "Hasło", "body_text": "Hasło jest inne.\nhttps://shop.example/"}


def _oscars(name: str, view: str, *, key: str = "pk", **terms: Any) -> ShopPage:
    """A page of Oscar's about a row of Anna's, which is made where there is none."""
    label, by = terms.pop("model"), terms.pop("by", "user")

    def path() -> str:
        rows, found = apps.get_model(label).objects, {by: user("Anna"), **terms.get("row", {})}
        if terms.get("about"):
            found["product"] = _product()
        row = rows.filter(**found).first() or rows.create(**found)
        return reverse(view, kwargs={terms["named"]: getattr(row, key)} if terms.get("named") else None)

    return ShopPage(name=name, who="Anna", path=path)


def _unit() -> Unit:
    return _member().unit


def _address() -> UnitAddress:
    return _unit().addresses.get(is_default=True)


def _role() -> Role:
    return Role.objects.filter(organization=_acme()).order_by("pk").first() or actions.add_role(
        actor=_dora(), name="Magazynier", permissions={Permission.PLACE_ORDERS}
    )


def _budget() -> Budget:
    """The branch's budget: used, and with an order that waits on it."""
    return Budget.objects.filter(organization=_acme(), unit=_unit()).order_by("pk")[0]


def _policy() -> Policy:
    """The organisation's rules; some are written where there are none."""
    acme = _acme()
    if policy_of(acme.pk).version is None:
        root = Unit.objects.get(organization=acme, parent=None)
        branch = _unit()
        cheap = Value(compare=Compare.UP_TO, amount=Decimal(50), currency="PLN")
        big = Value(compare=Compare.ABOVE, amount=Decimal(1000), currency="PLN", basis=Basis.TOTAL_NET)
        often = Together(scope=Scope.REQUESTER, hours=24, compare=Compare.ABOVE, amount=Decimal(600), currency="PLN")
        climb, anybody = RuleStep(climb=True), RuleStep(asks=(ANY_ACCEPTOR,))
        for number, rule in enumerate(
            [
                Rule(id=0, name="Drobne zakupy", unit_id=root.pk, conditions=(cheap,), outcome=Outcome.ALLOW),
                Rule(id=0, name="Duże zamówienia", unit_id=root.pk, conditions=(big,), steps=(climb,)),
                Rule(id=0, name="Dzielenie na części", unit_id=branch.pk, conditions=(often,), steps=(anybody,)),
            ]
        ):
            try:
                save_rule(rule, actor=_dora(), version=number)
            except LeadsNowhere as warned:
                save_rule(rule, actor=_dora(), version=number, confirmed=warned.seal)
    return policy_of(acme.pk)


def _rule_id() -> int:
    return next(rule.id for rule in _policy().rules if rule.steps and rule.conditions)


def _dora() -> Actor:
    dora = user("Dora")
    return Actor.person(dora.pk, name_of(dora))


def _acme() -> Organization:
    return _member().organization


def _product() -> Any:
    return apps.get_model("catalogue.Product").objects.order_by("pk").first()


def _of(first_name: str) -> Actor:
    found = user(first_name)
    return Actor.staff(found.pk, name_of(found)) if found.is_staff else _actor(first_name)


def _endpoint(keeper: str = "Dora") -> int:
    """Return a webhook of Acme's, or of the shop's, with tries of each outcome in its log."""
    actor = _of(keeper)
    kept = Endpoint.objects.filter(user=user(keeper)).order_by("pk").first()
    if kept is None:
        kept = add_endpoint(actor=actor, url="https://erp.example.com/hooks", events=[Type.ACCEPTED]).endpoint
    if not kept.messages.exists():
        now = utc_now()
        for state, tries in (("due", 2), ("done", 1), ("dead", 9)):
            sent = send_test(kept.pk, actor=actor)
            sent.state, sent.tries, sent.ended_at = state, tries, None if state == "due" else now
            sent.save()
            for n in range(tries):
                status = 204 if state == "done" else 500
                Attempt.objects.create(message=sent, at=now, status=status, took_ms=40 * n, answer="Bład <b>")
    return int(kept.pk)


def _credential(giver: str) -> int:
    """Return a token or a system that somebody gave access, with calls that went well and did not."""
    actor = _of(giver)
    kept = Credential.objects.filter(user=user(giver), revoked_at=None).order_by("pk").first()
    if kept is None:
        give = give_token if giver == "Anna" else give_client
        scopes = ["work:read", "work:write"] if giver == "Mia" else ["orders:read", "orders:place"]
        kept = give(actor=actor, name="Arkusz magazynu", scopes=scopes).credential
    if not kept.calls.exists():
        for status, code in ((200, ""), (403, "order_held"), (429, "rate_limited")):
            path = "/api/v1/work/orders/100001/shipments"
            Call.objects.create(credential=kept, at=utc_now(), method="POST", path=path, status=status, code=code)
    return int(kept.pk)


def _first(model: str) -> Callable[[], Any]:
    return lambda: apps.get_model(model).objects.order_by("pk").first().pk


def _named(name: str, **kwargs: Callable[[], Any]) -> Path:
    return lambda: reverse(name, kwargs={key: value() for key, value in kwargs.items()})


def _akcept(name: str, who: str | None, page: str = "", **kwargs: Callable[[], Any]) -> ShopPage:
    return ShopPage(name=page or name, who=who, path=_named(f"akcept:{name}", **kwargs), url=f"akcept:{name}")


def _page(url: str, who: str | None, page: str, **kwargs: Callable[[], Any]) -> ShopPage:
    return ShopPage(name=page, who=who, path=_named(url, **kwargs), url=url)


def _panel(name: str, page: str = "", **kwargs: Callable[[], Any]) -> ShopPage:
    url = f"akcept_panel:{name}"
    return ShopPage(name=page or f"panel-{name}", who="Mia", path=_named(url, **kwargs), url=url)


PAGES: tuple[ShopPage, ...] = (
    # the shop
    ShopPage(name="catalogue", who="Anna", path=_named("catalogue:index")),
    ShopPage(name="search-empty", who=None, path=lambda: "/search/?q=zzzzzz"),
    ShopPage(name="product", who="Anna", path=lambda: str(_product().get_absolute_url())),
    ShopPage(name="basket", who="Anna", path=_named("basket:summary")),
    ShopPage(name="basket-empty", who="Jan", path=_named("basket:summary")),
    ShopPage(name="quick-order", who="Anna", path=_named("basket:quick-order")),
    ShopPage(name="checkout", who="Anna", path=_named("checkout:index")),
    # orders and decisions
    _akcept("orders", "Anna"),
    ShopPage(name="orders-searched", who="Ben", path=lambda: reverse("akcept:orders") + "?scope=all&q=a&net_from=1"),
    ShopPage(name="orders-none-found", who="Ben", path=lambda: reverse("akcept:orders") + "?q=no-such-order"),
    _akcept("order", "Ben", "order-decide", number=lambda: _order("awaiting")),
    _akcept("order", "Anna", "order-waiting", number=lambda: _order("awaiting")),
    _akcept("order", "Anna", "order-rejected", number=lambda: _order("rejected")),
    _akcept("order", "Anna", "order-accepted", number=lambda: _order("accepted")),
    _akcept("order", "Anna", "order-sent-back", number=lambda: _order("returned")),
    _akcept("order", "Ben", "order-withdrawn", number=lambda: _order("withdrawn")),
    _akcept("change", "Anna", "order-change", number=lambda: _order("returned")),
    _akcept("inbox", "Ben"),
    ShopPage(name="inbox-empty", who="Otto", path=_named("akcept:inbox"), url="akcept:inbox"),
    ShopPage(name="not-here", who="Otto", path=lambda: f"/orders/{_order('awaiting')}/", status=404),
    _akcept("by_mail", None, "decide-by-mail", token=_mail_link),
    ShopPage(
        name="mail-link-of-somebody-else",
        who="Anna",
        path=_named("akcept:by_mail", token=_mail_link),
        url="akcept:by_mail",
        status=403,
    ),
    # the organisation
    _akcept("organization", "Dora"),
    ShopPage(name="organization-member", who="Anna", path=_named("akcept:organization")),
    _akcept("my_organizations", "Jan", "organizations-mine"),
    _akcept("organization_data", "Dora", "organization-data"),
    _akcept("organization_prices", "Dora", "organization-prices"),
    _akcept("members", "Dora"),
    _akcept("invite", "Dora"),
    _akcept("member", "Dora", member_id=lambda: _member().pk),
    _akcept("former_member", "Dora", "former-member", member_id=_former),
    _akcept("former_members", "Dora", "former-members"),
    _akcept("add_unit", "Dora", "unit-add"),
    _akcept("unit", "Dora", unit_id=lambda: _unit().pk),
    _akcept("move_unit", "Dora", "unit-move", unit_id=lambda: _unit().pk),
    _akcept("close_unit", "Dora", "unit-close", unit_id=lambda: _unit().pk),
    _akcept("closed_units", "Dora", "units-closed"),
    _akcept("reopen_unit", "Dora", "unit-reopen", unit_id=lambda: _closed_unit().pk),
    _akcept("add_address", "Dora", "address-add", unit_id=lambda: _unit().pk),
    _akcept(
        "address", "Dora", unit_id=lambda: _unit().pk, address_id=lambda: _unit().addresses.get(is_default=True).pk
    ),
    _akcept("roles", "Dora"),
    _akcept("changes", "Dora"),
    _akcept("add_role", "Dora", "role-add"),
    _akcept("role", "Dora", role_id=lambda: _role().pk),
    _akcept("rules", "Dora"),
    ShopPage(name="rules-empty", who="Otto", path=_named("akcept:rules"), url="akcept:rules"),
    _akcept("add_rule", "Dora", "rule-add"),
    _akcept("rule", "Dora", rule_id=lambda: _rule_id()),
    _akcept("try_rules", "Dora", "rules-try"),
    _akcept("recheck", "Dora", "rules-recheck"),
    _akcept("rule_versions", "Dora", "rule-versions"),
    _akcept("rule_version", "Dora", "rule-version", number=lambda: _policy().version),
    _akcept("terms", "Dora"),
    _akcept("substitutes", "Ben"),
    _akcept("files", "Dora"),
    _akcept("import", "Dora", draft_id=_draft),
    _akcept("budgets", "Dora"),
    _akcept("reports", "Dora"),
    _akcept("budget", "Dora", budget_id=lambda: _budget().pk),
    ShopPage(
        name="budget-orders",
        who="Dora",
        path=lambda: reverse("akcept:budget", args=[_budget().pk]) + "?show=orders",
        url="akcept:budget",
    ),
    _akcept("add_budget", "Dora", "budget-add"),
    _akcept("change_budget", "Dora", "budget-change", budget_id=lambda: _budget().pk),
    _akcept("correct_budget", "Dora", "budget-correct", budget_id=lambda: _budget().pk),
    _akcept("transfer_budget", "Dora", "budget-transfer", budget_id=lambda: _budget().pk),
    _akcept("copy_budgets", "Dora", "budgets-copy"),
    _akcept("import_budgets", "Dora", "budgets-import"),
    _akcept("budget_calendar", "Dora", "budgets-calendar"),
    _akcept("invitation", None, token=_token),
    _akcept("organization_sign_up", None, "sign-up"),
    _akcept("signed_up", "Dora", "signed-up"),
    # other systems
    _page("akcept_webhooks:endpoints", "Dora", "webhooks"),
    _page("akcept_webhooks:endpoint", "Dora", "webhook", endpoint_id=_endpoint),
    _page("akcept_access:tokens", "Anna", "tokens"),
    _page("akcept_access:calls", "Anna", "token-calls", credential_id=lambda: _credential("Anna")),
    _page("akcept_access:systems", "Dora", "systems"),
    _page("akcept_access:calls", "Dora", "system-calls", credential_id=lambda: _credential("Dora")),
    _page("akcept_access:reference", None, "reference"),
    # logging in
    ShopPage(name="sign-up-yourself", who=None, path=_named("account_signup")),
    ShopPage(name="profile", who="Anna", path=_named("customer:profile-view")),
    _oscars("addresses", "customer:address-list", model="address.UserAddress", row=_ADDRESS),
    _oscars("mail-sent", "customer:email-detail", model="communication.Email", row=_SENT, named="email_id"),
    _oscars("alerts", "customer:alerts-list", model="customer.ProductAlert", row={"status": "Active"}, about=True),
    _oscars("wish-lists", "customer:wishlists-list", model="wishlists.WishList", by="owner", row={"name": "Biuro"}),
    _oscars(
        "wish-list",
        "wishlists:detail",
        model="wishlists.WishList",
        by="owner",
        row={"name": "Dla działu", "visibility": "Public"},
        named="key",
        key="key",
    ),
    ShopPage(name="login", who=None, path=_named("account_login")),
    ShopPage(name="password-reset", who=None, path=_named("account_reset_password")),
    ShopPage(name="password-change", who="Anna", path=_named("account_change_password")),
    ShopPage(name="second-factor", who="Anna", path=_named("mfa_index")),
    ShopPage(name="second-factor-add", who="Anna", path=_named("mfa_activate_totp")),
    ShopPage(name="no-such-page", who=None, path=lambda: "/no-such-page/", status=404),
    _akcept("notifications", "Ben"),
    # the merchant's panel
    ShopPage(name="panel", who="Mia", path=_named("dashboard:index")),
    _panel("held"),
    _panel("order", "panel-held-order", number=lambda: _order("awaiting")),
    ShopPage(name="panel-unhandled", who="Mia", path=lambda: "/dashboard/orders/?status=unhandled"),
    ShopPage(name="panel-work", who="Mia", path=lambda: f"/dashboard/orders/{_order('accepted')}/"),
    ShopPage(name="panel-statistics", who="Mia", path=_named("dashboard:order-stats")),
    ShopPage(name="panel-reports", who="Mia", path=_named("dashboard:reports-index")),
    ShopPage(name="panel-customers", who="Mia", path=_named("dashboard:users-index")),
    _page("akcept_webhooks:shop_endpoints", "Mia", "panel-webhooks"),
    _page("akcept_webhooks:shop_endpoint", "Mia", "panel-webhook", endpoint_id=lambda: _endpoint("Mia")),
    _page("akcept_access:shop_systems", "Mia", "panel-systems"),
    _page("akcept_access:shop_calls", "Mia", "panel-system-calls", credential_id=lambda: _credential("Mia")),
    ShopPage(name="panel-products", who="Mia", path=_named("dashboard:catalogue-product-list")),
    ShopPage(name="panel-product", who="Mia", path=_named("dashboard:catalogue-product", pk=lambda: _product().pk)),
    ShopPage(name="panel-product-types", who="Mia", path=_named("dashboard:catalogue-class-list")),
    _panel("organizations"),
    _panel("organization", organization_id=lambda: _acme().pk),
    _panel("add_organization", "panel-organization-add"),
    _panel("block", "panel-organization-block", organization_id=lambda: _acme().pk),
    _panel("credit", "panel-organization-credit", organization_id=lambda: _acme().pk),
    _panel(
        "unit_credit",
        "panel-unit-credit",
        organization_id=lambda: _acme().pk,
        unit_id=lambda: _acme().units.exclude(parent=None).first().pk,
    ),
    _panel("invite_administrator", "panel-organization-invite", organization_id=lambda: _acme().pk),
    _panel("member", "panel-member", organization_id=lambda: _acme().pk, member_id=_former),
    _panel("former_members", "panel-former-members", organization_id=lambda: _acme().pk),
    _panel("order_files", "panel-order-files"),
    _panel("agreements"),
    _panel("agreement", agreement_id=_first("akcept_agreements.Agreement")),
    _panel("add_agreement", "panel-agreement-add"),
    _panel("agree", "panel-agree", organization_id=lambda: _acme().pk),
    _panel("change_agreement", "panel-agreement-change", agreement_id=_first("akcept_agreements.Agreement")),
    _panel("price_preview", "panel-price-preview"),
    _panel("price_lists", "panel-price-lists"),
    _panel("price_list", "panel-price-list", list_id=_first("akcept_agreements.PriceList")),
    _panel("add_price_list", "panel-price-list-add"),
    _panel("change_price_list", "panel-price-list-change", list_id=_first("akcept_agreements.PriceList")),
    _panel("prices_by_per_cent", "panel-prices-per-cent", list_id=_first("akcept_agreements.PriceList")),
    _panel("prices", "panel-prices", list_id=_first("akcept_agreements.PriceList")),
    _panel("changes"),
    _panel("organization_prices", "panel-organization-prices", organization_id=lambda: _acme().pk),
    _panel("gate", "panel-visitors"),
    _panel("b2b"),
    _panel("terms"),
    _panel("write_to_customer", "panel-write-to-customer", number=lambda: _order("awaiting")),
    _panel("order_in_place", "panel-order-in-place", number=lambda: _order("awaiting")),
    _panel("change_in_place", "panel-change-in-place", number=lambda: _order("awaiting")),
    _panel("withdraw_in_place", "panel-withdraw-in-place", number=lambda: _order("awaiting")),
    ShopPage(name="panel-search", who="Mia", path=lambda: reverse("dashboard:search") + "?q=acme"),
    ShopPage(name="panel-search-empty", who="Mia", path=_named("dashboard:search")),
    ShopPage(name="panel-orders-found", who="Mia", path=lambda: reverse("dashboard:order-list") + "?text=acme"),
    ShopPage(name="panel-orders-ended", who="Mia", path=lambda: reverse("dashboard:order-list") + "?status=ended"),
)

#: URL names that are no page of their own, with why.
NO_PAGE = {
    "akcept:export_budgets": "a file",
    "akcept:export_ledger": "a file",
    "akcept:export_orders": "a file",
    "akcept:orders_views": "answers POST only; what it refuses is shown on the list",
    "akcept:export_reports": "a file",
    "akcept:move_rule": "answers POST only",
    "akcept:switch_rule": "answers POST only; a dead end is shown by its own page",
    "akcept:remove_rule": "answers POST only",
    "akcept:decide_many": "answers POST only; its results are shown on the inbox",
    "akcept:count": "a number",
    "akcept:manifest": "a file",
    "akcept:accept": "answers POST only; refusals are shown on the order's page",
    "akcept:update_prices": "answers POST only; refusals are shown on the order's page",
    "akcept:reject": "answers POST only; refusals are shown on the order's page",
    "akcept:send_back": "answers POST only; refusals are shown on the order's page",
    "akcept:forward": "answers POST only; refusals are shown on the order's page",
    "akcept:withdraw": "answers POST only; refusals are shown on the order's page",
    "akcept:revoke": "answers POST only; refusals are shown on the order's page",
    "akcept:comment": "answers POST only; refusals are shown on the order's page",
    "akcept:switch": "answers POST only",
    "akcept:resend_invitation": "answers POST only",
    "akcept:revoke_invitation": "answers POST only",
    "akcept:remove_member": "answers POST only",
    "akcept:forget_member": "answers POST only",
    "akcept:my_data": "a file, by POST only",
    "akcept:member_data": "a file, by POST only",
    "akcept_panel:member_data": "a file, by POST only; refusals are shown on the member's page",
    "akcept_panel:forget_member": "answers POST only; refusals are shown on the member's page",
    "akcept:remove_role": "answers POST only",
    "akcept:remove_address": "answers POST only",
    "akcept:end_substitution": "answers POST only",
    "akcept:units_below": "a part of the organisation's page",
    "akcept:upload": "answers POST only; refusals are shown on the page of the files",
    "akcept:export": "a file",
    "akcept:import_template": "a file",
    "akcept_panel:held_csv": "a file",
    "akcept_panel:prices_csv": "a file",
    "akcept_panel:prices_xlsx": "a file",
    "akcept_panel:order_file": "a file",
    "akcept_panel:order_ubl": "a file",
    "akcept_panel:order_document": "a file",
    "akcept_panel:mark_exported": "answers POST only; what was marked is shown on the page of the files",
    "akcept_panel:undo_export": "answers POST only",
    "akcept:order_document": "a file",
    "akcept_panel:unhandled": "leads to the shop's own list, which is here as panel-unhandled",
    "akcept_panel:remind": "answers POST only; what came of it is shown on the order's page",
    "akcept_panel:confirm": "answers POST only",
    "akcept_panel:unblock": "answers POST only",
    "akcept_access:openapi": "a file",
    "akcept_access:end": "answers POST only",
    "akcept_access:exchange": "answers POST only; its secret is looked at in test_access.py",
    "akcept_access:shop_end": "answers POST only",
    "akcept_access:shop_exchange": "answers POST only; the same page as at the front",
    "akcept_webhooks:act": "answers POST only",
    "akcept_webhooks:again": "answers POST only",
    "akcept_webhooks:shop_act": "answers POST only",
    "akcept_webhooks:shop_again": "answers POST only",
}
