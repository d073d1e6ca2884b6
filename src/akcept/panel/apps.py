from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PanelConfig(AppConfig):
    name = "akcept.panel"
    label = "akcept_panel"
    verbose_name = _("Merchant panel")
    default_auto_field = "django.db.models.BigAutoField"
