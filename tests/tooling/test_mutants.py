"""`make mutants`: what is changed, where it is put, and that a mutant is noticed or not."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import mutants, pure
from tools.mutants import Mutant, mutants_of

SOURCE = '''
"""A decision."""
from functools import lru_cache

FREE = 3


class Place:
    """Where."""

    def __init__(self, left):
        self.left = left

    @property
    def is_full(self):
        return self.left <= 0


def may(amount, limit):
    """Say it."""
    return amount > limit and not amount == 7


def total(parts):
    return sum(part + 1 for part in parts)


@lru_cache
def over(number):
    return number > FREE
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "decided.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    yield "decided"
    sys.modules.pop("decided", None)


def _called(name: str) -> Mutant:
    return next(mutant for mutant in mutants_of("decided", SOURCE) if mutant.name == f"decided: {name}")


def test_every_place_of_a_function_is_changed_once_each_way() -> None:
    assert sorted(mutant.name.removeprefix("decided: ") for mutant in mutants_of("decided", SOURCE)) == [
        "0 -> 1",
        "1 -> 2",
        "7 -> 8",
        "amount == 7 -> amount != 7",
        "amount > limit -> amount <= limit",
        "amount > limit -> amount >= limit",
        "amount > limit and (not amount == 7) -> amount > limit or not amount == 7",
        "not amount == 7 -> amount == 7",
        "number > FREE -> number <= FREE",
        "number > FREE -> number >= FREE",
        "part + 1 -> part - 1",
        "self.left <= 0 -> self.left < 0",
        "self.left <= 0 -> self.left > 0",
    ]


def test_a_mutant_takes_the_place_where_the_function_was_imported_already(module: str) -> None:
    decided = importlib.import_module(module)
    may, total, place = decided.may, decided.total, decided.Place(0)
    assert (may(5, 5), total([1, 1]), place.is_full) == (False, 4, True)
    for name in ("amount > limit -> amount >= limit", "part + 1 -> part - 1", "self.left <= 0 -> self.left < 0"):
        mutants.put_in(_called(name))
        changed = (may(5, 5), total([1, 1]), place.is_full)
        assert (
            changed
            == {
                "amount > limit -> amount >= limit": (True, 4, True),
                "part + 1 -> part - 1": (False, 0, True),
                "self.left <= 0 -> self.left < 0": (False, 4, False),
            }[name]
        )


def test_a_mutant_is_not_answered_for_by_what_was_worked_out_before_it_came(module: str) -> None:
    decided = importlib.import_module(module)
    assert decided.over(3) is False
    mutants.put_in(_called("number > FREE -> number >= FREE"))
    assert decided.over(3) is True


@pytest.mark.parametrize(("tested", "survives"), [("4, 5) is False", True), ("5, 5) is False", False)])
def test_a_mutant_survives_what_does_not_look_at_its_border(module: str, tested: str, survives: bool) -> None:
    decided = importlib.import_module(module)
    passes = lambda: eval(f"decided.may({tested}", {"decided": decided})  # noqa: E731, S307
    assert mutants.survives(_called("amount > limit -> amount >= limit"), passes) is survives
    assert decided.may(5, 5) is False, "the mutant lived in a process of its own"


def test_what_is_meant_names_a_module_and_has_a_reason() -> None:
    modules = pure.modules()
    assert len(modules) > 30
    for name, reason in mutants.meant().items():
        assert name.partition(":")[0] in modules
        assert len(reason) > 20
