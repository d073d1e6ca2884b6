"""The seal itself, letter by letter: were it made otherwise, every chain of every shop would break."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from akcept.journal import chain

SALT = "61df8aa51d945afe482c42a974b3e794"  # the first 32 letters of the SHA-256 of "aa|name"
DIGEST = "85813e75ce1dbb89f80d7a417836ce579be20fc8bf5f7a006860542ceb032e98"  # of SALT|{"a":[true,null],"ż":1}
SEAL = "32bf9ca96182091077395eac1996186579330d361c58af6ed2fb605fcd4bfc38"


def test_what_is_sealed_and_how_stays_for_good() -> None:
    assert chain.salt_for("aa", "name") == SALT
    assert chain.digest(SALT, {"ż": 1, "a": [True, None]}) == chain.digest(SALT, {"a": [True, None], "ż": 1}) == DIGEST
    sealed = chain.seal(
        previous="",
        organization_id=7,
        seq=1,
        topic="order.placed",
        subject=("order", "100"),
        actor=("person", 3),
        at=datetime(2026, 11, 30, 13, 0, tzinfo=timezone(timedelta(hours=1))),  # the moment counts, not its offset
        digests={"b": DIGEST, "a": "x"},
    )
    assert sealed == SEAL
