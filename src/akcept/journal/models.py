"""Tables of the journal. Entries are inserted and stay; deliveries move from due to done, skipped or dead."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from akcept.kernel import tracing

#: Chain of what concerns no single organisation (the module's switch, customers without an organisation).
SHOP_CHAIN = 0

#: Longer names are cut: an account's first and last name may be longer, and nobody's act fails for that.
ACTOR_NAME_LENGTH = 200


class Chain(models.Model):
    """The head of one organisation's chain; its row is locked while entries are appended, so `seq` has no gaps."""

    organization_id = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        verbose_name = _("chain")
        verbose_name_plural = _("chains")

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.seq}"


class Entry(models.Model):
    """One event, in the past tense, written in the transaction that made it true; only a name is ever taken out."""

    organization_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    topic = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=12)
    actor_user_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=ACTOR_NAME_LENGTH, blank=True)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )
    at = models.DateTimeField()
    #: What makes the digests in the seal (see `chain`); empty once a name was taken out.
    salt = models.CharField(max_length=32, blank=True)
    #: Then: {"digests": those of values names were taken out of, "salts": those of the values that stand}.
    erased: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [models.UniqueConstraint(fields=["organization_id", "seq"], name="akcept_entry_chain")]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="akcept_entry_subject"),
            models.Index(fields=["organization_id", "-id"], name="akcept_entry_recent"),
            models.Index(
                fields=["organization_id", "-id"],
                name="akcept_entry_no_order",
                condition=~models.Q(subject_type="order"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.subject_type}:{self.subject_id}"


class Delivery(models.Model):
    """One entry on its way to one subscriber (and one target of it, such as a recipient).

    `due_at` is both "not before" and the end of the lease: claiming moves it into the future and writes `claim`,
    so a relay that dies simply lets the row come due again.
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("no longer needed")
        DEAD = "dead", _("given up")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="deliveries")
    #: Of the request that made it happen; no fact of the journal, so no seal covers it.
    request_id = models.CharField(max_length=tracing.LENGTH, blank=True, default="", db_default="")
    subscriber = models.CharField(max_length=40)
    target = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    claim = models.CharField(max_length=32, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    detail = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["entry", "subscriber", "target"], name="akcept_delivery_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="akcept_delivery_due", condition=models.Q(state="due")),
            models.Index(fields=["claim"], name="akcept_delivery_claim", condition=models.Q(state="due")),
            models.Index(fields=["id"], name="akcept_delivery_dead", condition=models.Q(state="dead")),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} {self.target} {self.state}"
