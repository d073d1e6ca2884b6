from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "akcept.approvals"
    label = "akcept_approvals"
    verbose_name = _("Acceptance")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what personal data is held here, and what roles are needed for."""
        from akcept.approvals import own_data, queries
        from akcept.organizations import personal_data, role_uses

        personal_data.register(own_data.HOLDING)
        role_uses.register("approvals", queries.needing_role)
