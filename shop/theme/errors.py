"""Pages for what cannot be understood, for too much of it, and for what failed; also before anybody knew who asks."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from shop.accounts import limits


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: in the shop's frame, or bare for what is refused before sessions are looked at (a foreign host)."""
    context = {"refusal": _too_much(exception), "shop": "/"}
    if hasattr(request, "user"):
        return render(request, "400.html", context, status=400)
    if isinstance(exception, DisallowedHost):
        context["shop"] = settings.AKCEPT_BASE_URL  # this address leads nowhere
    return HttpResponse(render_to_string("400_bare.html", context), status=400)


def _too_much(exception: Exception | None) -> str:
    """Return which limit of one request was passed, empty where none was."""
    if isinstance(exception, TooManyFieldsSent):
        return _("More was sent at once than the shop takes: at most %(n)s fields. Nothing was done; send less.") % {
            "n": number_format(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, force_grouping=True)
        }
    if isinstance(exception, RequestDataTooBig):
        return _("More was sent at once than the shop takes: at most %(size)s. Nothing was done; send less.") % {
            "size": filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        }
    if isinstance(exception, TooManyFilesSent):
        return _("More was sent at once than the shop takes: at most %(n)s files. Nothing was done; send fewer.") % {
            "n": settings.DATA_UPLOAD_MAX_NUMBER_FILES
        }
    return ""


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500 in the reader's language, with the number the log has; asks nothing of what may have failed."""
    with translation.override(translation.get_language_from_request(request)):
        context = {"number": getattr(request, "akcept_request_id", "")}
        response = HttpResponse(render_to_string("500.html", context), status=500)
        response["Content-Language"] = translation.get_language()
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429 where allauth itself counts: by the minute, and whoever is logged in by account."""
    by = limits.By.ACCOUNT if request.user.is_authenticated else limits.By.ADDRESS
    return limits.refused(request, by, 1)
