"""The dashboard's start page: Oscar's figures over orders that are work; held and rejected ones are in none of them."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from functools import partial
from typing import Any, Final

from oscar.apps.dashboard.views import *
from oscar.apps.dashboard.views import IndexView as OscarIndexView

from akcept.ordering.queries.at_a_glance import at_a_glance
from akcept.organizations.visitor import staff_of
from akcept.oscar_edge.dashboard.figures import Figures
from akcept.ui.to_do import to_do

_NAMES: Final = tuple(name for name in vars(Figures) if not name.startswith("_"))
_STAFF_ONLY: Final = frozenset({"offer_maps", "total_vouchers"})


class IndexView(OscarIndexView):
    """Oscar's index with every figure about orders computed over work only."""

    def get_stats(self) -> dict[str, Any]:
        """Return Oscar's figures by name, each to be called, as templates do: what no page shows costs nothing."""
        oscars = type(self).get_hourly_report is OscarIndexView.get_hourly_report
        figures = Figures(self.request.user, hourly=self.get_hourly_report, reads_rows=oscars)
        names = [name for name in _NAMES if self.request.user.is_staff or name not in _STAFF_ONLY]
        stats: dict[str, Any] = {name: partial(getattr, figures, name) for name in names}
        if self.request.user.is_staff:
            stats["to_do"] = partial(to_do, self.request.user)
            stats["glance"] = partial(at_a_glance, staff_of(self.request))
        return stats
