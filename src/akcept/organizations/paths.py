"""Paths of units: the ids from head office down to the unit, each with a stroke behind it (pure)."""

from __future__ import annotations


def is_root(path: str) -> bool:
    """Whether a unit's path is that of a head office."""
    return path.count("/") == 1


def ancestors_of(path: str) -> list[str]:
    """Return the paths from the root to the unit itself: "3/17/" -> ["3/", "3/17/"]."""
    parts = path.strip("/").split("/")
    return ["/".join(parts[: i + 1]) + "/" for i in range(len(parts))]


def ids_in(path: str) -> tuple[int, ...]:
    """Return the ids of the units from the root to the unit itself: "3/17/" -> (3, 17)."""
    return tuple(int(part) for part in path.split("/") if part)
