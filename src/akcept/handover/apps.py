from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoverConfig(AppConfig):
    name = "akcept.handover"
    label = "akcept_handover"
    verbose_name = _("Hand-over to other systems")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what it holds of people."""
        from akcept.handover import own_data
        from akcept.organizations import personal_data

        personal_data.register(own_data.HOLDING)
