"""A budget added, changed with a preview, corrected by hand, and money moved between two."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from akcept.budgets import actions, queries, wording
from akcept.budgets.models import Budget
from akcept.budgets.queries import Detail
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Refused
from akcept.kernel.paging import key_of
from akcept.organizations import queries as organizations
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import actor_of, seat_of
from akcept.storefront import refusals
from akcept.storefront.budgets.forms import (
    AddForm,
    BookingForm,
    ChangeForm,
    CorrectionForm,
    GrantForm,
    TransferForm,
    initial_of,
)
from akcept.storefront.budgets.views.budgets import BACK
from akcept.storefront.form_pages import Words, form_answer
from akcept.storefront.tabs import require_module
from akcept.ui.forms import onto


def _people(actor: Actor) -> dict[str, Any]:
    return {"find": lambda email: organizations.colleague(actor, email), "people": queries.people_to_name(actor)}


def _form_page(request: HttpRequest, form: GrantForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "akcept/budgets/form.html", {"form": form, "back": reverse(BACK), **more}, status=status)


@refusals.page
def add(request: HttpRequest) -> HttpResponse:
    """Set a budget up."""
    require_module()
    actor = actor_of(request)
    today = queries.today(actor)
    initial = {
        "starts": today.replace(day=1),
        "thresholds": "80, 100",
        "effect": "ask",
        "unit": key_of(request.GET.get("unit", "")),
    }
    form = AddForm(request.POST or None, initial=initial, **_people(actor))
    seat = seat_of(request)
    form.offer(
        organizations.units_to_manage(actor, Permission.MANAGE_BUDGETS), centres=bool(seat and seat.at_head_office)
    )
    if request.method != "POST":
        return _form_page(request, form)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    if form.asks_nobody_in_particular and not request.POST.get("unowned"):
        return _form_page(request, form, status=422, unowned=True)
    try:
        added = actions.add(form.budget(), actor=actor)
    except Refused as refusal:
        return _form_page(request, form, status=onto(form, refusal))
    messages.success(request, _("%(budget)s applies from now on.") % {"budget": added.name})
    return redirect("akcept:budget", budget_id=added.pk)


@refusals.page
def change(request: HttpRequest, budget_id: int) -> HttpResponse:
    """Change a budget: first shown what that means, then saved."""
    require_module()
    actor = actor_of(request)
    budget = queries.budget_to_manage(actor, budget_id)
    form = ChangeForm(request.POST or None, initial=initial_of(budget), **_people(actor))
    more: dict[str, Any] = {"budget": budget, "back": _page_of(budget)}
    if request.method != "POST":
        return _form_page(request, form, **more)
    if not form.is_valid():
        return _form_page(request, form, status=422, **more)
    wanted, shown = form.change(), _fingerprint(form)
    try:
        if request.POST.get("shown") != shown:
            preview = queries.preview(actor, budget_id, wanted)
            unowned = form.asks_nobody_in_particular
            return _form_page(request, form, preview=preview, shown=shown, unowned=unowned, **more)
        actions.change(budget_id, wanted, actor=actor, version=form.cleaned_data["version"])
    except Refused as refusal:
        return _form_page(request, form, status=onto(form, refusal), **more)
    messages.success(request, _("Saved. It applies from now on."))
    return redirect(_page_of(budget))


def _fingerprint(form: GrantForm) -> str:
    """Return what stands for everything typed, so that what is saved is what was shown."""
    return hashlib.sha256(repr(sorted(form.cleaned_data.items())).encode()).hexdigest()[:32]


def _page_of(budget: Budget) -> str:
    return reverse("akcept:budget", kwargs={"budget_id": budget.pk})


@refusals.page
def correct(request: HttpRequest, budget_id: int) -> HttpResponse:
    """Book a correction with its reason."""
    budget = _to_book_on(request, budget_id)
    form = CorrectionForm(request.POST or None, initial={"on": queries.today(actor_of(request))})

    def book(actor: Actor) -> None:
        data = form.cleaned_data
        actions.correct(budget_id, actor=actor, amount=form.signed(), reason=data["reason"], on=data["on"])

    title = _("Correct %(budget)s") % {"budget": budget.name}
    words = Words(
        title, _("Post the correction"), BACK, budget.name, intro=_left(queries.detail(actor_of(request), budget_id))
    )
    return _book(request, form, words, budget, book)


@refusals.page
def transfer(request: HttpRequest, budget_id: int) -> HttpResponse:
    """Move money to another budget."""
    budget = _to_book_on(request, budget_id)
    form = TransferForm(request.POST or None, initial={"on": queries.today(actor_of(request))})
    found = queries.detail(actor_of(request), budget_id)
    form.fields["to"].choices = found.others  # type: ignore[attr-defined]

    def book(actor: Actor) -> None:
        data = form.cleaned_data
        actions.transfer(
            budget_id, to_id=data["to"], actor=actor, amount=data["amount"], reason=data["reason"], on=data["on"]
        )

    title = _("Transfer from %(budget)s") % {"budget": budget.name}
    words = Words(title, _("Transfer the money"), BACK, budget.name, intro=_left(found))
    return _book(request, form, words, budget, book)


def _left(found: Detail) -> str:
    """Return what can be moved now."""
    return _("Left in the running period, %(period)s: %(free)s.") % {
        "period": wording.period(found.funds.period),
        "free": wording.rest(found.funds.free, found.budget.currency),
    }


def _to_book_on(request: HttpRequest, budget_id: int) -> Budget:
    require_module()
    return queries.budget_to_manage(actor_of(request), budget_id)


def _book(
    request: HttpRequest, form: BookingForm, words: Words, budget: Budget, book: Callable[[Actor], None]
) -> HttpResponse:
    back = _page_of(budget)
    form.fields["amount"].label = _("Amount (%(currency)s)") % {"currency": budget.currency}

    def act() -> str:
        book(actor_of(request))
        return _("Posted. You can see it in the ledger.")

    return form_answer(request, form, words, act, then=back, back=back)
