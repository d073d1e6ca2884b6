"""Oscar's basket pages, and two fast ways to fill a basket: a list of codes, and an earlier order."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import resolve, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from oscar.apps.basket import views as oscar_views
from oscar.apps.basket.views import *
from oscar.core.utils import is_ajax

from akcept.kernel.errors import NotFound, Refused
from akcept.ordering import queries
from akcept.organizations.visitor import actor_of, seat_of
from akcept.oscar_edge.availability import Successor
from akcept.oscar_edge.basket import filling, reading
from akcept.oscar_edge.basket.filling import Checked
from akcept.oscar_edge.offer import amounts


class BasketView(oscar_views.BasketView):
    """The basket; quantities that cannot be had are refused as any other form is."""

    def formset_invalid(self, formset: Any) -> HttpResponse:
        """Answer 422 where Oscar shows the page again; to Oscar's own script as Oscar does: it shows nothing else."""
        response: HttpResponse = super().formset_invalid(formset)
        if response.status_code == 200 and not is_ajax(self.request):
            response.status_code = 422
        return response

    def remove_deleted_forms(self, formset: Any) -> None:
        """Take lines out as Oscar does, also where the form came without all of its counters."""
        form = formset.management_form
        formset.data = formset.data.copy()
        for name in form.fields:
            formset.data.setdefault(form.add_prefix(name), "")
        super().remove_deleted_forms(formset)


class BasketAddView(oscar_views.BasketAddView):
    """Adding a product; what cannot be added is refused on the page it was asked for on, with what was typed."""

    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the product: nothing is added by reading, and a refused form may be reloaded."""
        return redirect(get_object_or_404(self.product_model, pk=kwargs["pk"]))

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it, unless whoever asks may not order: their page may be an old one."""
        if refused := _no_orders(self.request):
            form.add_error(None, refused)
            return self.form_invalid(form)
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Answer 422 with the page. `request.refused_addition` is the form, for the shop's own templates."""
        request = self.request
        request.refused_addition = form
        # Where Oscar's own tag `basket_form` looks for what was typed.
        kept = f"add_to_basket_form_post_data_{self.product.pk}"
        request.session[kept] = json.dumps(request.POST)
        response = self._page()
        response.status_code = 422

        def forget(_rendered: HttpResponse) -> None:
            request.session.pop(kept, None)

        response.add_post_render_callback(forget)
        return response

    def _page(self) -> TemplateResponse:
        """Return the list or product page the form was on, or the product's own."""
        request, product = self.request, str(self.product.get_absolute_url())
        request.method = "GET"
        for url in (self.get_success_url(), product):
            parts = urlsplit(url)
            if url != product and not parts.path.startswith((reverse("catalogue:index"), reverse("search:search"))):
                continue
            try:
                match = resolve(parts.path)
                request.GET, request.META["QUERY_STRING"] = QueryDict(parts.query), parts.query
                request.path = request.path_info = parts.path
                page: TemplateResponse = match.func(request, *match.args, **match.kwargs)
            except Http404:
                continue
            if page.status_code == 200:
                return page
        raise Http404


class VoucherAddView(oscar_views.VoucherAddView):
    """Using a voucher; one whose sum is in another currency than the basket is refused with that reason."""

    def apply_voucher_to_basket(self, voucher: Any) -> None:
        """Put a voucher into the basket, or say why it does not count there."""
        reason = amounts.why_not(self.request.basket, voucher) if voucher.is_active() else ""
        if reason:
            messages.warning(self.request, reason)
        else:
            super().apply_voucher_to_basket(voucher)


def _no_orders(request: HttpRequest) -> str:
    """Return why a visitor may not order, with whom to ask; empty for who may, and for whoever has not logged in."""
    return queries.why_no_orders(seat_of(request)) if request.user.is_authenticated else ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quick_order(request: HttpRequest) -> HttpResponse:
    """Take a list of codes and quantities; all of it goes into the basket, or what is wrong is said line by line."""
    # PostgreSQL takes no NUL, and no code has one.
    text = request.POST.get("lines", "").replace("\r\n", "\n").replace("\x00", "")
    if request.method != "POST":
        return _page(request)
    if refused := _no_orders(request):
        return _page(request, text=text, refused=refused)
    if len(text) > reading.TEXT_LIMIT:
        return _page(request, text=text, refused=_("This text is too long to be a list of products."))
    lines = reading.read(text)
    if not lines:
        return _page(request, text=text, refused=_("Type or paste at least one line: a code, then how many."))
    if len(lines) > reading.LINES_LIMIT:
        refused = _("A list may have up to %(limit)d lines, yours has %(count)d.")
        return _page(request, text=text, refused=refused % {"limit": reading.LINES_LIMIT, "count": len(lines)})
    replacing = "replace" in request.POST
    checked = filling.check(request.basket, lines, replacing=replacing)  # type: ignore[attr-defined]
    if checked.refused or not checked.wanted or (checked.problems and "skip" not in request.POST):
        return _page(request, text=text, checked=checked, refused=checked.refused, replacing=replacing)
    return _fill(request, checked)


