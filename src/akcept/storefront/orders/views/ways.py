"""What else people do with an order beside accepting and rejecting; each is a form on the order's page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from akcept.kernel.errors import Refused
from akcept.ordering import actions
from akcept.ordering.queries import Act
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.orders.views.orders import order_page
from akcept.ui.forms import seen_version


@refusals.act(shown_at="akcept:order")
def send_back(request: HttpRequest, number: str) -> HttpResponse:
    """Give the order back to its requester with a question."""
    text = _typed(request)

    def act() -> str:
        decided = actions.send_back(number, actor=actor_of(request), version=seen_version(request), question=text)
        return _("You sent order %(number)s back. %(name)s has been told and can change it.") % {
            "number": number,
            "name": decided.requester_name,
        }

    return _answered(request, number, Act.SEND_BACK, act, typed=text)


@refusals.act(shown_at="akcept:order")
def forward(request: HttpRequest, number: str) -> HttpResponse:
    """Pass the order on to a colleague who may decide it."""
    text, to = _typed(request), request.POST.get("to", "")
    to_member_id = int(to) if to.isascii() and to.isdigit() and len(to) < 19 else 0

    def act() -> str:
        actions.forward(
            number,
            actor=actor_of(request),
            version=seen_version(request),
            to_member_id=to_member_id,
            remark=text,
        )
        return _("Your colleague has been asked to decide on order %(number)s. You can still decide too.") % {
            "number": number
        }

    return _answered(request, number, Act.FORWARD, act, typed=text)


@refusals.act(shown_at="akcept:order")
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """End an order of one's own that still waits."""
    text = _typed(request)

    def act() -> str:
        actions.withdraw(number, actor=actor_of(request), version=seen_version(request), reason=text)
        return _("You withdrew order %(number)s. Its products are no longer reserved.") % {"number": number}

    return _answered(request, number, Act.WITHDRAW, act, typed=text)


@refusals.act(shown_at="akcept:order")
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Take an acceptance back while the shop has not begun."""
    text = _typed(request)

    def act() -> str:
        actions.revoke(number, actor=actor_of(request), version=seen_version(request), reason=text)
        return _("The acceptance of order %(number)s is revoked: it is pending again.") % {"number": number}

    return _answered(request, number, Act.REVOKE, act, typed=text)


@refusals.act(shown_at="akcept:order")
def comment(request: HttpRequest, number: str) -> HttpResponse:
    """Write to the other side; the shop does not see it."""
    text = request.POST.get("text", "")

    def act() -> str:
        actions.comment(number, actor=actor_of(request), text=text)
        return _("Your comment was added and sent.")

    return _answered(request, number, Act.COMMENT, act, typed=text)


def _typed(request: HttpRequest) -> str:
    return request.POST.get("remark", "")


def _answered(request: HttpRequest, number: str, name: Act, act: Callable[[], str], *, typed: str) -> HttpResponse:
    """Act and return to the order; a refusal shows it as it stands now, with what was typed."""
    try:
        said = act()
    except Refused as refusal:
        return order_page(request, number, refusal=refusal, act=name, typed=typed)
    messages.success(request, said)
    return redirect("akcept:order", number=number)
