"""Pages of the panel that are one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from akcept.ui.form_pages import form_answered


@dataclass(frozen=True, slots=True)
class FormPage:
    """What the page is called, what its button says, and where it leads back to."""

    title: str
    button: str
    #: An address.
    back: str
    back_label: str
    #: Said above the form.
    intro: str
    danger: bool = False
    #: Whether whoever sends it shows once more who they are first.
    grave: bool = False

    def answer(self, request: HttpRequest, form: Form, act: Callable[[], tuple[str, str]]) -> HttpResponse:
        """Answer with the page, or with what `act` does, see `ui.form_pages.form_answered`."""

        def page(status: int) -> HttpResponse:
            context = {"form": form, "words": asdict(self)}
            return render(request, "akcept/panel/form.html", context, status=status)

        return form_answered(request, form, page, act, grave=lambda: self.grave)
