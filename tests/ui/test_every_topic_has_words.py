"""Issue 12: whatever is written in the journal can be read in words by somebody, or it is said here why it is not."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import akcept
from akcept.journal.models import Entry
from akcept.ui import history

_LEDGER = "a budget's own page tells it, row by row of the ledger"
#: By topic: where it is read instead.
WITHOUT = {
    "budget.added": _LEDGER,
    "budget.calendar_changed": _LEDGER,
    "budget.changed": _LEDGER,
    "budget.corrected": _LEDGER,
    "budget.threshold_reached": _LEDGER,
    "budget.transferred": _LEDGER,
}


def _topics() -> set[str]:
    found: set[str] = set()
    for path in Path(akcept.__file__).parent.glob("*/topics.py"):
        module = import_module(f"akcept.{path.parent.name}.topics")
        texts = [text for name, text in vars(module).items() if name.isupper() and isinstance(text, str)]
        found |= {text for text in texts if "." in text}
    return found


def test_every_topic_has_words() -> None:
    topics = _topics()
    assert len(topics) > 60
    told = {topic for topic in topics if topic in {**history._FOR_STAFF, **history._FOR_CUSTOMER}}
    assert topics - told == set(WITHOUT)


def test_what_the_shop_did_for_itself_has_words_for_its_people_only() -> None:
    entry = Entry(topic="handover.stock_set", payload={"changed": 3}, actor_name="Mia Sowa")
    (line,) = history.sentences([entry], for_staff=True)
    assert (line.who, line.what) == ("Mia Sowa", "wrote the stock of 3 products")
    assert history.sentences([entry]) == []
