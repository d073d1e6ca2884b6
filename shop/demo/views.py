"""The mailbox page: everybody's mails in one place, because nobody in the demo has a real address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from shop.demo.models import Mail

View = Callable[..., HttpResponseBase]


def demo_only(view: View) -> View:
    """Let a view exist in the demo only: these pages show everybody's mails without a login."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """List mails, newest first; `?to=` narrows to one person."""
    to = request.GET.get("to", "")
    found = Mail.objects.filter(recipient=to) if to else Mail.objects.all()
    people = Mail.objects.order_by("recipient").values_list("recipient", flat=True).distinct()
    context = {"page_obj": Paginator(found, 30).get_page(request.GET.get("page")), "people": people, "to": to}
    return render(request, "demo/mailbox.html", context)


@demo_only
@csp_replace({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # typed for views of one argument only
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail: as a mail program would show it, and as plain text."""
    return render(request, "demo/mail.html", {"mail": get_object_or_404(Mail, pk=pk)})


@demo_only
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]  # as above
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
    }
)
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML of a mail, for the frame: nothing but its own styles and pictures may load."""
    return HttpResponse(get_object_or_404(Mail, pk=pk).html.replace("<a ", '<a target="_top" '))
