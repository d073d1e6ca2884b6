"""Oscar's forms about offers."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

from typing import Any

from oscar.apps.dashboard.offers.forms import *
from oscar.apps.dashboard.offers.forms import RestrictionsForm as OscarRestrictionsForm

from akcept.oscar_edge.dashboard.fields import NearDays


class RestrictionsForm(NearDays, OscarRestrictionsForm):
    """When and how often an offer holds."""

    def clean(self) -> dict[str, Any]:
        """Compare the days; Oscar's own check expects that each could be read."""
        for name in ("start_datetime", "end_datetime", "exclusive", "combinations"):
            self.cleaned_data.setdefault(name, None)
        super().clean()
        return self.cleaned_data
