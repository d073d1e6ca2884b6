"""Members and invitations, changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from akcept.api.operations import Doing, caller, does, saved, unversioned, version_of
from akcept.api.routes.organization import router
from akcept.api.schemas.common import Done, Key, KeySent, LimitSent, PermissionsSent, Saved, Sent
from akcept.api.scopes import Scope
from akcept.kernel.actor import Actor
from akcept.organizations import actions, queries
from akcept.organizations.models import Invitation, Member

#: More roles than an organisation has.
ROLES_LIMIT = 100


class GrantSent(Sent):
    """Where somebody sits and what they may do: roles, and permissions beside them. `limit` binds that to accept."""

    unit_id: KeySent
    role_ids: list[KeySent] = Field(default_factory=list, max_length=ROLES_LIMIT)
    permissions: PermissionsSent
    limit: LimitSent | None = None

    def rights(self) -> dict[str, Any]:
        """Return it as actions take it."""
        return {
            "unit_id": self.unit_id,
            "role_ids": self.role_ids,
            "permissions": frozenset(self.permissions),
            "limit": self.limit.limit() if self.limit else None,
        }


class MemberSent(GrantSent):
    """A member as they are to be; deactivated ones can look, and nothing more."""

    active: bool


class InvitationSent(GrantSent):
    """Whom to invite, where and as what; `language` is that of the mail."""

    email: str = Field(min_length=3, max_length=254)
    first_name: str = Field(min_length=1, max_length=150)
    last_name: str = Field(min_length=1, max_length=150)
    language: str = Field(default="pl", max_length=8)


def current(actor: Actor, member_id: int) -> dict[str, Any]:
    """Return how a member stands, for whoever saw an earlier version. Raises NotFound."""
    row = queries.member_to_manage(actor, member_id)
    return {"id": row.pk, "version": row.version, "unit_id": row.unit_id, "active": row.active}


def _on_member(request: HttpRequest, member_id: int, act: Any, **terms: Any) -> Doing[Member]:
    """Return an act on the version of a member the caller saw."""
    actor, version = caller(request).actor, version_of(request)
    return Doing(
        act=lambda: act(member_id, actor=actor, version=version, **terms),
        answered=saved,
        current=lambda: current(actor, member_id),
    )


@does(
    router,
    "/members/{member_id}",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Saved},
    name="change_member",
    summary="Set a member's unit, roles and permissions",
)
def change_member(request: HttpRequest, member_id: Key, body: MemberSent) -> Doing[Member]:
    """All of them, as they are to be; effective with the member's next call."""
    return _on_member(request, member_id, actions.change_member, active=body.active, **body.rights())


@does(
    router,
    "/members/{member_id}/remove",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Saved},
    name="remove_member",
    summary="Take somebody out of the organisation",
)
def remove_member(request: HttpRequest, member_id: Key) -> Doing[Member]:
    """They keep no rights; old orders and decisions keep their name."""
    return _on_member(request, member_id, actions.remove_member)


@does(
    router,
    "/invitations",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={201: Done},
    name="invite",
    summary="Invite somebody into the organisation",
    versioned=False,
)
def invite(request: HttpRequest, body: InvitationSent) -> Doing[Invitation]:
    """They are mailed a link that is good for 14 days."""
    named = {name: getattr(body, name) for name in ("email", "first_name", "last_name", "language")}
    return unversioned(request, actions.invite, status=201, **named, **body.rights())


@does(
    router,
    "/invitations/{invitation_id}/resend",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Done},
    name="resend_invitation",
    summary="Send an invitation again, with a new link",
    versioned=False,
)
def resend_invitation(request: HttpRequest, invitation_id: Key) -> Doing[Invitation]:
    """The old link stops working."""
    return unversioned(request, actions.resend_invitation, invitation_id)


@does(
    router,
    "/invitations/{invitation_id}/revoke",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Done},
    name="revoke_invitation",
    summary="Take an invitation back",
    versioned=False,
)
def revoke_invitation(request: HttpRequest, invitation_id: Key) -> Doing[Invitation]:
    """Its link stops working."""
    return unversioned(request, actions.revoke_invitation, invitation_id)
