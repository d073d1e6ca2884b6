"""To the shop, 30 days before: these agreements end, in one mail."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import ngettext

from akcept.agreements import topics
from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.recipients import named


def _targets(_entry: Entry) -> list[str]:
    shop = getattr(settings, "AKCEPT_MERCHANT_EMAIL", "")
    return [f"email:{shop}"] if shop else []


def _message(entry: Entry, _target: str) -> Message:
    told = [{**each, "ends": date.fromisoformat(each["ends"])} for each in entry.payload["agreements"]]
    text = ngettext("An agreement is about to end", "%(n)d agreements are about to end", len(told))
    return Message(subject=text % {"n": len(told)}, context={"agreements": told})


KIND = Kind(
    name="agreement_ending",
    topics=frozenset({topics.ENDING}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
    essential=True,
)
