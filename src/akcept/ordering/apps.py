from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrderingConfig(AppConfig):
    name = "akcept.ordering"
    label = "akcept_ordering"
    verbose_name = _("Orders and their acceptance")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow what the organisation changes; say what personal data is held here."""
        from akcept.ordering import own_data
        from akcept.ordering.reactions import asking_again, thresholds
        from akcept.organizations import personal_data

        personal_data.register(own_data.HOLDING)
        asking_again.connect()
        thresholds.connect()
