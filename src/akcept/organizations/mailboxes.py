"""One spelling for one mailbox, and none for what only looks like another one (pure).

Two addresses that a reader cannot tell apart must not be two accounts: invisible characters, letters of several
scripts and look-alikes are refused, composed and small letters are what is stored and compared.
"""

from __future__ import annotations

import unicodedata
from enum import Enum

#: Latin letters that are no letter of ASCII with a mark, and yet look like no other one.
_OWN_LETTERS = frozenset("łđøßæœþðħŋ")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs", "Mn", "Me"})


class Flaw(Enum):
    """Why an address is refused."""

    INVISIBLE = "invisible"
    LOOKALIKE = "lookalike"


class Flawed(ValueError):
    """Raised for an address that is not what it looks like."""

    def __init__(self, flaw: Flaw, at: str) -> None:
        super().__init__(flaw.value)
        self.flaw, self.at = flaw, at


def canonical(typed: str) -> str:
    """Return the address as it is stored and compared; whether it is one at all is not looked at.

    Small, composed letters; a domain in its own letters ("xn--..." is read). Raises Flawed.
    """
    address = unicodedata.normalize("NFC", typed.strip()).lower()
    for char in address:
        if unicodedata.category(char) in _INVISIBLE:
            raise Flawed(Flaw.INVISIBLE, char)
        if unicodedata.normalize("NFKC", char) != char:
            raise Flawed(Flaw.LOOKALIKE, char)
    name, at, domain = address.rpartition("@")
    domain = ".".join(_label(label) for label in domain.split("."))
    _require_one_script(name)
    _require_one_script(domain)
    return f"{name}{at}{domain}"


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFC", label[4:].encode("ascii").decode("punycode")).lower()
    except UnicodeError:
        raise Flawed(Flaw.LOOKALIKE, label) from None


def _require_one_script(text: str) -> None:
    """Refuse letters of two scripts, and Latin ones that pass for others ("ı", "ɑ")."""
    scripts: dict[str, str] = {}
    for char in text:
        if char.isalpha():
            scripts.setdefault(_script(char), char)
        elif char >= "\x80":
            raise Flawed(Flaw.LOOKALIKE, char)
    if len(scripts) > 1:
        raise Flawed(Flaw.LOOKALIKE, next(char for script, char in scripts.items() if script != "LATIN"))


def _script(letter: str) -> str:
    if letter.isascii() or letter in _OWN_LETTERS or unicodedata.normalize("NFD", letter)[0].isascii():
        return "LATIN"
    script = unicodedata.name(letter, "").partition(" ")[0]
    if script in ("", "LATIN"):
        raise Flawed(Flaw.LOOKALIKE, letter)
    return script
