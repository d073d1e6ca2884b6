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


class Export(models.Model):
    """Orders that were marked as exported in one go, so that they are one file, and the mark can be taken back."""

    class Via(models.TextChoices):
        PANEL = "panel", _("panel")
        SYSTEM = "system", _("another system")
        FOLDER = "folder", _("folder of an ERP")

    via = models.CharField(max_length=10, choices=Via.choices)
    #: Which folder, by an id that lies in it.
    place = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self) -> str:
        return f"{self.pk}"


class Exported(models.Model):
    """The mark of an order that was exported; one that its customer took back and accepted again bears none."""

    order = models.OneToOneField("order.Order", on_delete=models.CASCADE, primary_key=True, related_name="+")
    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="marks")
    #: Of the order's case when it was marked; 0 without one.
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("mark of an export")
        verbose_name_plural = _("marks of exports")

    def __str__(self) -> str:
        return f"{self.order_id}: {self.export_id}"
