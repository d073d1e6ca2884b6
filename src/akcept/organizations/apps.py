from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    name = "akcept.organizations"
    label = "akcept_organizations"
    verbose_name = _("Organisations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Settle at log-in for which organisation somebody acts; say what personal data is held here."""
        from akcept.organizations import own_data, personal_data, visitor

        personal_data.register(own_data.HOLDING)

        user_logged_in.connect(visitor.settle, dispatch_uid="akcept.organizations.settle")
