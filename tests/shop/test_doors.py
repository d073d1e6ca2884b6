"""C1: every door of the shop, and what a stranger who opened an account under somebody's address can do at it.

The list of doors is what the shop really answers to: a new one fails here until it is judged. Before an invitation the
account is not proved, so that it has no session; while it is invited the link is in the owner's mail only; once its
owner has joined, whatever session the stranger had is over (`test_whose_account.py`). So at every door they stand
as anybody from the street, and that is what is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from akcept.organizations.models import Invitation, Member
from akcept.testing import orders
from akcept.testing.cast import PASSWORD, Cast
from shop.accounts.models import User

#: Doors of the account that open without a session, and why that gives a stranger nothing.
OPEN = {
    "accounts/login/": "asks for a password, then for the mailed code while the address is not proved",
    "accounts/logout/": "ends what was begun",
    "accounts/inactive/": "a sentence",
    "accounts/signup/": "opens an account that nobody gets into without the mailed code",
    "accounts/confirm-email/": "takes the mailed code, in the browser that asked for it, three times",
    "accounts/password/reset/": "mails a link to the account's own address",
    "accounts/password/reset/done/": "a sentence",
    "accounts/password/reset/key/done/": "a sentence",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "takes the mailed link, which proves",
    "accounts/login/code/confirm/": "switched off: leads to the log-in",
    "accounts/2fa/authenticate/": "only between password and session; five wrong codes",
    "accounts/register/": "leads to the sign-up",
    "password-reset/": "leads to the mailed link",
    "password-reset/done/": "a sentence",
    "password-reset/complete/": "a sentence",
    "password-reset/confirm/<str:uidb64>/<str:token>/": "takes the link that staff had mailed; lets nobody in",
    "accounts/^order-status-form/(?P<order_number>[\\w-]*)/(?P<hash>[A-z0-9-_=:]+)/$": "takes a guest's link",
    "accounts/^order-status/(?P<order_number>[\\w-]*)/(?P<hash>[A-z0-9-_=:]+)/$": "takes a guest's link",
    "accounts/change-password/": "leads to allauth's page, which asks for the log-in",
    "accounts/orders/": "leads to our list, which asks for the log-in",
    "accounts/orders/<str:order_number>/": "leads to our page, which asks for the log-in",
    "accounts/alerts/create/<int:pk>/": "tells an address when a product is there again",
    "accounts/alerts/confirm/<str:key>/": "takes a mailed key, and asks first",
    "accounts/alerts/cancel/key/<str:key>/": "takes a mailed key, and asks first",
    "organization/join/<str:token>/": "takes the mailed link, which proves the address",
    "organization/sign-up/": "asks the shop for an organisation of its own; entered with the mailed code",
    "acceptance/by-mail/<str:token>/": "takes a signed link that was mailed to somebody who may decide",
    "acceptance/count/": "counts nothing for nobody",
    "api/": "what can be called, and no more",
    "api/openapi.json": "the same for machines",
    "i18n/setlang/": "the language of the browser",
    "demo/mail/": "in the demo only",
    "demo/mail/<int:pk>/": "in the demo only",
    "demo/mail/<int:pk>/html/": "in the demo only",
}
#: Doors of the account for whoever is in it.
INSIDE = (
    *(
        "accounts/",
        "accounts/reauthenticate/",
        "accounts/email/",
        "accounts/password/change/",
        "accounts/password/set/",
    ),
    *("accounts/2fa/", "accounts/2fa/reauthenticate/", "accounts/2fa/totp/activate/", "accounts/2fa/totp/deactivate/"),
    *("accounts/2fa/recovery-codes/", "accounts/2fa/recovery-codes/generate/"),
    *("accounts/2fa/recovery-codes/download/", "accounts/profile/", "accounts/profile/edit/"),
    *("accounts/profile/delete/", "accounts/orders/<str:order_number>/<int:line_id>/", "accounts/addresses/"),
    *("accounts/addresses/add/", "accounts/addresses/<int:pk>/", "accounts/addresses/<int:pk>/delete/"),
    "accounts/^addresses/(?P<pk>\\d+)/(?P<action>default_for_(billing|shipping))/$",
    *("accounts/emails/", "accounts/emails/<int:email_id>/", "accounts/notifications/"),
    *("accounts/notifications/inbox/", "accounts/notifications/archive/", "accounts/notifications/update/"),
    *("accounts/notifications/<int:pk>/", "accounts/alerts/", "accounts/alerts/cancel/<int:pk>/"),
    *("accounts/wishlists/", "accounts/wishlists/add/<int:product_pk>/"),
    *("accounts/wishlists/<str:key>/add/<int:product_pk>/", "accounts/wishlists/create/"),
    *("accounts/wishlists/create/with-product/<int:product_pk>/", "accounts/wishlists/<str:key>/"),
    *("accounts/wishlists/<str:key>/update/", "accounts/wishlists/<str:key>/delete/"),
    "accounts/wishlists/<str:key>/lines/<int:line_pk>/delete/",
    "accounts/wishlists/<str:key>/products/<int:product_pk>/delete/",
    "accounts/wishlists/<str:key>/lines/<int:line_pk>/move-to/<str:to_key>/",
)
#: Everything below asks for a session (the last two for the shop's staff), or for a token ...
RESTRICTED = ("orders/", "acceptance/", "organization/", "notifications/", "checkout/", "quick-order/", "account/")
WITH_A_TOKEN = ("api/v1/",)
STAFF = ("admin/", "dashboard/")
#: ... or shows goods to anybody, with a basket in the browser's own session.
GOODS = ("catalogue/", "search/", "offers/", "wishlists/", "basket/", "favicon.ico", "manifest.webmanifest", "media/")
#: Pages of one who is in that change who one is: each asks once more.
ASKS_ONCE_MORE = (
    *("/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/generate/"),
    *("/accounts/2fa/recovery-codes/download/", "/accounts/profile/delete/"),
)
SECRETS = ("Acme", "anna@customer.example", "Oddział", "Wadowicka", "6762435805")


def routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    """Yield every address the shop answers to, as Django writes it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif isinstance(pattern, URLResolver):
            yield from routes(pattern, route)


