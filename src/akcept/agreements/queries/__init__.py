"""Every read of agreements."""

from akcept.agreements.queries.ordered import ordered_under
from akcept.agreements.queries.terms import Heads, Party, Torn, agreements_with, deciding, goods_of, heads_of, terms_of

__all__ = [
    "Heads",
    "Party",
    "Torn",
    "agreements_with",
    "deciding",
    "goods_of",
    "heads_of",
    "ordered_under",
    "terms_of",
]
