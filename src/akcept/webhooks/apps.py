from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "akcept.webhooks"
    label = "akcept_webhooks"
    verbose_name = _("Webhooks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the journal; check the settings; say what personal data is held here, and what is to be done."""
        from django.core import checks

        from akcept.organizations import personal_data
        from akcept.ui.to_do import register
        from akcept.webhooks import configured, hearing, own_data, telling, to_do

        hearing.connect()
        telling.connect()
        personal_data.register(own_data.HOLDING)
        checks.register(configured.check)
        register(to_do.tell, place=3)
