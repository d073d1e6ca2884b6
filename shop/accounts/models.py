"""The shop's own user model: it cannot be changed after the first migration, so it exists from the start."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.abstract_models import AbstractUser, UserManager

from akcept.organizations.mailboxes import Flawed, canonical


class Users(UserManager):
    """Oscar's manager; a login made at the machine itself needs no further proof of its address."""

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> Any:
        """Create somebody who may do everything, as `manage.py createsuperuser` does."""
        from shop.accounts.proof import AllauthAccounts

        user = super().create_superuser(email, password, **extra)
        AllauthAccounts().claim(user)
        return user


class User(AbstractUser):
    """A person who logs in with an e-mail address; everything about organisations hangs on it from outside."""

    #: How often all sessions of this account were ended at once.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    #: How many tokens for other systems ended with the password that has just been set: its mail says so.
    tokens_ended = 0

    objects = Users()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the address in its one spelling: that is what makes it unique."""
        with suppress(Flawed):  # forms refuse it; a row that is there already can still be saved, and mended
            self.email: str = canonical(self.email)
        super().save(*args, **kwargs)

    def end_sessions(self) -> None:
        """End every session of this account, whoever began it and wherever; links to set a password go on working."""
        type(self).objects.filter(pk=self.pk).update(sessions_ended=F("sessions_ended") + 1)
        self.refresh_from_db(fields=["sessions_ended"])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the password (as Django does), the address and to nobody having ended them."""
        bound = f"{self.password}\n{self.email}\n{self.sessions_ended}"
        return salted_hmac("shop.accounts.session", bound, secret=secret, algorithm="sha256").hexdigest()


class Count(models.Model):
    """How often something was tried within a while: one row for each kind of trying and whoever is counted."""

    key = models.CharField(_("what is counted, and of whom"), max_length=120, primary_key=True)
    used = models.PositiveIntegerField(_("tried"), default=0)
    since = models.DateTimeField(_("counted since"), db_index=True)

    class Meta:
        verbose_name = _("counted attempts")
        verbose_name_plural = _("counted attempts")

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"
