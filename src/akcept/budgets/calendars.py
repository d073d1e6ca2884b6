"""The organisation's calendar."""

from __future__ import annotations

from django.conf import settings

from akcept.budgets.models import Calendar


def calendar_of(organization_id: int) -> Calendar:
    """Return an organisation's calendar, the shop's usual one where it set none."""
    found = Calendar.objects.filter(organization_id=organization_id).first()
    return found or Calendar(organization_id=organization_id, time_zone=settings.TIME_ZONE, fiscal_month=1)
