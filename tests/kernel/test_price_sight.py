"""Whether whoever reads sees prices: asked once, and for what is sent piece by piece too."""

from __future__ import annotations

from collections.abc import Iterator

from akcept.kernel import price_sight


def test_outside_of_any_reader_prices_are_seen() -> None:
    assert price_sight.are_seen()


def test_what_decides_is_asked_when_the_first_sum_is_written_and_once() -> None:
    asked: list[int] = []

    def decides() -> bool:
        asked.append(1)
        return False

    with price_sight.seen_by(decides):
        assert asked == []
        assert [price_sight.are_seen(), price_sight.are_seen()] == [False, False]
    assert asked == [1]
    assert price_sight.are_seen()


def test_one_reader_inside_of_another_counts_while_it_lasts() -> None:
    with price_sight.seen_by(lambda: False):
        with price_sight.seen_by(lambda: True):
            assert price_sight.are_seen()
        assert not price_sight.are_seen()


def test_parts_made_later_are_made_for_the_same_reader_and_nothing_else_is() -> None:
    def parts() -> Iterator[bytes]:
        for _each in range(2):
            yield b"seen" if price_sight.are_seen() else b"untold"

    made = price_sight.each_seen_by(lambda: False, parts())
    assert next(made) == b"untold"
    assert price_sight.are_seen()
    assert list(made) == [b"untold"]
    assert list(price_sight.each_seen_by(lambda: True, parts())) == [b"seen", b"seen"]
