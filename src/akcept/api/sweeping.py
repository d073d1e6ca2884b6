"""What calls leave behind goes by itself, at the clock's rounds, so many rows of each at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from akcept.api.answers import KEPT
from akcept.api.models import AccessToken, Answer, Call

#: So many rows of each go at one round: a round stays short however much was left.
AT_ONCE: Final = 1000
#: Calls stay for whoever keeps the credential, as far as they are among its latest.
CALLS_FOR: Final = timedelta(days=90)


def drop_answers(*, now: datetime, stopped: Callable[[], bool]) -> None:
    """Forget answers that have had their day; one statement."""
    _drop(Answer.objects.filter(created_at__lte=now - KEPT).order_by("created_at"), Answer.objects.all())


def drop_tokens(*, now: datetime, stopped: Callable[[], bool]) -> None:
    """Forget access tokens that have ended; one statement."""
    _drop(AccessToken.objects.filter(expires_at__lte=now).order_by("expires_at"), AccessToken.objects.all())


def drop_calls(*, now: datetime, stopped: Callable[[], bool]) -> None:
    """Forget calls of long ago; one statement, which looks at the oldest rows alone."""
    oldest = Call.objects.filter(pk__in=Call.objects.order_by("pk").values("pk")[:AT_ONCE])
    _drop(oldest.filter(at__lt=now - CALLS_FOR).order_by("pk"), Call.objects.all())


def _drop(old: QuerySet[Any], rows: QuerySet[Any]) -> None:
    """Nothing refers to these rows: without looking for what would, it is one statement."""
    gone = rows.filter(pk__in=old.values("pk")[:AT_ONCE])
    gone._raw_delete(gone.db)
