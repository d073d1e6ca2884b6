"""The inbox "for me", deciding several of its orders at once, and how many there are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound
from akcept.ordering import actions, queries
from akcept.ordering.actions import BulkResult, Chosen
from akcept.ordering.mail_links import LIFE
from akcept.ordering.queries import InboxFilter
from akcept.organizations import module
from akcept.organizations import queries as organizations
from akcept.organizations.queries import SubstitutionEnded
from akcept.organizations.seats import Seat
from akcept.organizations.visitor import actor_of, seat_of
from akcept.storefront import refusals
from akcept.storefront.inbox.forms import InboxForm
from akcept.ui import formats
from akcept.ui.forms import version_typed


@refusals.page
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the visitor's decision, longest waiting first unless sorted otherwise."""
    return _page(request)


@refusals.act(shown_at="akcept:inbox")
def decide_many(request: HttpRequest) -> HttpResponse:
    """Accept or reject the chosen orders, and say of each what became of it."""
    remark, actor = request.POST.get("remark", ""), actor_of(request)
    chosen = _chosen(request)
    try:
        if request.POST.get("move") == "accept":
            results = actions.accept_many(chosen, actor=actor, remark=remark)
        elif request.POST.get("move") == "reject":
            results = actions.reject_many(chosen, actor=actor, reason=remark)
        else:
            raise Invalid(_("Choose whether to accept or to reject."))
    except Invalid as refusal:
        kept = {"refusal": refusal, "remark": remark, "chosen": {order.order_number for order in chosen}}
        return _page(request, status=refusal.status, **kept)
    seen = {order.order_number: order.version for order in chosen}
    return _page(request, **_told(results, actor=actor, seen=seen, rejected=request.POST["move"] == "reject"))


def _chosen(request: HttpRequest) -> list[Chosen]:
    """Return what is ticked, "number:version"; a mangled version is one nobody saw and is refused as stale."""
    ticked = [value.rpartition(":") for value in request.POST.getlist("chosen")]
    return [Chosen(order_number=number, version=version_typed(typed)) for number, _colon, typed in ticked]


def _told(results: tuple[BulkResult, ...], *, actor: Actor, seen: dict[str, int], rejected: bool) -> dict[str, Any]:
    not_done = [result for result in results if not result.decided]
    since = queries.changed_since(actor, {result.order_number: seen[result.order_number] for result in not_done})
    return {
        "done": [result for result in results if result.decided],
        # With what was changed since, and a link, for those the visitor may see.
        "not_done": [(result, result.order_number in since, since.get(result.order_number)) for result in not_done],
        "rejected": rejected,
    }


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    _require_available()
    seat = seat_of(request)
    form = InboxForm(request.GET, choices=queries.inbox_choices(seat))
    form.is_valid()
    wanted = form.wanted()
    context = {
        "page": queries.inbox(seat, after=request.GET.get("after", ""), sort=form.sorted_by(), wanted=wanted),
        "form": form,
        "narrowed": wanted != InboxFilter() or bool(form.errors),
        "may_accept": seat is not None and seat.decides,
        "seat": seat,
        "was_substitute": _was_substitute(seat),
        "remark_limit": actions.REMARK_LIMIT,
        "bulk_limit": actions.BULK_LIMIT,
        **more,
    }
    return render(request, "akcept/inbox.html", context, status=status)


def _was_substitute(seat: Seat | None) -> SubstitutionEnded | None:
    """Return whose substitute somebody was of late who decides nothing now: the mail of that time led them here."""
    if seat is None or seat.decides or not seat.active:
        return None
    now = utc_now()
    return organizations.last_substitution(seat.member_id, since=now - LIFE, now=now)


def _require_available() -> None:
    if not module.is_available():
        raise NotFound(_("This shop does not offer organisation accounts at the moment."))


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many orders wait for the visitor, for the menu of a page that stays open; 304 while it is the same number.

    204 for whoever has nothing to decide, or is no longer logged in: the page stops asking.
    """
    seat = seat_of(request) if request.user.is_authenticated else None
    if seat is None or not seat.decides or not module.is_available():
        return HttpResponse(status=204)
    number = queries.inbox_count(seat)
    # The number as it is seen, and below it as it is heard, if that is another text.
    shown = dict.fromkeys((formats.counted(number) or "0", formats.counted_aloud(number) or "0"))
    response = HttpResponse("\n".join(shown), content_type="text/plain; charset=utf-8")
    response["ETag"] = f'"{seat.member_id}-{number}-{get_language()}"'
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return found if isinstance(found, HttpResponse) else response
