"""Figures of months that are over, and which of them something has changed in since."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptMonth(models.Model):
    """A month of the shop's time zone whose figures are kept: from `starts_at` up to `ends_at`."""

    starts_at = models.DateTimeField(unique=True)
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("month with kept figures")
        verbose_name_plural = _("months with kept figures")

    def __str__(self) -> str:
        return self.starts_at.isoformat()


class Spending(models.Model):
    """What one member ordered for one unit in a month, as `ordering.queries.spending` counts it: net, no delivery."""

    month = models.ForeignKey(KeptMonth, on_delete=models.CASCADE, related_name="spending")
    organization = models.ForeignKey("akcept_organizations.Organization", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("akcept_organizations.Unit", on_delete=models.CASCADE, null=True, related_name="+")
    requester = models.ForeignKey("akcept_organizations.Member", on_delete=models.CASCADE, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    orders = models.PositiveIntegerField()
    net = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("kept spending")
        verbose_name_plural = _("kept spending")
        indexes = [models.Index(fields=["organization", "month"], name="akcept_kept_spending")]

    def __str__(self) -> str:
        return f"{self.month_id}/{self.organization_id}: {self.net} {self.currency}"


class Turnover(models.Model):
    """What the shop's orders of a month that are work come to by status: gross, with delivery."""

    month = models.ForeignKey(KeptMonth, on_delete=models.CASCADE, related_name="turnover")
    status = models.CharField(max_length=100)
    currency = models.CharField(max_length=12)
    orders = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("kept turnover")
        verbose_name_plural = _("kept turnover")

    def __str__(self) -> str:
        return f"{self.month_id}/{self.status}: {self.total} {self.currency}"


class Change(models.Model):
    """A moment of which an order has changed since: written by the database in the transaction that changed it.

    Of an organisation's spending, or with none of the shop's turnover. Without keys of its own to look up: a row is
    only ever appended, and several at once never wait for each other.
    """

    at = models.DateTimeField()
    organization_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("change of kept figures")
        verbose_name_plural = _("changes of kept figures")
        indexes = [models.Index(fields=["at", "organization_id"], name="akcept_kept_change")]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.at.isoformat()}"


def changed_since(**of: int | None) -> models.Exists:
    """Return whether an order of a kept month has changed since; `organization_id` asks for one, or with None the shop.

    For querysets of `KeptMonth`.
    """
    within = Change.objects.filter(at__gte=models.OuterRef("starts_at"), at__lt=models.OuterRef("ends_at"))
    return models.Exists(within.filter(**of))
