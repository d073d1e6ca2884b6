"""Who decides while an approver is away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Refused
from akcept.organizations import actions, queries
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.organization.forms import SubstituteForm
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.forms import onto


@refusals.page
def substitutes(request: HttpRequest) -> HttpResponse:
    """What runs and what is planned, and the form that names another one."""
    require_module()
    choices = queries.substitutes_to_choose(actor_of(request))
    today = timezone.localdate()
    initial: dict[str, object] = {"starts": today, "ends": today}
    if any(member.pk == choices.seat.member_id for member in choices.absent):
        initial["absent"] = choices.seat.email
    form = SubstituteForm(request.POST or None, initial=initial)
    form.offer(absent=choices.absent, substitutes=choices.substitutes, manages=choices.manages)
    status = 200

    def called(field: str) -> int:
        return queries.colleague_called(actor_of(request), form.cleaned_data[field], field=field)

    if request.method == "POST":
        status = 422
        if form.is_valid():
            starts_at, ends_at = form.period()
            try:
                actions.name_substitute(
                    actor=actor_of(request),
                    absent_id=called("absent") if choices.manages else choices.seat.member_id,
                    substitute_id=called("substitute"),
                    starts_at=starts_at,
                    ends_at=ends_at,
                )
            except Refused as refusal:
                status = onto(form, refusal)
            else:
                messages.success(request, _("The substitute is named, and ends by itself."))
                return redirect("akcept:substitutes")
    context = {
        **tab_context(request, "substitutes"),
        "form": form,
        "may_name": bool(choices.absent),
        "substitutions": queries.substitutions(actor_of(request)),
        "now": utc_now(),
    }
    return render(request, "akcept/substitutes.html", context, status=status)


@refusals.page
@require_POST
def end_substitution(request: HttpRequest, substitution_id: int) -> HttpResponse:
    """End one now."""
    require_module()
    actions.end_substitution(substitution_id, actor=actor_of(request))
    messages.success(request, _("The substitution is over."))
    return redirect("akcept:substitutes")
