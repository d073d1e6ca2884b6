from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """Optional: the search of a shop without a search server."""

    name = "akcept.oscar_edge.search"
    label = "akcept_search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make triggers and indexes after every migration; index what has changed at each round of the clock."""
        from akcept.ordering.reactions import ticking
        from akcept.oscar_edge.search import engines, index

        pre_migrate.connect(engines.take_away, sender=self)
        post_migrate.connect(engines.install, sender=self)
        ticking.also(index.tend)
