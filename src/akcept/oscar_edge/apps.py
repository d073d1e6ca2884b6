from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OscarEdgeConfig(AppConfig):
    name = "akcept.oscar_edge"
    label = "akcept_oscar_edge"
    verbose_name = _("Oscar edge")
    default_auto_field = "django.db.models.BigAutoField"
