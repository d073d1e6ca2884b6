"""Oscar's pages of an account: closing one that others rely on is refused instead of failing."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from oscar.apps.customer import views as oscar_views
from oscar.apps.customer.views import *


class ProfileDeleteView(oscar_views.ProfileDeleteView):
    """Closes an account of somebody who neither ordered nor belongs to an organisation."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete as Oscar does; orders and decisions keep the name of who made them, so such an account stays."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
        except ProtectedError:
            messages.error(
                self.request,
                _(
                    "Your account cannot be deleted: orders or an organisation rely on it. "
                    "An administrator of your organisation, or the shop, can deactivate it."
                ),
            )
            return redirect("customer:profile-view")
        return response
