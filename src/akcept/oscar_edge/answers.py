"""The answers of pages that are not ours: a refused form is not "200 OK", and a wrong address is no failure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError
from django.forms import BaseForm, BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch

from akcept.kernel.errors import Refused
from akcept.oscar_edge import guards

logger = logging.getLogger(__name__)

REFUSED = 422


class OthersAnswers:
    """Middleware: brings the answers of Oscar's and other packages' pages to what ours answer.

    A form that is shown again because of what was typed answers 422. An address or parameter of Oscar's own pages
    that names nothing, is no number, or one no database can hold, answers 404 where Oscar lets the exception pass.
    What the core refuses, such as a change of a held order in the admin, becomes a page with the reason.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """Answer 422 with a form that was refused."""
        if request.method == "POST" and response.status_code == 200 and any(_refused(response.context_data or {})):
            response.status_code = REFUSED
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal. Raises Http404 for what an address or parameter of Oscar's own pages caused."""
        exception = guards.refused_by_database(exception) or exception
        if isinstance(exception, Refused):
            staff = getattr(request.user, "is_staff", False)
            template = "akcept/panel/refused.html" if staff else "akcept/refused.html"
            return render(request, template, {"refusal": exception}, status=exception.status)
        wrong = [ObjectDoesNotExist, NoReverseMatch, OverflowError]
        if request.method in ("GET", "HEAD"):
            wrong += [DataError, IntegrityError]  # reading, the database refuses nothing but numbers and texts
        if (isinstance(exception, tuple(wrong)) or _no_number(exception)) and _is_oscars(request):
            logger.warning("%s: %r", request.path, exception)
            raise Http404 from exception
        return None


def _refused(context: dict[str, Any]) -> Iterator[bool]:
    for value in context.values():
        if isinstance(value, BaseForm | BaseFormSet) and value.is_bound:
            yield not value.is_valid()


def _no_number(exception: Exception) -> bool:
    """Say whether Django was asked for the row of something that is no number."""
    return isinstance(exception, ValueError) and "expected a number but got" in str(exception)


def _is_oscars(request: HttpRequest) -> bool:
    view = getattr(request.resolver_match, "func", None)
    bases = getattr(view, "view_class", type(None)).__mro__
    return any(base.__module__.startswith("oscar.") for base in bases)
