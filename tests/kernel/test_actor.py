"""Who acts: one of four kinds, never nobody, never changed on the way."""

from __future__ import annotations

import dataclasses

import pytest

from akcept.kernel.actor import Actor


@pytest.mark.parametrize(
    ("actor", "kind", "user_id", "organization_id"),
    [
        (Actor.person(7, "Anna", organization_id=3), "person", 7, 3),
        (Actor.person(7, "Anna"), "person", 7, None),
        (Actor.staff(8, "Mia"), "staff", 8, None),
        (Actor.system("relay"), "system", None, None),
        (Actor.anonymous(), "anonymous", None, None),
    ],
)
def test_actor_is_what_it_was_made_as(
    actor: Actor, kind: str, user_id: int | None, organization_id: int | None
) -> None:
    assert (actor.kind.value, actor.user_id, actor.organization_id) == (kind, user_id, organization_id)


def test_actor_cannot_become_somebody_else() -> None:
    anna = Actor.person(7, "Anna")
    with pytest.raises(dataclasses.FrozenInstanceError):
        anna.user_id = 8  # type: ignore[misc]
