"""Every write to orders and their acceptance. A public function here is a whole transaction."""

from akcept.ordering.actions.changing import amend, resubmit, withdraw
from akcept.ordering.actions.comments import comment
from akcept.ordering.actions.deciding import Decided, accept, forward, reject, revoke, send_back
from akcept.ordering.actions.ending import expire
from akcept.ordering.actions.placing import NOTE_LIMIT, PO_NUMBER_LIMIT, Placed, place
from akcept.ordering.actions.rechecking import recheck
from akcept.ordering.actions.rows import REMARK_LIMIT
from akcept.ordering.actions.tending import tend

__all__ = [
    "NOTE_LIMIT",
    "PO_NUMBER_LIMIT",
    "REMARK_LIMIT",
    "Decided",
    "Placed",
    "accept",
    "amend",
    "comment",
    "expire",
    "forward",
    "place",
    "recheck",
    "reject",
    "resubmit",
    "revoke",
    "send_back",
    "tend",
    "withdraw",
]
