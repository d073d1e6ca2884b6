"""The link to set a password that people of the shop send from the panel: it proves as much as one asked for."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponse
from django.urls import reverse_lazy

from shop.accounts import receivers


class SetPasswordByLink(PasswordResetConfirmView):
    """Oscar's page, in whose place it stands."""

    form_class = SetPasswordForm  # type: ignore[assignment]  # of any user model
    success_url = reverse_lazy("password-reset-complete")
    template_name = "oscar/registration/password_reset_confirm.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it; everybody else who sits in the account is out, with their tokens, and its owner is told."""
        response: HttpResponse = super().form_valid(form)
        receivers.mailed_link_used(type(self), self.request, form.user)
        get_adapter(self.request).send_notification_mail("account/email/password_reset", form.user)
        return response
