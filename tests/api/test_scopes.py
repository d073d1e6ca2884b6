"""What a token may be used for, as it is stored."""

from __future__ import annotations

from akcept.api.scopes import OF_MEMBERS, OF_MERCHANT, Scope, known


def test_a_scope_that_is_no_more_is_forgotten() -> None:
    assert known(["orders:read", "stars:read", "work:read"]) == {Scope.ORDERS_READ, Scope.WORK_READ}
    assert known([]) == frozenset()


def test_every_scope_is_for_members_or_for_the_merchant() -> None:
    assert set(Scope) == OF_MEMBERS | OF_MERCHANT
    assert not OF_MEMBERS & OF_MERCHANT
