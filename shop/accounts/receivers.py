"""What follows when somebody proves or changes who they are: everybody else who sits in the account is out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from akcept.api import actions as access
from akcept.kernel.actor import Actor
from akcept.organizations.queries import name_of
from akcept.transactions.acting import together
from akcept.transactions.locking import lock
from shop.accounts.models import User
from shop.accounts.proof import AllauthAccounts


def mailed_link_used(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Take a password set by a mailed link as the proof it is: links go to the account's own address only.

    Somebody else may have been in: personal tokens end with the sessions. Systems stay, an organisation runs on them,
    and its other administrators can end them; the mail names them.
    """
    user.tokens_ended = access.end_tokens_of(user.pk, actor=Actor.person(user.pk, name_of(user)))
    with together():
        lock(User.objects.all()).get(pk=user.pk)  # whoever joins at this moment claims it before, or after
        AllauthAccounts().claim(user)


def address_changed(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Let the session that proved the new address go on; all others are over, they were bound to the old one."""
    _keep_only(request, User.objects.get(pk=user.pk))


def protection_changed(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """End the other sessions when a second factor comes or goes."""
    changed = User.objects.get(pk=user.pk)
    changed.end_sessions()
    _keep_only(request, changed)


def _keep_only(request: HttpRequest, user: User) -> None:
    if request.user.pk == user.pk:
        update_session_auth_hash(request, user)
