"""Pages by key: nothing skipped, nothing twice, a mangled key starts anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel.paging import key_of, page_of


@given(st.integers(0, 60), st.integers(1, 20))
def test_walking_the_pages_shows_every_row_once(count: int, size: int) -> None:
    rows, seen, after = list(range(1, count + 1)), [], ""
    while True:
        key = key_of(after)
        fetched = [row for row in rows if key is None or row > key][: size + 1]
        page = page_of(fetched, [str(row) for row in fetched], size=size, is_first=key is None)
        assert len(page.rows) <= size
        seen += page.rows
        if page.next_after is None:
            break
        after = page.next_after
    assert seen == rows


@pytest.mark.parametrize("mangled", ["", "abc", "-1", "1.5", " 1", "१", "9" * 19, "1'"])
def test_mangled_key_is_no_key(mangled: str) -> None:
    assert key_of(mangled) is None


@pytest.mark.parametrize(("fetched", "after"), [(2, None), (3, None), (4, "3")])
def test_a_page_that_is_just_full_is_the_last_one(fetched: int, after: str | None) -> None:
    rows = list(range(1, fetched + 1))
    page = page_of(rows, [str(row) for row in rows], size=3, is_first=True)
    assert (page.rows, page.next_after) == (tuple(rows[:3]), after)


def test_a_key_of_eighteen_digits_is_one() -> None:
    assert key_of("9" * 18) == int("9" * 18)
