"""What may be typed about an organisation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel.errors import Invalid
from akcept.organizations import checks

WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize(
    "typed", ["5260001246", "526-000-12-46", "526 000 12 46", " PL5260001246 ", "pl 526-000-12-46", "526-00-01-246"]
)
def test_nip_is_taken_however_it_is_written(typed: str) -> None:
    assert checks.nip(typed) == "5260001246"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("5260001247", "check digit"),
        ("0000000000", "check digit"),  # its check digit is right, but no tax office is called 000
        ("526000124", "ten digits"),
        ("52600012460", "ten digits"),
        ("526000124x", "ten digits"),
        ("DE5260001246", "ten digits"),
        ("٥٢٦٠٠٠١٢٤٦", "ten digits"),
        ("", "ten digits"),
        ("\x00", "ten digits"),
    ],
)
def test_nip_is_refused_with_the_reason(typed: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        checks.nip(typed)
    assert refused.value.field == "nip"


@given(body=st.from_regex(r"[1-9][0-9][1-9][0-9]{6}", fullmatch=True), place=st.integers(0, 9), step=st.integers(1, 9))
def test_one_wrong_digit_is_always_found(body: str, place: int, step: int) -> None:
    digit = sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11
    if digit == 10:  # no such number is given out
        with pytest.raises(Invalid):
            checks.nip(f"{body}0")
        return
    good = f"{body}{digit}"
    assert checks.nip(good) == good
    wrong = f"{good[:place]}{(int(good[place]) + step) % 10}{good[place + 1 :]}"
    with pytest.raises(Invalid):
        checks.nip(wrong)


@pytest.mark.parametrize("typed", ["30-415", "30415", " 30-415 "])
def test_polish_postcode_gets_its_dash(typed: str) -> None:
    assert checks.postcode(typed) == "30-415"


@pytest.mark.parametrize("typed", ["", "3041", "304155", "30 415", "ab-cde", "30-415\n1", "٣٠-٤١٥"])
def test_polish_postcode_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        checks.postcode(typed)
    assert refused.value.field == "postcode"


def test_postcode_of_another_country_is_only_bounded() -> None:
    assert checks.postcode(" SW1A 1AA ", country="GB") == "SW1A 1AA"
    for typed in ("", "x" * 13):
        with pytest.raises(Invalid):
            checks.postcode(typed, country="GB")


def test_text_loses_needless_blanks_and_has_a_length() -> None:
    assert checks.required("  Biuro \t Dom\x00 ", field="name", text="?", limit=9) == "Biuro Dom"
    for typed in ("   ", "\x00", "x" * 10):
        with pytest.raises(Invalid) as refused:
            checks.required(typed, field="name", text="?", limit=9)
        assert refused.value.field == "name"
    assert checks.optional("  ", field="name", limit=9) == ""


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (checks.email, " Anna@Acme.example ", ["", "anna", "anna@", "a b@acme.example", f"{'x' * 300}@acme.example"]),
        (checks.language, "en", ["", "xx", "PL", "english"]),
    ],
)
def test_email_and_language(check: Callable[[str], str], good: str, bad: list[str]) -> None:
    assert check(good) == good.strip().lower()
    for typed in bad:
        with pytest.raises(Invalid):
            check(typed)
