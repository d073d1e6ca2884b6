"""Oscar's page on which a mail is tried: its links lead where those of the real one do."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from typing import Any

from oscar.apps.dashboard.communications import views as oscar_views
from oscar.apps.dashboard.communications.views import *

from akcept.oscar_edge.communication.utils import shop


class UpdateView(oscar_views.UpdateView):
    """The wording of one kind of mail."""

    def get_messages_context(self, form: Any) -> dict[str, Any]:
        """Return what the trial is rendered with."""
        context: dict[str, Any] = super().get_messages_context(form)
        known = shop()
        return {**context, "site": known} if known is not None else context
