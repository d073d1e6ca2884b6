"""Where other systems want to hear of what happens, what they were sent, and how each try ended."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Endpoint(models.Model):
    """An address of an organisation's system, or of the merchant's; it hears what its keeper may see of late.

    `busy_until` is both the end of a sender's lease and "not before": whoever claims it sends to it alone.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("webhook", "active")
        PAUSED = "paused", _("paused")
        DEAF = "deaf", _("paused: it did not answer for days")
        GONE = "gone", _("paused: it answered that it is gone for good")

    organization = models.ForeignKey(
        "akcept_organizations.Organization", on_delete=models.CASCADE, null=True, related_name="+"
    )
    member = models.ForeignKey("akcept_organizations.Member", on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(_("address"), max_length=500)
    events: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    #: Encrypted, see `secret`; the one before counts until `previous_until`.
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    #: Since when no try ended well; None when the last one did.
    failing_since = models.DateTimeField(null=True)
    #: Tries on end that got no answer at all.
    silences = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    busy_until = models.DateTimeField()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [models.Index(fields=["organization", "id"], name="akcept_endpoint_org")]

    def __str__(self) -> str:
        return self.url


class Message(models.Model):
    """One event on its way to one endpoint. `key` names it to its receiver, the same at each try."""

    class State(models.TextChoices):
        DUE = "due", _("to be sent")
        DONE = "done", _("delivered")
        DEAD = "dead", _("given up")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="messages")
    #: None for a test.
    entry = models.ForeignKey("akcept_journal.Entry", on_delete=models.CASCADE, null=True, related_name="+")
    #: Of whom it tells, also where it goes to the merchant; 0 for nobody.
    organization_id = models.BigIntegerField(default=0)
    key = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=40)
    body: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        constraints = [models.UniqueConstraint(fields=["endpoint", "entry"], name="akcept_message_once")]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "id"], name="akcept_message_due", condition=models.Q(state="due")
            ),
            models.Index(fields=["endpoint"], name="akcept_message_dead", condition=models.Q(state="dead")),
            models.Index(fields=["endpoint", "-id"], name="akcept_message_latest"),
            models.Index(fields=["organization_id"], name="akcept_message_about"),
            models.Index(fields=["created_at"], name="akcept_message_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key} {self.state}"


class Attempt(models.Model):
    """One try: when, what came back, after how long. `why` is a code of `post.Reply` where nothing did."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    took_ms = models.PositiveIntegerField()
    why = models.CharField(max_length=20, blank=True)
    #: The beginning of what was answered.
    answer = models.CharField(max_length=1024, blank=True)

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")

    def __str__(self) -> str:
        return f"{self.message_id}: {self.status or self.why}"
