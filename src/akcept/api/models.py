"""Who of other systems may talk to the shop, how much, and what they were answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Credential(models.Model):
    """A member's personal token, or a system's client id and secret. It never has rights of its own.

    `member` is whose rights of the moment it acts with; None for the merchant's, which act with those of `user`.
    """

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("personal token")
        CLIENT = "client", _("system")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    #: What finds it: the client id, or the part of a token that is no secret.
    key = models.CharField(max_length=24, unique=True)
    digest = models.CharField(max_length=64)
    #: The secret before the last exchange, which still counts until `previous_until`.
    previous_digest = models.CharField(max_length=64, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    organization = models.ForeignKey(
        "akcept_organizations.Organization", on_delete=models.CASCADE, null=True, related_name="+"
    )
    member = models.ForeignKey("akcept_organizations.Member", on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("access of another system")
        verbose_name_plural = _("access of other systems")
        indexes = [
            models.Index(fields=["organization", "kind", "-id"], name="akcept_credential_org"),
            models.Index(fields=["member", "-id"], name="akcept_credential_member"),
        ]

    def __str__(self) -> str:
        return self.name


class AccessToken(models.Model):
    """What a client id and secret were exchanged for: short-lived, with the client's scopes or fewer."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="access_tokens")
    key = models.CharField(max_length=24, unique=True)
    digest = models.CharField(max_length=64)
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return f"{self.credential_id}: {self.expires_at}"


class Bucket(models.Model):
    """How much of its limit a credential has used: `full_at` is when its bucket would be empty again, in microseconds.

    Moved by one statement (`limits.take`), so that parallel calls never take more than there is.
    """

    credential = models.OneToOneField(Credential, on_delete=models.CASCADE, primary_key=True, related_name="+")
    full_at = models.BigIntegerField()

    class Meta:
        verbose_name = _("used limit")
        verbose_name_plural = _("used limits")

    def __str__(self) -> str:
        return f"{self.credential_id}: {self.full_at}"


class Answer(models.Model):
    """What a call with an `Idempotency-Key` was answered; `status` is null while the call is at work.

    Written in the transaction of the action itself: either both are there or neither.
    """

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    #: Of method, address, version and body.
    fingerprint = models.CharField(max_length=64)
    #: Whose turn it is: a call whose turn was taken over must not commit.
    turn = models.CharField(max_length=32)
    turn_since = models.DateTimeField()
    created_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [models.UniqueConstraint(fields=["credential", "key"], name="akcept_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="akcept_answer_age")]

    def __str__(self) -> str:
        return f"{self.credential_id}: {self.key}"


class Call(models.Model):
    """One call of late, for whoever keeps the credential: when, what, and how it was answered."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    method = models.CharField(max_length=7)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    #: The stable code of a refusal, empty for what was done.
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [models.Index(fields=["credential", "-id"], name="akcept_call_latest")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
