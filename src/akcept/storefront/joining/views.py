"""Coming in: the link of an invitation, and the sign-up of a new organisation."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound, Refused, Stale
from akcept.organizations import accounts, actions, checks, module, tokens
from akcept.organizations.models import Invitation
from akcept.organizations.visitor import actor_of, choose, seat_of
from akcept.storefront import refusals
from akcept.storefront.joining.forms import JoinForm, SignUpForm
from akcept.ui.forms import onto, page_language


def _log_in(request: HttpRequest, user: object) -> None:
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])  # type: ignore[arg-type]


def _require_module() -> None:
    if not module.is_enabled():
        raise NotFound(_("This shop does not offer organisation accounts at the moment."))


def _current(token: str) -> Invitation:
    _require_module()
    try:
        invitation = tokens.invitation_named(token)
        actions.require_open(invitation, now=utc_now())
    except Stale as refusal:
        refusal.status = 410  # type: ignore[misc]  # gone, for this answer
        raise
    return invitation


@never_cache
@refusals.open_page
@sensitive_post_parameters()
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what; join with a new account or the one that is logged in."""
    found = _current(token)
    known = get_user_model().objects.filter(email__iexact=found.email).exists()
    # An account that nobody has proved may be a stranger's: the link in the invitation gives it to its owner.
    unproved = known and actions.account_waiting_for_its_owner(found) is not None
    account_exists = known and not unproved
    logged_in = request.user.is_authenticated
    somebody_else = logged_in and not checks.same_email(getattr(request.user, "email", ""), found.email)
    to_leave = "leave" in request.POST if somebody_else else unproved
    if logged_in and to_leave:
        logout(request)
        return redirect(request.path)
    context = {"invitation": found, "account_exists": account_exists, "logged_in": logged_in}
    context["somebody_else"] = somebody_else
    initial = {"first_name": found.first_name, "last_name": found.last_name}
    form = JoinForm(request.POST if request.method == "POST" and not logged_in else None, initial=initial)
    context["form"] = form
    if request.method != "POST":
        return render(request, "akcept/invitation.html", context)
    if not logged_in and not form.is_valid():
        return render(request, "akcept/invitation.html", context, status=422)
    try:
        if logged_in:
            member = actions.accept_invitation(token, actor=actor_of(request))
        else:
            data = form.cleaned_data
            member = actions.accept_invitation(
                token, first_name=data["first_name"], last_name=data["last_name"], password=data["password"]
            )
    except Refused as refusal:
        form.cleaned_data = getattr(form, "cleaned_data", {})
        context["refusal"] = refusal
        return render(request, "akcept/invitation.html", context, status=refusal.status)
    if logged_in:
        update_session_auth_hash(request, member.user)  # this session stays, all others of the account are over
        choose(request, member.organization_id)
    else:
        _log_in(request, member.user)
    words = {"organization": found.organization.name, "unit": found.unit.name}
    messages.success(request, _("Welcome! You are now a member of %(organization)s, %(unit)s.") % words)
    return redirect("akcept:organization")


@refusals.open_page
@sensitive_post_parameters()
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open an account for an organisation; the shop confirms it."""
    _require_module()
    if request.user.is_authenticated:
        return redirect("akcept:organization" if seat_of(request) else "akcept:orders")
    form = SignUpForm(request.POST or None)
    if request.method != "POST":
        return render(request, "akcept/sign_up.html", {"form": form})
    if not form.is_valid():
        return render(request, "akcept/sign_up.html", {"form": form}, status=422)
    data = form.cleaned_data
    try:
        accounts.of_login().require_room(request)
        organization = actions.sign_up(
            name=data["name"],
            nip=data["nip"],
            address=form.seat(),
            first_name=data["first_name"],
            last_name=data["last_name"],
            email=data["email"],
            password=data["password"],
            language=page_language(),
        )
    except Refused as refusal:
        return render(request, "akcept/sign_up.html", {"form": form}, status=onto(form, refusal))
    user = organization.members.get().user
    return accounts.of_login().log_in(request, user, to=reverse("akcept:signed_up"))


@refusals.page
@require_safe
def signed_up(request: HttpRequest) -> HttpResponse:
    """What happens next after signing up."""
    return render(request, "akcept/signed_up.html", {"seat": seat_of(request)})
