"""What this room writes in the journal; the subject is ("agreement", id) or ("price_list", id)."""

from __future__ import annotations

from typing import Final

ADDED: Final = "agreement.added"
CHANGED: Final = "agreement.changed"
#: The clock's, of several: the subject's id is "ending".
ENDING: Final = "agreement.ending"
#: The shop's: a list is shared by customers.
LIST_ADDED: Final = "price_list.added"
LIST_CHANGED: Final = "price_list.changed"
PRICES_CHANGED: Final = "price_list.prices_changed"
