"""Searching as people type: no capitals, no strokes of Polish letters, the same on both databases."""

from __future__ import annotations

import pytest

from akcept.organizations.models import Member
from akcept.organizations.searching import fold, mentions
from akcept.testing.cast import Cast
from tests.support.databases import Private


@pytest.mark.parametrize("typed", ["dąbr", "DĄBR", "dabr", "Dąbrowska"])
def test_a_name_is_found_however_it_is_typed(each_database: Private, cast: Cast, typed: str) -> None:
    found = Member.objects.filter(mentions(typed, "user__first_name", "user__last_name"))
    assert [member.user.first_name for member in found] == ["Ewa"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "żółw"])
def test_signs_of_patterns_are_letters_like_others(each_database: Private, cast: Cast, typed: str) -> None:
    assert not Member.objects.filter(mentions(typed, "user__last_name")).exists()
    assert not Member.objects.exclude(mentions("", "user__last_name")).exists()


def test_folding_knows_every_polish_letter() -> None:
    assert fold("ZAŻÓŁĆ GĘŚLĄ JAŹŃ") == "zazolc gesla jazn"