def _page(
    request: HttpRequest,
    *,
    text: str = "",
    checked: Checked | None = None,
    refused: str = "",
    replacing: bool = False,
) -> HttpResponse:
    successors = checked.successors if checked else {}
    context = {
        "text": text,
        "refused": refused,
        "problems": [(*each, successors.get(each[0].number)) for each in checked.problems] if checked else (),
        "successors": len(successors),
        "replacing": replacing,
        "right": len(checked.wanted) if checked and not refused else 0,
        "limit": reading.LINES_LIMIT,
    }
    wrong = bool(refused or context["problems"])
    return render(request, "akcept/quick_order.html", context, status=422 if wrong else 200)


@login_required
@require_http_methods(["POST"])
def order_again(request: HttpRequest, number: str) -> HttpResponse:
    """Put the products of an order the visitor may see into their basket, at today's prices; name what cannot."""
    try:
        view = queries.order(actor_of(request), number)
    except NotFound as refusal:
        messages.error(request, str(refusal))
        return redirect("akcept:orders")
    if refused := _no_orders(request):
        messages.error(request, refused)
        return redirect("akcept:order", number=number)
    quantities: dict[int, int] = {}
    titles: dict[int, str] = {}
    for line in view.document.lines:
        # A product that was deleted has no key any more; each is named like one that is not sold any more.
        key = line.product_id or -(line.line_id or 0)
        quantities[key] = quantities.get(key, 0) + line.quantity
        titles[key] = line.title
    checked = filling.check_products(request.basket, quantities, currency=view.document.currency)  # type: ignore[attr-defined]
    if checked.refused:
        messages.error(request, checked.refused)
        return redirect("akcept:order", number=number)
    origin = view.placement.order_id if view.has_ended else None
    return _fill(request, checked, titles=[titles[key] for key in quantities], origin=origin)


def _fill(
    request: HttpRequest, checked: Checked, *, titles: list[str] | None = None, origin: int | None = None
) -> HttpResponse:
    if checked.wanted:
        try:
            filling.put(request.basket, checked, origin=origin)  # type: ignore[attr-defined]
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("basket:summary")
        added = len(checked.wanted)
        messages.success(
            request,
            ngettext("%(n)d product is in your basket now.", "%(n)d products are in your basket now.", added)
            % {"n": added},
        )
    _say_replaced(request, checked)
    if checked.rounded:
        named = [f"“{titles[line.number - 1] if titles else line.code}” {how}" for line, how in checked.rounded]
        messages.info(request, _("Rounded up to whole packs: %(list)s.") % {"list": "; ".join(named)})
    if checked.problems:
        named = [
            _("“%(name)s” (%(why)s)") % {"name": titles[line.number - 1] if titles else line.code, "why": problem}
            for line, problem in checked.problems
        ]
        messages.warning(request, _("Not added: %(list)s.") % {"list": "; ".join(named)})
    if checked.successors:
        links = format_html_join(", ", '<a href="{}">{}</a>', ((each.url, each.title) for each in _in_place(checked)))
        messages.info(request, format_html("{} {}", _("Sold in their place:"), links))
    return redirect("basket:summary")


def _in_place(checked: Checked) -> list[Successor]:
    """Return what stands in the place of what was not added, each once."""
    return list({each.product_id: each for _number, each in sorted(checked.successors.items())}.values())


def _say_replaced(request: HttpRequest, checked: Checked) -> None:
    """Say which products were taken in the place of others."""
    if checked.taken:
        named = [f"“{each.title}” ({each.code})" for _number, each in sorted(checked.taken.items())]
        messages.info(request, _("Taken in the place of what was replaced: %(list)s.") % {"list": ", ".join(named)})
