from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PanelConfig(AppConfig):
    name = "akcept.panel"
    label = "akcept_panel"
    verbose_name = _("Merchant panel")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what is to be done."""
        from akcept.panel import to_do
        from akcept.ui.to_do import register

        register(to_do.tell, place=1)
