"""Checkout on one page: what it costs, whether it will wait and for whom, and the one button."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from oscar.core.loading import get_model

from akcept.agreements.answers import Conditions
from akcept.kernel import price_sight
from akcept.kernel.errors import AlreadyPlaced, Changed, EmptyCart, NotFound, Refused, TwoCurrencies
from akcept.ordering import actions, buying, payments, queries
from akcept.ordering.changes import again
from akcept.ordering.money.credit import Credit
from akcept.ordering.ports import Quote
from akcept.organizations.seats import Seat
from akcept.organizations.visitor import actor_of, seat_of
from akcept.oscar_edge import agreed, agreed_words, baskets, figures, quotes
from akcept.oscar_edge.checkout.forms import (
    CheckoutForm,
    MemberCheckoutForm,
    PrivateCheckoutForm,
    invoiced,
    submitted_form,
)
from akcept.oscar_edge.delivery import NOT_SENT
from akcept.ui.formats import money

SHOWN_LINES = 10


@login_required
def to_the_page(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """Lead one of Oscar's old steps to the page; whatever was posted there places nothing."""
    return redirect("checkout:index")


@login_required
def checkout(request: HttpRequest) -> HttpResponse:
    """Show the page; place the order when its button was pressed."""
    if request.method == "POST" and "recalculate" not in request.POST:
        return _place(request)
    return _page(request)


