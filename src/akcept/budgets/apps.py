from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetsConfig(AppConfig):
    name = "akcept.budgets"
    label = "akcept_budgets"
    verbose_name = _("Budgets")
    default_auto_field = "django.db.models.BigAutoField"
