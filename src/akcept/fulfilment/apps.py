from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class FulfilmentConfig(AppConfig):
    name = "akcept.fulfilment"
    label = "akcept_fulfilment"
    verbose_name = _("Fulfilment")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have what was configured checked at start."""
        from akcept.fulfilment import carriers

        checks.register(carriers.check)
