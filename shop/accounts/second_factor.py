"""What allauth knows of the second factor of whoever has logged in."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode


class AllauthSecondFactor:
    """See `akcept.organizations.second_factor.SecondFactor`."""

    def was_given(self, request: HttpRequest) -> bool:
        """Whether a code or a key was asked for at login, or later in the same session."""
        return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))

    def leads_to(self, request: HttpRequest, back: str) -> str:
        """Return where the code is typed; for an account that has no second factor yet, where one is set up."""
        if is_mfa_enabled(request.user):
            return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}"
        return reverse("mfa_index")
