"""The language switch: the page's language, and from then on the language of that person's mails."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from akcept.organizations import actions


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Switch as Django does, and remember the choice for somebody who is logged in."""
    chosen = request.POST.get("language", "")
    if request.user.pk is not None and chosen in dict(settings.LANGUAGES):
        actions.choose_language(request.user.pk, language=chosen)
    return django_set_language(request)
