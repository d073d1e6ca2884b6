"""Taking a person's names out of entries, so that they stay readable and the chain still holds.

A value that lost a name keeps its old digest for the chain, and can then be proven only by the event that records the
erasure (`journal.erased`): it carries a seal of what each touched entry says since. The salt of that seal lies in the
entry and is exchanged by the next erasure, so that no older seal ever confirms a guessed name.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping
from typing import Any, Final

from akcept.journal import chain
from akcept.journal.models import Entry

#: Recorded after names were taken out of a chain; payload {"seals": {seq: seal of what the entry says since}}.
ERASED: Final = "journal.erased"

_ACTOR: Final = "actor"


def said_by(entry: Entry) -> dict[str, Any]:
    """Return what an entry says, by the keys its digests go by."""
    return {_ACTOR: entry.actor_name, **{f"payload.{key}": value for key, value in entry.payload.items()}}


def digests_of(entry: Entry) -> dict[str, str]:
    """Return the digest of everything an entry says; that of a value a name was taken out of is the kept one."""
    erased = entry.erased or {}
    kept: Mapping[str, str] = erased.get("digests", {})
    return {
        key: kept[key] if key in kept else chain.digest(_salt(entry, key), value)
        for key, value in said_by(entry).items()
    }


def _salt(entry: Entry, key: str) -> str:
    if entry.erased is not None:
        return str(entry.erased["salts"].get(key, ""))
    return chain.salt_for(entry.salt, key)


def pattern_of(names: Collection[str]) -> re.Pattern[str]:
    """Return what finds any of the names as whole words, whatever their case; nothing for no names."""
    longest_first = sorted((re.escape(name) for name in names if name), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)" if longest_first else r"(?!)", re.IGNORECASE)


def erase(entry: Entry, *, user_id: int, pattern: re.Pattern[str], alias: str) -> bool:
    """Put the alias where a person is named; return whether one was. The caller saves, and records the new seal."""
    said = said_by(entry)
    named = {key: replaced(value, pattern, alias) for key, value in said.items()}
    if entry.actor_user_id == user_id and entry.actor_name:
        named[_ACTOR] = alias
    changed = [key for key in said if named[key] != said[key]]
    if not changed:
        return False
    digests = digests_of(entry)
    kept = {**(entry.erased or {}).get("digests", {}), **{key: digests[key] for key in changed}}
    salts = {key: _salt(entry, key) for key in said if key not in kept}
    entry.erased = {"digests": kept, "salts": salts, "salt": secrets.token_hex(16)}
    entry.salt = ""
    entry.actor_name = named.pop(_ACTOR)
    entry.payload = {key.removeprefix("payload."): value for key, value in named.items()}
    return True


def seal_since(entry: Entry) -> str:
    """Return the seal of what an entry says since names were last taken out of it."""
    return chain.digest(str((entry.erased or {}).get("salt", "")), [entry.actor_name, entry.payload])


def replaced(value: Any, pattern: re.Pattern[str], alias: str) -> Any:
    """Return a text, or what holds texts, with the alias in the place of the names."""
    if isinstance(value, str):
        return pattern.sub(alias, value)
    if isinstance(value, list):
        return [replaced(item, pattern, alias) for item in value]
    if isinstance(value, dict):
        return {key: replaced(item, pattern, alias) for key, item in value.items()}
    return value
