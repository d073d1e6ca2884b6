"""Which offers share a line: one that names others to be combined with shares it with those only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from oscar.core.loading import get_model

#: Kept with an offer: the others it is combined with, by itself or by them; and whether it names any.
_BESIDE, _NAMES = "akcept_beside", "akcept_names"


def ask_at_once(offers: Sequence[Any]) -> None:
    """Read what these offers are to be combined with; one statement where there are two or more, none otherwise."""
    if len({offer.pk for offer in offers}) > 1:
        _ask(offers)


def go_together(one: Any, other: Any) -> bool:
    """Whether two offers may share a line; one that was never saved names nobody and is named by nobody."""
    if not all(_NAMES in offer.__dict__ for offer in (one, other)):
        _ask([one, other])
    restricted = one.__dict__[_NAMES] or other.__dict__[_NAMES]
    return not restricted or other.pk in one.__dict__[_BESIDE]


def _ask(offers: Sequence[Any]) -> None:
    pairs = _pairs({offer.pk for offer in offers} - {None})
    for offer in offers:
        _keep(offer, pairs)


def _pairs(keys: set[int]) -> list[tuple[int, int]]:
    """Return who names whom among these and others."""
    if not keys:
        return []
    found = get_model("offer", "ConditionalOffer").combinations.through.objects.filter(
        Q(from_conditionaloffer__in=keys) | Q(to_conditionaloffer__in=keys)
    )
    return list(found.values_list("from_conditionaloffer_id", "to_conditionaloffer_id"))


def _keep(offer: Any, pairs: Sequence[tuple[int, int]]) -> None:
    offer.__dict__[_NAMES] = any(named_by == offer.pk for named_by, _named in pairs)
    beside = {named for named_by, named in pairs if named_by == offer.pk}
    offer.__dict__[_BESIDE] = beside | {named_by for named_by, named in pairs if named == offer.pk}
