"""The parcels of an order; which pieces are in one, the shop's own shipping event says."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Parcel(models.Model):
    """What a shipping event was sent as. Written under the order's lock; a parcel is told of an order once."""

    event = models.OneToOneField(
        "order.ShippingEvent", on_delete=models.CASCADE, primary_key=True, related_name="akcept_parcel"
    )
    order = models.ForeignKey("order.Order", on_delete=models.CASCADE, related_name="akcept_parcels")
    #: As the carrier, or whoever sends without one, calls it.
    number = models.CharField(max_length=60)
    carrier = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        constraints = (models.UniqueConstraint(fields=("order", "number"), name="akcept_parcel_once_an_order"),)

    def __str__(self) -> str:
        return self.number
