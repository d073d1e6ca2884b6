from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "akcept.api"
    label = "akcept_api"
    verbose_name = _("Access of other systems")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check the settings; say what personal data is held here, and let the clock's rounds sweep."""
        from django.core import checks

        from akcept.api import configured, own_data, sweeping
        from akcept.ordering.reactions import ticking
        from akcept.organizations import personal_data

        checks.register(configured.check)
        personal_data.register(own_data.HOLDING)
        for chore in (sweeping.drop_answers, sweeping.drop_tokens, sweeping.drop_calls):
            ticking.also(chore)
