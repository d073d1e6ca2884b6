"""The clock's round over the orders that wait: from cron, the relay, or both at once; see `actions.tend`."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError
from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.approvals.deadlines import Due
from akcept.approvals.models import Case
from akcept.approvals.states import OPEN
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering.actions import tend
from akcept.ordering.models import MailLink

log = logging.getLogger("akcept.tick")

_BLOCK: Final = 200
#: An expired link still answers that it has expired; after this it is as unknown as any other.
KEPT_LINKS: Final = timedelta(days=30)
_DROPPED_LINKS: Final = 1000


#: What the edge has to do besides, each with the moment and whether it shall stop.
Chore = Callable[..., None]
_also: list[Chore] = []


def also(chore: Chore) -> None:
    """Let something else be done at each round; called once, when an app is ready."""
    if chore not in _also:
        _also.append(chore)


def tick(*, now: datetime | None = None, stopped: Callable[[], bool] = lambda: False) -> Counter[Due]:
    """Do what is due for each order that waits, each in a transaction of its own; return how often what was done.

    Also drops links in mails that expired long ago, at most a thousand a time, and what `also` added.
    Cheap when nothing is due: two statements and one for each chore, each on an index. What fails for one order is
    logged and tried again the next time; the others go on.
    """
    at = now or utc_now()
    done: Counter[Due] = Counter()
    for number in _candidates(at):
        if stopped():
            break
        try:
            done.update(tend(number, actor=Actor.system("clock"), now=at))
        except (InterfaceError, OperationalError):
            raise  # the database: whoever called knows what to do
        except Exception:
            log.exception("order %s could not be looked after", number)
    _drop_links(at)
    for chore in _also:
        chore(now=at, stopped=stopped)
    return done


def _drop_links(at: datetime) -> None:
    old = MailLink.objects.filter(expires_at__lt=at - KEPT_LINKS).order_by("expires_at")
    # Nothing refers to a link: without looking for what would, it is one statement.
    links = MailLink.objects.filter(pk__in=old.values("pk")[:_DROPPED_LINKS])
    links._raw_delete(links.db)


def told(done: Counter[Due]) -> str:
    """Return how often what was done, as commands say it."""
    text = _("Pending orders: reminded %(remind)d, escalated %(escalate)d, warned %(warn)d, expired %(expire)d.")
    return text % {due.value: done[due] for due in Due}


def _candidates(at: datetime) -> Iterator[str]:
    waiting = Case.objects.filter(Q(look_at=None) | Q(look_at__lte=at), state__in=[state.value for state in OPEN])
    last = 0
    while block := list(
        waiting.filter(order_id__gt=last).order_by("order_id").values_list("order_id", "order__number")[:_BLOCK]
    ):
        yield from (number for _order_id, number in block)
        last = block[-1][0]
