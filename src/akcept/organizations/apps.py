from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    name = "akcept.organizations"
    label = "akcept_organizations"
    verbose_name = _("Organisations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Settle at log-in for whom somebody acts; say what personal data is held; teach SQLite to fold."""
        from akcept.organizations import own_data, personal_data, searching, visitor

        personal_data.register(own_data.HOLDING)

        connection_created.connect(searching.teach, dispatch_uid="akcept.organizations.folding")
        user_logged_in.connect(visitor.settle, dispatch_uid="akcept.organizations.settle")
