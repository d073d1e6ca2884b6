"""Reading the journal: the history of a subject, the soundness of a chain, the state of the outbox."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from akcept.journal import erasing
from akcept.journal.actions import seal_of
from akcept.journal.models import Chain, Delivery, Entry
from akcept.kernel.paging import COUNTED, PAGE_SIZE, Page, key_of, page_of


def latest(
    subject_type: str,
    subject_id: str,
    *,
    before: str = "",
    size: int = PAGE_SIZE,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> Page[Entry]:
    """Return a page of what happened to one subject, the latest first; one statement.

    Who may see the subject is the caller's question. `only` and `without` are topics.
    """
    found = Entry.objects.filter(subject_type=subject_type, subject_id=subject_id).exclude(topic__in=without)
    if only:
        found = found.filter(topic__in=only)
    if (key := key_of(before)) is not None:
        found = found.filter(pk__lt=key)
    rows = list(found.order_by("-pk")[: size + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)


def last(subject_type: str, subject_id: str, topic: str) -> Entry | None:
    """Return the latest entry of one topic about a subject; one statement."""
    return next(iter(latest(subject_type, subject_id, size=1, only=(topic,)).rows), None)


def how_many(
    subject_type: str,
    subject_id: str,
    topic: str,
    *,
    limit: int,
    user_id: int | None = None,
    since: datetime | None = None,
) -> int:
    """Return how often something happened to a subject, `limit` at most; somebody's doing, since a moment, or any."""
    found = Entry.objects.filter(subject_type=subject_type, subject_id=subject_id, topic=topic)
    if user_id is not None:
        found = found.filter(actor_user_id=user_id)
    if since is not None:
        found = found.filter(at__gte=since)
    return found.order_by()[:limit].count()


def recent(
    organization_id: int, subject_types: Collection[str], *, before: str = "", size: int = PAGE_SIZE
) -> Page[Entry]:
    """Return a page of what happened to subjects of these types in one organisation, the latest first; one statement.

    None of the types may be "order": of those there are too many, so the index this reads leaves them out.
    """
    found = Entry.objects.filter(~Q(subject_type="order"), organization_id=organization_id)
    if (key := key_of(before)) is not None:
        found = found.filter(pk__lt=key)
    rows = list(found.filter(subject_type__in=subject_types).order_by("-id")[: size + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)


def following(
    organization_id: int, subject_types: Collection[str], *, after: int = 0, size: int = PAGE_SIZE
) -> list[Entry]:
    """Return entries of one organisation's chain after a number of it, oldest first, about these; one statement.

    Who may see them is the caller's question. The chain's row is locked while entries are appended, so that none ever
    appears behind a number somebody has read up to.
    """
    found = Entry.objects.filter(organization_id=organization_id, seq__gt=after, subject_type__in=subject_types)
    return list(found.order_by("seq")[:size])


def names_acted_under(organization_id: int, user_id: int) -> list[str]:
    """Return the names somebody had when they did something in an organisation; one statement."""
    acts = Entry.objects.filter(organization_id=organization_id, actor_user_id=user_id).exclude(actor_name="")
    return list(acts.order_by().values_list("actor_name", flat=True).distinct())


def acts_of(organization_id: int, user_id: int) -> list[Entry]:
    """Return what somebody did in an organisation, oldest first. Who may see it is the caller's question."""
    return list(Entry.objects.filter(organization_id=organization_id, actor_user_id=user_id).order_by("id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place where a chain does not hold, and why."""

    organization_id: int
    seq: int
    reason: str


def told(broken: Break) -> str:
    """Return where a chain does not hold, and why, in a line."""
    words = {"id": broken.organization_id, "number": broken.seq, "reason": broken.reason}
    return _("organisation %(id)d, entry %(number)d: %(reason)s") % words


def verify(organization_id: int) -> Break | None:
    """Walk one chain from its beginning; return the first break, or None when every entry is as it was written.

    Takes no lock: entries that are written during the walk count as sound, with the head as it was before or after.
    """
    before = _head(organization_id)
    since = _seals_since_erasures(organization_id)
    at_head = ""
    previous, expected = "", 1
    for entry in Entry.objects.filter(organization_id=organization_id).order_by("seq").iterator(chunk_size=2000):
        reason = ""
        if entry.seq != expected:
            reason = _("entry %(number)d is missing") % {"number": expected}
        elif entry.previous != previous:
            reason = _("the entry before it was replaced")
        elif entry.hash != seal_of(entry) or not _as_erased(entry, since):
            reason = _("its content was changed")
        if reason:
            return Break(organization_id=organization_id, seq=entry.seq, reason=reason)
        previous, expected = entry.hash, expected + 1
        if entry.seq == before.seq:
            at_head = entry.hash
    after, last = _head(organization_id), expected - 1
    if last < before.seq or at_head != before.head:
        return Break(organization_id=organization_id, seq=expected, reason=_("the last entries are missing"))
    if last > after.seq:
        return Break(
            organization_id=organization_id, seq=after.seq + 1, reason=_("entries were added outside the chain")
        )
    return None


def _seals_since_erasures(organization_id: int) -> dict[int, str]:
    """Return what the latest erasure recorded of each entry that lost a name."""
    events = Entry.objects.filter(organization_id=organization_id, topic=erasing.ERASED).order_by("seq")
    return {int(seq): seal for event in events for seq, seal in event.payload["seals"].items()}


def _as_erased(entry: Entry, since: dict[int, str]) -> bool:
    """Whether an entry that lost a name says what it said right after, and no other entry claims to have lost one."""
    if entry.erased is None:
        return entry.seq not in since
    return since.get(entry.seq) == erasing.seal_since(entry)


def _head(organization_id: int) -> Chain:
    return Chain.objects.filter(organization_id=organization_id).first() or Chain(organization_id=organization_id)


def chains() -> Iterable[int]:
    """Return the organisations that have a chain, or entries that should be in one; 0 is the shop's own."""
    written = Entry.objects.order_by().values_list("organization_id")
    return sorted(id_ for (id_,) in Chain.objects.order_by().values_list("organization_id").union(written))


def outbox() -> dict[str, int]:
    """Return how many deliveries are in each state."""
    counts = Delivery.objects.values_list("state").annotate(n=Count("id")).order_by()
    return dict(counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What the relays have before them: deliveries that are due, for how long the oldest is, and those given up."""

    due: int
    oldest_seconds: float
    given_up: int


def backlog(*, now: datetime) -> Backlog:
    """Return how far behind the relays are, without what they hold; two statements, neither reads what is done."""
    waiting = Delivery.objects.filter(state=Delivery.State.DUE, due_at__lte=now)
    found = waiting.aggregate(n=Count("id"), oldest=Min("due_at"))
    return Backlog(
        due=found["n"],
        oldest_seconds=(now - found["oldest"]).total_seconds() if found["oldest"] else 0.0,
        given_up=Delivery.objects.filter(state=Delivery.State.DEAD).count(),
    )


def given_up() -> int:
    """Return how many deliveries were given up, up to `COUNTED` + 1, which stands for more; one statement."""
    return Delivery.objects.filter(state=Delivery.State.DEAD).order_by("id")[: COUNTED + 1].count()


def troubled(*, limit: int) -> list[Delivery]:
    """Return deliveries that failed and are tried again, or were given up, the latest first."""
    failing = Delivery.objects.exclude(detail="").filter(state__in=[Delivery.State.DUE, Delivery.State.DEAD])
    return list(failing.order_by("-id")[:limit])
