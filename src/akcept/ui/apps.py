from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "akcept.ui"
    label = "akcept_ui"
    verbose_name = _("Words and shapes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let trouble of the database be told once, and personal data be found."""
        from akcept.organizations import personal_data
        from akcept.ui import database_trouble, own_data

        personal_data.register(own_data.HOLDING)
        database_trouble.connect()
