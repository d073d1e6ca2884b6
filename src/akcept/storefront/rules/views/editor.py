"""Adding and changing a rule: a form whose rows come and go without script, tried before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from akcept.approvals import actions, drafts, queries, sentences
from akcept.approvals.actions import LeadsNowhere
from akcept.approvals.conditions import Condition, Group, Named
from akcept.approvals.expressions import FACTS
from akcept.approvals.rules import Outcome, Rule
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, Refused, Stale
from akcept.ordering.ports import assortment
from akcept.ordering.routing import trials
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.rules.forms.conditions import (
    CONDITION_ROWS,
    condition_initial,
    condition_rows,
    typed_entries,
    with_ids,
)
from akcept.storefront.rules.forms.rows import Offer, Rows
from akcept.storefront.rules.forms.rule import RuleForm, rule_initial
from akcept.storefront.rules.forms.steps import STEP_ROWS, step_initial, step_kind, step_rows
from akcept.storefront.tabs import require_module
from akcept.ui.forms import onto


@refusals.page
def add_rule(request: HttpRequest) -> HttpResponse:
    """Write another rule."""
    require_module()
    return _edit(request, None)


@refusals.page
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Change a rule."""
    require_module()
    return _edit(request, rule_id)


@dataclass(slots=True)
class _Editor:
    """One showing of the form."""

    actor: Actor
    offer: Offer
    former: Rule | None
    form: RuleForm
    conditions: Rows
    steps: Rows


def _edit(request: HttpRequest, rule_id: int | None) -> HttpResponse:
    editor = _editor(request, rule_id)
    if request.method != "POST":
        return _page(request, editor)
    do = request.POST.get("do", "")
    if do.split("-")[0] in ("add", "drop", "up", "find"):
        _change_rows(editor, do, request)
        return _page(request, editor)
    draft = None
    try:
        draft = _draft(editor)
        if draft is None:
            return _page(request, editor, status=422)
        if do == "try":
            return _page(request, editor, **_tried(editor, draft, request.POST.get("order", "")))
        return _save(request, editor, draft)
    except LeadsNowhere as refusal:
        return _page(request, editor, status=refusal.status, refusal=refusal)
    except Refused as refusal:
        _put(editor, refusal, draft)
        return _page(request, editor, status=refusal.status)


def _editor(request: HttpRequest, rule_id: int | None) -> _Editor:
    actor = actor_of(request)
    if rule_id is None:
        former, number = None, queries.rule_book(actor).number
    else:
        former, number = queries.rule_to_edit(actor, rule_id)
    offer = Offer(choices=queries.choices(actor), categories=assortment().categories())
    units = offer.choices.units
    # What binds the whole organisation is chosen, not left so: only where there is one unit it is chosen already.
    first = units[0].pk if len(units) == 1 else None
    initial: dict[str, Any] = {"unit": first, "outcome": Outcome.ASK.value, "version": number}
    if former is not None:
        initial = rule_initial(former, version=number)
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields["unit"].offer(units, chosen=former is not None)  # type: ignore[attr-defined]
    conditions, steps = condition_rows(offer), step_rows(offer)
    if request.method == "POST":
        conditions.read(request.POST)
        steps.read(request.POST)
    else:
        _fill(former, conditions, steps, offer)
    return _Editor(actor=actor, offer=offer, former=former, form=form, conditions=conditions, steps=steps)


def _fill(former: Rule | None, conditions: Rows, steps: Rows, offer: Offer) -> None:
    if former is None:
        conditions.add("value", {"compare": "above"})
        steps.add("acceptors")
        return
    codes = _codes(former, offer)
    for each in former.conditions:
        conditions.add(each.kind, condition_initial(each, codes))
    for step in former.steps:
        steps.add(step_kind(step), step_initial(step))


def _codes(former: Rule, offer: Offer) -> dict[tuple[Group, int], str]:
    """Return addresses and SKUs of the people and products a rule names."""
    people = {named.id for named in _named(former, Group.REQUESTER)}
    products = {named.id for named in _named(former, Group.PRODUCT)}
    codes: dict[tuple[Group, int], str] = {}
    if people:
        found = queries.emails_of(offer.choices.seat.organization_id, people)
        codes |= {(Group.REQUESTER, member_id): email for member_id, email in found.items()}
    if products:
        codes |= {(Group.PRODUCT, product_id): sku for product_id, sku in assortment().skus(products).items()}
    return codes


def _named(former: Rule, group: Group) -> list[Named]:
    return [named for each in former.conditions if each.kind == group for named in getattr(each, "of", ())]


def _change_rows(editor: _Editor, do: str, request: HttpRequest) -> None:
    """Add, drop or move a row, or find what to choose in it: else nothing is checked, nobody has asked to save."""
    act, _sep, what = do.partition("-")
    name, _sep, key = what.partition("-")
    rows = editor.conditions if name == "condition" else editor.steps
    if act == "drop":
        rows.drop(key)
    elif act == "up":
        rows.raise_up(key)
    elif act == "add":
        rows.add(request.POST.get(f"new_{name}", ""))
    editor.form._errors = {}  # type: ignore[attr-defined]
    if act == "find":
        rows.find(key)
    editor.conditions.hush()
    editor.steps.hush()


