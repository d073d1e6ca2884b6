"""What became of an order that was handed to a system of the merchant's; read and written under the order's lock."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Handover(models.Model):
    """Who has an order until when, and what was answered; no row while nobody has asked for it."""

    class State(models.TextChoices):
        LEASED = "leased", _("fetched")
        TAKEN = "taken", _("taken")
        FAILED = "failed", _("failed")

    order = models.OneToOneField("order.Order", on_delete=models.CASCADE, primary_key=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    #: What the system that has it names; another one for each claim, so that a late answer is told from a timely one.
    lease = models.CharField(max_length=32)
    leased_until = models.DateTimeField()
    external_number = models.CharField(max_length=60, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"
