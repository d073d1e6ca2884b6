"""Oscar's order pages for the merchant, over work only; what was not accepted is refused with the reason."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from oscar.apps.dashboard.orders import views as oscar_views
from oscar.apps.dashboard.orders.views import *
from oscar.apps.order.exceptions import InvalidOrderStatus
from oscar.apps.payment.exceptions import PaymentError
from oscar.core.loading import get_model

from akcept.ordering import status
from akcept.organizations.models import Organization
from akcept.oscar_edge import guards
from akcept.oscar_edge.dashboard.files import Writer
from akcept.oscar_edge.dashboard.orders import finding
from akcept.oscar_edge.dashboard.orders.forms import ENDED
from akcept.oscar_edge.dashboard.orders.kept import views_of
from akcept.oscar_edge.dashboard.turnover import by_status, in_own, of_all, turnover
from akcept.oscar_edge.work import is_work
from akcept.ui import formats
from akcept.ui.keyset import PagesByKey

#: What a row tells of beside its own columns.
_TOLD = ("user", "shipping_address", "akcept_placement__organization", "akcept_placement__unit")
#: What narrows a list to somebody or something; days and values do not by themselves.
_NARROWING = ("text", "product", "organization")
#: Lists in which the same search may find something, and whose orders they hold.
_BESIDE = {"held": status.HELD, "ended": status.ENDED}


class WorkOnly:
    """For pages about one order: a held or ended one leads to its acceptance page, and nothing is done to it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse before the page's own code looks at the request."""
        found = get_model("order", "Order").objects.filter(number=kwargs.get("number", ""))
        order_status = found.values_list("status", flat=True).first()
        if order_status in status.NOT_WORK:
            messages.warning(request, guards.reason_for(kwargs["number"], order_status))
            return redirect("akcept_panel:order", number=kwargs["number"])
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


def move(request: HttpRequest, order: Any, wanted: str, handler: Any) -> None:
    """Move an order along the shop's pipeline; what came of it, or why nothing, is said with its number."""
    words = {"number": order.number, "old": _label(order.status), "new": _label(wanted)}
    if wanted not in order.available_statuses():
        messages.error(request, _("Order %(number)s stays “%(old)s”: it cannot become “%(new)s”.") % words)
        return
    text = _("Order %(number)s: “%(old)s” → “%(new)s”.") % words
    try:
        handler.handle_order_status_change(order, wanted, note_msg=text)
    except (InvalidOrderStatus, PaymentError) as refusal:
        messages.error(request, _("Order %(number)s stays as it is: %(reason)s") % {**words, "reason": refusal})
    else:
        messages.success(request, text)


def _sees_held_orders(request: HttpRequest) -> bool:
    """Whether the visitor may open the panel's page of one; a partner's own staff may not."""
    return bool(getattr(request.user, "is_staff", False))


def _label(order_status: str) -> str:
    return str(status.LABELS.get(order_status, order_status))


class OrderDetailView(WorkOnly, oscar_views.OrderDetailView):
    """One order that is work."""

    def get_handler(self, *args: Any, **kwargs: Any) -> Any:
        """Return who handles events, told who is at the page; Oscar's own forms forget to."""
        return super().get_handler(*args, **{"user": self.request.user, **kwargs})

    def change_order_status(self, request: HttpRequest, order: Any) -> HttpResponse:
        """Move it, and show it again."""
        move(request, order, request.POST.get("new_status", "").strip(), self.get_handler(user=request.user))
        response: HttpResponse = self.reload_page()
        return response


class LineDetailView(WorkOnly, oscar_views.LineDetailView):
    """One line of an order that is work."""


class ShippingAddressUpdateView(WorkOnly, oscar_views.ShippingAddressUpdateView):
    """The delivery address of an order that is work."""


