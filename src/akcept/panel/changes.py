"""What was done with the shop itself: by its people, and by the systems that are connected to it."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from akcept.journal.models import Entry
from akcept.kernel.actor import ActorKind
from akcept.ordering import queries
from akcept.ordering.queries import ShopMatter
from akcept.organizations.pseudonyms import shown
from akcept.organizations.visitor import staff_of
from akcept.panel.refusals import staff_page
from akcept.ui.history import sentences

MATTERS: Final = {
    ShopMatter.EXPORT: gettext_lazy("Export of orders"),
    ShopMatter.SHOP: gettext_lazy("Stock, prices and terms"),
    ShopMatter.AGREEMENT: gettext_lazy("Agreement with everybody"),
    ShopMatter.PRICE_LIST: gettext_lazy("Price list"),
    ShopMatter.MODULE: gettext_lazy("B2B"),
    ShopMatter.ACCESS: gettext_lazy("Other systems"),
    ShopMatter.WEBHOOK: gettext_lazy("Webhook"),
}


@staff_page
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Who did what and when: exports, stock and prices, agreements with everybody, price lists, access, webhooks."""
    matter = request.GET.get("matter", "")
    page = queries.shop_changes(staff_of(request), matter=matter, after=request.GET.get("after", ""))
    told = [
        (MATTERS[ShopMatter(entry.subject_type)], line, _who(entry))
        for entry in page.rows
        for line in sentences([entry], for_staff=True)
    ]
    context = {"page": page, "told": told, "matters": MATTERS, "matter": matter}
    return render(request, "akcept/panel/changes.html", context)


def _who(entry: Entry) -> str:
    return _("automatically") if entry.actor_kind == ActorKind.SYSTEM else shown(entry.actor_name)