def _page(
    request: HttpRequest, *, form: CheckoutForm | None = None, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    basket = request.basket  # type: ignore[attr-defined]
    lines = [line for line in basket.all_lines() if line.quantity] if basket.pk else []
    if not lines:
        messages.info(request, _("Your basket is empty: choose some products first."))
        return redirect("basket:summary")
    methods = quotes.shipping_methods(basket, user=request.user)
    if not methods:
        messages.error(request, _("The shop has no delivery with a charge in your basket's currency."))
        return redirect("basket:summary")
    wanted = request.POST.get("delivery", "")
    method = next((m for m in methods if m.code == wanted), methods[0])
    try:
        quote = quotes.quote_for(basket, method)
    except TwoCurrencies:
        return redirect("basket:summary")  # which says so, and lets lines be taken out
    seat = seat_of(request)
    origin = baskets.origin_of(basket, lines)
    former = again.ended(actor_of(request), seat, origin) if origin is not None else None
    if form is None:
        typed: Any = request.POST if request.method == "POST" else None
        if typed is None and former is not None and former.buyer_id == request.user.pk:
            typed = {"po_number": former.po_number, "note": former.note}
        form = _form(request, seat, basket=basket, methods=methods, initial=typed)
    shown_now = {"seen": quote.fingerprint, "seen_delivery": method.code}
    form.data = {**form.data.dict(), **shown_now} if form.is_bound else form.data  # type: ignore[attr-defined]
    form.initial.update(shown_now)
    try:
        quotes.require_available(lines)
    except Refused as shortage:
        refusal = refusal or shortage
    shown = list(zip(lines, quote.lines, strict=True))
    credit = queries.own_credit(seat)
    said = agreed.conditions(basket.strategy)
    context = {
        "form": form,
        "quote": quote,
        "address_help": agreed_words.addresses_in_words(said, seat) if seat is not None else "",
        "delivery_help": _of_delivery(method, said),
        "payment_help": _of_paying(credit, quote, said.pay_days if seat is not None else None),
        "preview": queries.preview(actor_of(request), quote),
        "refusal": refusal,
        "first_lines": shown[:SHOWN_LINES],
        "more_lines": shown[SHOWN_LINES:],
        "seat": seat,
        "organization": invoiced(seat) if seat is not None else None,
        "former": former,
    }
    return render(request, "akcept/checkout.html", context, status=status)


def _form(
    request: HttpRequest, seat: Seat | None, *, basket: Any, methods: list[Any], initial: Any = None, data: Any = None
) -> CheckoutForm:
    """Return the form for this buyer; `initial` is what was typed before a recalculation, not yet to be judged."""
    values: dict[str, Any] = dict(initial.items()) if initial is not None else {}
    form: CheckoutForm
    said = agreed.conditions(basket.strategy if basket is not None and seat is not None else None)
    if seat is not None:
        member_form = MemberCheckoutForm(data, initial=values)
        member_form.offer_addresses(seat, anywhere=buying.goes_anywhere(seat, said))
        form = member_form
    else:
        form = PrivateCheckoutForm(data, initial=values or _last_address(request))
    form.initial.setdefault("cart", basket.pk if basket is not None else None)
    delivery = [(method.code, _label(method, basket)) for method in methods]
    form.offer(delivery=delivery, has_organization=seat is not None, agreed=said.pays)
    return form


def _of_delivery(method: Any, said: Conditions) -> str:
    """Return what the shop says of a way of delivery, and what was agreed of its charge."""
    described = str(method.description or "")
    found = agreed_words.carriage_in_words(said)
    return " ".join([described + "." if described and found and not described.endswith(".") else described, *found])


def _of_paying(credit: Credit | None, quote: Quote, pay_days: int | None) -> str:
    """Return what there is to know where somebody chooses how to pay: the credit left, and the days to pay."""
    left = credit.in_words(quote.amounts) if credit is not None else ""
    return " ".join(filter(None, (left, payments.days_in_words(pay_days) if pay_days is not None else "")))


def _label(method: Any, basket: Any) -> str:
    if basket is None or not price_sight.are_seen():
        return str(method.name)
    net = figures.of_delivery(method, basket, strategy=basket.strategy).price(1).net
    if not net:
        return _("%(method)s, free of charge") % {"method": method.name}
    currency = figures.currency_of(basket.all_lines()) or settings.OSCAR_DEFAULT_CURRENCY
    return _("%(method)s, %(price)s net") % {"method": method.name, "price": money(net, currency)}


def _last_address(request: HttpRequest) -> dict[str, Any]:
    last = (
        get_model("order", "Order")
        .objects.filter(user=request.user, shipping_address__isnull=False)
        .select_related("shipping_address")
        .order_by("-pk")
        .first()
    )
    if last is None:
        return {"name": request.user.get_full_name()}  # type: ignore[union-attr]
    row = last.shipping_address
    return {
        "name": row.name,
        "line1": row.line1,
        "postcode": row.postcode,
        "city": row.line4,
        "country": row.country_id,
    }


def _place(request: HttpRequest) -> HttpResponse:
    # Neither the seat, the basket nor the addresses are loaded here: the action does that, in its transaction.
    known = [(method.code, str(method.name)) for method in quotes.known_methods()]
    submitted = submitted_form(request.POST, delivery=[*known, (NOT_SENT, "")])
    if not submitted.is_valid():
        return _page(request, form=_filled(request), status=422)
    data = submitted.cleaned_data
    try:
        placed = actions.place(
            actor=actor_of(request),
            cart_id=data["cart"],
            delivery_code=data["delivery"],
            delivery_address=submitted.delivery_address(),
            payment_code=data["payment"],
            po_number=data["po_number"],
            note=data.get("note", ""),
            seen=data["seen"],
        )
    except AlreadyPlaced as refusal:
        messages.info(request, str(refusal))
        return redirect("akcept:order", number=refusal.order_number)
    except TwoCurrencies:
        return redirect("basket:summary")
    except (EmptyCart, NotFound) as refusal:
        messages.error(request, str(refusal))
        return redirect("basket:summary")
    except Refused as refused:
        told = _delivery_changed(request, data) or refused if isinstance(refused, Changed) else refused
        form = _filled(request)
        if told.field in form.fields and told.field not in form.errors:
            form.add_error(told.field, str(told))
        return _page(request, form=form, refusal=told, status=told.status)
    return redirect("checkout:placed", number=placed.order_number)


def _delivery_changed(request: HttpRequest, data: dict[str, Any]) -> Changed | None:
    """Return what to say where nothing differs from what was shown but the delivery that was chosen after it."""
    basket = request.basket  # type: ignore[attr-defined]
    methods = {method.code: method for method in quotes.shipping_methods(basket, user=request.user)}
    before, now = methods.get(data["seen_delivery"]), methods.get(data["delivery"])
    if before is None or now is None or before.code == now.code:
        return None
    if quotes.quote_for(basket, before).fingerprint != data["seen"]:
        return None
    quote = quotes.quote_for(basket, now)
    said = _("You chose another delivery, %(method)s: the total is now %(total)s gross. Please confirm.")
    return Changed(said % {"method": now.name, "total": money(quote.total_gross, quote.currency)})


def _filled(request: HttpRequest) -> CheckoutForm:
    """Return what was submitted as this buyer's form, with its errors, after it was refused."""
    basket = request.basket  # type: ignore[attr-defined]
    methods = quotes.shipping_methods(basket, user=request.user) if basket.pk else quotes.known_methods()
    form = _form(request, seat_of(request), basket=basket if basket.pk else None, methods=methods, data=request.POST)
    form.full_clean()
    return form


@login_required
@require_safe
def thanks(request: HttpRequest, number: str) -> HttpResponse:
    """Say what happens next with an order that was just placed; whoever does not see it is led to those they see."""
    try:
        view = queries.order(actor_of(request), number)
    except NotFound:
        return redirect("akcept:orders")
    return render(request, "akcept/thank_you.html", {"view": view})
