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