class OrderListView(PagesByKey, oscar_views.OrderListView):
    """The list of work; its search, export and bulk actions never reach a held order.

    Those that ended without acceptance are a list of their own here, to look at: nothing is done to them.
    """

    @property
    def base_queryset(self) -> Any:
        """What the list, its redirect by number and its export start from."""
        return self._every_order.filter(self._of_list()).select_related(*_TOLD)

    @base_queryset.setter
    def base_queryset(self, queryset: Any) -> None:
        self._every_order = queryset

    def _of_list(self) -> Q:
        wanted = self._ended()
        return Q(status__in=wanted) if wanted and self.request.method != "POST" else is_work()

    def _ended(self) -> frozenset[str]:
        """Return which ended orders are looked at; nothing for who looks at work."""
        chosen = self.request.GET.get("status", "")
        wanted = status.ENDED if chosen == ENDED else status.ENDED & {chosen}
        return wanted if _sees_held_orders(self.request) else frozenset()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list; a number that is searched for leads to its order, with the reason where it is no work."""
        if request.GET.get("status") in status.HELD and _sees_held_orders(request):
            return redirect("akcept_panel:held")
        number = next((typed for name in ("order_number", "text") if (typed := request.GET.get(name, "").strip())), "")
        found = self._every_order.filter(number=number).first() if number else None
        if found is not None and found.status not in status.NOT_WORK:
            return redirect("dashboard:order-detail", number=found.number)
        if found is not None and _sees_held_orders(request):
            messages.warning(request, guards.reason_for(found.number, found.status))
            return redirect("akcept_panel:order", number=found.number)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_queryset(self) -> Any:
        """Return the orders of the list that are searched for; all of them while something is typed wrongly."""
        found = super().get_queryset()
        return found.filter(self._searched) if self.form.is_valid() else found

    @cached_property
    def _searched(self) -> Q:
        """What a valid form asks for beyond Oscar's own fields, worked out once for every list it is held against."""
        data = self.form.cleaned_data
        limits = {
            "akcept_placement__organization": data["organization"],
            "total_incl_tax__gte": data["gross_from"],
            "total_incl_tax__lte": data["gross_to"],
        }
        within = Q(**{name: limit for name, limit in limits.items() if limit is not None})
        return within & finding.about(data["text"]) & finding.with_product(data["product"])

    def download_selected_orders(self, request: HttpRequest, orders: Any) -> HttpResponse:
        """Return the orders as a file."""
        response = HttpResponse()
        response["Content-Disposition"] = f"attachment; filename={self.get_download_filename(request)}"
        writer = Writer(response)
        writer.writerow(self.CSV_COLUMNS.values())
        for order in orders:
            values = {**self.get_row_values(order), "status": _label(order.status)}
            values["date"] = formats.local(order.date_placed)
            writer.writerow([values.get(column, "") for column in self.CSV_COLUMNS])
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do the bulk action for orders that are work; name each chosen one that is not, and leave it alone."""
        chosen = request.POST.getlist(f"selected_{self.get_checkbox_object_name()}")
        ids = [pk for pk in chosen if pk.isdigit()]
        refused = list(self._every_order.filter(pk__in=ids).exclude(is_work()))
        for order in refused:
            messages.warning(request, guards.reason_for(order.number, order.status))
        if refused and len(refused) == len(ids):
            return redirect(request.get_full_path())
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def change_order_statuses(self, request: HttpRequest, orders: Any) -> HttpResponse:
        """Move the chosen ones, each with what came of it, and show the same list again."""
        super().change_order_statuses(request, orders)
        return redirect(request.get_full_path())

    def change_order_status(self, request: HttpRequest, order: Any) -> None:
        """Move one of those that were chosen."""
        move(request, order, request.POST.get("new_status", "").strip(), self.get_handler(user=request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the statuses that work can have, and tell what the same search finds beside work."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["order_statuses"] = [name for name in context["order_statuses"] if name not in status.NOT_WORK]
        context |= {"ended": self._ended(), "ended_statuses": [name for name in status.LABELS if name in status.ENDED]}
        narrowed = self.form.is_valid() and any(self.form.cleaned_data[name] for name in _NARROWING)
        context["narrowed"] = narrowed
        context["views"] = views_of(self.request, narrowed=self.form.is_valid() and any(self.request.GET.values()))
        if narrowed and _sees_held_orders(self.request):
            context["customer"] = self._customer()
            if not context["ended"]:
                context["beside"] = {name: self._how_many(of) for name, of in _BESIDE.items()}
        return context

    def _customer(self) -> Organization | None:
        """Return the one organisation whose orders are listed."""
        chosen = self.form.cleaned_data["organization"]
        return Organization.objects.filter(pk=chosen).only("name").first() if chosen else None

    def _how_many(self, statuses: frozenset[str]) -> int:
        """Return how many orders of other lists the same search finds, up to `COUNTED` + 1; one statement."""
        beside = self._every_order.filter(self._searched, status__in=statuses)
        return int(beside.order_by()[: self.counted + 1].count())


class OrderStatsView(oscar_views.OrderStatsView):
    """Turnover and counts over work only."""

    def get_stats(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Return Oscar's figures for the period, of months that are over as they are kept."""
        if self.request.user.is_staff:
            found = of_all(filters.get("date_placed__gte"), filters.get("date_placed__lt"))
            return _stats(found.statuses, found.lines)
        orders = get_model("order", "Order").objects.filter(is_work(), **filters)
        orders = orders.filter(pk__in=oscar_views.queryset_orders_for_user(self.request.user).values("pk"))
        lines = get_model("order", "Line").objects.filter(order__in=orders)
        return _stats(by_status(orders), lines.count())


def _stats(statuses: list[dict[str, Any]], lines: int) -> dict[str, Any]:
    sums = turnover(statuses)
    return {
        "total_orders": sum(row["freq"] for row in statuses),
        "total_lines": lines,
        "total_revenue": in_own(sums),
        "turnover": sums,
        "order_status_breakdown": statuses,
    }
