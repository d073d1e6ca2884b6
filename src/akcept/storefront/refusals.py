"""Refusals of the core, mapped once for the shop's front: a page, a form error, or a kind message."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from akcept.kernel.errors import NotFound, Refused

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Let a view raise refusals: what cannot be seen is a 404, everything else a page that says why.

    Somebody who has not logged in is sent to do so and comes back to the same address.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return answered(request, view, *args, **kwargs)

    return guarded


def open_page(view: View) -> View:
    """As `page`, for views that need no login."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return answered(request, view, *args, **kwargs)

    return guarded


def answered(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponse:
    """Call the view and turn a refusal into its answer."""
    try:
        return view(request, *args, **kwargs)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    except Refused as refusal:
        return render(request, "akcept/refused.html", {"refusal": refusal}, status=refusal.status)


def onto(form: Form, refusal: Refused) -> int:
    """Put a refusal onto the form's field (or its head) and return the status to answer with."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal))
    return refusal.status
