"""The page behind the link in a mail: everything needed to decide one order, without logging in.

GET and HEAD show and change nothing, so that scanners and previews of links decide nothing; only the form's POST does.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from akcept.kernel import price_sight
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, Refused
from akcept.ordering import actions, mail_links
from akcept.ordering.models import MailLink
from akcept.organizations import queries as organizations
from akcept.organizations.visitor import actor_of
from akcept.storefront.orders.views.deciding import updated_in_words
from akcept.storefront.orders.views.orders import SHOWN_LINES
from akcept.storefront.throttle import require_seldom

#: Of one link; a guessed token costs a signature's check and no statement.
LIMIT, SECONDS = 30, 60

_TOKEN: Final = re.compile(r"(/by-mail/)[^/\s]+")


class _WithoutToken(logging.Filter):
    """Keep the token, which decides an order, out of the log: Django writes the path of whatever it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_TOKEN.sub(r"\1…", arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


# The view's own refusals, and those before it: a forged form (403) never gets as far as the view.
for _name in ("django.request", "django.security.csrf"):
    logging.getLogger(_name).addFilter(_WithoutToken())


def _kept_private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the address, which is a secret, from other hosts and from search engines."""

    @wraps(view)
    def private(request: HttpRequest, token: str) -> HttpResponse:
        with price_sight.seen_by(lambda: True):  # whoever the link is for decides what the order is worth
            response = view(request, token)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return private


@_kept_private
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Show the order a link was sent for; decide it when the form comes back."""
    number = ""
    try:
        link = mail_links.link_named(token)
        _speak_as_its_reader(request, link)
        require_seldom(f"mail-link:{link.pk}", limit=LIMIT, seconds=SECONDS)
        mail_links.require_reader(link, actor=actor_of(request))
        number = link.case.order.number
        if request.method == "POST":
            return _decided(request, token, link)
        return _page(request, link)
    except Refused as refusal:
        context = {"refusal": refusal, "number": number}
        return render(request, "akcept/by_mail_over.html", context, status=refusal.status)


def _speak_as_its_reader(request: HttpRequest, link: MailLink) -> None:
    """Answer in the language of the mail, unless the visitor has chosen one here."""
    if request.user.is_authenticated or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return
    translation.activate(organizations.language_of(link.member.user_id))
    request.LANGUAGE_CODE = translation.get_language() or ""


def _decided(request: HttpRequest, token: str, link: MailLink) -> HttpResponse:
    remark = request.POST.get("remark", "")
    actor = actor_of(request)
    try:
        if request.POST.get("move") == "accept":
            actions.accept_by_link(token, actor=actor, remark=remark)
        elif request.POST.get("move") == "reject":
            actions.reject_by_link(token, actor=actor, reason=remark)
        elif request.POST.get("move") == "prices":
            updated = actions.update_prices_by_link(token, actor=actor)
            context = {"updated": updated_in_words(updated), "number": updated.order_number}
            return render(request, "akcept/by_mail_over.html", context)
        else:
            raise Invalid(_("Choose whether to accept or to reject."))
    except Invalid as refusal:
        return _page(request, link, refusal=refusal, remark=remark)
    return redirect("akcept:by_mail", token=token)


def _page(request: HttpRequest, link: MailLink, *, refusal: Refused | None = None, remark: str = "") -> HttpResponse:
    page = mail_links.page(link, actor=actor_of(request), now=utc_now())
    if page.view is None:
        context = {"done": page.done, "again": page.again, "number": link.case.order.number, "case": link.case}
        return render(request, "akcept/by_mail_over.html", context)
    context = {
        "link": link,
        "view": page.view,
        "placement": page.view.placement,
        "document": page.view.document,
        "reader": organizations.name_of(link.member.user),
        "first_lines": page.view.document.lines[:SHOWN_LINES],
        "more_lines": page.view.document.lines[SHOWN_LINES:],
        "refusal": refusal,
        "remark": remark,
        "remark_limit": actions.REMARK_LIMIT,
    }
    return render(request, "akcept/by_mail.html", context, status=refusal.status if refusal else 200)
