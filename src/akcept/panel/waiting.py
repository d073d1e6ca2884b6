"""What staff do about an order that waits for its customer: remind those whose turn it is, and write to them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from akcept.kernel.errors import IllegalMove, NobodyCanDecide, NotAllowed, TooOften
from akcept.ordering import actions
from akcept.ordering.queries.merchant import order_for_staff
from akcept.organizations.visitor import staff_of
from akcept.panel.form_pages import FormPage
from akcept.panel.refusals import staff_page
from akcept.ui.forms import ProseField


class WriteForm(forms.Form):
    """What the shop tells the customer's people."""

    text = ProseField(label=gettext_lazy("Message"), max_length=actions.REMARK_LIMIT, rows=5)


@staff_page
@require_POST
def remind(request: HttpRequest, number: str) -> HttpResponse:
    """Remind whoever has not decided; why it cannot be done now is said on the order's page."""
    order_for_staff(staff_of(request), number)
    try:
        names = actions.remind(number, actor=staff_of(request))
    except (IllegalMove, NobodyCanDecide, NotAllowed, TooOften) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Reminded: %(names)s.") % {"names": ", ".join(names)})
    return redirect("akcept_panel:order", number=number)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, number: str) -> HttpResponse:
    """Write to the requester and those who are asked."""
    view = order_for_staff(staff_of(request), number)
    form = WriteForm(request.POST or None)
    back = reverse("akcept_panel:order", kwargs={"number": number})
    title = _("Write to the customer about order %(number)s") % {"number": number}
    page = FormPage(
        title=title,
        intro=_("%(requester)s and those who are asked get an e-mail. The message stays in the order's history.")
        % {"requester": view.requester},
        button=_("Send"),
        back=back,
        back_label=_("Order %(number)s") % {"number": number},
    )

    def act() -> tuple[str, str]:
        actions.write_to_customer(number, actor=staff_of(request), text=form.cleaned_data["text"])
        return _("Sent."), back

    return page.answer(request, form, act)
