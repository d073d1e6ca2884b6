"""Refusals: one family, each with a code of its own and an answer that is the asker's to mend, never a 500."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from akcept.kernel import errors
from akcept.kernel.errors import AlreadyPlaced, Refused


def _family(of: type[Refused] = Refused) -> list[type[Refused]]:
    return [of, *[deeper for child in of.__subclasses__() for deeper in _family(child)]]


FAMILY = [kind for kind in _family() if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", FAMILY)
def test_refusal_is_answered_as_the_askers_matter(kind: type[Refused]) -> None:
    assert 400 <= kind.status < 500


def test_codes_tell_refusals_apart() -> None:
    codes = [kind.code for kind in FAMILY]
    assert len(codes) == len(set(codes)) >= 10


def test_refusal_speaks_the_language_of_its_moment() -> None:
    refusal = Refused(_("Members"), field="email")
    with translation.override("en"):
        english = str(refusal)
    with translation.override("pl"):
        polish = str(refusal)
    assert english == "Members"
    assert polish not in ("", "Members")
    assert refusal.field == "email"


def test_double_submit_says_which_order_it_became() -> None:
    refusal = AlreadyPlaced("placed already", order_number="100248")
    assert (refusal.order_number, refusal.field, str(refusal)) == ("100248", None, "placed already")
