"""Addresses at their edges: how long one may be, and which signs it may hold."""

from __future__ import annotations

import pytest

from akcept.webhooks.addresses import LONGEST, NoAddress, target_of

SHORT = "https://erp.example/"


def test_an_address_may_be_as_long_as_it_says_and_no_longer() -> None:
    longest = SHORT + "x" * (LONGEST - len(SHORT))
    assert target_of(longest).text == longest
    with pytest.raises(NoAddress) as refused:
        target_of(f"{longest}x")
    assert refused.value.why == "long"


@pytest.mark.parametrize("sign", ["\x00", "\x1f", " ", "\x7f", "\\"])
def test_signs_that_readers_of_addresses_read_differently_are_refused(sign: str) -> None:
    with pytest.raises(NoAddress) as refused:
        target_of(f"{SHORT}a{sign}b")
    assert refused.value.why == "signs"
    assert target_of(f"{SHORT}a!b").path == "/a!b"


def test_only_a_last_part_that_begins_as_a_number_is_one() -> None:
    assert target_of("https://1.example/").host == "1.example"
    assert target_of("https://0x1.example/").host == "0x1.example"
    with pytest.raises(NoAddress) as refused:
        target_of("https://shop.1a/")
    assert refused.value.why == "number"
