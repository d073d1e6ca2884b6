"""One spelling for one mailbox; what only looks like another one is refused."""

from __future__ import annotations

import pytest

from akcept.organizations.mailboxes import Flaw, Flawed, canonical


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Anna@Acme.Example ", "anna@acme.example"),
        ("zo\u0301łw@z\u0307aba.pl", "zółw@żaba.pl"),
        ("ŁĐØ@straße.example", "łđø@straße.example"),
        ("anna@xn--bcher-kva.example", "anna@bücher.example"),
        ("αβγ@acme.example", "αβγ@acme.example"),
        ("anna@почта", "anna@почта"),
        ("a.b+c_d-1@acme.example", "a.b+c_d-1@acme.example"),
        ("nobody", "nobody"),
    ],
)
def test_small_composed_letters_are_stored(typed: str, stored: str) -> None:
    assert canonical(typed) == stored


@pytest.mark.parametrize(
    ("typed", "flaw", "at"),
    [
        ("an\u200bna@acme.example", Flaw.INVISIBLE, "\u200b"),
        ("an na@acme.example", Flaw.INVISIBLE, " "),
        ("a\u0332nna@acme.example", Flaw.INVISIBLE, "\u0332"),
        ("ａnna@acme.example", Flaw.LOOKALIKE, "ａ"),
        ("аnna@acme.example", Flaw.LOOKALIKE, "а"),  # Cyrillic а
        ("anna@аcme.example", Flaw.LOOKALIKE, "а"),
        ("annα@acme.example", Flaw.LOOKALIKE, "α"),
        ("αж@acme.example", Flaw.LOOKALIKE, "α"),  # Greek beside Cyrillic
        ("ɑnna@acme.example", Flaw.LOOKALIKE, "ɑ"),  # Latin, and no letter of its own
        ("annı@acme.example", Flaw.LOOKALIKE, "ı"),
        ("anna\u2024b@acme.example", Flaw.LOOKALIKE, "\u2024"),
        ("anna‐b@acme.example", Flaw.LOOKALIKE, "‐"),
        ("anna@xn--\u00fc.example", Flaw.LOOKALIKE, "xn--\u00fc"),
        ("anna@xn--cme-5cd.example", Flaw.LOOKALIKE, "а"),  # punycode of аcme, partly Cyrillic
    ],
)
def test_what_cannot_be_told_apart_by_eye_is_refused(typed: str, flaw: Flaw, at: str) -> None:
    with pytest.raises(Flawed) as refused:
        canonical(typed)
    assert (refused.value.flaw, refused.value.at) == (flaw, at)
