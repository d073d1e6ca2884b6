from __future__ import annotations

from django.apps import AppConfig
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
        from akcept.oscar_edge import kept
        from akcept.oscar_edge.search import engines, index

        kept.register(engines.KEPT, after=self)
        ticking.also(index.tend)