def _verdict(route: str) -> str:
    if route in OPEN:
        return "open"
    plain = route.lstrip("^")
    if route in INSIDE or plain.startswith((*RESTRICTED, *WITH_A_TOKEN)):
        return "inside"
    if plain.startswith(STAFF):
        return "staff"
    return "goods" if plain == "" or plain.startswith(GOODS) else ""


def _path(route: str) -> str:
    """Fill a route in: with the number 1, with words nobody was given."""
    named = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<str:\1>", route.replace("^", "").replace("$", ""))
    known = {"kind": "units", "file_format": "csv", "action": "default_for_billing", "number": "100001"}
    filled = re.sub(
        r"<(?:(\w+):)?(\w+)>", lambda m: known.get(m[2], "1" if m[1] == "int" or "pk" in m[2] else "x"), named
    )
    return "/" + filled.replace("\\.", ".").replace("\\", "")


def test_c1_every_door_is_judged() -> None:
    found = set(routes())
    assert sorted(route for route in found if not _verdict(route)) == [], "say what a stranger can do there"
    assert {*OPEN, *INSIDE} - found == set(), "no such door any more"
    assert len(found) > 500


@pytest.fixture
def stranger(cast: Cast) -> Client:
    """Somebody who opened an account under an address that is not theirs, and stands before the mailed code."""
    cache.clear()
    orders.place(cast.anna)
    client = Client()
    typed = {"email": "nina@customer.example", "password1": "strangers-own-77", "password2": "strangers-own-77"}
    assert client.post("/accounts/signup/", typed)["Location"] == "/accounts/confirm-email/"
    return client


def test_c1_nothing_behind_any_door_is_given_to_an_unproved_account(stranger: Client, cast: Cast) -> None:
    kept = (Member.objects.count(), User.objects.count(), Invitation.objects.count())
    stranger.raise_request_exception = False
    let_in = []
    for route in sorted(set(routes()) - {"accounts/logout/"}):
        verdict, path = _verdict(route), _path(route)
        for answer in (stranger.get(path), stranger.post(path)):
            text = "" if answer.streaming else answer.content.decode(errors="replace")
            assert answer.status_code < 500, path
            assert not [secret for secret in SECRETS if secret in text], path
            if verdict in ("inside", "staff"):
                refused = answer.status_code in (301, 302, 400, 401, 403, 404, 405, 410, 422, 429)
                let_in += [] if refused else [(path, answer.status_code)]
            assert "_auth_user_id" not in stranger.session, path
    assert let_in == [("/admin/catalogue/category/jsi18n/", 200)], "but for words of a script"
    assert (Member.objects.count(), User.objects.count(), Invitation.objects.count()) == kept
    assert {to for sent in mail.outbox for to in sent.to} <= {"nina@customer.example"}


@pytest.mark.parametrize("path", ASKS_ONCE_MORE)
def test_c1_what_changes_who_one_is_asks_once_more(cast: Cast, path: str) -> None:
    cache.clear()
    client = Client()
    client.post("/accounts/login/", {"login": "anna@customer.example", "password": PASSWORD})
    if "recovery" in path:
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        TOTP.activate(cast.anna.user, generate_totp_secret())
        RecoveryCodes.activate(cast.anna.user)
    asked = client.get(path)
    assert (asked.status_code, asked["Location"].partition("?")[0]) == (302, "/accounts/reauthenticate/")
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": path})["Location"] == path
    assert client.get(path).status_code == 200


def test_c1_the_passwords_of_a_page_that_asks_once_more_are_not_kept(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.paul.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post("/accounts/profile/delete/", {"password": PASSWORD})
    assert answer["Location"] == "/accounts/profile/delete/"
    assert PASSWORD not in str(dict(client.session))
    assert User.objects.filter(pk=cast.paul.user.pk).exists()
