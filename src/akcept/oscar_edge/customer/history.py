"""What a browser looked at, without what its visitor may not buy by now."""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from typing import Any

from oscar.apps.customer import history as oscar_history
from oscar.apps.customer.history import *

from akcept.oscar_edge import sight


class CustomerHistoryManager(oscar_history.CustomerHistoryManager):
    """Oscar's list of products that were looked at."""

    @classmethod
    def get(cls, request: Any) -> list[Any]:
        """Return the products that exist for the visitor, the latest first."""
        found = {each.pk: each for each in super().get(request)}
        seen = sight.products(request, oscar_history.Product.objects.filter(pk__in=list(found)))
        kept = set(seen.values_list("pk", flat=True)) if found else set()
        return [each for key, each in found.items() if key in kept]
