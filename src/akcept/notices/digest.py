"""One mail a day, for whoever wants that: notices are put aside and go out together at seven in the morning.

Each notice that is put aside queues a delivery for that morning. The one of the oldest notice takes all of them; the
others find nothing to do. So any number of relays sends one mail, and what a relay leaves behind goes out later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from akcept.journal import actions as journal
from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Kind, Message
from akcept.notices.models import DigestItem
from akcept.notices.recipients import named, user_id_of

SUBSCRIBER: Final = "mail.daily"
MORNING: Final = time(7)
SHOWN: Final = 100


def put_aside(kind: Kind, entry: Entry, target: str, *, now: datetime) -> None:
    """Keep a notice for its reader's next daily mail; once, however often it is asked."""
    DigestItem.objects.get_or_create(user_id=user_id_of(target), entry=entry, kind=kind.name)
    journal.queue(entry, SUBSCRIBER, target, due_at=next_morning(now))


def next_morning(now: datetime) -> datetime:
    """Return the next seven o'clock in the shop's time zone."""
    local = timezone.localtime(now)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, MORNING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One notice in the daily mail: its subject, and where it leads."""

    subject: str
    path: str


def take(entry: Entry, target: str) -> list[DigestItem]:
    """Return what this delivery takes along, the same again after a crash. Raises Skip when another one does."""
    mine = DigestItem.objects.filter(user_id=user_id_of(target))
    waiting = mine.filter(batch=None)
    if waiting.aggregate(oldest=Min("entry_id"))["oldest"] == entry.pk:
        waiting.update(batch=entry.pk)
    taken = list(mine.filter(batch=entry.pk).select_related("entry").order_by("entry_id", "id"))
    if not taken:
        raise Skip("goes out with another one")
    return taken


def forget(entry: Entry, target: str) -> None:
    """Let go of what has been sent."""
    DigestItem.objects.filter(user_id=user_id_of(target), batch=entry.pk).delete()


def kind_of(known: Callable[[], dict[str, Kind]]) -> Kind:
    """Return the kind of the daily mail itself; `known` are the kinds it gathers, by name."""

    def message(entry: Entry, target: str) -> Message:
        lines = list(_lines(take(entry, target), known(), target))
        if not lines:
            forget(entry, target)
            raise Skip("nothing of it is of use any more")
        number = len(lines)
        subject = ngettext("%(n)d notice since yesterday", "%(n)d notices since yesterday", number) % {"n": number}
        return Message(subject=subject, context={"lines": lines[:SHOWN], "more": max(0, number - SHOWN)})

    return Kind(
        name="daily",
        topics=frozenset(),
        targets=lambda _entry: (),
        recipient=named,
        message=message,
        essential=True,
    )


def _lines(items: list[DigestItem], known: dict[str, Kind], target: str) -> Iterator[Line]:
    for item in items:
        kind = known.get(item.kind)
        if kind is None:
            continue
        try:
            subject = kind.message(item.entry, target).subject
        except Skip:
            continue
        yield Line(subject=" ".join(subject.split()), path=_path(item.entry))


def _path(entry: Entry) -> str:
    if entry.subject_type == "order":
        return reverse("akcept:order", kwargs={"number": entry.subject_id})
    return reverse("akcept:organization")
