from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetsConfig(AppConfig):
    name = "akcept.budgets"
    label = "akcept_budgets"
    verbose_name = _("Budgets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what personal data is held here; look at thresholds when people book by hand."""
        from akcept.budgets import own_data, thresholds
        from akcept.organizations import personal_data

        personal_data.register(own_data.HOLDING)
        thresholds.connect()
