"""Searching as people type: no capitals, no marks of letters, the same in Python and on both databases."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from akcept.kernel.folding import fold
from akcept.organizations.models import Member, Unit
from akcept.organizations.searching import folded, mentions
from akcept.testing.cast import Cast
from tests.support.databases import Private

#: As written in the rows, and as folded.
WORDS = {
    "ZAŻÓŁĆ GĘŚLĄ JAŹŃ": "zazolc gesla jazn",
    "Żižka Dvořák Ďuriš": "zizka dvorak duris",
    "Müller & Groß": "muller & gross",
    "Ångström Ørsted": "angstrom orsted",
    "Đorđe Șerban Ţîrlea": "dorde serban tirlea",
    "Çağ Işık": "cag isik",
    "Nguyễn": "nguyen",
    "ﬁlia ②": "filia 2",
    "Zo\u0308e": "zoe",  # typed as two signs
    "KR-01_%'\\": "kr-01_%'\\",
}


@pytest.mark.parametrize("typed", ["dąbr", "DĄBR", "dabr", "Dąbrowska"])
def test_a_name_is_found_however_it_is_typed(each_database: Private, cast: Cast, typed: str) -> None:
    found = Member.objects.filter(mentions(typed, "user__first_name", "user__last_name"))
    assert [member.user.first_name for member in found] == ["Ewa"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "żółw"])
def test_signs_of_patterns_are_letters_like_others(each_database: Private, cast: Cast, typed: str) -> None:
    assert not Member.objects.filter(mentions(typed, "user__last_name")).exists()
    assert not Member.objects.exclude(mentions("", "user__last_name")).exists()


def test_database_folds_as_python_does(each_database: Private, cast: Cast) -> None:
    parent = {"organization": cast.acme, "parent": cast.head_office, "path": "x"}
    Unit.objects.bulk_create(Unit(name=word, **parent) for word in WORDS)
    stored = Unit.objects.filter(path="x").annotate(folded=folded("name")).values_list("name", "folded")
    assert dict(stored) == WORDS == {word: fold(word) for word in WORDS}
    for word in WORDS:
        assert Unit.objects.filter(mentions(word.upper(), "name"), path="x").get().name == word


@pytest.mark.parametrize("name", ["Zażółć Gęślą", "ZAŻÓŁĆ", "zazolc", "100%_Łąka\\", "O'Żuk-Ńowak", "éßŁ"])
def test_every_part_of_a_name_finds_it(each_database: Private, cast: Cast, name: str) -> None:
    assert cast.ben.member is not None
    get_user_model().objects.filter(pk=cast.ben.user.pk).update(last_name=name)
    ben = Member.objects.filter(pk=cast.ben.member.pk)
    parts = {name[start:end] for start in range(len(name)) for end in range(start + 1, len(name) + 1)}
    lost = [
        part for part in parts | set(map(fold, parts)) if not ben.filter(mentions(part, "user__last_name")).exists()
    ]
    assert lost == []
