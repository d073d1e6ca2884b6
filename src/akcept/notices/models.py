"""What waits to go out together."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DigestItem(models.Model):
    """One notice for somebody who wants one mail a day. `batch` is the delivery's entry that takes it along."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey("akcept_journal.Entry", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    batch = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("notice for the daily e-mail")
        verbose_name_plural = _("notices for the daily e-mail")
        constraints = [models.UniqueConstraint(fields=["user", "entry", "kind"], name="akcept_digest_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.entry_id}"
