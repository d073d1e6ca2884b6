"""The merchant's pages: held orders and the module's switch."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from akcept.fulfilment import papers
from akcept.fulfilment import queries as fulfilment
from akcept.journal import queries as journal
from akcept.kernel.errors import Invalid
from akcept.kernel.paging import key_of
from akcept.ordering import actions as ordering
from akcept.ordering import shop_terms
from akcept.ordering.queries import merchant as reads
from akcept.organizations import actions, module, policies
from akcept.organizations.models import Module
from akcept.organizations.visitor import staff_of
from akcept.panel import export
from akcept.panel.form_pages import FormPage
from akcept.panel.forms import GateForm, HeldFilterForm, ShopTermsForm
from akcept.panel.refusals import staff_page

#: Lines of an order before the rest is folded.
SHOWN_LINES = 10


def _filter_form(request: HttpRequest) -> HeldFilterForm:
    typed, staff = request.GET.get("organization", "").strip(), staff_of(request)
    form = HeldFilterForm(request.GET)
    if key_of(typed) is None:
        form.meant = reads.organization_called(staff, typed)
    form.offer(reads.held_choices(staff, organization_id=form.meant or key_of(typed)))
    return form


@staff_page
@require_safe
def held(request: HttpRequest) -> HttpResponse:
    """Orders that wait for their customer's acceptance; nobody at the shop can work on them."""
    form = _filter_form(request)
    valid = form.is_valid()
    page = reads.held(staff_of(request), form.wanted(), after=request.GET.get("after", ""))
    narrowed = any(value for name, value in request.GET.items() if name in form.fields)
    context = {
        "form": form,
        "page": page,
        "count": reads.held_count(),
        "narrowed": narrowed,
        # What is folded away is shown when it narrows the list, or was refused.
        "narrowed_more": any(request.GET.get(name) for name in ("days", "net_from", "net_to", "stuck")),
    }
    return render(request, "akcept/panel/held.html", context, status=200 if valid else 422)


@staff_page
@require_safe
def held_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as a file."""
    form = _filter_form(request)
    if not form.is_valid():
        return redirect(f"{reverse('akcept_panel:held')}?{request.GET.urlencode()}")
    rows = reads.held_rows(staff_of(request), form.wanted())
    response = StreamingHttpResponse(export.lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="orders-awaiting-acceptance.csv"'
    return response  # type: ignore[return-value]  # a streaming response is one to every middleware


@staff_page
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order of an organisation: who is asked and since when, or how it was decided."""
    view = reads.order_for_staff(staff_of(request), number, before=request.GET.get("before", ""))
    lines = view.document.lines
    context = {"view": view, "document": view.document, "first_lines": lines[:SHOWN_LINES]}
    context["parcels"] = fulfilment.parcels_of(view.placement.order_id, status=view.status)
    context |= {"more_lines": lines[SHOWN_LINES:], "makes_papers": papers.available()}
    context["manages"] = policies.manages_organizations(request.user)
    return render(request, "akcept/panel/order.html", context)


@staff_page
@require_safe
def unhandled(request: HttpRequest) -> HttpResponse:
    """Lead to the shop's order list, narrowed to what is new."""
    return redirect(f"{reverse('dashboard:order-list')}?status=unhandled")


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def b2b(request: HttpRequest) -> HttpResponse:
    """The module: what it does, whether it is on, who switched it."""
    if request.method == "POST":
        if (wanted := request.POST.get("enabled")) not in ("0", "1"):
            raise Invalid(_("Choose whether B2B is on or off."), field="enabled")
        enabled = wanted == "1"
        actions.switch_module(actor=staff_of(request), enabled=enabled)
        messages.success(request, _("B2B is switched on.") if enabled else _("B2B is switched off."))
        return redirect("akcept_panel:b2b")
    context = {
        "available": module.is_available(),
        "enabled": module.is_enabled(),
        "contact": getattr(settings, "AKCEPT_B2B_CONTACT", ""),
        "waiting": reads.held_total(),
        "history": journal.latest("module", "b2b").rows,
        "manages": policies.manages_organizations(request.user),
        "terms": shop_terms.in_force(),
        "gate": Module.objects.filter(pk=1).first() or Module(),
        "currency": settings.OSCAR_DEFAULT_CURRENCY,
    }
    return render(request, "akcept/panel/b2b.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """What holds for orders that wait: how long prices stay, how large orders may be, whether mails are sent."""
    policies.require_manages_organizations(staff_of(request))
    found = shop_terms.in_force()
    initial = {name: getattr(found, name) for name in ShopTermsForm.base_fields}
    form = ShopTermsForm(request.POST or None, initial=initial)
    page = FormPage(
        title=_("Terms for pending orders"),
        intro=_("They apply to all organisations, and to orders already pending."),
        button=_("Save"),
        back=reverse("akcept_panel:b2b"),
        back_label="B2B",
    )

    def act() -> tuple[str, str]:
        ordering.change_shop_terms(form.typed(), actor=staff_of(request), version=form.cleaned_data["version"])
        return _("Saved. It applies to pending orders too."), page.back

    return page.answer(request, form, act)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def gate(request: HttpRequest) -> HttpResponse:
    """Whom the shop is open to, and whether it shows net prices, gross ones or both."""
    policies.require_manages_organizations(staff_of(request))
    row = Module.objects.filter(pk=1).first() or Module()
    form = GateForm(request.POST or None, initial={"gate": row.gate, "shown": row.shown, "version": row.gate_version})
    page = FormPage(
        title=_("Visitors and prices"),
        intro=_("What everybody sees who is not, or not yet, a customer you know."),
        button=_("Save"),
        back=reverse("akcept_panel:b2b"),
        back_label="B2B",
    )

    def act() -> tuple[str, str]:
        actions.open_shop(actor=staff_of(request), **form.typed())
        return _("Saved. It counts from the next page anybody opens."), page.back

    return page.answer(request, form, act)
