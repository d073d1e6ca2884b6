from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Mails about orders, invitations and organisations."""

    name = "akcept.notices"
    label = "akcept_notices"
    verbose_name = _("Notices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every kind with the journal; say what personal data is held here."""
        from akcept.notices import kinds, own_data
        from akcept.organizations import personal_data

        personal_data.register(own_data.HOLDING)
        kinds.register_all()
        if apps.is_installed("akcept.agreements"):
            from akcept.notices import agreements
            from akcept.ordering.reactions import ticking

            ticking.also(agreements.tend)
