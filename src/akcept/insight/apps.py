from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "akcept.insight"
    label = "akcept_insight"
    verbose_name = _("Kept figures")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep figures at each round of the clock, and let reports of spending read them."""
        from akcept.insight import keeping, queries
        from akcept.ordering.queries import spending
        from akcept.ordering.reactions import ticking

        ticking.also(keeping.tend)
        spending.read_from(queries.Figures())
