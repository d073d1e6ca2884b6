"""The list of orders: searched, narrowed, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from akcept.fulfilment import booked
from akcept.fulfilment import sheets as lines
from akcept.kernel import price_sight
from akcept.kernel.actor import Actor
from akcept.ordering import queries, visibility
from akcept.ordering.models import Placement
from akcept.ordering.queries import OrderFilter, whole
from akcept.ordering.status import CUSTOMER_LABELS
from akcept.organizations import queries as organizations
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.columns import Column
from akcept.organizations.bulk.sheets import Cell
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import actor_of, seat_of
from akcept.storefront import refusals
from akcept.storefront.orders.searching import OrdersForm
from akcept.ui import saved_views
from akcept.ui.downloads import made

#: How many orders a file of each kind holds; each order of the second is read whole.
MOST: Final = {"orders": 5_000, "products": 1_000}


_VIEWS: Final = "orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The list somebody asked for: whose orders, narrowed by what is right in the form."""

    actor: Actor
    scope: str
    sees_more: bool
    form: OrdersForm

    @property
    def status(self) -> str:
        return self.form.status_wanted()

    @property
    def wanted(self) -> OrderFilter:
        return self.form.wanted()

    @property
    def narrowed(self) -> bool:
        return bool(self.status or self.form.errors) or self.wanted != OrderFilter()


def _asked(request: HttpRequest) -> _Asked:
    seat = seat_of(request)
    sees_more = visibility.sees_more(seat)
    places = seat is not None and Permission.PLACE_ORDERS in seat.permissions
    scope = "all" if sees_more and request.GET.get("scope", "mine" if places else "all") == "all" else "mine"
    actor = actor_of(request)
    form = OrdersForm(request.GET, choices=queries.order_choices(actor) if scope == "all" else None)
    form.is_valid()
    return _Asked(actor=actor, scope=scope, sees_more=sees_more, form=form)


@refusals.page
@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    """The visitor's own orders, or all they may see, which whoever places none gets unasked; newest first."""
    asked = _asked(request)
    page = queries.orders(
        asked.actor, scope=asked.scope, status=asked.status, wanted=asked.wanted, after=request.GET.get("after", "")
    )
    context = {
        "page": page,
        "scope": asked.scope,
        "sees_more": asked.sees_more,
        "form": asked.form,
        "narrowed": asked.narrowed,
        "views": saved_views.of(
            request, _VIEWS, lists="akcept:orders", keeps="akcept:orders_views", narrowed=asked.narrowed
        ),
        "files": (("orders", _("Orders")), ("products", _("Orders with products"))),
    }
    return render(request, "akcept/orders.html", context)


@refusals.act(shown_at="akcept:orders")
def saved_views_kept(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is narrowed under a name, or remove such a view."""
    return saved_views.answered(request, _VIEWS, lists="akcept:orders")


@refusals.page
@require_safe
def export(request: HttpRequest, contents: str, file_format: str) -> Any:
    """The same orders as a file: a row for each of them, or for each product ordered."""
    asked = _asked(request)
    found = queries.listed(
        asked.actor, scope=asked.scope, status=asked.status, wanted=asked.wanted, most=MOST[contents]
    )
    if contents == "orders":
        rows = found.select_related("order", "requester__user", "unit").order_by("-order_id")
        answer: HttpResponseBase = HttpResponse(
            sheets.written_table(
                [_cells(row) for row in rows],
                columns=_columns(),
                title=_("My orders"),
                file_format=file_format,
                language=get_language() or "pl",
            )
        )
    else:
        answer = _products(whole.in_chunks(found), file_format)
    answer["Content-Type"] = sheets.FORMATS[file_format]
    answer["Content-Disposition"] = f'attachment; filename="{contents}.{file_format}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _products(chunks: Iterator[list[whole.WholeOrder]], file_format: str) -> HttpResponseBase:
    orders = (order for chunk in chunks for order in chunk)
    columns, sees = booked.customers_columns(), price_sight.are_seen()
    if file_format == "csv":
        parts = (part.encode() for part in lines.csv_lines(orders, columns))
        return StreamingHttpResponse(price_sight.each_seen_by(lambda: sees, parts))
    return made(lambda file: lines.write_xlsx(orders, file, columns))


_COLUMNS: Final = (
    Column(code="number", english="Order", polish="Zamówienie", explained=""),
    Column(code="po_number", english="Your order number", polish="Twój numer zamówienia", explained=""),
    Column(code="placed_at", english="Placed", polish="Złożone", explained=""),
    Column(code="status", english="Status", polish="Status", explained=""),
    Column(code="requester", english="Ordered by", polish="Zamawiający", explained=""),
    Column(code="unit", english="Unit", polish="Oddział", explained=""),
    Column(code="cost_centre", english="Cost centre", polish="MPK", explained=""),
    Column(code="items", english="Items", polish="Pozycje", explained=""),
    Column(code="products", english="Products", polish="Produkty", explained=""),
)
_PRICED: Final = (
    Column(code="net", english="Net with delivery", polish="Netto z dostawą", explained=""),
    Column(code="gross", english="Gross with delivery", polish="Brutto z dostawą", explained=""),
    Column(code="currency", english="Currency", polish="Waluta", explained=""),
)


def _columns() -> tuple[Column, ...]:
    return (*_COLUMNS, *_PRICED) if price_sight.are_seen() else _COLUMNS


def _cells(row: Placement) -> list[Cell]:
    cells: list[Cell] = [
        row.number,
        row.po_number,
        booked.moment(row.placed_at),
        str(CUSTOMER_LABELS.get(row.order.status, row.order.status)),
        organizations.name_of(row.requester.user) if row.requester else "",
        row.unit.name if row.unit else "",
        row.cost_centre,
        row.line_count,
        row.summary,
    ]
    return [*cells, row.total_net, row.total_gross, row.currency] if price_sight.are_seen() else cells
