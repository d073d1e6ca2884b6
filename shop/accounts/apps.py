from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "shop.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks; say what personal data the log-in holds."""
        from akcept.organizations import personal_data
        from shop.accounts import checks, own_data  # noqa: F401

        personal_data.register(own_data.HOLDING)
