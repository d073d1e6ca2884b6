from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Mails about orders, invitations and organisations."""

    name = "akcept.notices"
    label = "akcept_notices"
    verbose_name = _("Notices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every kind with the journal."""
        from akcept.notices import kinds

        kinds.register_all()
