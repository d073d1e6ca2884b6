"""Every read of agreements."""

from akcept.agreements.queries.merchant import (
    agreement_for_staff,
    agreements_page,
    list_for_staff,
    lists_page,
    rows_page,
)
from akcept.agreements.queries.ordered import ordered_under, under_agreement
from akcept.agreements.queries.terms import (
    Heads,
    Party,
    Torn,
    agreements_with,
    deciding,
    goods_of,
    heads_of,
    saying_conditions,
    terms_of,
)

__all__ = [
    "Heads",
    "Party",
    "Torn",
    "agreement_for_staff",
    "agreements_page",
    "agreements_with",
    "deciding",
    "goods_of",
    "heads_of",
    "list_for_staff",
    "lists_page",
    "ordered_under",
    "rows_page",
    "saying_conditions",
    "terms_of",
    "under_agreement",
]
