"""One search over all the shop's people look for: orders, customers, people, products; from every page of the panel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from oscar.core.loading import get_model

from akcept.kernel import typed
from akcept.ordering import status
from akcept.ordering.queries.merchant import organizations_like
from akcept.ordering.queries.narrowing import mentioned
from akcept.organizations.models import Member
from akcept.organizations.queries import name_of
from akcept.oscar_edge.dashboard.orders import finding
from akcept.oscar_edge.work import SEES_WORK

#: Of each kind; the rest is a click away, in the list that has filters.
SHOWN: Final = 5
TEXT_LIMIT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was found, and where it is."""

    title: str
    url: str
    about: str
    #: Of an order.
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What was found of one kind; `more` is where the rest of it is listed, empty where this is all."""

    name: str
    icon: str
    found: tuple[Found, ...]
    more: str


class EverythingView(TemplateView):
    """What answers a few words, by kind; the number of an order leads to the order itself."""

    template_name = "akcept/everything.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what is found."""
        text = typed.line(request.GET.get("q", ""))
        order = _orders_for(request.user).filter(number=text).only("number", "status").first() if text else None
        if order is not None:
            return redirect(_page_of(order))
        kinds = found(text, for_=request.user) if 0 < len(text) <= TEXT_LIMIT else ()
        context = {"q": text, "kinds": kinds, "too_long": len(text) > TEXT_LIMIT, "limit": TEXT_LIMIT}
        return self.render_to_response(context, status=422 if len(text) > TEXT_LIMIT else 200)


def found(text: str, *, for_: Any) -> tuple[Kind, ...]:
    """Return what answers a text, kinds with anything only; a constant number of statements for as many words.

    Staff find what a page of the panel shows them: work, products and private customers take permissions of Django's,
    members and what waits or ended do not.
    """
    kinds = [_found_orders(text, for_), _customers(text), _people(text, for_)]
    if for_.has_perm("catalogue.view_product"):
        kinds.append(_products(text))
    return tuple(kind for kind in kinds if kind.found)


def _orders_for(user: Any) -> Any:
    orders = get_model("order", "Order").objects.all()
    return orders if user.has_perm(SEES_WORK) else orders.filter(status__in=status.NOT_WORK)


def _found_orders(text: str, user: Any) -> Kind:
    rows = _orders_for(user).filter(finding.about(text)).select_related("akcept_placement__organization", "user")
    shown, more = _first(rows.order_by("-date_placed", "-pk"))
    return Kind(
        name=_("Orders"),
        icon="receipt",
        found=tuple(
            Found(title=row.number, url=_page_of(row), about=_customer_of(row), status=row.status) for row in shown
        ),
        more=_list("dashboard:order-list", text=text) if more and user.has_perm(SEES_WORK) else "",
    )


def _customer_of(order: Any) -> str:
    placement = getattr(order, "akcept_placement", None)
    organization = placement.organization.name if placement is not None and placement.organization else ""
    person = name_of(order.user) if order.user else order.guest_email
    return ", ".join(filter(None, (organization, person, placement.po_number if placement is not None else "")))


def _page_of(order: Any) -> str:
    if order.status in status.NOT_WORK:
        return reverse("akcept_panel:order", kwargs={"number": order.number})
    return reverse("dashboard:order-detail", kwargs={"number": order.number})


def _customers(text: str) -> Kind:
    shown, more = _first(organizations_like(text).order_by("name", "pk"))
    return Kind(
        name=_("Organisations"),
        icon="building",
        found=tuple(
            Found(
                title=row.name,
                url=reverse("akcept_panel:organization", kwargs={"organization_id": row.pk}),
                about=f"{row.nip}, {row.city}",
            )
            for row in shown
        ),
        more=_list("akcept_panel:organizations", q=text) if more else "",
    )


def _people(text: str, user: Any) -> Kind:
    users = get_user_model().objects.filter(mentioned(text, "first_name", "last_name", "email"))
    if not (sees_all := user.has_perm(f"{get_user_model()._meta.app_label}.view_user")):
        users = users.filter(pk__in=Member.objects.filter(removed_at=None).values("user"))
    shown, more = _first(users.order_by("last_name", "first_name", "pk"))
    seats = defaultdict(list)
    for member in Member.objects.filter(user__in=shown, removed_at=None).select_related("organization", "unit"):
        seats[member.user_id].append(member)
    return Kind(
        name=_("People"),
        icon="person",
        found=tuple(_person(person, seats[person.pk]) for person in shown),
        more=_list("dashboard:users-index", name=text) if more and sees_all else "",
    )


def _person(user: Any, seats: Sequence[Member]) -> Found:
    url = reverse("dashboard:user-detail", kwargs={"pk": user.pk})
    if seats:
        keys = {"organization_id": seats[0].organization_id, "member_id": seats[0].pk}
        url = reverse("akcept_panel:member", kwargs=keys)
    where = [f"{seat.organization.name}, {seat.unit.name}" for seat in seats]
    return Found(title=name_of(user), url=url, about=" · ".join([user.email, *where]))


def _products(text: str) -> Kind:
    coded = get_model("partner", "StockRecord").objects.filter(partner_sku__istartswith=text).values("product")
    titled = mentioned(text, "title") | mentioned(text, "parent__title")
    rows = get_model("catalogue", "Product").objects.filter(titled | Q(upc__startswith=text) | Q(pk__in=coded))
    shown, more = _first(rows.select_related("parent").prefetch_related("stockrecords").order_by("title", "pk"))
    return Kind(
        name=_("Products"),
        icon="box",
        found=tuple(
            Found(
                title=row.get_title(),
                url=reverse("dashboard:catalogue-product", kwargs={"pk": row.pk}),
                about=", ".join(filter(None, (*(record.partner_sku for record in row.stockrecords.all()), row.upc))),
            )
            for row in shown
        ),
        more=_list("dashboard:catalogue-product-list", title=text) if more else "",
    )


def _first(rows: Any) -> tuple[list[Any], bool]:
    """Return the first rows, and whether there are others."""
    found_ = list(rows[: SHOWN + 1])
    return found_[:SHOWN], len(found_) > SHOWN


def _list(page: str, /, **typed_: str) -> str:
    return f"{reverse(page)}?{urlencode(typed_)}"
