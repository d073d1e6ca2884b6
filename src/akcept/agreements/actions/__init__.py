"""Every write of agreements; all of them are the merchant's."""

from akcept.agreements.actions.agreeing import add_agreement, change_agreement
from akcept.agreements.actions.listing import add_list, change_list, set_prices
from akcept.agreements.actions.telling import tell_ending

__all__ = [
    "add_agreement",
    "add_list",
    "change_agreement",
    "change_list",
    "set_prices",
    "tell_ending",
]
