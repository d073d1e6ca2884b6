"""The shop's own user model: it cannot be changed after the first migration, so it exists from the start."""

from __future__ import annotations

from oscar.apps.customer.abstract_models import AbstractUser


class User(AbstractUser):
    """A person who logs in with an e-mail address; everything about organisations hangs on it from outside."""
