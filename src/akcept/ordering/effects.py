"""What an order's moves do to money.

Called by the actions inside their transaction, after the state has moved and before the journal. Each is given the
placement as it is then, locked with its order and case.
"""

from __future__ import annotations

from datetime import datetime

from akcept.kernel.actor import Actor
from akcept.ordering.models import Placement
from akcept.organizations.grants import Amounts


def placed(placement: Placement, *, waits: bool, actor: Actor, now: datetime) -> None:
    """An order was placed: held when it waits, the shop's at once otherwise."""


def accepted(placement: Placement, *, actor: Actor, now: datetime) -> None:
    """A held order became the shop's."""


def ended(placement: Placement, *, actor: Actor, now: datetime) -> None:
    """A held order ended without acceptance."""


def revised(placement: Placement, *, before: Amounts, actor: Actor, now: datetime) -> None:
    """A held order costs something else than `before`."""


def reopened(placement: Placement, *, actor: Actor, now: datetime) -> None:
    """An acceptance was revoked: the order is held again."""
