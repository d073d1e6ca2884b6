"""Oscar's basket middleware, with a basket for each membership; looking writes nothing, long ones load like short."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.basket.middleware import BasketMiddleware as OscarBasketMiddleware
from oscar.core.loading import get_model

from akcept.organizations.visitor import has_lost_seat, seat_of
from akcept.oscar_edge import baskets, quotes, sight
from akcept.oscar_edge.models import MemberBasket


class BasketMiddleware(OscarBasketMiddleware):
    """Same offers; the basket of the organisation the visitor acts for, with everything pricing touches."""

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Put nothing into the basket of somebody who may order for nobody any more; say why instead.

        Raises Http404 where the address is of what they may not buy.
        """
        if request.resolver_match:
            sight.require_in_sight(request, request.resolver_match)
        if request.method != "POST" or not request.resolver_match or request.resolver_match.namespace != "basket":
            return None
        if not request.user.is_authenticated or not has_lost_seat(request):
            return None
        messages.error(request, _("Your account has been deactivated: you cannot order with it."))
        return redirect("akcept:orders")

    def get_basket(self, request: HttpRequest) -> Any:
        """Return the visitor's open basket; one that is still empty is saved with its first product, not by looking."""
        if request._basket_cache is not None:  # type: ignore[attr-defined]
            return request._basket_cache  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return super().get_basket(request)
        basket = self._member_basket(request)
        basket.owner = request.user
        request._basket_cache = basket  # type: ignore[attr-defined]
        return basket

    def _member_basket(self, request: HttpRequest) -> Any:
        """Return the open basket of the organisation the visitor acts for; what was put aside elsewhere joins it.

        That is what was chosen before the login, and a second basket that Oscar began in the same organisation.
        """
        seat = seat_of(request)
        member_id = seat.member_id if seat else None
        if has_lost_seat(request):  # what lies in the organisation's basket is the organisation's
            return MemberBasket(owner=request.user)
        found = list(baskets.open_baskets(request.user, member_id=member_id))
        basket = found[0] if found else MemberBasket(owner=request.user)
        if not found:
            basket.home_member_id = member_id
        before = self.get_cookie_basket(self.get_cookie_key(request), request, get_model("basket", "Basket").open)
        if before is not None:
            request.cookies_to_delete.append(self.get_cookie_key(request))  # type: ignore[attr-defined]
            found.append(before)
        self._join(request, basket, [other for other in found if other is not basket])
        return basket

    def _join(self, request: HttpRequest, basket: Any, others: list[Any]) -> None:
        if not others:
            return
        if basket.pk is None:
            basket.save()
        moved = sum(other.num_items for other in others)
        for other in others:
            self.merge_baskets(basket, other)
        if moved:
            text = ngettext(
                "We put %(n)d item from an earlier visit into your basket.",
                "We put %(n)d items from an earlier visit into your basket.",
                moved,
            )
            messages.warning(request, text % {"n": moved})

    def apply_offers_to_basket(self, request: HttpRequest, basket: Any) -> None:
        """Load the lines in bulk before Oscar's offers walk over them."""
        if basket.pk:
            quotes.load_lines(basket)
        super().apply_offers_to_basket(request, basket)
