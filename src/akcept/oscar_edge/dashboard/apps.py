from typing import Any

from django.urls import path
from oscar.apps.dashboard import apps
from oscar.core.loading import get_class


class DashboardConfig(apps.DashboardConfig):
    """Oscar's dashboard whose figures count work only, with a search over everything."""

    name = "akcept.oscar_edge.dashboard"

    def ready(self) -> None:
        """Say what is to be done."""
        super().ready()
        from akcept.oscar_edge.dashboard import work_left
        from akcept.ui.to_do import register

        register(work_left.tell, place=2)

    def configure_permissions(self) -> None:
        """Let staff search; a partner's own people see no more than their orders."""
        super().configure_permissions()
        self.permissions_map["search"] = get_class("dashboard.permissions", "DashboardPermission").staff

    def get_urls(self) -> list[Any]:
        """Return Oscar's addresses and the search's."""
        from akcept.oscar_edge.dashboard.everything import EverythingView

        own = self.post_process_urls([path("search/", EverythingView.as_view(), name="search")])
        return [*super().get_urls(), *own]
