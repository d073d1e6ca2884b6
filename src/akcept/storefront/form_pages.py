"""Pages that are one form: shown, refused with what was typed, or carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from akcept.ui.form_pages import form_answered

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Words:
    """What a form page is called, where it leads back to, and what its button says."""

    title: StrOrPromise
    button: StrOrPromise = gettext_lazy("Save")
    back: str = "akcept:organization"
    back_label: StrOrPromise = gettext_lazy("Organisation")
    #: Said above the form.
    intro: StrOrPromise = ""
    danger: bool = False


def form_page(
    request: HttpRequest, form: Form, words: Words, *, status: int = 200, back: str = "", **more: Any
) -> HttpResponse:
    """Answer with the page; `more` goes to the template."""
    context = {"form": form, "words": words, "back": back or reverse(words.back), **more}
    return render(request, "akcept/organization_form.html", context, status=status)


def form_answer(
    request: HttpRequest,
    form: Form,
    words: Words,
    act: Callable[[], str],
    *,
    then: str,
    back: str = "",
    grave: Callable[[], bool] = lambda: False,
    **more: Any,
) -> HttpResponse:
    """Answer a GET with the page, a POST with what `act` does: it returns what is said on the page it leads on to.

    `act` is called once the form is valid; what it refuses stands at its field, and nothing typed is lost. `then` is an
    address or the name of one. `grave`: see `ui.form_pages.form_answered`.
    """

    def page(status: int) -> HttpResponse:
        return form_page(request, form, words, status=status, back=back, **more)

    return form_answered(request, form, page, lambda: (act(), then), grave=grave)
