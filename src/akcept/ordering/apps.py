from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrderingConfig(AppConfig):
    name = "akcept.ordering"
    label = "akcept_ordering"
    verbose_name = _("Ordering")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow what the organisation changes."""
        from akcept.ordering import rerouting

        rerouting.connect()
