"""A person's place in an organisation as it is now: the one thing policies look at."""

from __future__ import annotations

from dataclasses import dataclass

from akcept.organizations.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A member, his unit and organisation, read in one statement. Never kept beyond the request or transaction."""

    member_id: int
    user_id: int
    name: str
    email: str
    active: bool
    permissions: frozenset[Permission]
    organization_id: int
    organization_name: str
    organization_status: str
    unit_id: int
    unit_name: str
    unit_path: str
    module_enabled: bool

    def holds(self, permission: Permission) -> bool:
        """Whether an active member of an active organisation has the permission. It says nothing about the module."""
        return self.active and self.organization_status == "active" and permission in self.permissions

    def covers(self, unit_path: str) -> bool:
        """Whether the unit is the member's own or one below it."""
        return unit_path.startswith(self.unit_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as others are told of him."""

    member_id: int
    user_id: int
    name: str
    email: str
    unit_name: str


def ancestors_of(path: str) -> list[str]:
    """Return the paths from the root to the unit itself: "3/17/" -> ["3/", "3/17/"]."""
    parts = path.strip("/").split("/")
    return ["/".join(parts[: i + 1]) + "/" for i in range(len(parts))]
