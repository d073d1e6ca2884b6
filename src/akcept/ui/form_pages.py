"""Pages that are one form, of the shop's front and of the panel: shown, refused with what was typed, or carried out."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from akcept.kernel.errors import Refused
from akcept.organizations import accounts
from akcept.ui.forms import onto


def form_answered(
    request: HttpRequest,
    form: Form,
    page: Callable[[int], HttpResponse],
    act: Callable[[], tuple[str, str]],
    *,
    grave: Callable[[], bool] = lambda: False,
) -> HttpResponse:
    """Answer a GET with the page, a POST with what `act` does: it returns what is said, and where one is led on to.

    `page` answers with the form, with the status it is given. `act` is called once the form is valid; what it refuses
    (Refused, ValidationError) stands at its field, and nothing typed is lost. Where it is `grave`, looked at once the
    form is valid, whoever sends it shows once more who they are; then it is done.
    """
    if request.method != "POST":
        return page(200)
    if not form.is_valid():
        return page(422)
    if grave() and (asked := accounts.of_login().confirm_first(request)):
        return asked
    try:
        said, then = act()
    except Refused as refusal:
        return page(onto(form, refusal))
    except ValidationError as errors:
        form.add_error(None, errors)
        return page(422)
    messages.success(request, said)
    return redirect(then)
