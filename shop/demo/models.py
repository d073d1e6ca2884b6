"""The demo's mailbox: what the shop would have sent, kept for looking at."""

from __future__ import annotations

from django.db import models


class Mail(models.Model):
    """One mail as it would have left, one row per recipient."""

    recipient = models.CharField(max_length=254, db_index=True)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=500)
    text = models.TextField()
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"
