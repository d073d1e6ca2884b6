"""Every write to orders and their acceptance. A public function here is a whole transaction."""

from akcept.ordering.actions.bulk import BULK_LIMIT, BulkResult, Chosen, accept_many, reject_many
from akcept.ordering.actions.by_mail import accept_by_link, offer_links, reject_by_link, update_prices_by_link
from akcept.ordering.actions.changing import amend, resubmit, withdraw
from akcept.ordering.actions.comments import comment
from akcept.ordering.actions.correcting import correct_sums
from akcept.ordering.actions.credit import set_credit_limit, set_unit_credit_limit
from akcept.ordering.actions.deciding import accept, forward, reject, revoke, send_back, update_prices
from akcept.ordering.actions.ending import expire
from akcept.ordering.actions.from_shop import remind, write_to_customer
from akcept.ordering.actions.parts.decisions import PricesUpdated
from akcept.ordering.actions.parts.outcomes import Decided, Through
from akcept.ordering.actions.parts.texts import NOTE_LIMIT, PO_NUMBER_LIMIT, REMARK_LIMIT
from akcept.ordering.actions.placing import Placed, Tried, place, place_list, place_within, try_list
from akcept.ordering.actions.rechecking import recheck
from akcept.ordering.actions.shop_terms import DAYS_LIMIT, ShopTermsInput, change_shop_terms
from akcept.ordering.actions.tending import tend

__all__ = [
    "BULK_LIMIT",
    "DAYS_LIMIT",
    "NOTE_LIMIT",
    "PO_NUMBER_LIMIT",
    "REMARK_LIMIT",
    "BulkResult",
    "Chosen",
    "Decided",
    "Placed",
    "PricesUpdated",
    "ShopTermsInput",
    "Through",
    "Tried",
    "accept",
    "accept_by_link",
    "accept_many",
    "amend",
    "change_shop_terms",
    "comment",
    "correct_sums",
    "expire",
    "forward",
    "offer_links",
    "place",
    "place_list",
    "place_within",
    "recheck",
    "reject",
    "reject_by_link",
    "reject_many",
    "remind",
    "resubmit",
    "revoke",
    "send_back",
    "set_credit_limit",
    "set_unit_credit_limit",
    "tend",
    "try_list",
    "update_prices",
    "update_prices_by_link",
    "withdraw",
    "write_to_customer",
]
