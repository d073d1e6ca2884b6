"""How acceptance goes in the whole organisation, beside its rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from akcept.approvals import actions, queries
from akcept.approvals.actions import LeadsNowhere, TermsInput
from akcept.kernel.errors import Refused
from akcept.organizations import second_factor
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.forms import AmountField, CountField, currencies, onto


def _days(label: Any, help_text: Any) -> CountField:
    return CountField(
        label=label,
        required=False,
        help_text=help_text,
    )


def _currency() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Currency"), choices=currencies, required=False)


class TermsForm(forms.Form):
    """The terms; the field names are those the core refuses by."""

    remind_after_days = _days(
        _("Remind after working days"),
        _(
            "The people asked get another e-mail, repeated at the same interval until the order is escalated "
            "or about to expire. Leave empty for no reminder."
        ),
    )
    escalate_after_days = _days(
        _("Escalate after working days"),
        _("The approvers of the unit above are notified. Leave empty to notify nobody."),
    )
    expire_after_days = _days(
        _("Expire after working days"),
        _(
            "The order ends, its products and its budget are released. Leave empty to let it wait forever. An "
            "order is never accepted automatically."
        ),
    )
    skip_already_accepted = forms.BooleanField(
        label=_("Nobody is asked twice"),
        required=False,
        help_text=_("People who accepted an earlier step are not asked again by a later one they could answer too."),
    )
    approver_may_amend = forms.BooleanField(
        label=_("Approvers may reduce orders"),
        required=False,
        help_text=_("Reduce quantities and remove items, with a reason; the requester is told the difference."),
    )
    self_acceptance = forms.BooleanField(
        label=_("Approvers may accept their own orders"),
        required=False,
        help_text=_(
            "People who may accept the unit's orders may accept their own, marked in the history. Never as a "
            "substitute and never in bulk."
        ),
    )
    mail_links = forms.BooleanField(
        label=_("Deciding from the e-mail"),
        required=False,
        help_text=_("The link in the e-mail leads to the decision without logging in; it works once, for one person."),
    )
    mail_link_login_above = AmountField(
        label=_("Above this value the link asks to log in"),
        required=False,
        help_text=_("Net with delivery; an order in another currency counts as above it. Empty: never."),
    )
    mail_link_login_currency = _currency()
    second_factor_above = AmountField(
        label=_("Above this value accepting needs a second factor"),
        required=False,
        help_text=_(
            "A code from an app, in addition to the password. Net with delivery; orders in other currencies count as "
            "above it. Leave empty for never."
        ),
    )
    second_factor_currency = _currency()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if second_factor.of_login() is None:
            del self.fields["second_factor_above"], self.fields["second_factor_currency"]

    def typed(self) -> dict[str, Any]:
        """Return what was typed, without the version; a currency that was not sent is the usual one."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return {name: value for name, value in data.items() if value or not name.endswith("_currency")}


@refusals.page
def terms(request: HttpRequest) -> HttpResponse:
    """Show and change the terms."""
    require_module()
    actor = actor_of(request)
    found = queries.terms(actor)
    initial = {name: getattr(found, name) for name in TermsForm.base_fields}
    form = TermsForm(request.POST or None, initial=initial)
    status, warning = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            version = form.cleaned_data["version"]
            try:
                confirmed = request.POST.get("confirmed", "")
                actions.change_terms(TermsInput(**form.typed()), actor=actor, version=version, confirmed=confirmed)
            except LeadsNowhere as refusal:
                warning, status = refusal, refusal.status
            except Refused as refusal:
                status = onto(form, refusal)
            else:
                messages.success(request, gettext("Saved. It applies to pending orders too."))
                return redirect("akcept:terms")
    context = {**tab_context(request, "rules"), "form": form, "warning": warning}
    return render(request, "akcept/terms.html", context, status=status)
