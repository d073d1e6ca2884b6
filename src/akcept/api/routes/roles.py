"""Roles, and who decides for whom while they are away, changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from akcept.api.operations import Answered, Doing, caller, does, done, etag, reads, saved, unversioned, version_of
from akcept.api.routes.organization import role_of, router
from akcept.api.schemas.common import Done, Key, KeySent, LimitSent, MomentSent, PermissionsSent, Saved, Sent, moment
from akcept.api.schemas.organization import Role
from akcept.api.scopes import Scope
from akcept.kernel.actor import Actor
from akcept.organizations import actions, queries
from akcept.organizations import models as stored
from akcept.organizations.labels import role_name


class RoleSent(Sent):
    """A role as it is to be; `limit` binds the permission to accept."""

    name: str = Field(min_length=1, max_length=80)
    permissions: PermissionsSent
    limit: LimitSent | None = None

    def rights(self) -> dict[str, Any]:
        """Return it as actions take it."""
        limit = self.limit.limit() if self.limit else None
        return {"name": self.name, "permissions": frozenset(self.permissions), "limit": limit}


class SubstitutionSent(Sent):
    """Who decides for whom, from when until when (exclusive); times with their offset."""

    absent_id: KeySent
    substitute_id: KeySent
    starts_at: MomentSent
    ends_at: MomentSent


def current(actor: Actor, role_id: int) -> dict[str, Any]:
    """Return how a role stands, for whoever saw an earlier version. Raises NotFound."""
    row = queries.role_to_manage(actor, role_id)
    return {"id": row.pk, "version": row.version, "name": role_name(row.name), "permissions": sorted(row.permissions)}


@reads(
    router,
    "/roles/{role_id}",
    scope=Scope.ORGANIZATION_READ,
    answer=Role,
    name="get_role",
    summary="One role",
    etagged=True,
)
def get_role(request: HttpRequest, role_id: Key) -> Answered:
    """For whoever defines roles."""
    row = queries.role_to_manage(caller(request).actor, role_id)
    return Answered(content=role_of(row), headers={"ETag": etag(row.version)})


@does(
    router,
    "/roles",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={201: Saved},
    name="add_role",
    summary="Add a role",
    versioned=False,
)
def add_role(request: HttpRequest, body: RoleSent) -> Doing[stored.Role]:
    """Nobody holds it yet."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.add_role(actor=actor, **body.rights()), answered=lambda led: saved(led, status=201)
    )


@does(
    router,
    "/roles/{role_id}",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Saved},
    name="change_role",
    summary="Change a role for everybody who holds it",
)
def change_role(request: HttpRequest, role_id: Key, body: RoleSent) -> Doing[stored.Role]:
    """Effective with their next call."""
    actor, version = caller(request).actor, version_of(request)
    return Doing(
        act=lambda: actions.change_role(role_id, actor=actor, version=version, **body.rights()),
        answered=saved,
        current=lambda: current(actor, role_id),
    )


@does(
    router,
    "/roles/{role_id}/remove",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Done},
    name="remove_role",
    summary="Remove a role that nobody needs",
)
def remove_role(request: HttpRequest, role_id: Key) -> Doing[None]:
    """Nobody holds it, is invited with it, or is asked by it."""
    actor, version = caller(request).actor, version_of(request)
    return Doing(
        act=lambda: actions.remove_role(role_id, actor=actor, version=version),
        answered=lambda _led: done(role_id),
        current=lambda: current(actor, role_id),
    )


@does(
    router,
    "/substitutions",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={201: Done},
    name="name_substitute",
    summary="Let somebody decide for an approver who is away",
    versioned=False,
)
def name_substitute(request: HttpRequest, body: SubstitutionSent) -> Doing[Any]:
    """By the approver, or whoever manages them."""
    return unversioned(
        request,
        actions.name_substitute,
        status=201,
        absent_id=body.absent_id,
        substitute_id=body.substitute_id,
        starts_at=moment(body.starts_at, field="starts_at"),
        ends_at=moment(body.ends_at, field="ends_at"),
    )


@does(
    router,
    "/substitutions/{substitution_id}/end",
    scope=Scope.ORGANIZATION_WRITE,
    answers_={200: Done},
    name="end_substitution",
    summary="End a substitution now",
    versioned=False,
)
def end_substitution(request: HttpRequest, substitution_id: Key) -> Doing[Any]:
    """By the approver, the substitute, or whoever manages them."""
    return unversioned(request, actions.end_substitution, substitution_id)
