"""What needs a role beside those who hold it: rooms above say so, and it is not removed under them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from akcept.organizations.models import Role

#: Returns, in words, what needs the role; nothing where nothing does.
Use = Callable[[Role], Sequence[str]]

_uses: dict[str, Use] = {}


def register(name: str, use: Use) -> None:
    """Register (or replace, by name) what a room uses roles for. Call it from an app's `ready()`."""
    _uses[name] = use


def uses_of(role: Role) -> list[str]:
    """Return everything that needs the role, in words."""
    return [text for use in _uses.values() for text in use(role)]
