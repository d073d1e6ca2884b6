"""Routing stays quick: measured loosely here, exactly by `make bench`."""

from __future__ import annotations

from bench import rules


def test_a_plan_under_a_thousand_rules_takes_milliseconds() -> None:
    figures = rules.measure()
    # The promise is 10 ms on an idle machine; tests run beside each other.
    assert all(ms["median"] < 50 for ms in figures.values()), figures
    assert len(rules.report(figures)) == 3
