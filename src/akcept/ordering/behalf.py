"""The shop in a member's place: its people may place, change and withdraw orders for one, never decide on any."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from akcept.kernel import typed
from akcept.kernel.actor import Actor, ActorKind, Behalf
from akcept.kernel.errors import Invalid, NotAllowed
from akcept.organizations import policies
from akcept.organizations.models import Member
from akcept.organizations.queries import name_of

#: Characters of a reason.
REASON_LIMIT: Final = 500


def in_place_of(member: Member, *, actor: Actor, because: str) -> Actor:
    """Return who acts when one of the shop does something for a member; `member` was read with its user.

    What is done is the member's own in all but name: the same checks, held like theirs. The journal, and with it every
    page, mail and system, says who did it in whose place and why. Raises NotAllowed (no staff, or without the right to
    manage organisations), Invalid (field `because`: none, too long).
    """
    policies.require_manages_organizations(actor)
    said = typed.prose(because)
    if not said:
        raise Invalid(_("Give a reason. Both the shop and the organisation will see it."), field="because")
    if len(said) > REASON_LIMIT:
        text = _("Enter no more than %(limit)d characters.")
        raise Invalid(text % {"limit": REASON_LIMIT}, field="because")
    assert actor.user_id is not None  # noqa: S101  staff have an account
    return Actor(
        kind=ActorKind.PERSON,
        name=name_of(member.user),
        user_id=member.user_id,
        organization_id=member.organization_id,
        behalf=Behalf(user_id=actor.user_id, name=actor.name, because=said),
    )


def require(actor: Actor, *, allowed: bool) -> None:
    """Raise NotAllowed when one of the shop acts in a person's place where that is not `allowed`, or may not any more.

    No statement for anybody who acts for themselves; else one.
    """
    if actor.behalf is None:
        return
    if not allowed:
        raise NotAllowed(_("Only the customer's own people decide on an order. Place, change or withdraw it for them."))
    policies.require_manages_organizations(Actor.staff(actor.behalf.user_id, actor.behalf.name))
