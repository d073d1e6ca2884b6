"""What was agreed when an order was placed and no longer is: told before anybody decides, with what becomes of it.

The order keeps its products and, until the shop's term for prices is over, its prices: what was shown is released.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from akcept.ordering.models import Placement
from akcept.ordering.ports import AgreedSince, order_book

#: So many products are named; of the rest it is said how many there are.
_NAMED: Final = 5


def told(placement: Placement, *, prices_end: datetime | None, now: datetime) -> list[str]:
    """Return what was agreed when an order was placed and no longer is, in words; four statements.

    `prices_end` is when the term of its prices is over; None for as long as it waits.
    """
    found = order_book().agreed_since(placement.order_id, placement.unit_id)
    return in_words(found, is_over=prices_end is not None and prices_end <= now)


def in_words(found: AgreedSince, *, is_over: bool = False) -> list[str]:
    """Return what has changed and what accepting the order does, a sentence each; nothing where nothing has changed.

    `is_over`: the term of its prices is, and what that leads to is said elsewhere.
    """
    said = [_("“%(name)s”, agreed when the order was placed, no longer applies.") % {"name": n} for n in found.ended]
    if found.left:
        text = _("No longer among the products agreed with the shop: %(titles)s. The order keeps them.")
        said.append(text % {"titles": _named(found.left)})
    if found.repriced and not is_over:
        said.append(_("By now another price applies to: %(titles)s.") % {"titles": _named(found.repriced)})
    if said and not is_over:
        said.append(_("Accepting the order sends it to the shop as it stands, at the prices shown here."))
    return said


def _named(titles: Sequence[str]) -> str:
    named = ", ".join(f"“{title}”" for title in titles[:_NAMED])
    more = len(titles) - _NAMED
    if more <= 0:
        return named
    return _("%(named)s and %(n)d more") % {"named": named, "n": more}
