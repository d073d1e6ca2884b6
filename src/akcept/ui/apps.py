from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "akcept.ui"
    label = "akcept_ui"
    verbose_name = _("Words and shapes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let trouble of the database be told once."""
        from akcept.ui import database_trouble

        database_trouble.connect()