def _draft(editor: _Editor) -> Rule | None:
    """Return the rule as typed and named, None when something typed is none; raises Invalid for unknown names."""
    asks = editor.form.data.get("outcome") == Outcome.ASK
    valid = [editor.form.is_valid(), editor.conditions.are_valid(), editor.steps.are_valid() or not asks]
    if not all(valid):
        return None
    data = editor.form.cleaned_data
    typed = Rule(
        id=editor.former.id if editor.former else 0,
        name=data["name"],
        unit_id=data["unit"],
        conditions=_looked_up(editor, [row.form.condition() for row in editor.conditions.shown]),
        outcome=Outcome(data["outcome"]),
        steps=tuple(row.form.step() for row in editor.steps.shown) if asks else (),
        refusal=data["refusal"],
        active=editor.former.active if editor.former else True,
    )
    return drafts.checked(typed, editor.offer.choices.seat)


def _looked_up(editor: _Editor, typed: list[Condition]) -> tuple[Condition, ...]:
    found: dict[Group, dict[str, Named]] = {}
    if emails := typed_entries(typed, Group.REQUESTER):
        members = queries.members_by_email(editor.offer.choices.seat.organization_id, emails)
        found[Group.REQUESTER] = {
            email: Named(members[email.lower()].pk, email) for email in emails if email.lower() in members
        }
    if codes := typed_entries(typed, Group.PRODUCT):
        products = assortment().products(codes)
        found[Group.PRODUCT] = {code: Named(ref.id, ref.name) for code, ref in products.items()}
    looked_up = []
    for number, each in enumerate(typed):
        named, unknown = with_ids(each, found.get(each.kind, {}))  # type: ignore[call-overload]
        if unknown:
            raise Invalid(_unknown(each, unknown), field=f"condition-{number}")
        looked_up.append(named)
    return tuple(looked_up)


def _unknown(condition: Condition, entries: list[str]) -> str:
    words = {"entries": ", ".join(entries[:5])}
    if condition.kind == Group.REQUESTER:
        return _("No active member of your organisation has this address: %(entries)s") % words
    return _("The shop has no product with this code: %(entries)s") % words


def _tried(editor: _Editor, draft: Rule, number: str) -> dict[str, Any]:
    policy = trials.drafted(editor.actor, draft)
    seat = editor.offer.choices.seat
    context: dict[str, Any] = {"draft": draft, "ends": queries.dead_ends_of(draft, seat), "order_number": number}
    if number.strip():
        return context | {"one": trials.try_on_order(editor.actor, number.strip(), draft=policy)}
    return context | {"trial": trials.try_on_orders(editor.actor, draft=policy)}


def _save(request: HttpRequest, editor: _Editor, draft: Rule) -> HttpResponse:
    made = actions.save_rule(
        draft,
        actor=editor.actor,
        version=editor.form.cleaned_data["version"],
        confirmed=request.POST.get("confirmed", ""),
    )
    saved = draft.id or made.number
    messages.success(request, _("Saved. It applies to orders placed from now on."))
    return redirect(f"{reverse('akcept:rules')}?saved={saved}#rule-{saved}")


def _put(editor: _Editor, refusal: Refused, draft: Rule | None) -> None:
    """Put a refusal at the row or field it is about."""
    sort, _sep, number = (refusal.field or "").partition("-")
    rows = {"condition": editor.conditions, "step": editor.steps}.get(sort)
    if rows is not None and number.isdigit() and int(number) < len(rows.shown):
        rows.shown[int(number)].form.add_error(None, str(refusal))
        return
    if editor.former is None:  # nothing is stored that could differ from what was typed
        editor.form.initial = {"version": editor.form.initial["version"]}
    onto(editor.form, refusal)
    if isinstance(refusal, Stale) and draft is not None:
        _tell_rows(editor, draft)


def _tell_rows(editor: _Editor, draft: Rule) -> None:
    """Say what the rule says now where its rows are not those typed: they are no fields, `onto` cannot tell of them."""
    once = queries.asks_once(editor.actor)
    typed, stored = (
        {"when": sentences.when(rule), "then": sentences.then(rule, once=once)} if rule else None
        for rule in (draft, editor.former)
    )
    if stored is not None and stored != typed:
        editor.form.add_error(None, _("The rule as it is stored now: %(when)s: %(then)s.") % stored)


def _page(request: HttpRequest, editor: _Editor, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = [("condition", row) for row in editor.conditions.shown] + [("step", row) for row in editor.steps.shown]
    context = {
        "form": editor.form,
        "rule": editor.former,
        "conditions": editor.conditions.shown,
        "steps": editor.steps.shown,
        "condition_kinds": [(kind, title) for kind, (title, _row) in CONDITION_ROWS.items()],
        "step_kinds": [(kind, title) for kind, (title, _row) in STEP_ROWS.items()],
        "wrong_rows": [(sort, row) for sort, row in rows if row.form.errors],
        "facts": FACTS,
        "asks_once": queries.asks_once(editor.actor),
        **more,
    }
    return render(request, "akcept/rule.html", context, status=status)
