"""Roles of the organisation: seen by whoever manages members, changed at head office."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from akcept.journal import queries as journal
from akcept.kernel.amounts import limit_from
from akcept.organizations import actions, queries
from akcept.organizations.labels import role_name
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.form_pages import Words, form_answer
from akcept.storefront.organization.forms import RoleForm, limit_initial
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.forms import seen_version

_BACK = "akcept:roles"
_ROLES = gettext_lazy("Roles")
_ADD = Words(gettext_lazy("Add a role"), gettext_lazy("Add the role"), _BACK, _ROLES)


@refusals.page
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """The roles, what each gives, and how many hold it."""
    require_module()
    return render(
        request, "akcept/roles.html", {**tab_context(request, "roles"), "roles": queries.roles(actor_of(request))}
    )


@refusals.page
def add_role(request: HttpRequest) -> HttpResponse:
    """Define another role."""
    require_module()
    queries.require_role_editor(actor_of(request))
    form = RoleForm(request.POST or None)

    def add() -> str:
        data = form.cleaned_data
        added = actions.add_role(
            actor=actor_of(request), name=data["name"], permissions=data["permissions"], limit=form.limit()
        )
        return _("The role %(name)s can be given now.") % {"name": added.name}

    return form_answer(request, form, _ADD, add, then=_BACK)


@refusals.page
def role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Change what a role gives to everybody who holds it."""
    require_module()
    actor = actor_of(request)
    found = queries.role_to_manage(actor, role_id)
    words = Words(role_name(found.name), back=_BACK, back_label=_ROLES)
    shown = role_name(found.name)
    initial = {"name": shown, "permissions": found.permissions, "version": found.version}
    form = RoleForm(request.POST or None, initial=initial | limit_initial(limit_from(found.limit)))
    history = journal.latest("role", str(role_id), before=request.GET.get("earlier", ""))

    def change() -> str:
        data = form.cleaned_data
        actions.change_role(
            role_id,
            actor=actor,
            name=found.name if data["name"] == shown else data["name"],  # seen in another language, and left as it was
            permissions=data["permissions"],
            limit=form.limit(),
            version=data["version"] or 0,
        )
        return _("Saved for everybody who holds the role.")

    def promotes() -> bool:
        """Whether everybody who holds it becomes an administrator; one that is added is held by nobody."""
        manages = Permission.MANAGE_MEMBERS
        return manages in form.cleaned_data["permissions"] and manages not in found.grant.permissions

    return form_answer(request, form, words, change, then=_BACK, grave=promotes, role=found, history=history)


@refusals.page
@require_POST
def remove_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Remove a role that nobody holds."""
    require_module()
    actions.remove_role(role_id, actor=actor_of(request), version=seen_version(request))
    messages.success(request, _("The role has been removed."))
    return redirect(_BACK)
