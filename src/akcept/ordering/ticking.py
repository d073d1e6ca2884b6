"""The clock's round over the orders that wait: from cron, the relay, or both at once; see `actions.tend`."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from django.db import InterfaceError, OperationalError
from django.db.models import Q

from akcept.approvals.deadlines import Due
from akcept.approvals.models import Case
from akcept.approvals.states import OPEN
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering.actions import tend

log = logging.getLogger("akcept.tick")

_BLOCK: Final = 200


def tick(*, now: datetime | None = None, stopped: Callable[[], bool] = lambda: False) -> Counter[Due]:
    """Do what is due for each order that waits, each in a transaction of its own; return how often what was done.

    Cheap when nothing is due: one statement on a partial index. What fails for one order is logged and tried again the
    next time; the others go on.
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
    return done


def _candidates(at: datetime) -> Iterator[str]:
    waiting = Case.objects.filter(Q(look_at=None) | Q(look_at__lte=at), state__in=[state.value for state in OPEN])
    last = 0
    while block := list(
        waiting.filter(order_id__gt=last).order_by("order_id").values_list("order_id", "order__number")[:_BLOCK]
    ):
        yield from (number for _order_id, number in block)
        last = block[-1][0]
